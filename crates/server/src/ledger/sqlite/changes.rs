//! Statements about devices and the changes they sent.

use protocol::message::Receipt;
use protocol::{Change, ChangeId, DeviceId};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::whole;
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
    let row = statement
        .query_row(params![org, id.0], |row| Ok(Device { person: row.get(0)?, last_number: whole(row, 1)? }));
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

/// The change's new receipt, in place of its earlier one.
pub(in crate::ledger) fn set_receipt(
    db: &Connection,
    org: Uuid,
    receipt: &Receipt,
) -> Result<(), LedgerError> {
    let sql = "UPDATE mutation SET receipt = ?3 WHERE org = ?1 AND change_id = ?2";
    let text = serde_json::to_string(receipt)?;
    db.prepare_cached(sql)?.execute(params![org, receipt.change.0, text])?;
    Ok(())
}

/// The receipt of a change that came from one of this user's devices.
pub(in crate::ledger) fn receipt_of(
    db: &Connection,
    org: Uuid,
    person: Uuid,
    change: ChangeId,
) -> Result<Option<Receipt>, LedgerError> {
    let sql = "SELECT m.receipt FROM mutation m JOIN device d ON d.org = m.org AND d.id = m.device
               WHERE m.org = ?1 AND m.change_id = ?2 AND d.person = ?3";
    let mut statement = db.prepare_cached(sql)?;
    let text: Option<String> =
        statement.query_row(params![org, change.0, person], |row| row.get(0)).optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}
