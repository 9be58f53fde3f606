//! What becomes of a change: pure functions from the rows a change touches to the rows it writes. No SQL
//! here.

use std::collections::{BTreeMap, BTreeSet};

use protocol::limits::{EDITS_MAX, FIELDS_MAX};
use protocol::merge::{Clash, FieldVersions, SetBy, merge};
use protocol::message::Refusal;
use protocol::{Change, DeviceId, Edit, Fields, Kind, Op, Record, RecordId, TerritoryId, schema};

use super::words;

/// A record as the ledger keeps it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Its newest version; a deleted one still has its values here.
    pub(super) record: Record,
    /// Who set each field last.
    pub(super) set_by: FieldVersions,
}

/// The rows a decision may need.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Records named by the change, those that exist.
    pub(super) rows: BTreeMap<RecordId, Row>,
    /// The user's territories.
    pub(super) member: BTreeSet<TerritoryId>,
    /// Accounts that have left the user's territories only a while ago: call notes about them are still welcome.
    pub(super) grace: BTreeSet<RecordId>,
    /// Those of them, and those they were merged into, about which this change makes a note: what the same visit yields
    /// goes along.
    pub(super) late: BTreeSet<RecordId>,
    /// What such accounts, and those of such records, were merged into, and on from there.
    pub(super) merged: BTreeMap<RecordId, RecordId>,
    /// The user's own territory, for each record of the user's making that has stood there: it goes back when its
    /// account is taken away.
    pub(super) begun: BTreeMap<RecordId, TerritoryId>,
    /// What a record held before its newest version, where that is the user's.
    pub(super) before: BTreeMap<RecordId, Fields>,
    /// An earlier change of the device about one of these records is set aside and not settled.
    pub(super) held: bool,
}

/// Who writes, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Author<'a> {
    /// The device, nil for an admin command.
    pub(super) device: DeviceId,
    /// The name colleagues see.
    pub(super) name: &'a str,
    /// The server's clock.
    pub(super) now: i64,
}

/// One version to write.
#[derive(Debug)]
pub(super) struct Version {
    /// The record as it becomes.
    pub(super) row: Row,
    /// The version it replaces.
    pub(super) was: Option<Was>,
    /// `create`, `patch`, `delete` or `move`.
    pub(super) op: &'static str,
    /// The values this version sets; null takes one away.
    pub(super) patch: BTreeMap<String, Option<String>>,
    /// What those fields held before.
    pub(super) before: BTreeMap<String, String>,
}

/// Where a record stood before.
#[derive(Clone, Debug)]
pub(super) struct Was {
    /// Its territory.
    pub(super) territory: TerritoryId,
    /// Its version.
    pub(super) version: u64,
    /// Whether it was a tombstone.
    pub(super) deleted: bool,
}

/// What an acceptable change comes to.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Versions to write, in order.
    pub(super) versions: Vec<Version>,
    /// Records that the change named but did not alter.
    pub(super) unaltered: Vec<RecordId>,
    /// Values that lost.
    pub(super) clashes: Vec<Clash>,
    /// Whether another device wrote since the change was based.
    pub(super) stale: bool,
}

/// Decides about a change: all its edits, or a refusal and none of them. `known` is left as the change leaves
/// it.
pub(super) fn decide(change: &Change, author: Author<'_>, known: &mut Known) -> Result<Verdict, Refusal> {
    change.check().map_err(|malformed| Refusal::Invalid(words::malformed(&malformed)))?;
    if known.held {
        return Err(Refusal::Held);
    }
    let notes = change.edits.iter().filter(|edit| is_create(edit) && edit.kind == Kind::Note);
    known.late = notes.filter_map(account_named).filter(|account| known.is_late(*account)).collect();
    let mut verdict = Verdict::default();
    for edit in &change.edits {
        let version = match &edit.op {
            Op::Create(territory) => Some(create(edit, territory, author, known)?),
            Op::Patch => patch(edit, author, known, &mut verdict)?,
            Op::Delete => delete(edit, author, known, &mut verdict)?,
            Op::Restore => restore(edit, author, known, &mut verdict)?,
        };
        match version {
            Some(version) => {
                known.rows.insert(edit.id, version.row.clone());
                verdict.versions.push(version);
            }
            None => verdict.unaltered.push(edit.id),
        }
    }
    Ok(verdict)
}

