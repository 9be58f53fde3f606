//! What admin commands, the simulator and tests ask of the ledger beside push and pull.

use std::collections::BTreeMap;

use protocol::digest::Digest;
use protocol::{ChangeId, DeviceId, Fields, Kind, Record, RecordId, TerritoryId};
use rusqlite::Connection;
use uuid::Uuid;

use super::feeds::Feeds;
use super::rules::{self, Author, Row, Version, Was};
use super::sqlite::records::Origin;
use super::sqlite::{self};
use super::{Ledger, LedgerError, User};

/// One version of a record, as the history keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// The version.
    pub version: u64,
    /// `create`, `patch`, `delete` or `move`.
    pub op: String,
    /// The change, when a device made it.
    pub change: Option<ChangeId>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The user.
    pub user: Option<Uuid>,
    /// When it was saved, by the device's clock.
    pub made_at: i64,
    /// When it was taken, by the server's clock.
    pub at: i64,
    /// The values it set; null takes one away.
    pub patch: BTreeMap<String, Option<String>>,
    /// What those fields held before.
    pub before: BTreeMap<String, String>,
}

/// A territory and its feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerritoryRow {
    /// Its short name.
    pub id: TerritoryId,
    /// Its name as people say it.
    pub name: String,
    /// The newest number of its feed.
    pub head: u64,
    /// What its live records add up to.
    pub digest: Digest,
}

impl Ledger {
    /// Moves a record to another territory, and with an account all that belongs to it, at one moment.
    /// Answers how many records moved.
    ///
    /// # Errors
    /// When the user, the record or the territory is not there, the record belongs to an account, or the
    /// database fails.
    pub fn move_record(
        &mut self,
        actor: Uuid,
        id: RecordId,
        territory: &TerritoryId,
        now: i64,
    ) -> Result<usize, LedgerError> {
        self.write(|db| {
            let actor = sqlite::people::person(db, actor)?.ok_or(LedgerError::UnknownUser)?;
            let org = actor.organisation;
            must_exist(db, org, territory)?;
            let missing = || LedgerError::Refused("There is no such record.".to_owned());
            let row = sqlite::records::record(db, org, id)?.ok_or_else(missing)?;
            if row.record.deleted {
                return Err(LedgerError::Refused("The record was deleted.".to_owned()));
            }
            if rules::account_of(&row.record).is_some() {
                let sentence = "The record belongs to an account; move the account, and it goes along.";
                return Err(LedgerError::Refused(sentence.to_owned()));
            }
            let mut feeds = Feeds::new(db, org);
            let moved = take_along(&mut feeds, &actor, row, territory, now)?;
            feeds.save()?;
            Ok(moved)
        })
    }

    /// Moves those accounts of one territory to another whose field has one of these values, whatever their case,
    /// and all that belongs to them, at one moment. Answers how many records moved.
    ///
    /// # Errors
    /// When the user or a territory is not there, or the database fails.
    pub fn split_territory(
        &mut self,
        actor: Uuid,
        (from, to): (&TerritoryId, &TerritoryId),
        (field, values): (&str, &[String]),
        now: i64,
    ) -> Result<usize, LedgerError> {
        self.write(|db| {
            let actor = sqlite::people::person(db, actor)?.ok_or(LedgerError::UnknownUser)?;
            let org = actor.organisation;
            must_exist(db, org, from)?;
            must_exist(db, org, to)?;
            let chosen = |row: &Row| {
                let text = row.record.fields.text(field).unwrap_or_default();
                row.record.territory == *from
                    && row.record.kind == Kind::Account
                    && !row.record.deleted
                    && values.iter().any(|value| value.eq_ignore_ascii_case(text))
            };
            let mut feeds = Feeds::new(db, org);
            let mut moved = 0;
            for row in sqlite::records::records(db, org)?.into_iter().filter(chosen) {
                moved += take_along(&mut feeds, &actor, row, to, now)?;
            }
            feeds.save()?;
            Ok(moved)
        })
    }

