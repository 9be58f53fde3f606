//! Statements about organisations, users, sessions, and the server itself.

use protocol::{RecordId, TerritoryId};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::ledger::{LedgerError, Session, User};

const PERSON: &str = "SELECT p.id, p.org, o.name, p.email, p.name, p.role, p.password_hash
                      FROM person p JOIN organisation o ON o.org = p.org ";

pub(in crate::ledger) fn epoch(db: &Connection) -> Result<u64, LedgerError> {
    let epoch: i64 = db.prepare_cached("SELECT epoch FROM server")?.query_row([], |row| row.get(0))?;
    Ok(epoch as u64)
}

pub(in crate::ledger) fn bump_epoch(db: &Connection, now: i64) -> Result<(), LedgerError> {
    db.execute("UPDATE server SET epoch = max(epoch + 1, ?1)", [now])?;
    Ok(())
}

pub(in crate::ledger) fn organisation(db: &Connection, name: &str) -> Result<Option<Uuid>, LedgerError> {
    let sql = "SELECT org FROM organisation WHERE name = ?1";
    Ok(db.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?)
}

pub(in crate::ledger) fn organisations(db: &Connection) -> Result<Vec<(Uuid, String)>, LedgerError> {
    let mut statement = db.prepare_cached("SELECT org, name FROM organisation ORDER BY name")?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}

pub(in crate::ledger) fn add_organisation(db: &Connection, org: Uuid, name: &str) -> Result<(), LedgerError> {
    db.execute("INSERT INTO organisation (org, name) VALUES (?1, ?2)", params![org, name])?;
    Ok(())
}

pub(in crate::ledger) fn person(db: &Connection, id: Uuid) -> Result<Option<User>, LedgerError> {
    let mut statement = db.prepare_cached(&format!("{PERSON} WHERE p.id = ?1"))?;
    Ok(statement.query_row([id], user_from).optional()?)
}

pub(in crate::ledger) fn person_by_email(db: &Connection, email: &str) -> Result<Option<User>, LedgerError> {
    let mut statement = db.prepare_cached(&format!("{PERSON} WHERE p.email = ?1"))?;
    Ok(statement.query_row([email], user_from).optional()?)
}

pub(in crate::ledger) fn persons(db: &Connection, org: Uuid) -> Result<Vec<User>, LedgerError> {
    let mut statement = db.prepare_cached(&format!("{PERSON} WHERE p.org = ?1 ORDER BY p.email"))?;
    Ok(statement.query_map([org], user_from)?.collect::<Result<_, _>>()?)
}

pub(in crate::ledger) fn add_person(db: &Connection, user: &User) -> Result<(), LedgerError> {
    let sql = "INSERT INTO person (org, id, email, name, role, password_hash)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let User { id, organisation, email, name, role, password_hash, .. } = user;
    db.execute(sql, params![organisation, id, email, name, role, password_hash])?;
    Ok(())
}

pub(in crate::ledger) fn set_password(db: &Connection, user: &User, hash: &str) -> Result<(), LedgerError> {
    let sql = "UPDATE person SET password_hash = ?3 WHERE org = ?1 AND id = ?2";
    db.execute(sql, params![user.organisation, user.id, hash])?;
    Ok(())
}

pub(in crate::ledger) fn assign(
    db: &Connection,
    org: Uuid,
    person: Uuid,
    territory: &TerritoryId,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO member (org, person, territory) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    db.prepare_cached(sql)?.execute(params![org, person, territory.as_str()])?;
    Ok(())
}

pub(in crate::ledger) fn unassign(
    db: &Connection,
    org: Uuid,
    person: Uuid,
    territory: &TerritoryId,
    now: i64,
) -> Result<(), LedgerError> {
    let sql = "DELETE FROM member WHERE org = ?1 AND person = ?2 AND territory = ?3";
    if db.prepare_cached(sql)?.execute(params![org, person, territory.as_str()])? == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO member_past (org, person, territory, until) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET until = excluded.until";
    db.prepare_cached(sql)?.execute(params![org, person, territory.as_str(), now])?;
    Ok(())
}