/// Every record a change speaks of: its own, and the accounts they belong to.
pub(super) fn named(change: &Change) -> BTreeSet<RecordId> {
    // One with more edits is refused as malformed; its first ones are enough to say what it is about.
    let edits = || change.edits.iter().take(EDITS_MAX);
    edits().map(|edit| edit.id).chain(edits().filter_map(account_named)).collect()
}

/// Every record that order matters for: those the change names, and the accounts they belong to on the web.
pub(super) fn lanes(change: &Change, known: &Known) -> BTreeSet<RecordId> {
    let mut lanes = named(change);
    lanes.extend(known.rows.values().filter_map(|row| account_of(&row.record)));
    lanes
}

/// The account a record belongs to, by its fields.
pub(super) fn account_of(record: &Record) -> Option<RecordId> {
    let text = record.fields.text("account").filter(|_| schema::has_account(record.kind))?;
    text.parse().ok().map(RecordId)
}

/// The account that an account was merged into, by its fields.
pub(super) fn merged_into(account: &Record) -> Option<RecordId> {
    let text = account.fields.text("merged_into").filter(|_| account.kind == Kind::Account)?;
    text.parse().ok().map(RecordId)
}

/// The next version of a record, with these fields set by this author; nothing else changes.
pub(super) fn next_version(row: &Row, fields: Fields, applied: &[String], author: Author<'_>) -> Row {
    let version = row.record.version + 1;
    let mut next = row.clone();
    next.record.version = version;
    next.record.by = author.name.to_owned();
    next.record.at = author.now;
    next.record.fields = fields;
    for name in applied {
        let by = author.name.to_owned();
        next.set_by.insert(name.clone(), SetBy { version, device: author.device, by });
    }
    next
}

/// A record's first version.
pub(super) fn first_version(
    id: RecordId,
    kind: Kind,
    territory: TerritoryId,
    fields: Fields,
    author: Author<'_>,
) -> Version {
    let patch = fields.iter().map(|(name, text)| (name.to_owned(), Some(text.to_owned()))).collect();
    let by = author.name.to_owned();
    let record = Record { id, kind, territory, version: 1, deleted: false, by, at: author.now, fields };
    let row = Row { record, set_by: FieldVersions::new() };
    Version { row, was: None, op: "create", patch, before: BTreeMap::new() }
}

/// A later version that sets these fields.
pub(super) fn patched(row: &Row, fields: Fields, applied: &[String], author: Author<'_>) -> Version {
    let text_of =
        |fields: &Fields, name: &String| (name.clone(), fields.text(name.as_str()).map(str::to_owned));
    let patch = applied.iter().map(|name| text_of(&fields, name)).collect();
    let before = applied.iter().map(|name| text_of(&row.record.fields, name));
    let before = before.filter_map(|(name, text)| Some((name, text?))).collect();
    let next = next_version(row, fields, applied, author);
    Version { row: next, was: Some(Was::of(&row.record)), op: "patch", patch, before }
}

impl Known {
    fn is_late(&self, account: RecordId) -> bool {
        self.grace.contains(&account) || self.merged.values().any(|into| *into == account)
    }

    /// Whether the account, or what it was merged into, is one about which a late note is made.
    fn is_of_late(&self, account: RecordId) -> bool {
        // Accounts may be merged in a circle: no way is longer than all the steps there are.
        let way = std::iter::successors(Some(account), |account| self.merged.get(account).copied());
        way.take(self.merged.len() + 1).any(|account| self.late.contains(&account))
    }
}

