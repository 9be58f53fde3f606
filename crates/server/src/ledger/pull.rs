//! Reading the feeds: what is new for a device, and how far there is to go.

use std::collections::BTreeMap;

use protocol::TerritoryId;
use protocol::limits::PULL_RECORDS_MAX;
use protocol::message::{FeedPage, PullReply, PullRequest, PulseReply, SATCHEL};
use rusqlite::Connection;
use uuid::Uuid;

use super::push::decided;
use super::sqlite::feeds::{self, Entry, Territory};
use super::sqlite::{self, changes};
use super::{Ledger, LedgerError, SCHEMA_MIN, User};

impl Ledger {
    /// One page of what is new for the user after the request's cursors, all of it from one moment.
    ///
    /// Entries are read feed by feed, in the order of their numbers. What changes between two pages gets a
    /// new number and is read again, so when nothing remains in any feed the pages together are the ledger as
    /// of the last one.
    ///
    /// # Errors
    /// When there is no such user, the app is too old, or the database cannot be read.
    pub fn pull(&mut self, user: Uuid, request: &PullRequest, now: i64) -> Result<PullReply, LedgerError> {
        if request.schema < SCHEMA_MIN {
            return Err(LedgerError::SchemaOld);
        }
        self.read(|db| {
            let user = sqlite::people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            let epoch = sqlite::people::epoch(db)?;
            let none = BTreeMap::new();
            let other_life = request.epoch != 0 && request.epoch != epoch;
            let cursors = if other_life { &none } else { &request.cursors };
            let mut budget = match request.limit {
                0 => PULL_RECORDS_MAX,
                limit => limit.min(PULL_RECORDS_MAX),
            };
            let mut remaining = 0;
            let mut pages = Vec::new();
            for territory in feeds::member_territories(db, user.organisation, user.id)? {
                let cursor = cursors.get(&territory.id).copied().unwrap_or_default();
                let page = page(db, &user, territory, cursor, budget)?;
                budget -= page.records.len() + page.left.len();
                remaining += feeds::count_after(db, user.organisation, &page.territory, page.cursor)?;
                pages.push(page);
            }
            let decided = match remaining {
                0 => decided(db, &user, &request.open)?,
                _ => Vec::new(),
            };
            let device = changes::device(db, user.organisation, request.device)?;
            let last_number = device.map_or(Some(0), |it| (it.person == user.id).then_some(it.last_number));
            Ok(PullReply { satchel: SATCHEL, epoch, now, feeds: pages, remaining, decided, last_number })
        })
    }

    /// The tiny answer that proves a connection; the heads are empty without a user.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn pulse(&mut self, user: Option<Uuid>, now: i64) -> Result<PulseReply, LedgerError> {
        self.read(|db| {
            let user = user.map(|user| sqlite::people::person(db, user)).transpose()?.flatten();
            let heads = match &user {
                Some(user) => feeds::member_territories(db, user.organisation, user.id)?,
                None => Vec::new(),
            };
            Ok(PulseReply {
                satchel: SATCHEL,
                epoch: sqlite::people::epoch(db)?,
                now,
                signed_in: user.is_some(),
                heads: heads.into_iter().map(|territory| (territory.id, territory.head)).collect(),
                schema_min: SCHEMA_MIN,
            })
        })
    }
}

fn page(
    db: &Connection,
    user: &User,
    territory: Territory,
    cursor: u64,
    budget: usize,
) -> Result<FeedPage, LedgerError> {
    // A number never handed out in this life of the server says nothing; read that feed anew.
    let cursor = if cursor > territory.head { 0 } else { cursor };
    let mut page = start_page(territory, cursor);
    if budget == 0 {
        return Ok(page);
    }
    for entry in feeds::entries_after(db, user.organisation, &page.territory, cursor, budget)? {
        match entry {
            Entry::Record(seq, record) => {
                page.cursor = seq;
                page.records.push(record);
            }
            Entry::Left(seq, id) => {
                page.cursor = seq;
                page.left.push(id);
            }
        }
    }
    Ok(page)
}

fn start_page(Territory { id, name, digest, owner, .. }: Territory, cursor: u64) -> FeedPage {
    let territory: TerritoryId = id;
    let hex = format!("{:016x}", digest.sum);
    let (records, left) = (Vec::new(), Vec::new());
    FeedPage { territory, name, own: owner.is_some(), cursor, live: digest.live, digest: hex, records, left }
}