    /// Starts a new life of the server: after a backup was restored, so that devices send again what it
    /// lacks. `now` makes the number one that no earlier life had, also when one backup is restored twice.
    ///
    /// # Errors
    /// When the database fails.
    pub fn bump_epoch(&mut self, now: i64) -> Result<u64, LedgerError> {
        self.write(|db| {
            sqlite::people::bump_epoch(db, now)?;
            sqlite::people::epoch(db)
        })
    }

    /// The record's newest version, as devices get it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn record(&mut self, id: RecordId) -> Result<Option<Record>, LedgerError> {
        self.read(|db| {
            let Some(org) = sqlite::records::org_of(db, id)? else { return Ok(None) };
            Ok(sqlite::records::record(db, org, id)?.map(as_sent))
        })
    }

    /// Every record of the organisation, tombstones among them, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn records(&mut self, org: Uuid) -> Result<Vec<Record>, LedgerError> {
        self.read(|db| Ok(sqlite::records::records(db, org)?.into_iter().map(as_sent).collect()))
    }

    /// Every version the record ever had, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn history(&mut self, id: RecordId) -> Result<Vec<HistoryRow>, LedgerError> {
        self.read(|db| match sqlite::records::org_of(db, id)? {
            Some(org) => sqlite::records::history(db, org, id),
            None => Ok(Vec::new()),
        })
    }

    /// The organisation's territories, by short name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn territories(&mut self, org: Uuid) -> Result<Vec<TerritoryRow>, LedgerError> {
        self.read(|db| {
            let rows = sqlite::feeds::territories(db, org)?.into_iter();
            Ok(rows
                .map(|row| TerritoryRow { id: row.id, name: row.name, head: row.head, digest: row.digest })
                .collect())
        })
    }

    /// The user's territories, by short name, without the user's own.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn territories_of(&mut self, user: Uuid) -> Result<Vec<TerritoryId>, LedgerError> {
        self.read(|db| {
            let user = sqlite::people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            let rows = sqlite::feeds::member_territories(db, user.organisation, user.id)?;
            Ok(rows.into_iter().filter(|row| row.owner.is_none()).map(|row| row.id).collect())
        })
    }

    /// Whether this change has been answered.
    ///
    /// # Errors
    /// When the database fails.
    pub fn answered(&mut self, org: Uuid, change: ChangeId) -> Result<bool, LedgerError> {
        self.read(|db| Ok(sqlite::changes::mutation(db, org, change)?.is_some()))
    }
}

/// Says so when the organisation has no such territory.
pub(super) fn must_exist(db: &Connection, org: Uuid, territory: &TerritoryId) -> Result<(), LedgerError> {
    match sqlite::feeds::territory(db, org, territory)?.filter(|row| row.owner.is_none()) {
        Some(_) => Ok(()),
        None => Err(LedgerError::Refused(format!("There is no territory “{territory}”."))),
    }
}

/// Moves a record and what belongs to it; answers how many moved.
fn take_along(
    feeds: &mut Feeds<'_>,
    actor: &User,
    row: Row,
    territory: &TerritoryId,
    now: i64,
) -> Result<usize, LedgerError> {
    let (db, org) = (feeds.db(), actor.organisation);
    let author = Author { device: DeviceId(Uuid::nil()), name: &actor.name, now };
    let origin = Origin { person: Some(actor.id), made_at: now, ..Origin::default() };
    let along = sqlite::records::records_of(db, org, row.record.id)?;
    let mut moved = 0;
    for row in std::iter::once(row).chain(along).filter(|row| row.record.territory != *territory) {
        feeds.write(&moved_to(&row, territory, author), origin)?;
        sqlite::people::add_place_past(db, org, row.record.id, &row.record.territory, now)?;
        moved += usize::from(!row.record.deleted);
    }
    Ok(moved)
}

fn moved_to(row: &Row, territory: &TerritoryId, author: Author<'_>) -> Version {
    let mut next = rules::next_version(row, row.record.fields.clone(), &[], author);
    next.record.territory = territory.clone();
    let was = Some(Was::of(&row.record));
    Version { row: next, was, op: "move", patch: BTreeMap::new(), before: BTreeMap::new() }
}

fn as_sent(row: Row) -> Record {
    let mut record = row.record;
    if record.deleted {
        record.fields = Fields::new();
    }
    record
}
