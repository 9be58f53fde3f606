//! Handing out feed numbers inside one writing transaction, and keeping each feed's count and digest true.

use std::collections::BTreeMap;

use protocol::TerritoryId;
use protocol::digest::Digest;
use rusqlite::Connection;
use uuid::Uuid;

use super::LedgerError;
use super::rules::Version;
use super::sqlite::records::{self, Origin};
use super::sqlite::{self};

/// The feeds a transaction has touched. [`Feeds::save`] must be the transaction's last write.
///
/// The transaction holds the only pen from before the first number is read until it commits, so numbers
/// become visible in their order and without holes: no reader can pass a number that appears later.
pub(super) struct Feeds<'a> {
    db: &'a Connection,
    org: Uuid,
    touched: BTreeMap<TerritoryId, Feed>,
}

#[derive(Clone, Copy)]
struct Feed {
    head: u64,
    digest: Digest,
}

impl<'a> Feeds<'a> {
    pub(super) fn new(db: &'a Connection, org: Uuid) -> Self {
        Self { db, org, touched: BTreeMap::new() }
    }

    /// The transaction.
    pub(super) fn db(&self) -> &'a Connection {
        self.db
    }

    /// Writes a version of a record and its entries; answers its number in the feed of its territory.
    pub(super) fn write(&mut self, version: &Version, origin: Origin) -> Result<u64, LedgerError> {
        let (db, org) = (self.db, self.org);
        let record = &version.row.record;
        records::put_version(db, org, version, origin)?;
        if let Some(was) = &version.was {
            let moved = was.territory != record.territory;
            let old = self.feed(&was.territory)?;
            if !was.deleted {
                old.digest.remove(record.id, was.version);
            }
            if moved {
                old.head += 1;
                let entry = (record.id, old.head);
                sqlite::feeds::put_entry(db, org, &was.territory, entry, true)?;
            }
        }
        let feed = self.feed(&record.territory)?;
        if !record.deleted {
            feed.digest.add(record.id, record.version);
        }
        feed.head += 1;
        let head = feed.head;
        sqlite::feeds::put_entry(db, org, &record.territory, (record.id, head), false)?;
        Ok(head)
    }

    /// Writes the heads back.
    pub(super) fn save(self) -> Result<(), LedgerError> {
        for (territory, feed) in &self.touched {
            sqlite::feeds::set_feed(self.db, self.org, territory, feed.head, feed.digest)?;
        }
        Ok(())
    }

    fn feed(&mut self, territory: &TerritoryId) -> Result<&mut Feed, LedgerError> {
        if !self.touched.contains_key(territory) {
            let row = sqlite::feeds::territory(self.db, self.org, territory)?;
            let row = row.ok_or_else(|| LedgerError::Database(format!("no territory {territory}")))?;
            self.touched.insert(territory.clone(), Feed { head: row.head, digest: row.digest });
        }
        Ok(self.touched.get_mut(territory).expect("it was inserted just above"))
    }
}
