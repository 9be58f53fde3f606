//! Statements about devices and the changes they sent.

use protocol::message::{Receipt, Refusal};
use protocol::{Change, ChangeId, DeviceId, RecordId};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::ledger::LedgerError;

/// A device's row.
pub(in crate::ledger) struct Device {
    pub(in crate::ledger) person: Uuid,
    pub(in crate::ledger) last_number: u64,
}

pub(in crate::ledger) fn device(
    db: &Connection,
    org: Uuid,
    id: DeviceId,
) -> Result<Option<Device>, LedgerError> {
    let sql = "SELECT person, last_number FROM device WHERE org = ?1 AND id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let row = statement.query_row(params![org, id.0], |row| {
        Ok(Device { person: row.get(0)?, last_number: row.get::<_, i64>(1)? as u64 })
    });
    Ok(row.optional()?)
}

pub(in crate::ledger) fn put_device(
    db: &Connection,
    org: Uuid,
    id: DeviceId,
    device: &Device,
    (now, schema): (i64, u32),
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO device (org, id, person, last_number, seen_at, schema)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT DO UPDATE SET last_number = excluded.last_number, seen_at = excluded.seen_at,
                 schema = excluded.schema";
    let last_number = device.last_number as i64;
    db.prepare_cached(sql)?.execute(params![org, id.0, device.person, last_number, now, schema])?;
    Ok(())
}

/// The fingerprint and the receipt of a change that was answered before.
pub(in crate::ledger) fn mutation(
    db: &Connection,
    org: Uuid,
    change: ChangeId,
) -> Result<Option<(u64, Receipt)>, LedgerError> {
    let sql = "SELECT fingerprint, receipt FROM mutation WHERE org = ?1 AND change_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let row: Option<(i64, String)> =
        statement.query_row(params![org, change.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((fingerprint, receipt)) = row else { return Ok(None) };
    Ok(Some((fingerprint as u64, serde_json::from_str(&receipt)?)))
}

pub(in crate::ledger) fn add_mutation(
    db: &Connection,
    org: Uuid,
    device: DeviceId,
    (change, receipt): (&Change, &Receipt),
    now: i64,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO mutation (org, change_id, device, number, fingerprint, receipt, at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (number, fingerprint) = (change.number as i64, change.fingerprint() as i64);
    let receipt = serde_json::to_string(receipt)?;
    db.prepare_cached(sql)?.execute(params![
        org,
        change.id.0,
        device.0,
        number,
        fingerprint,
        receipt,
        now
    ])?;
    Ok(())
}

/// Keeps a refused change with all it carried. Sent again, it is kept once.
pub(in crate::ledger) fn quarantine(
    db: &Connection,
    org: Uuid,
    (device, person): (DeviceId, Uuid),
    (change, reason): (&Change, &Refusal),
    now: i64,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO quarantine (org, change_id, fingerprint, device, person, reason, payload, at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
    let fingerprint = change.fingerprint() as i64;
    let (reason, payload) = (serde_json::to_string(reason)?, serde_json::to_string(change)?);
    db.prepare_cached(sql)?.execute(params![
        org,
        change.id.0,
        fingerprint,
        device.0,
        person,
        reason,
        payload,
        now
    ])?;
    Ok(())
}

/// How many refused changes are kept.
pub(in crate::ledger) fn quarantined(db: &Connection, org: Uuid) -> Result<u64, LedgerError> {
    let sql = "SELECT count(*) FROM quarantine WHERE org = ?1";
    let count: i64 = db.prepare_cached(sql)?.query_row([org], |row| row.get(0))?;
    Ok(count as u64)
}

pub(in crate::ledger) fn add_refused(
    db: &Connection,
    org: Uuid,
    record: RecordId,
    change: ChangeId,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO refused (org, record, change_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    db.prepare_cached(sql)?.execute(params![org, record.0, change.0])?;
    Ok(())
}

pub(in crate::ledger) fn is_refused(
    db: &Connection,
    org: Uuid,
    record: RecordId,
) -> Result<bool, LedgerError> {
    let sql = "SELECT 1 FROM refused WHERE org = ?1 AND record = ?2";
    Ok(db.prepare_cached(sql)?.exists(params![org, record.0])?)
}
