//! Contacts from a file that names people, with the accounts that the same file names. Each contact is filed at an
//! account where one is at the same door with the same phone, else at the practice made for that door. One that an
//! earlier file brought stays where it is until a file has it at another door.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use protocol::{Fields, Kind, Record, RecordId, TerritoryId, schema};
use uuid::Uuid;

use super::alike::{self, PersonName};
use super::columns::Map;
use super::people::{self, Entry};
use super::{ImportError, ROWS_PER_WRITE, Summary, Target, file};
use crate::ledger::{AccountRow, ContactRow, Ledger};

/// What came of an import of contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// Accounts that the file names.
    pub accounts: Summary,
    /// Accounts made for people at a door where no account is: “Practice of” the first of them.
    pub practices: Summary,
    /// Contacts, and rows of which nothing could be made.
    pub contacts: Summary,
    /// Rows left out because they are of none of the states asked for.
    pub elsewhere: usize,
}

impl Both {
    /// Rows left out, by the line each begins on.
    pub fn refused(&self) -> Vec<(u64, String)> {
        let all = [&self.accounts, &self.practices, &self.contacts].into_iter();
        let mut refused: Vec<_> = all.flat_map(|summary| summary.refused.iter().cloned()).collect();
        refused.sort();
        refused
    }
}

impl fmt::Display for Both {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accounts, practices, contacts, elsewhere } = self;
        write!(f, "accounts: {accounts}\npractices: {practices}\ncontacts: {contacts}")?;
        if *elsewhere > 0 {
            write!(f, "\nrows of other states: {elsewhere}")?;
        }
        Ok(())
    }
}

/// Imports the contacts of a CSV file, and its accounts. Safe to repeat. With `practices`, a person whose place is no
/// account gets one.
///
/// # Errors
/// When the file is not one that we know by its header, or the ledger cannot write.
pub fn contacts(
    ledger: &mut Ledger,
    bytes: &[u8],
    target: &Target,
    practices: bool,
    now: i64,
) -> Result<Both, ImportError> {
    let text = file::decoded(bytes);
    let rows = file::rows(&text, |header| {
        Map::of_people(header).ok_or_else(|| {
            let columns = file::shown(header);
            ImportError::File(format!("This header is not one we know people by. The file has: {columns}."))
        })
    })?;
    let mut found = Vec::new();
    let mut import = Import { ledger, target, practices, now, both: Both::default() };
    for (line, row) in rows {
        match row.and_then(|row| people::entry(&row)) {
            Ok(entry) if target.wants(entry.state()) => found.push((line, entry)),
            Ok(_) => import.both.elsewhere += 1,
            Err(reason) => import.both.contacts.refused.push((line, reason)),
        }
    }
    let at = import.accounts(&found)?;
    import.contacts(&found, &at)?;
    let Both { accounts, practices, contacts, .. } = &mut import.both;
    [accounts, practices, contacts].into_iter().for_each(|summary| summary.refused.sort());
    Ok(import.both)
}

struct Import<'a> {
    ledger: &'a mut Ledger,
    target: &'a Target,
    practices: bool,
    now: i64,
    both: Both,
}

/// Who else is this place or person.
#[derive(Clone, Debug)]
enum Twin {
    /// One of the same file.
    Line(u64, String),
    /// A record.
    Here(RecordId, String),
}

impl Twin {
    fn reason(&self, what: &str, by: &str) -> String {
        match self {
            Self::Line(line, _) => format!("the same {what} as in line {line}, by {by}"),
            Self::Here(_, name) => format!("“{name}” is here already, by {by}"),
        }
    }
}

