//! Statements about records, their history, and what imports said of them.

use std::collections::{BTreeMap, HashMap};

use protocol::message::VersionEntry;
use protocol::{ChangeId, DeviceId, Fields, Kind, Record, RecordId, TerritoryId};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow, params};
use uuid::Uuid;

use super::whole;
use crate::ledger::rules::{Row, Version, account_of};
use crate::ledger::{HistoryRow, LedgerError};

/// Where a version comes from, for the history.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::ledger) struct Origin {
    /// The change, when a device made it.
    pub(in crate::ledger) change: Option<ChangeId>,
    /// The device.
    pub(in crate::ledger) device: Option<DeviceId>,
    /// The user.
    pub(in crate::ledger) person: Option<Uuid>,
    /// The device's clock.
    pub(in crate::ledger) made_at: i64,
}

const RECORD: &str =
    "SELECT id, kind, territory, version, deleted, written_by, written_at, fields, set_by FROM record ";

pub(in crate::ledger) fn record(
    db: &Connection,
    org: Uuid,
    id: RecordId,
) -> Result<Option<Row>, LedgerError> {
    let mut statement = db.prepare_cached(&format!("{RECORD} WHERE org = ?1 AND id = ?2"))?;
    let mut rows = statement.query(params![org, id.0])?;
    rows.next()?.map(row_from).transpose()
}

/// The organisation that has a record of this id.
pub(in crate::ledger) fn org_of(db: &Connection, id: RecordId) -> Result<Option<Uuid>, LedgerError> {
    let sql = "SELECT o.org FROM organisation o JOIN record r ON r.org = o.org AND r.id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([id.0], |row| row.get(0)).optional()?)
}

pub(in crate::ledger) fn records(db: &Connection, org: Uuid) -> Result<Vec<Row>, LedgerError> {
    let mut statement = db.prepare_cached(&format!("{RECORD} WHERE org = ?1 ORDER BY id"))?;
    let mut rows = statement.query([org])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(row_from(row)?);
    }
    Ok(records)
}

/// The records that belong to this account, tombstones among them: one that comes back must be where its account is.
pub(in crate::ledger) fn records_of(
    db: &Connection,
    org: Uuid,
    account: RecordId,
) -> Result<Vec<Row>, LedgerError> {
    let sql = format!("{RECORD} WHERE org = ?1 AND account = ?2 ORDER BY id");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![org, account.0])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(row_from(row)?);
    }
    Ok(records)
}

/// Writes the record's newest version and its line of history.
pub(in crate::ledger) fn put_version(
    db: &Connection,
    org: Uuid,
    version: &Version,
    origin: Origin,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO record
                 (org, id, kind, territory, account, version, deleted, written_by, written_at, fields, set_by)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
               ON CONFLICT DO UPDATE SET
                 territory = excluded.territory, account = excluded.account, version = excluded.version,
                 deleted = excluded.deleted, written_by = excluded.written_by,
                 written_at = excluded.written_at, fields = excluded.fields, set_by = excluded.set_by";
    let Row { record, set_by } = &version.row;
    db.prepare_cached(sql)?.execute(params![
        org,
        record.id.0,
        kind_name(record.kind),
        record.territory.as_str(),
        account_of(record).map(|account| account.0),
        record.version as i64,
        record.deleted,
        record.by,
        record.at,
        serde_json::to_string(&record.fields)?,
        serde_json::to_string(set_by)?,
    ])?;
    let sql = "INSERT INTO history
                 (org, record, version, op, change_id, device, person, made_at, at, patch, before)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    db.prepare_cached(sql)?.execute(params![
        org,
        record.id.0,
        record.version as i64,
        version.op,
        origin.change.map(|change| change.0),
        origin.device.map(|device| device.0),
        origin.person,
        origin.made_at,
        record.at,
        serde_json::to_string(&version.patch)?,
        serde_json::to_string(&version.before)?,
    ])?;
    Ok(())
}

pub(in crate::ledger) fn history(
    db: &Connection,
    org: Uuid,
    id: RecordId,
) -> Result<Vec<HistoryRow>, LedgerError> {
    let sql = "SELECT version, op, change_id, device, person, made_at, at, patch, before
               FROM history WHERE org = ?1 AND record = ?2 ORDER BY version";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![org, id.0])?;
    let mut history = Vec::new();
    while let Some(row) = rows.next()? {
        history.push(HistoryRow {
            version: whole(row, 0)?,
            op: row.get(1)?,
            change: row.get::<_, Option<Uuid>>(2)?.map(ChangeId),
            device: row.get::<_, Option<Uuid>>(3)?.map(DeviceId),
            user: row.get(4)?,
            made_at: row.get(5)?,
            at: row.get(6)?,
            patch: serde_json::from_str(row.get_ref(7)?.as_str().map_err(rusqlite::Error::from)?)?,
            before: serde_json::from_str(row.get_ref(8)?.as_str().map_err(rusqlite::Error::from)?)?,
        });
    }
    Ok(history)
}

/// A version of a record, with what only the ledger needs to know of it.
pub(in crate::ledger) struct Past {
    /// Who wrote it.
    pub(in crate::ledger) person: Option<Uuid>,
    /// As it is told.
    pub(in crate::ledger) entry: VersionEntry,
}

