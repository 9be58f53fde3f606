//! Writing records that come from a file: through the same versions, history and feeds as a rep's own saves.

use std::collections::HashMap;

use protocol::{DeviceId, Fields, Kind, RecordId, TerritoryId, schema};
use rusqlite::Connection;
use uuid::Uuid;

use super::feeds::Feeds;
use super::rules::{self, Author};
use super::sqlite::records::{self, Origin};
use super::{Ledger, LedgerError, admin, words};

/// An account as a file gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// What tells this account from every other of the organisation.
    pub key: String,
    /// Its values.
    pub fields: Fields,
}

/// A contact as a file gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    /// What tells this contact from every other of the organisation.
    pub key: String,
    /// Where it goes: the territory of its account, where it has one.
    pub territory: TerritoryId,
    /// Its values.
    pub fields: Fields,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// A new record.
    New,
    /// The file says something new about a known record.
    Changed,
    /// Nothing new.
    Unchanged,
    /// The row was left out, for this reason.
    Refused(String),
}

impl AccountRow {
    /// The row with its key: the CMS number where it has one, else name, address and city.
    pub fn new(fields: Fields) -> Self {
        let text = |name| fields.text(name).unwrap_or_default().to_lowercase();
        let key = match fields.text("ccn") {
            Some(ccn) => format!("ccn:{}", ccn.to_lowercase()),
            None => format!("place:{}\n{}\n{}", text("name"), text("address"), text("city")),
        };
        Self { key, fields }
    }
}

impl Ledger {
    /// Live accounts by their key: those a file may speak of though no file brought them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account_keys(&mut self, org: Uuid) -> Result<HashMap<String, RecordId>, LedgerError> {
        self.read(|db| {
            let rows = records::records(db, org)?.into_iter().map(|row| row.record);
            let accounts = rows.filter(|record| record.kind == Kind::Account && !record.deleted);
            Ok(accounts.map(|account| (AccountRow::new(account.fields).key, account.id)).collect())
        })
    }

    /// Writes these rows into the territory, in one transaction; answers each.
    ///
    /// Each value is compared with what a file last said there, not with what a rep has made of it since: importing a
    /// file again, or one with fewer columns between, never undoes a rep's correction. What no file has said before is
    /// added where nothing stands. `fresh` names new accounts.
    ///
    /// # Errors
    /// When there is no such territory, or the database fails. Nothing was written then.
    pub fn import_accounts(
        &mut self,
        org: Uuid,
        territory: &TerritoryId,
        rows: &[AccountRow],
        known: &HashMap<String, RecordId>,
        fresh: &mut dyn FnMut() -> RecordId,
        now: i64,
    ) -> Result<Vec<Imported>, LedgerError> {
        self.write(|db| {
            admin::must_exist(db, org, territory)?;
            let mut import = Import { db, org, fresh, now, feeds: Feeds::new(db, org) };
            let known = |row: &AccountRow| known.get(&row.key).copied();
            let answers = rows.iter().map(|row| import.take(Given::account(row, territory), known(row)));
            let answers = answers.collect::<Result<_, _>>()?;
            import.feeds.save()?;
            Ok(answers)
        })
    }

    /// Writes these contacts, in one transaction; answers each. As [`import_accounts`](Self::import_accounts) in all
    /// else; one that a file files at another account goes where that one is.
    ///
    /// # Errors
    /// When the database fails. Nothing was written then.
    pub fn import_contacts(
        &mut self,
        org: Uuid,
        rows: &[ContactRow],
        fresh: &mut dyn FnMut() -> RecordId,
        now: i64,
    ) -> Result<Vec<Imported>, LedgerError> {
        self.write(|db| {
            let mut import = Import { db, org, fresh, now, feeds: Feeds::new(db, org) };
            let answers = rows.iter().map(|row| import.take(Given::contact(row), None));
            let answers = answers.collect::<Result<_, _>>()?;
            import.feeds.save()?;
            Ok(answers)
        })
    }

    /// The records that files brought, by their key; deleted ones among them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn imported_keys(&mut self, org: Uuid) -> Result<HashMap<String, RecordId>, LedgerError> {
        self.read(|db| records::imported_keys(db, org))
    }
}