impl Import<'_> {
    /// Writes the accounts of the file; answers by line which account is the row's.
    fn accounts(&mut self, found: &[(u64, Entry)]) -> Result<HashMap<u64, RecordId>, ImportError> {
        let org = self.target.organisation;
        let keys = self.ledger.imported_keys(org)?;
        let known = self.ledger.account_keys(org)?;
        let records = self.ledger.records(org)?;
        let own_keys = found.iter().filter_map(|(_, entry)| {
            let (key, fields) = entry.account.as_ref()?;
            Some(key.clone().unwrap_or_else(|| AccountRow::new(fields.clone()).key))
        });
        let own: BTreeSet<RecordId> =
            own_keys.filter_map(|key| keys.get(&key).or_else(|| known.get(&key)).copied()).collect();
        let mut places = Places::default();
        for (fields, who) in self.here(&records, Kind::Account, &own)? {
            places.add(&fields, who);
        }
        let mut rows = Vec::new();
        let mut lines_by_key: HashMap<String, u64> = HashMap::new();
        let mut twins = Vec::new();
        for (line, entry) in found {
            let Some((key, fields)) = &entry.account else { continue };
            let row = AccountRow::new(fields.clone());
            let row = AccountRow { key: key.clone().unwrap_or(row.key), ..row };
            let twin = match lines_by_key.get(&row.key) {
                Some(first) => Some((Twin::Line(*first, row.key.clone()), "name and address")),
                // What a file or a number knows is brought up to date; who else it looks like does not matter.
                None if keys.contains_key(&row.key) || known.contains_key(&row.key) => None,
                None => places.twin(fields),
            };
            if let Some((twin, by)) = twin {
                self.both.accounts.refused.push((*line, twin.reason("account", by)));
                twins.push((*line, twin));
                continue;
            }
            lines_by_key.insert(row.key.clone(), *line);
            places.add(fields, Twin::Line(*line, row.key.clone()));
            rows.push((*line, row));
        }
        let summary = std::mem::take(&mut self.both.accounts);
        self.both.accounts = self.write_accounts(&rows, summary, &known)?;
        let keys = self.ledger.imported_keys(org)?;
        let own = rows.iter().filter_map(|(line, row)| Some((*line, *keys.get(&row.key)?)));
        let others = twins.iter().filter_map(|(line, twin)| match twin {
            Twin::Line(_, key) => Some((*line, *keys.get(key)?)),
            Twin::Here(id, _) => Some((*line, *id)),
        });
        Ok(own.chain(others).collect())
    }

    fn contacts(&mut self, found: &[(u64, Entry)], at: &HashMap<u64, RecordId>) -> Result<(), ImportError> {
        let org = self.target.organisation;
        let keys = self.ledger.imported_keys(org)?;
        let records = self.ledger.records(org)?;
        let mut homes = Homes::of(&records);
        let own_keys = found.iter().filter_map(|(_, entry)| Some(&entry.contact.as_ref()?.0));
        let own: BTreeSet<RecordId> = own_keys.filter_map(|key| keys.get(key).copied()).collect();
        let mut people = People::default();
        for (fields, who) in self.here(&records, Kind::Contact, &own)? {
            people.add(&fields, who);
        }
        let known: HashMap<RecordId, &Record> = records.iter().map(|record| (record.id, record)).collect();
        let mut rows: Vec<(u64, ContactRow)> = Vec::new();
        let mut stay = BTreeSet::new();
        // Which row, if any, stands for each key.
        let mut by_key: HashMap<&str, Option<usize>> = HashMap::new();
        for (line, entry) in found {
            let Some((key, fields)) = &entry.contact else { continue };
            let account = at.get(line).and_then(|account| homes.live(*account));
            let of_place = entry.account.is_some();
            let twin = match by_key.get(key.as_str()) {
                Some(Some(first)) if of_place => {
                    rows[*first].1.also_at(account);
                    continue;
                }
                Some(Some(first)) => Some((Twin::Line(rows[*first].0, key.clone()), "NPI")),
                // A person whom a file brought is brought up to date; else whoever looks like one that is here is not
                // made.
                None if keys.contains_key(key) => None,
                Some(None) | None => people.twin(fields),
            };
            if let Some((twin, by)) = twin {
                self.both.contacts.refused.push((*line, twin.reason("contact", by)));
                let row = if let Twin::Line(_, first) = &twin { by_key[first.as_str()] } else { None };
                by_key.entry(key).or_insert(row);
                if let Some(first) = row.filter(|_| of_place) {
                    rows[first].1.also_at(account);
                }
                continue;
            }
            people.add(fields, Twin::Line(*line, key.clone()));
            by_key.insert(key, Some(rows.len()));
            let territory = self.target.territory.clone();
            let mut row = ContactRow { key: key.clone(), territory, fields: fields.clone() };
            if let Some(account) = account {
                row.fields.set("account", Some(&account.0.to_string()));
            }
            let here = keys.get(key).and_then(|id| known.get(id)).filter(|_| !of_place);
            if let Some(record) = here
                && self.stays(record, &mut row.fields, &homes)?
            {
                stay.insert(*line);
            }
            rows.push((*line, row));
        }
        let mut moving: Vec<_> = rows.iter_mut().filter(|(line, _)| !stay.contains(line)).collect();
        if self.practices {
            self.practices(&moving, &mut homes, &keys)?;
        }
        moving.iter_mut().for_each(|(_, row)| homes.file(row));
        for piece in rows.chunks(ROWS_PER_WRITE) {
            let (lines, rows): (Vec<u64>, Vec<ContactRow>) = piece.iter().cloned().unzip();
            let answers = self.ledger.import_contacts(org, &rows, &mut fresh, self.now)?;
            lines.into_iter().zip(answers).for_each(|(line, answer)| self.both.contacts.count(line, answer));
        }
        Ok(())
    }

    /// What a row may be told to be already: the live records of this kind but the file's own, each as it is, and then
    /// each as it was before. A file goes on saying what somebody has corrected here.
    fn here(
        &mut self,
        records: &[Record],
        kind: Kind,
        own: &BTreeSet<RecordId>,
    ) -> Result<Vec<(Fields, Twin)>, ImportError> {
        let others = || live(records, kind).filter(|record| !own.contains(&record.id));
        let twin = |record: &Record| Twin::Here(record.id, name_of(&record.fields));
        let mut here: Vec<_> = others().map(|record| (record.fields.clone(), twin(record))).collect();
        for record in others().filter(|record| record.version > 1) {
            let mut past = Fields::new();
            for version in self.ledger.history(record.id)? {
                version.patch.iter().for_each(|(name, text)| past.set(name, text.as_deref()));
                // A number that was taken back was somebody else's.
                past.set("npi", record.fields.text("npi"));
                here.push((past.clone(), twin(record)));
            }
        }
        Ok(here)
    }

    /// Whether this contact, which an earlier file brought, stays where it is: no file moves it but one that has it at
    /// another door than the file before. Where it stays, its row says of its account what the record does, which is no
    /// news. The accounts at that door are not asked: a rep may have corrected them or filed the contact elsewhere.
    fn stays(&mut self, record: &Record, row: &mut Fields, homes: &Homes) -> Result<bool, ImportError> {
        let (door, held) = (Door::of(row), &record.fields);
        let is_filed = account_of(held).is_some_and(|account| homes.live(account).is_some());
        let same = door.is_none() || door == Door::of(held);
        if same && is_filed {
            row.set("account", held.text("account"));
            return Ok(true);
        }
        let said = self.said(record.id)?;
        if record.deleted {
            row.set("account", said.text("account"));
            return Ok(true);
        }
        let was_unfiled = account_of(held).is_none() && account_of(&said).is_some();
        // Whom no file has filed anywhere is where a rep put it, whatever door a file has now.
        let is_at_its_door = same || door == Door::of(&said) || account_of(&said).is_none();
        let stays = is_at_its_door && (is_filed || was_unfiled);
        if stays {
            row.set("account", held.text("account"));
        }
        Ok(stays)
    }

    /// What files have said of this record, as far as it changed the record: versions that nobody's device or command
    /// made.
    fn said(&mut self, id: RecordId) -> Result<Fields, ImportError> {
        let mut said = Fields::new();
        let history = self.ledger.history(id)?.into_iter();
        for version in history.filter(|version| version.device.is_none() && version.user.is_none()) {
            version.patch.iter().for_each(|(name, text)| said.set(name, text.as_deref()));
        }
        Ok(said)
    }

    /// Makes a practice at each door of these people where no account is.
    fn practices(
        &mut self,
        rows: &[&mut (u64, ContactRow)],
        homes: &mut Homes,
        keys: &HashMap<String, RecordId>,
    ) -> Result<(), ImportError> {
        let mut made: Vec<(u64, AccountRow)> = Vec::new();
        let mut doors = BTreeSet::new();
        for (line, row) in rows.iter().map(|row| &**row) {
            if row.fields.text("account").is_some() {
                continue;
            }
            let Some(door) = Door::of(&row.fields) else { continue };
            let key = door.key();
            // What was made once is known by its key, wherever it has gone since.
            let here = keys.get(&key).copied();
            if let Some(account) = here.or_else(|| homes.doors.get(&door).copied()) {
                homes.doors.insert(door, account);
            } else if doors.insert(door) {
                made.push((*line, AccountRow { key, fields: practice_of(&row.fields) }));
            }
        }
        let practices = self.write_accounts(&made, Summary::default(), &HashMap::new())?;
        self.both.practices = practices;
        *homes = Homes { doors: std::mem::take(&mut homes.doors), ..Homes::of(&self.records()?) };
        let keys = self.ledger.imported_keys(self.target.organisation)?;
        for (_, row) in &made {
            if let (Some(door), Some(id)) = (Door::of(&row.fields), keys.get(&row.key)) {
                homes.doors.insert(door, *id);
            }
        }
        Ok(())
    }

    fn records(&mut self) -> Result<Vec<Record>, ImportError> {
        Ok(self.ledger.records(self.target.organisation)?)
    }

    fn write_accounts(
        &mut self,
        rows: &[(u64, AccountRow)],
        mut summary: Summary,
        known: &HashMap<String, RecordId>,
    ) -> Result<Summary, ImportError> {
        for piece in rows.chunks(ROWS_PER_WRITE) {
            super::write(self.ledger, self.target, known, piece.to_vec(), &mut summary, self.now)?;
        }
        Ok(summary)
    }
}