impl Was {
    /// Where this record stands.
    pub(super) fn of(record: &Record) -> Self {
        Self { territory: record.territory.clone(), version: record.version, deleted: record.deleted }
    }
}

fn create(
    edit: &Edit,
    territory: &TerritoryId,
    author: Author<'_>,
    known: &Known,
) -> Result<Version, Refusal> {
    if known.rows.contains_key(&edit.id) {
        return Err(Refusal::Invalid(words::MADE_BEFORE.to_owned()));
    }
    // What belongs to an account lives where the account lives now: an account that was moved while a note
    // about it waited on a phone takes the note along.
    let account = account(edit, known)?;
    let home = account.map_or(territory, |account| &account.record.territory);
    let late = account.is_some_and(|account| known.is_of_late(account.record.id));
    let is_of_visit = late && matches!(edit.kind, Kind::Note | Kind::Event);
    if !known.member.contains(home) && !is_of_visit {
        return Err(Refusal::Denied);
    }
    let given = edit.set.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_deref()?)));
    let given: Fields = given.collect();
    whole(edit, &given, known)?;
    Ok(first_version(edit.id, edit.kind, home.clone(), given, author))
}

fn patch(
    edit: &Edit,
    author: Author<'_>,
    known: &Known,
    verdict: &mut Verdict,
) -> Result<Option<Version>, Refusal> {
    let row = row(edit, known)?;
    if row.record.deleted {
        return Err(Refusal::Gone);
    }
    let home = home(edit, row, known)?;
    let merged = merge(&row.record.fields, &row.set_by, edit, author.device);
    if merged.fields.iter().count() > FIELDS_MAX {
        return Err(Refusal::Invalid(words::TOO_MANY_FIELDS.to_owned()));
    }
    whole(edit, &merged.fields, known)?;
    verdict.stale |= merged.stale;
    verdict.clashes.extend(merged.clashes);
    Ok((!merged.applied.is_empty()).then(|| {
        let mut version = patched(row, merged.fields, &merged.applied, author);
        version.row.record.territory = home.clone();
        version
    }))
}

/// A record that somebody else changed since is not deleted: the deletion waits for a person, as a parked
/// clash of the field `deleted`.
fn delete(
    edit: &Edit,
    author: Author<'_>,
    known: &Known,
    verdict: &mut Verdict,
) -> Result<Option<Version>, Refusal> {
    let row = row(edit, known)?;
    if row.record.deleted {
        return Ok(None);
    }
    if merge(&row.record.fields, &row.set_by, edit, author.device).stale {
        verdict.stale = true;
        verdict.clashes.push(Clash {
            record: edit.id,
            field: "deleted".to_owned(),
            theirs: None,
            by: row.record.by.clone(),
            version: row.record.version,
            mine: Some("true".to_owned()),
            parked: true,
        });
        return Ok(None);
    }
    let mut version = patched(row, row.record.fields.clone(), &[], author);
    version.row.record.deleted = true;
    version.op = "delete";
    version.before =
        row.record.fields.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    Ok(Some(version))
}

/// Brings a deleted record back; on one that lives, or lives again, it is a patch.
fn restore(
    edit: &Edit,
    author: Author<'_>,
    known: &Known,
    verdict: &mut Verdict,
) -> Result<Option<Version>, Refusal> {
    let row = row(edit, known)?;
    if !row.record.deleted {
        return patch(edit, author, known, verdict);
    }
    let home = home(edit, row, known)?;
    let merged = merge(&row.record.fields, &row.set_by, edit, author.device);
    verdict.stale |= merged.stale;
    verdict.clashes.extend(merged.clashes);
    whole(edit, &merged.fields, known)?;
    let mut version = patched(row, merged.fields, &merged.applied, author);
    version.row.record.deleted = false;
    version.row.record.territory = home.clone();
    version.op = "restore";
    Ok(Some(version))
}

