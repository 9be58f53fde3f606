//! What the server wrote, read back from its ledger and compared with what was saved.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use protocol::digest::Digest;
use protocol::message::{Outcome, PushReply, PushRequest, Receipt, Refusal};
use protocol::{ChangeId, Fields, How, Op, Record, RecordId};
use server::ledger::{HistoryRow, Ledger};
use uuid::Uuid;

use super::{Judge, Saved, Verdict, print, rules};

/// A record as its history tells it.
#[derive(Default)]
pub(super) struct Book {
    version: u64,
    pub(super) fields: Fields,
    deleted: bool,
    /// The changes that wrote its first version and its newest.
    pub(super) made: Option<ChangeId>,
    pub(super) last: Option<ChangeId>,
    /// Where it is, deleted or not, and where it was before its newest version, if that is known.
    pub(super) place: Option<usize>,
    pub(super) former: Option<usize>,
    /// Where it counts, and as what.
    pub(super) counted: Option<(usize, u64)>,
    /// Which save set each field last, and at which version.
    set_by: BTreeMap<String, (ChangeId, u64)>,
    /// Changes that wrote it, with the fields they set.
    applied: BTreeMap<ChangeId, BTreeSet<String>>,
    /// By device: the newest save that wrote it.
    newest: BTreeMap<usize, usize>,
}

/// Fields that are never overwritten unseen; said here once more, so that a slip in the schema is noticed.
const PARKED: [&str; 6] = ["amount", "consent", "decision", "merged_into", "owner", "stage"];
/// Every so many writes everything is read again, so that a write nobody asked for is noticed.
const AUDIT: u64 = 24;

impl Judge {
    /// The server answered a push.
    ///
    /// # Errors
    /// P2, P4, P5, P9, P10, P12, P14, P15 or P22 is broken.
    pub fn on_pushed(
        &mut self,
        ledger: &mut Ledger,
        org: Uuid,
        push: &PushRequest,
        reply: &PushReply,
    ) -> Verdict {
        if reply.problem.is_some() {
            return Ok(());
        }
        let answered: Vec<ChangeId> = reply.receipts.iter().map(|receipt| receipt.change).collect();
        if answered != push.changes.iter().map(|change| change.id).collect::<Vec<_>>() {
            return Err("P5: a push was not answered change by change".to_owned());
        }
        let moment = self.moments.len();
        let mut fresh = Vec::new();
        let mut settled = Vec::new();
        for receipt in &reply.receipts {
            let Some(saved) = self.saves.get_mut(&receipt.change) else {
                return Err(format!("P2: the server has a change {} that nobody saved", receipt.change.0));
            };
            saved.receipts.push(receipt.clone());
            let again = std::mem::replace(&mut saved.known, true);
            if !again {
                fresh.push(receipt);
            }
            // A save that the device called failed may have been durable: what came of it counts.
            settled.extend_from_slice(&saved.stands_for);
            if !saved.refused() {
                // One that was refused before and is not now wrote nothing, or what it wrote was read then.
                saved.known_at.get_or_insert(if again { 0 } else { moment });
            }
            if !saved.refused() || saved.settled {
                self.held[saved.device].remove(&receipt.change);
            }
        }
        settled.into_iter().for_each(|earlier| self.on_settled(earlier));
        self.on_decided(&reply.decided);
        let mut passed: BTreeMap<RecordId, Vec<Fields>> = BTreeMap::new();
        for edit in push.changes.iter().flat_map(|change| &change.edits) {
            if let Entry::Vacant(unread) = passed.entry(edit.id) {
                let before = self.books.get(&edit.id).map(|book| book.fields.clone()).unwrap_or_default();
                let after = self.read(ledger, edit.id)?;
                at_home(ledger, edit.id)?;
                unread.insert(std::iter::once(before).chain(after).collect());
            }
        }
        let whole = |change: &ChangeId| {
            // One that the rep settled meanwhile comes without its edits; one that was held may be let go on by a
            // later change of the same push.
            let at = push.changes.iter().position(|sent| sent.id == *change).expect("it was answered");
            let released = push.changes[at..].iter().any(|later| !later.settles.is_empty());
            !push.changes[at].edits.is_empty() && !released
        };
        for receipt in fresh {
            if !ledger.answered(org, receipt.change).map_err(failed)? {
                return Err(format!("P3: change {} was answered and not kept", receipt.change.0));
            }
            if whole(&receipt.change) {
                self.whole_or_not(receipt, &passed)?;
                self.is_within_reach(receipt, reply.now)?;
            }
        }
        self.audits += 1;
        // What was set aside may be let go on by any push, also in a feed that the office does not see.
        let all_read = self.digests_are_true(ledger, org)? && !self.saves.values().any(Saved::refused);
        if !all_read || self.audits.is_multiple_of(AUDIT) {
            self.audit(ledger, org)?;
        }
        for settle in push.changes.iter().flat_map(|change| &change.settles).filter(|it| it.how == How::Done)
        {
            let done_now = self.saves.get(&settle.change).is_some_and(|saved| saved.known_at == Some(moment));
            if done_now && !answered.contains(&settle.change) {
                return Err(format!("P22: change {} was done by the push that lets it go", settle.change.0));
            }
        }
        self.moment();
        Ok(())
    }

