//! Statements about refused changes, and about what waits for them.

use std::collections::BTreeSet;

use protocol::message::{Diverged, Refusal};
use protocol::{Change, ChangeId, DeviceId, RecordId};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::ledger::LedgerError;

/// A refused change as it is kept.
#[derive(Clone, Debug)]
pub(in crate::ledger) struct Kept {
    pub(in crate::ledger) change: Change,
    pub(in crate::ledger) device: DeviceId,
    pub(in crate::ledger) person: Uuid,
    pub(in crate::ledger) reason: Refusal,
    pub(in crate::ledger) asked: bool,
    pub(in crate::ledger) at: i64,
}

/// Whose change it is, and where it stands among that device's.
#[derive(Clone, Copy)]
pub(in crate::ledger) struct Sender {
    pub(in crate::ledger) device: DeviceId,
    pub(in crate::ledger) person: Uuid,
}

const KEPT: &str = "SELECT payload, device, person, reason, state, at FROM quarantine ";
const OPEN: &str = "state IN ('open', 'asked')";

/// Keeps a refused change with all it carried. Sent again, it is kept once, under its newest device and number.
pub(in crate::ledger) fn keep(
    db: &Connection,
    org: Uuid,
    sender: Sender,
    (change, reason): (&Change, &Refusal),
    now: i64,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO quarantine
                 (org, change_id, fingerprint, device, number, person, reason, payload, state, at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'open', ?9)
               ON CONFLICT DO UPDATE SET
                 device = excluded.device, number = excluded.number, reason = excluded.reason,
                 payload = excluded.payload";
    let (fingerprint, number) = (change.fingerprint() as i64, change.number as i64);
    let (reason, payload) = (serde_json::to_string(reason)?, serde_json::to_string(change)?);
    let Sender { device, person } = sender;
    if change.edits.is_empty() {
        // The rep let go of what it carried: that is kept, and no more to be decided about.
        let sql = format!(
            "UPDATE quarantine SET state = 'settled'
             WHERE org = ?1 AND change_id = ?2 AND person = ?3 AND fingerprint <> ?4 AND {OPEN}"
        );
        db.prepare_cached(&sql)?.execute(params![org, change.id.0, person, fingerprint])?;
    }
    db.prepare_cached(sql)?.execute(params![
        org,
        change.id.0,
        fingerprint,
        device.0,
        number,
        person,
        reason,
        payload,
        now
    ])?;
    Ok(())
}

/// From now on later changes of the device about these records wait for this one.
pub(in crate::ledger) fn add_lanes(
    db: &Connection,
    org: Uuid,
    (device, change): (DeviceId, &Change),
    records: &BTreeSet<RecordId>,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO lane (org, record, device, change_id, number) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT DO UPDATE SET number = excluded.number";
    for record in records {
        db.prepare_cached(sql)?.execute(params![
            org,
            record.0,
            device.0,
            change.id.0,
            change.number as i64
        ])?;
    }
    Ok(())
}

/// The change came again under this name: what comes later under it waits too, and what waits already goes on waiting.
pub(in crate::ledger) fn widen_lanes(
    db: &Connection,
    org: Uuid,
    (device, change): (DeviceId, &Change),
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO lane (org, record, device, change_id, number)
               SELECT DISTINCT org, record, ?3, change_id, ?4 FROM lane WHERE org = ?1 AND change_id = ?2
               ON CONFLICT DO UPDATE SET number = excluded.number";
    db.prepare_cached(sql)?.execute(params![org, change.id.0, device.0, change.number as i64])?;
    Ok(())
}

/// The number under which this device sent a change that others may wait for.
pub(in crate::ledger) fn number(
    db: &Connection,
    org: Uuid,
    device: DeviceId,
    change: ChangeId,
) -> Result<Option<u64>, LedgerError> {
    let sql = "SELECT MIN(number) FROM lane WHERE org = ?1 AND change_id = ?2 AND device = ?3";
    let number: Option<i64> =
        db.prepare_cached(sql)?.query_row(params![org, change.0, device.0], |row| row.get(0))?;
    Ok(number.map(|number| number as u64))
}