/// Where a record lives after this edit: what gets another account goes where that one is, such as a note from the
/// tray, or a contact who changed the place; and what was begun in the user's own territory goes back there when its
/// account is taken away.
fn home<'a>(edit: &Edit, row: &'a Row, known: &'a Known) -> Result<&'a TerritoryId, Refusal> {
    let home = match account(edit, known)? {
        Some(account) => Some(&account.record.territory),
        None => known.begun.get(&edit.id).filter(|_| takes_account_away(edit, &row.record)),
    };
    let home = home.unwrap_or(&row.record.territory);
    if *home == row.record.territory || known.member.contains(home) {
        return Ok(home);
    }
    Err(Refusal::Invalid(words::ACCOUNT_ELSEWHERE.to_owned()))
}

/// A record that holds together is not torn by a change. One that did not before may be changed bit by bit, and whoever
/// changed it last may put it back as it was.
fn whole(edit: &Edit, after: &Fields, known: &Known) -> Result<(), Refusal> {
    let Err((name, invalid)) = schema::check_whole(edit.kind, after) else { return Ok(()) };
    let row = known.rows.get(&edit.id);
    let was_torn = row.is_some_and(|row| schema::check_whole(edit.kind, &row.record.fields).is_err());
    if was_torn || known.before.get(&edit.id) == Some(after) {
        return Ok(());
    }
    Err(Refusal::Invalid(words::invalid(name, invalid)))
}

/// The record an edit is about, if the user may write it.
fn row<'a>(edit: &Edit, known: &'a Known) -> Result<&'a Row, Refusal> {
    let row = known.rows.get(&edit.id).ok_or(Refusal::Denied)?;
    if !known.member.contains(&row.record.territory) && !is_done_late(edit, &row.record, known) {
        return Err(Refusal::Denied);
    }
    if row.record.kind != edit.kind {
        return Err(Refusal::Invalid(words::OTHER_KIND.to_owned()));
    }
    Ok(row)
}

/// Whether the edit says no more of an event than how it went, beside a late note about the event's account.
fn is_done_late(edit: &Edit, event: &Record, known: &Known) -> bool {
    edit.op == Op::Patch
        && event.kind == Kind::Event
        && account_of(event).is_some_and(|account| known.is_of_late(account))
        && edit.set.keys().all(|name| matches!(name.as_str(), "status" | "outcome"))
}

/// The account an edit names, if it names one; it must be a live account of the user's.
fn account<'a>(edit: &Edit, known: &'a Known) -> Result<Option<&'a Row>, Refusal> {
    let Some(text) = account_text(edit) else { return Ok(None) };
    let id = text.parse().map(RecordId).map_err(|_| Refusal::Invalid(words::NO_ACCOUNT.to_owned()))?;
    let row = known.rows.get(&id).filter(|row| row.record.kind == Kind::Account);
    let row = row.ok_or_else(|| Refusal::Invalid(words::NO_ACCOUNT.to_owned()))?;
    if !known.member.contains(&row.record.territory) && !known.grace.contains(&id) {
        return Err(Refusal::Denied);
    }
    if row.record.deleted { Err(Refusal::Gone) } else { Ok(Some(row)) }
}

const fn is_create(edit: &Edit) -> bool {
    matches!(edit.op, Op::Create(_))
}

fn account_named(edit: &Edit) -> Option<RecordId> {
    account_text(edit)?.parse().ok().map(RecordId)
}

fn account_text(edit: &Edit) -> Option<&str> {
    account_set(edit)?.filter(|text| !text.is_empty())
}

/// Whether an edit says that a record belongs to no account.
pub(super) fn names_no_account(edit: &Edit) -> bool {
    account_set(edit).is_some() && account_text(edit).is_none()
}

fn takes_account_away(edit: &Edit, record: &Record) -> bool {
    account_of(record).is_some() && names_no_account(edit)
}

/// What an edit sets as the account, if it sets that.
fn account_set(edit: &Edit) -> Option<Option<&str>> {
    let text = edit.set.get("account").filter(|_| schema::has_account(edit.kind))?;
    Some(text.as_deref())
}