    /// The rep has decided about it: it may be forgotten.
    pub(super) fn on_settled(&mut self, change: ChangeId) {
        if let Some(saved) = self.saves.get_mut(&change) {
            saved.settled = true;
            self.held[saved.device].remove(&change);
        }
    }

    /// An admin wrote, or the server lives again from a backup: everything is read.
    ///
    /// # Errors
    /// As for [`Self::on_pushed`].
    pub fn on_written(&mut self, ledger: &mut Ledger, org: Uuid) -> Verdict {
        self.audit(ledger, org)?;
        self.moment();
        Ok(())
    }

    /// The server lives again from a backup. What only the lost days knew must be on its device still.
    ///
    /// # Errors
    /// As for [`Self::on_pushed`].
    pub fn on_restored(&mut self, ledger: &mut Ledger, org: Uuid, members: &[u64]) -> Verdict {
        self.books.clear();
        self.sums.fill(super::Sum::default());
        self.digests.fill(Digest::default());
        self.heads.fill(0);
        for (user, members) in self.users.iter_mut().zip(members) {
            user.1 = *members;
        }
        for (change, saved) in &mut self.saves {
            saved.known = ledger.answered(org, *change).map_err(failed)?;
            if !saved.known && saved.told && !saved.forgiven && !saved.settled {
                self.held[saved.device].insert(*change);
            }
        }
        self.on_written(ledger, org)
    }

    /// The members of all users, to be given back to [`Self::on_restored`].
    pub fn members(&self) -> Vec<u64> {
        self.users.iter().map(|(_, members)| *members).collect()
    }

    /// P9, P10: whether what was read adds up to the server's digests. A push may also let go on what was set aside.
    fn digests_are_true(&mut self, ledger: &mut Ledger, org: Uuid) -> Result<bool, String> {
        let mut all = true;
        for row in ledger.territories(org).map_err(failed)? {
            let feed = self.feed(&row.id);
            all &= row.digest == self.digests[feed];
            if row.head < self.heads[feed] {
                return Err(format!("P10: the feed of {} went back", row.id));
            }
            self.heads[feed] = row.head;
        }
        Ok(all)
    }

    /// P9, P10, P12, and that nothing was written but what was read.
    pub(crate) fn audit(&mut self, ledger: &mut Ledger, org: Uuid) -> Verdict {
        let records = ledger.records(org).map_err(failed)?;
        for record in &records {
            let book = self.books.get(&record.id);
            if book.is_none_or(|book| book.version != record.version) {
                self.read(ledger, record.id)?;
            } else if !record.deleted && book.and_then(|book| book.counted) != self.count(record) {
                return Err(format!("P14: {} changed and its version did not", record.id.0));
            }
        }
        rules::all_are_at_home(&records)?;
        if records.len() != self.books.len() {
            return Err("P14: a record is gone without a trace".to_owned());
        }
        for row in ledger.territories(org).map_err(failed)? {
            let feed = self.feed(&row.id);
            if row.digest != Digest::of(records.iter().filter(|record| record.territory == row.id)) {
                return Err(format!("P9: the digest of {} is not that of its records", row.id));
            }
            if row.digest != self.digests[feed] {
                return Err(format!("P9: what was read of {} does not add up to its digest", row.id));
            }
        }
        self.digests_are_true(ledger, org)?;
        Ok(())
    }