/// Remembers that the record stood in this territory until now.
pub(in crate::ledger) fn add_place_past(
    db: &Connection,
    org: Uuid,
    record: RecordId,
    territory: &TerritoryId,
    now: i64,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO place_past (org, record, territory, until) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET until = excluded.until";
    db.prepare_cached(sql)?.execute(params![org, record.0, territory.as_str(), now])?;
    Ok(())
}

/// Whether the record stands, or stood since `since`, in a territory that the user has, or had since then. A territory
/// that the user lost before the record came there is none.
pub(in crate::ledger) fn was_within_reach(
    db: &Connection,
    org: Uuid,
    person: Uuid,
    (record, territory): (RecordId, &TerritoryId),
    since: i64,
) -> Result<bool, LedgerError> {
    let sql = "WITH past (territory, until) AS (
                 SELECT territory, until FROM place_past WHERE org = ?1 AND record = ?3),
               place (territory, came) AS (
                 SELECT ?4, coalesce((SELECT max(until) FROM past), 0) UNION ALL
                 SELECT territory, 0 FROM past WHERE until >= ?5)
               SELECT 1 FROM place WHERE territory IN (
                 SELECT territory FROM member WHERE org = ?1 AND person = ?2 UNION ALL
                 SELECT territory FROM member_past
                 WHERE org = ?1 AND person = ?2 AND until >= ?5 AND until >= came)";
    Ok(db.prepare_cached(sql)?.exists(params![org, person, record.0, territory.as_str(), since])?)
}

pub(in crate::ledger) fn add_session(
    db: &Connection,
    token_sha256: &[u8; 32],
    user: &User,
    (created, expires): (i64, i64),
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO session (org, token_sha256, person, created, expires) VALUES (?1, ?2, ?3, ?4, ?5)";
    db.prepare_cached(sql)?.execute(params![
        user.organisation,
        token_sha256.as_slice(),
        user.id,
        created,
        expires
    ])?;
    Ok(())
}

pub(in crate::ledger) fn session(
    db: &Connection,
    token_sha256: &[u8; 32],
    now: i64,
) -> Result<Option<Session>, LedgerError> {
    let sql = "SELECT person, expires FROM session WHERE token_sha256 = ?1 AND expires > ?2";
    let mut statement = db.prepare_cached(sql)?;
    let row: Option<(Uuid, i64)> = statement
        .query_row(params![token_sha256.as_slice(), now], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, expires)) = row else { return Ok(None) };
    Ok(person(db, id)?.map(|user| Session { user, expires }))
}

pub(in crate::ledger) fn renew_session(
    db: &Connection,
    token_sha256: &[u8; 32],
    expires: i64,
) -> Result<(), LedgerError> {
    let sql = "UPDATE session SET expires = ?2 WHERE token_sha256 = ?1";
    db.prepare_cached(sql)?.execute(params![token_sha256.as_slice(), expires])?;
    Ok(())
}

pub(in crate::ledger) fn remove_session(db: &Connection, token_sha256: &[u8; 32]) -> Result<(), LedgerError> {
    let sql = "DELETE FROM session WHERE token_sha256 = ?1";
    db.prepare_cached(sql)?.execute([token_sha256.as_slice()])?;
    Ok(())
}

/// Removes every session of the user; answers how many there were.
pub(in crate::ledger) fn remove_sessions(db: &Connection, user: &User) -> Result<usize, LedgerError> {
    let sql = "DELETE FROM session WHERE org = ?1 AND person = ?2";
    Ok(db.execute(sql, params![user.organisation, user.id])?)
}

pub(in crate::ledger) fn remove_expired_sessions(db: &Connection, now: i64) -> Result<(), LedgerError> {
    db.prepare_cached("DELETE FROM session WHERE expires <= ?1")?.execute([now])?;
    Ok(())
}

fn user_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        organisation: row.get(1)?,
        organisation_name: row.get(2)?,
        email: row.get(3)?,
        name: row.get(4)?,
        role: row.get(5)?,
        password_hash: row.get(6)?,
    })
}