/// The unsettled changes of this device before `number` that are about the record.
pub(in crate::ledger) fn before(
    db: &Connection,
    org: Uuid,
    device: DeviceId,
    number: u64,
    record: RecordId,
) -> Result<Vec<ChangeId>, LedgerError> {
    let sql = format!(
        "SELECT q.change_id FROM lane l JOIN quarantine q ON q.org = l.org AND q.change_id = l.change_id
         WHERE l.org = ?1 AND l.record = ?2 AND l.device = ?3 AND l.number < ?4 AND q.{OPEN}"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let params = params![org, record.0, device.0, number as i64];
    Ok(statement.query_map(params, |row| row.get(0).map(ChangeId))?.collect::<Result<_, _>>()?)
}

/// Every unsettled change that is about the record, device by device in their order.
pub(in crate::ledger) fn about(
    db: &Connection,
    org: Uuid,
    record: RecordId,
) -> Result<Vec<Kept>, LedgerError> {
    let sql = format!(
        "{KEPT} WHERE org = ?1 AND {OPEN}
           AND change_id IN (SELECT change_id FROM lane WHERE org = ?1 AND record = ?2)
         ORDER BY device, number"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![org, record.0])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        kept.push(kept_from(row)?);
    }
    Ok(kept)
}

/// A user's change that is set aside and not settled.
pub(in crate::ledger) fn unsettled(
    db: &Connection,
    org: Uuid,
    change: ChangeId,
) -> Result<Option<Kept>, LedgerError> {
    let sql = format!("{KEPT} WHERE org = ?1 AND change_id = ?2 AND {OPEN}");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![org, change.0])?;
    rows.next()?.map(kept_from).transpose()
}

/// Every change of the organisation that is set aside and not settled, oldest first.
pub(in crate::ledger) fn all_unsettled(db: &Connection, org: Uuid) -> Result<Vec<Kept>, LedgerError> {
    let sql = format!("{KEPT} WHERE org = ?1 AND {OPEN} ORDER BY at, device, number");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([org])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        kept.push(kept_from(row)?);
    }
    Ok(kept)
}

/// The device's changes that wait for an earlier one, in their order.
pub(in crate::ledger) fn held(
    db: &Connection,
    org: Uuid,
    device: DeviceId,
) -> Result<Vec<Kept>, LedgerError> {
    let sql = format!("{KEPT} WHERE org = ?1 AND device = ?2 AND {OPEN} ORDER BY number");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![org, device.0])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        kept.push(kept_from(row)?);
    }
    kept.retain(|kept| kept.reason == Refusal::Held);
    Ok(kept)
}

/// The office is asked about the change.
pub(in crate::ledger) fn ask(db: &Connection, org: Uuid, change: ChangeId) -> Result<(), LedgerError> {
    let sql = "UPDATE quarantine SET state = 'asked' WHERE org = ?1 AND change_id = ?2 AND state = 'open'";
    db.prepare_cached(sql)?.execute(params![org, change.0])?;
    Ok(())
}

/// Nothing waits for the change any more. `accepted`: it was applied after all. Answers the devices whose changes may
/// have waited for it.
pub(in crate::ledger) fn settle(
    db: &Connection,
    org: Uuid,
    change: ChangeId,
    accepted: bool,
) -> Result<BTreeSet<DeviceId>, LedgerError> {
    let sql = format!("UPDATE quarantine SET state = ?3 WHERE org = ?1 AND change_id = ?2 AND {OPEN}");
    let state = if accepted { "accepted" } else { "settled" };
    db.prepare_cached(&sql)?.execute(params![org, change.0, state])?;
    let sql = "DELETE FROM lane WHERE org = ?1 AND change_id = ?2 RETURNING device";
    let mut statement = db.prepare_cached(sql)?;
    Ok(statement
        .query_map(params![org, change.0], |row| row.get(0).map(DeviceId))?
        .collect::<Result<_, _>>()?)
}

/// Keeps a device's report of a feed that did not add up.
pub(in crate::ledger) fn add_divergence(
    db: &Connection,
    org: Uuid,
    device: DeviceId,
    diverged: &Diverged,
    now: i64,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO divergence (org, device, territory, at, cursor, live, digest)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let Diverged { territory, cursor, live, digest } = diverged;
    let (cursor, live) = (*cursor as i64, *live as i64);
    db.prepare_cached(sql)?.execute(params![org, device.0, territory.as_str(), now, cursor, live, digest])?;
    Ok(())
}

fn kept_from(row: &Row<'_>) -> Result<Kept, LedgerError> {
    let (payload, reason, state): (String, String, String) = (row.get(0)?, row.get(3)?, row.get(4)?);
    Ok(Kept {
        change: serde_json::from_str(&payload)?,
        device: DeviceId(row.get(1)?),
        person: row.get(2)?,
        reason: serde_json::from_str(&reason)?,
        asked: state == "asked",
        at: row.get(5)?,
    })
}
