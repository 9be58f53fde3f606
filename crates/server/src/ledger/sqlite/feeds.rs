//! Statements about territories and their feeds.

use protocol::digest::Digest;
use protocol::{Record, RecordId, TerritoryId};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::records::record_from;
use super::whole;
use crate::ledger::LedgerError;

/// A territory's row.
pub(in crate::ledger) struct Territory {
    pub(in crate::ledger) id: TerritoryId,
    pub(in crate::ledger) name: String,
    pub(in crate::ledger) head: u64,
    pub(in crate::ledger) digest: Digest,
    /// The one user who reads and writes it, if it is a user's own.
    pub(in crate::ledger) owner: Option<Uuid>,
}

/// One entry of a feed.
pub(in crate::ledger) enum Entry {
    /// The record's newest version.
    Record(u64, Record),
    /// The record is in another territory now.
    Left(u64, RecordId),
}

const TERRITORY: &str = "SELECT id, name, head, live, digest_sum, owner FROM territory ";

pub(in crate::ledger) fn territory(
    db: &Connection,
    org: Uuid,
    id: &TerritoryId,
) -> Result<Option<Territory>, LedgerError> {
    let mut statement = db.prepare_cached(&format!("{TERRITORY} WHERE org = ?1 AND id = ?2"))?;
    Ok(statement.query_row(params![org, id.as_str()], territory_from).optional()?)
}

/// The organisation's territories, by id; no user's own.
pub(in crate::ledger) fn territories(db: &Connection, org: Uuid) -> Result<Vec<Territory>, LedgerError> {
    let sql = format!("{TERRITORY} WHERE org = ?1 AND owner IS NULL ORDER BY id");
    let mut statement = db.prepare_cached(&sql)?;
    Ok(statement.query_map([org], territory_from)?.collect::<Result<_, _>>()?)
}

/// The user's territories, by id, the user's own among them.
pub(in crate::ledger) fn member_territories(
    db: &Connection,
    org: Uuid,
    person: Uuid,
) -> Result<Vec<Territory>, LedgerError> {
    let sql = format!(
        "{TERRITORY} WHERE org = ?1
         AND id IN (SELECT territory FROM member WHERE org = ?1 AND person = ?2) ORDER BY id"
    );
    let mut statement = db.prepare_cached(&sql)?;
    Ok(statement.query_map(params![org, person], territory_from)?.collect::<Result<_, _>>()?)
}

/// The user in whose own territory the record once stood, if it did.
pub(in crate::ledger) fn once_own_of(
    db: &Connection,
    org: Uuid,
    record: RecordId,
) -> Result<Option<Uuid>, LedgerError> {
    let sql = "SELECT t.owner FROM territory t JOIN entry e ON e.org = t.org AND e.territory = t.id
               WHERE t.org = ?1 AND t.owner IS NOT NULL AND e.record = ?2";
    Ok(db.prepare_cached(sql)?.query_row(params![org, record.0], |row| row.get(0)).optional()?)
}

pub(in crate::ledger) fn add_territory(
    db: &Connection,
    org: Uuid,
    id: &TerritoryId,
    name: &str,
    owner: Option<Uuid>,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO territory (org, id, name, owner, head, live, digest_sum)
               VALUES (?1, ?2, ?3, ?4, 0, 0, 0)
               ON CONFLICT DO UPDATE SET name = excluded.name";
    db.prepare_cached(sql)?.execute(params![org, id.as_str(), name, owner])?;
    Ok(())
}

pub(in crate::ledger) fn set_feed(
    db: &Connection,
    org: Uuid,
    id: &TerritoryId,
    head: u64,
    digest: Digest,
) -> Result<(), LedgerError> {
    let sql = "UPDATE territory SET head = ?3, live = ?4, digest_sum = ?5 WHERE org = ?1 AND id = ?2";
    let (head, live, sum) = (head as i64, digest.live as i64, digest.sum as i64);
    db.prepare_cached(sql)?.execute(params![org, id.as_str(), head, live, sum])?;
    Ok(())
}

/// The record's entry in this feed, in place of its earlier one.
pub(in crate::ledger) fn put_entry(
    db: &Connection,
    org: Uuid,
    territory: &TerritoryId,
    entry: (RecordId, u64),
    gone: bool,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO entry (org, territory, record, seq, gone) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT DO UPDATE SET seq = excluded.seq, gone = excluded.gone";
    let (record, seq) = (entry.0.0, entry.1 as i64);
    db.prepare_cached(sql)?.execute(params![org, territory.as_str(), record, seq, gone])?;
    Ok(())
}

/// The number of the record's entry in this feed.
pub(in crate::ledger) fn entry_seq(
    db: &Connection,
    org: Uuid,
    territory: &TerritoryId,
    record: RecordId,
) -> Result<Option<u64>, LedgerError> {
    let sql = "SELECT seq FROM entry WHERE org = ?1 AND territory = ?2 AND record = ?3";
    let mut statement = db.prepare_cached(sql)?;
    let seq: Option<i64> =
        statement.query_row(params![org, territory.as_str(), record.0], |row| row.get(0)).optional()?;
    Ok(seq.map(|seq| seq as u64))
}

/// The feed's entries after `cursor`, oldest first, at most `limit`.
pub(in crate::ledger) fn entries_after(
    db: &Connection,
    org: Uuid,
    territory: &TerritoryId,
    cursor: u64,
    limit: usize,
) -> Result<Vec<Entry>, LedgerError> {
    let sql = "SELECT r.id, r.kind, r.territory, r.version, r.deleted, r.written_by, r.written_at, r.fields,
                      e.seq, e.record, e.gone
               FROM entry e JOIN record r ON r.org = e.org AND r.id = e.record
               WHERE e.org = ?1 AND e.territory = ?2 AND e.seq > ?3 ORDER BY e.seq LIMIT ?4";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![org, territory.as_str(), cursor as i64, limit as i64])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let seq = whole(row, 8)?;
        entries.push(if row.get(10)? {
            Entry::Left(seq, RecordId(row.get(9)?))
        } else {
            Entry::Record(seq, record_from(row)?)
        });
    }
    Ok(entries)
}

/// How many entries the feed has after `cursor`.
pub(in crate::ledger) fn count_after(
    db: &Connection,
    org: Uuid,
    territory: &TerritoryId,
    cursor: u64,
) -> Result<u64, LedgerError> {
    let sql = "SELECT count(*) FROM entry WHERE org = ?1 AND territory = ?2 AND seq > ?3";
    let params = params![org, territory.as_str(), cursor as i64];
    let count: i64 = db.prepare_cached(sql)?.query_row(params, |row| row.get(0))?;
    Ok(count as u64)
}

fn territory_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Territory> {
    let id: String = row.get(0)?;
    let digest = Digest { live: whole(row, 3)?, sum: row.get::<_, i64>(4)? as u64 };
    let head = whole(row, 2)?;
    Ok(Territory { id: TerritoryId::new(&id), name: row.get(1)?, head, digest, owner: row.get(5)? })
}