fn live(records: &[Record], kind: Kind) -> impl Iterator<Item = &Record> {
    records.iter().filter(move |record| record.kind == kind && !record.deleted)
}

impl ContactRow {
    /// The same person is seen at this account too.
    fn also_at(&mut self, account: Option<RecordId>) {
        let Some(account) = account else { return };
        let id = account.0.to_string();
        if self.fields.text("account") != Some(&id) {
            let role = self.fields.text("type").map(str::to_owned);
            self.fields.set(&format!("{}{id}", schema::AT), role.as_deref());
        }
    }
}

/// One place: the same phone at the same door.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Door {
    phone: String,
    door: String,
}

impl Door {
    fn of(fields: &Fields) -> Option<Self> {
        Some(Self { phone: fields.text("phone").and_then(alike::phone)?, door: alike::door(fields)? })
    }

    fn key(&self) -> String {
        format!("practice:{}\n{}", self.phone, self.door)
    }
}

/// Where live accounts are.
#[derive(Default)]
struct Homes {
    doors: HashMap<Door, RecordId>,
    territories: HashMap<RecordId, TerritoryId>,
    merged: HashMap<RecordId, RecordId>,
}

impl Homes {
    /// Of several at one door, the first made.
    fn of(records: &[Record]) -> Self {
        let mut homes = Self::default();
        for account in live(records, Kind::Account) {
            homes.territories.insert(account.id, account.territory.clone());
            if let Some(into) = account.fields.text("merged_into").and_then(|text| text.parse().ok()) {
                homes.merged.insert(account.id, RecordId(into));
            } else if let Some(door) = Door::of(&account.fields) {
                homes.doors.entry(door).or_insert(account.id);
            }
        }
        homes
    }