    /// Reads what is new in a record's history; answers the values it went through.
    fn read(&mut self, ledger: &mut Ledger, id: RecordId) -> Result<Vec<Fields>, String> {
        let Some(record) = ledger.record(id).map_err(failed)? else { return Ok(Vec::new()) };
        let mut passed = Vec::new();
        let mut book = self.books.remove(&id).unwrap_or_default();
        let before = book.version;
        if book.version != record.version {
            for row in ledger.history(id).map_err(failed)?.into_iter().skip(book.version as usize) {
                self.turn(&mut book, &record, &row)?;
                if let Some(saved) = row.change.and_then(|change| self.saves.get_mut(&change)) {
                    saved.known_at.get_or_insert(self.moments.len());
                }
                passed.push(book.fields.clone());
            }
            self.moves(&mut book, &record, before);
        }
        if (book.version, book.deleted) != (record.version, record.deleted)
            || (!record.deleted && book.fields != record.fields)
        {
            return Err(format!("P14: {} is not what its history adds up to", id.0));
        }
        if let Some((feed, print)) = book.counted.take() {
            self.sums[feed].remove(print);
            self.digests[feed].remove(id, before);
        }
        book.counted = self.count(&record);
        if let Some((feed, print)) = book.counted {
            self.sums[feed].add(print);
            self.digests[feed].add(id, book.version);
        }
        self.books.insert(id, book);
        Ok(passed)
    }

    /// Where the record is now, and where it was.
    fn moves(&mut self, book: &mut Book, record: &Record, before: u64) {
        let place = self.feed(&record.territory);
        let was = book.place.replace(place);
        book.former = was.filter(|_| book.version == before + 1);
        if let Some(was) = was.filter(|was| *was != place) {
            self.places_left.insert((record.id, was), record.at);
        }
    }

    fn count(&self, record: &Record) -> Option<(usize, u64)> {
        (!record.deleted).then(|| (self.feed(&record.territory), print(record)))
    }

    /// One version more: by whom, what it says, and whether it may.
    fn turn(&self, book: &mut Book, record: &Record, row: &HistoryRow) -> Verdict {
        let id = record.id.0;
        if row.version != book.version + 1 {
            return Err(format!("P14: the history of {id} has a hole before version {}", row.version));
        }
        if row.before.iter().any(|(name, text)| book.fields.text(name) != Some(text)) {
            return Err(format!("P14: the history of {id} tells of values that were not there"));
        }
        if let Some(change) = row.change {
            let Some(saved) = self.saves.get(&change) else {
                return Err(format!("P2: {id} holds change {} that nobody saved", change.0));
            };
            let Some((edit, seen)) = saved.edits.iter().find(|(edit, _)| edit.id == record.id) else {
                return Err(format!("P15: change {} wrote {id}, which it does not name", change.0));
            };
            let names: BTreeSet<String> = row.patch.keys().cloned().collect();
            if book.applied.insert(change, names).is_some() {
                return Err(format!("P2: change {} was applied twice to {id}", change.0));
            }
            let newest = book.newest.entry(saved.device).or_default();
            let late = std::mem::replace(newest, saved.place.max(*newest)) > saved.order;
            // After an eviction the phone is another device, which knows nothing of what was refused before.
            if late && !saved.forgiven {
                return Err(format!("P4: change {} was applied to {id} after a later one", change.0));
            }
            let told =
                |name: &str| edit.set.get(name).map(|text| text.as_deref().filter(|it| !it.is_empty()));
            for (name, text) in &row.patch {
                if told(name) != Some(text.as_deref()) {
                    return Err(format!("P15: change {} set {name} of {id}, the rep did not", change.0));
                }
                // What a record was made with is seen by whoever knows of it.
                let unseen = |(by, at): &(ChangeId, u64)| at > seen.max(&1) && !self.have_met(change, *by);
                let unseen = book.set_by.get(name).is_some_and(unseen);
                if PARKED.contains(&name.as_str()) && unseen && book.fields.text(name) != text.as_deref() {
                    return Err(format!("P14: change {} overwrote {name} of {id} unseen", change.0));
                }
                book.set_by.insert(name.clone(), (change, row.version));
            }
            if (row.op == "delete") != (edit.op == Op::Delete) {
                return Err(format!("P15: change {} did to {id} what the rep did not", change.0));
            }
        } else if row.op != "move" && row.user.is_some() {
            return Err(format!("P2: {id} changed by nobody's save"));
        }
        let held = rules::holds(record.kind, &book.fields);
        for (name, text) in &row.patch {
            book.fields.set(name, text.as_deref());
        }
        if held && row.change.is_some() && row.op != "delete" && !rules::holds(record.kind, &book.fields) {
            return Err(format!("P15: version {} of {id} is torn: {:?}", row.version, book.fields));
        }
        book.made = if row.version == 1 { row.change } else { book.made };
        book.last = row.change;
        book.version = row.version;
        book.deleted = row.op == "delete" || book.deleted && row.op != "restore";
        Ok(())
    }