struct Import<'a> {
    db: &'a Connection,
    org: Uuid,
    fresh: &'a mut dyn FnMut() -> RecordId,
    now: i64,
    feeds: Feeds<'a>,
}

/// A row of either kind.
#[derive(Clone, Copy)]
struct Given<'a> {
    kind: Kind,
    key: &'a str,
    fields: &'a Fields,
    territory: &'a TerritoryId,
}

impl<'a> Given<'a> {
    const fn account(AccountRow { key, fields }: &'a AccountRow, territory: &'a TerritoryId) -> Self {
        Self { kind: Kind::Account, key: key.as_str(), fields, territory }
    }

    const fn contact(ContactRow { key, fields, territory }: &'a ContactRow) -> Self {
        Self { kind: Kind::Contact, key: key.as_str(), fields, territory }
    }
}

impl Import<'_> {
    /// `known` is a record of this key that no file brought.
    fn take(&mut self, row: Given<'_>, known: Option<RecordId>) -> Result<Imported, LedgerError> {
        if let Some(reason) = invalid(row.kind, row.fields) {
            return Ok(Imported::Refused(reason));
        }
        match (records::imported(self.db, self.org, row.key)?, known) {
            (Some((_, said)), _) if row.fields.iter().all(|(name, text)| said.text(name) == Some(text)) => {
                Ok(Imported::Unchanged)
            }
            (Some((id, said)), _) => self.patch(row, id, said),
            (None, Some(id)) => self.patch(row, id, Fields::new()),
            (None, None) => self.create(row),
        }
    }

    fn create(&mut self, row: Given<'_>) -> Result<Imported, LedgerError> {
        let id = (self.fresh)();
        let (territory, fields) = (row.territory.clone(), row.fields.clone());
        let version = rules::first_version(id, row.kind, territory, fields, author(self.now));
        self.feeds.write(&version, origin(self.now))?;
        records::put_imported(self.db, self.org, row.key, id, row.fields)?;
        Ok(Imported::New)
    }

    /// `said` is what files have said of it so far.
    fn patch(&mut self, row: Given<'_>, id: RecordId, mut said: Fields) -> Result<Imported, LedgerError> {
        let Some(held) = records::record(self.db, self.org, id)? else {
            return Err(LedgerError::Database(format!("an imported record {} is missing", id.0)));
        };
        if held.record.deleted {
            return Ok(Imported::Refused(words::deleted_here(row.kind).to_owned()));
        }
        // A cell the file leaves empty takes nothing away. What no file has said before is for who knows nothing yet.
        let is_news = |name: &str, text: &str| match (said.text(name), held.record.fields.text(name)) {
            (Some(said), held) => said != text && held != Some(text),
            (None, held) => held.is_none(),
        };
        let mut fields = held.record.fields.clone();
        let mut applied = Vec::new();
        for (name, text) in row.fields.iter().filter(|(name, text)| is_news(name, text)) {
            fields.set(name, Some(text));
            applied.push(name.to_owned());
        }
        for (name, text) in row.fields.iter() {
            said.set(name, Some(text));
        }
        records::put_imported(self.db, self.org, row.key, id, &said)?;
        if applied.is_empty() {
            return Ok(Imported::Unchanged);
        }
        let mut version = rules::patched(&held, fields, &applied, author(self.now));
        if applied.iter().any(|name| name == "account") {
            version.row.record.territory = row.territory.clone();
        }
        self.feeds.write(&version, origin(self.now))?;
        Ok(Imported::Changed)
    }
}

fn invalid(kind: Kind, fields: &Fields) -> Option<String> {
    let name = fields.text("name").is_none().then_some(("name", None));
    let mut given = fields.iter().map(|(name, text)| (name, Some(text))).chain(name);
    given.find_map(|(name, text)| Some(words::invalid(name, schema::check(kind, name, text).err()?)))
}

fn author(now: i64) -> Author<'static> {
    Author { device: DeviceId(Uuid::nil()), name: "Import", now }
}

fn origin(now: i64) -> Origin {
    Origin { made_at: now, ..Origin::default() }
}