    /// Files the contact at its account, or else at the one at its door, and puts it where that one is.
    fn file(&self, row: &mut ContactRow) {
        let at_door = || self.doors.get(&Door::of(&row.fields)?).copied();
        let account = account_of(&row.fields).or_else(at_door).and_then(|account| self.live(account));
        let Some(account) = account else { return };
        row.fields.set("account", Some(&account.0.to_string()));
        row.territory = self.territories[&account].clone();
    }

    /// The account, or the one that stands for it, if that is alive.
    fn live(&self, mut account: RecordId) -> Option<RecordId> {
        for _ in 0..MERGES_MAX {
            match self.merged.get(&account) {
                Some(into) => account = *into,
                None => break,
            }
        }
        self.territories.contains_key(&account).then_some(account)
    }
}

/// Accounts merged into one after another: more are a ring.
const MERGES_MAX: usize = 8;

/// Places by what tells them apart.
#[derive(Default)]
struct Places {
    npis: HashMap<String, Twin>,
    phones: HashMap<String, Vec<Named>>,
}

/// A place by the words of its name, with its door where that is known.
type Named = (BTreeSet<String>, Option<String>, Twin);

impl Places {
    fn add(&mut self, fields: &Fields, who: Twin) {
        if let Some(npi) = fields.text("npi") {
            self.npis.entry(npi.to_owned()).or_insert_with(|| who.clone());
        }
        if let Some(phone) = fields.text("phone").and_then(alike::phone) {
            let place = (alike::words(&name_of(fields)), alike::door(fields), who);
            self.phones.entry(phone).or_default().push(place);
        }
    }