/// Reads the record's versions, the newest first, until `take` says that it is enough.
pub(in crate::ledger) fn past(
    db: &Connection,
    org: Uuid,
    id: RecordId,
    mut take: impl FnMut(Past) -> bool,
) -> Result<(), LedgerError> {
    let sql = "SELECT h.person, h.version, h.op, coalesce(p.name, ''), h.at, h.patch, h.before
               FROM history h LEFT JOIN person p ON p.org = h.org AND p.id = h.person
               WHERE h.org = ?1 AND h.record = ?2 ORDER BY h.version DESC";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![org, id.0])?;
    while let Some(row) = rows.next()? {
        let (version, by, at) = (whole(row, 1)?, row.get(3)?, row.get(4)?);
        let op = serde_json::from_value(row.get::<_, String>(2)?.into())?;
        let entry = VersionEntry { version, op, by, at, set: json(row, 5)?, before: json(row, 6)? };
        if !take(Past { person: row.get(0)?, entry }) {
            break;
        }
    }
    Ok(())
}

/// Whether the user made the record.
pub(in crate::ledger) fn is_made_by(
    db: &Connection,
    org: Uuid,
    person: Uuid,
    record: RecordId,
) -> Result<bool, LedgerError> {
    let sql = "SELECT 1 FROM history WHERE org = ?1 AND record = ?2 AND version = 1 AND person = ?3";
    Ok(db.prepare_cached(sql)?.exists(params![org, record.0, person])?)
}

/// What the record held before this version of it, where the version is the user's.
pub(in crate::ledger) fn before(
    db: &Connection,
    org: Uuid,
    person: Uuid,
    record: &Record,
) -> Result<Option<Fields>, LedgerError> {
    let sql = "SELECT patch, before FROM history
               WHERE org = ?1 AND record = ?2 AND version = ?3 AND person = ?4";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![org, record.id.0, record.version as i64, person])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (patch, before): (BTreeMap<String, Option<String>>, Fields) = (json(row, 0)?, json(row, 1)?);
    let mut fields = record.fields.clone();
    for name in patch.keys() {
        fields.set(name, before.text(name));
    }
    Ok(Some(fields))
}

/// What a file last said about the account of this key.
pub(in crate::ledger) fn imported(
    db: &Connection,
    org: Uuid,
    key: &str,
) -> Result<Option<(RecordId, Fields)>, LedgerError> {
    let sql = "SELECT record, fields FROM imported WHERE org = ?1 AND key = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![org, key])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((RecordId(row.get(0)?), json(row, 1)?)))
}

/// Every key that a file gave, with its record.
pub(in crate::ledger) fn imported_keys(
    db: &Connection,
    org: Uuid,
) -> Result<HashMap<String, RecordId>, LedgerError> {
    let mut statement = db.prepare_cached("SELECT key, record FROM imported WHERE org = ?1")?;
    let mut rows = statement.query([org])?;
    let mut keys = HashMap::new();
    while let Some(row) = rows.next()? {
        keys.insert(row.get(0)?, RecordId(row.get(1)?));
    }
    Ok(keys)
}

pub(in crate::ledger) fn put_imported(
    db: &Connection,
    org: Uuid,
    key: &str,
    record: RecordId,
    fields: &Fields,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO imported (org, key, record, fields) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET record = excluded.record, fields = excluded.fields";
    db.prepare_cached(sql)?.execute(params![org, key, record.0, serde_json::to_string(fields)?])?;
    Ok(())
}

/// A record from the first eight columns. A tombstone comes without its last values.
pub(super) fn record_from(row: &SqlRow<'_>) -> Result<Record, LedgerError> {
    let deleted = row.get(4)?;
    Ok(Record {
        id: RecordId(row.get(0)?),
        kind: kind_named(text(row, 1)?),
        territory: TerritoryId::new(text(row, 2)?),
        version: whole(row, 3)?,
        deleted,
        by: row.get(5)?,
        at: row.get(6)?,
        fields: if deleted { Fields::new() } else { json(row, 7)? },
    })
}

fn row_from(row: &SqlRow<'_>) -> Result<Row, LedgerError> {
    let mut record = record_from(row)?;
    record.fields = json(row, 7)?;
    Ok(Row { record, set_by: json(row, 8)? })
}

fn json<T: serde::de::DeserializeOwned>(row: &SqlRow<'_>, column: usize) -> Result<T, LedgerError> {
    Ok(serde_json::from_str(text(row, column)?)?)
}

fn text<'a>(row: &'a SqlRow<'_>, column: usize) -> Result<&'a str, LedgerError> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "account",
        Kind::Contact => "contact",
        Kind::Referral => "referral",
        Kind::Event => "event",
        Kind::Note => "note",
        Kind::SavedView => "saved_view",
        Kind::Unknown => "unknown",
    }
}

fn kind_named(name: &str) -> Kind {
    match name {
        "account" => Kind::Account,
        "contact" => Kind::Contact,
        "referral" => Kind::Referral,
        "event" => Kind::Event,
        "note" => Kind::Note,
        "saved_view" => Kind::SavedView,
        _ => Kind::Unknown,
    }
}