    /// Whether one device knows of both saves: it made them, or is the image of one that had.
    fn have_met(&self, change: ChangeId, by: ChangeId) -> bool {
        let devices = 0..self.images.len();
        devices.into_iter().any(|device| self.has_made(device, change) && self.has_made(device, by))
    }

    /// Whether a save was made on this device, or on the one it is an image of before it was, or stands in for one
    /// that was.
    fn has_made(&self, device: usize, change: ChangeId) -> bool {
        let made = &self.saves[&change];
        let image = |(of, saves): &(usize, usize)| made.device == *of && made.order < *saves;
        made.device == device
            || self.images[device].iter().any(image)
            || made.stands_for.iter().any(|earlier| self.has_made(device, *earlier))
    }

    /// P14, P22: a change is on the web as a whole but for what its receipt names, or not at all.
    fn whole_or_not(&self, receipt: &Receipt, passed: &BTreeMap<RecordId, Vec<Fields>>) -> Verdict {
        let change = receipt.change;
        let edits = &self.saves[&change].edits;
        if matches!(receipt.outcome, Outcome::Refused(Refusal::Invalid(_)))
            && !edits.iter().any(|(edit, _)| rules::may_be_refused(edit))
        {
            return Err(format!("P22: change {} was refused, and breaks no rule", change.0));
        }
        for (edit, _) in edits {
            let book = self.books.get(&edit.id);
            let applied = book.and_then(|book| book.applied.get(&change));
            if matches!(receipt.outcome, Outcome::Refused(_)) {
                if applied.is_some() {
                    return Err(format!("P22: change {} was refused and applied", change.0));
                }
                continue;
            }
            let parked = |name: &str| {
                receipt
                    .clashes
                    .iter()
                    .any(|clash| clash.parked && clash.record == edit.id && clash.field == name)
            };
            let there = |name: &str, text: Option<&str>| {
                let text = text.filter(|text| !text.is_empty());
                passed.get(&edit.id).into_iter().flatten().any(|fields| fields.text(name) == text)
            };
            for (name, text) in edit.set.iter().filter(|_| edit.op != Op::Delete) {
                let done = applied.is_some_and(|names| names.contains(name));
                if !done && !parked(name) && !there(name, text.as_deref()) {
                    return Err(format!("P14: {name} of change {} is neither applied nor parked", change.0));
                }
            }
        }
        match receipt.outcome {
            Outcome::Refused(Refusal::Held) if !self.is_behind_refused(change) => {
                Err(format!("P5: change {} is held, and nothing before it was refused", change.0))
            }
            _ => Ok(()),
        }
    }

    /// Whether another save was refused that this one may build on: an earlier one, or one that stands in for an
    /// earlier one.
    fn is_behind_refused(&self, change: ChangeId) -> bool {
        let saved = &self.saves[&change];
        let before = |other: &Saved| other.user == saved.user && other.place < saved.order && other.refused();
        self.saves.iter().any(|(id, other)| *id != change && before(other))
    }
}

/// P12 of one record.
fn at_home(ledger: &mut Ledger, id: RecordId) -> Verdict {
    let Some(record) = ledger.record(id).map_err(failed)? else { return Ok(()) };
    let Some(account) = rules::account_of(&record) else { return Ok(()) };
    let account = ledger.record(account).map_err(failed)?;
    account.map_or(Ok(()), |account| rules::is_at_home(&record, &account))
}

pub(super) fn failed(error: server::ledger::LedgerError) -> String {
    format!("the ledger failed: {error:?}")
}