    fn twin(&self, fields: &Fields) -> Option<(Twin, &'static str)> {
        if let Some(twin) = fields.text("npi").and_then(|npi| self.npis.get(npi)) {
            return Some((twin.clone(), "NPI"));
        }
        let (words, door) = (alike::words(&name_of(fields)), alike::door(fields));
        let elsewhere = |other: &Option<String>| other.is_some() && door.is_some() && *other != door;
        let at_phone = self.phones.get(&fields.text("phone").and_then(alike::phone)?)?;
        let mut alike =
            at_phone.iter().filter(|(other, at, _)| alike::same_place(&words, other) && !elsewhere(at));
        alike.next().map(|(_, _, twin)| (twin.clone(), "phone and name"))
    }
}

/// People by what tells them apart.
#[derive(Default)]
struct People {
    npis: HashMap<String, Twin>,
    phones: HashMap<String, Vec<(PersonName, Option<String>, Twin)>>,
}

impl People {
    fn add(&mut self, fields: &Fields, who: Twin) {
        if let Some(npi) = fields.text("npi") {
            self.npis.entry(npi.to_owned()).or_insert_with(|| who.clone());
        }
        if let (Some(phone), Some(name)) =
            (fields.text("phone").and_then(alike::phone), PersonName::of(&name_of(fields)))
        {
            self.phones.entry(phone).or_default().push((name, npi_of(fields).map(str::to_owned), who));
        }
    }

    fn twin(&self, fields: &Fields) -> Option<(Twin, &'static str)> {
        if let Some(twin) = fields.text("npi").and_then(|npi| self.npis.get(npi)) {
            return Some((twin.clone(), "NPI"));
        }
        let (name, npi) = (PersonName::of(&name_of(fields))?, npi_of(fields));
        // Father and son may share name and switchboard; two numbers are two people.
        let other_person = |other: &Option<String>| other.is_some() && npi.is_some();
        let at_phone = self.phones.get(&fields.text("phone").and_then(alike::phone)?)?;
        let like = at_phone.iter().find(|(other, npi, _)| other.is_like(&name) && !other_person(npi));
        like.map(|(.., twin)| (twin.clone(), "phone and name"))
    }
}

/// The account for a person whose place is none: named after the person, at the same door.
fn practice_of(person: &Fields) -> Fields {
    let mut fields = Fields::new();
    fields.set("name", Some(&format!("Practice of {}", name_of(person))));
    let clinical = ["Physician", "Nurse practitioner", "Physician assistant"];
    let practice = person.text("type").filter(|kind| clinical.contains(kind)).map(|_| "Physician practice");
    fields.set("type", practice);
    for name in ["address", "city", "state", "zip", "phone", "fax"] {
        fields.set(name, person.text(name));
    }
    fields
}

/// The number that tells a person from everybody else, unless it is a slip.
fn npi_of(fields: &Fields) -> Option<&str> {
    fields.text("npi").filter(|npi| schema::npi::is_valid(npi))
}

fn account_of(contact: &Fields) -> Option<RecordId> {
    contact.text("account")?.parse().ok().map(RecordId)
}

fn name_of(fields: &Fields) -> String {
    fields.text("name").unwrap_or_default().to_owned()
}

fn fresh() -> RecordId {
    RecordId(Uuid::now_v7())
}
