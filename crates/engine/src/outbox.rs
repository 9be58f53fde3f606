//! The saves of this device: those that wait, those the web has but the base does not show yet, those that need a
//! person, and the journal of the last two weeks.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use protocol::limits::{JOURNAL_MS, OPEN_MAX, PUSH_BYTES_MAX, PUSH_CHANGES_MAX, SETTLES_MAX};
use protocol::merge::Clash;
use protocol::message::{Outcome, Receipt, Refusal};
use protocol::{Change, ChangeId, Edit, How, Op, Record, RecordId, Settle};

use crate::disk::{self, Care, Entry};
use crate::replica::Replica;
use crate::step::{NeedsYou, Place, Replaced, Waiting};

/// Changes by number.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    entries: BTreeMap<u64, Entry>,
    /// Changes that the screen must still lay over the base or point at, by the records they touch.
    open: BTreeMap<RecordId, BTreeSet<u64>>,
    waiting: BTreeSet<u64>,
    needs_you: BTreeSet<u64>,
}

impl Outbox {
    pub(crate) fn read(entries: impl IntoIterator<Item = Entry>, replica: &Replica) -> Self {
        let mut outbox = Self::default();
        for entry in entries {
            outbox.put(entry, replica);
        }
        outbox
    }

    pub(crate) fn last_number(&self) -> u64 {
        self.entries.last_key_value().map_or(0, |(number, _)| *number)
    }

    /// The highest number that the server has answered; 0 before the first answer.
    pub(crate) fn last_answered(&self) -> u64 {
        let answered = |(_, entry): &(&u64, &Entry)| entry.receipt.is_some();
        self.entries.iter().rev().find(answered).map_or(0, |(number, _)| *number)
    }

    pub(crate) fn add(&mut self, change: Change, replica: &Replica) {
        self.put(Entry { change, receipt: None, confirmed_at: 0, beyond: false, care: Care::Open }, replica);
    }

    /// The change of this number.
    pub(crate) fn entry(&self, number: u64) -> Option<&Entry> {
        self.entries.get(&number)
    }

    /// What a save that decides about these changes must tell the server: with each refused one those that it stood in
    /// for. One that the web took has settled them itself, in their place. Where the save holds edits it stands in for
    /// refused ones alone: of one that the web took in part it has not the place, and must not be given it by a
    /// restored server that refuses that one.
    pub(crate) fn settles(&self, decided: &[(u64, How)], stands_in: bool) -> Vec<Settle> {
        let mut settles = Vec::new();
        for (number, how) in decided {
            let Some(entry) = self.entries.get(number) else { continue };
            if stands_in && !entry.refused() {
                continue;
            }
            settles.push(Settle { change: entry.change.id, how: *how });
            let stood_in_for = entry.change.settles.iter().filter(|_| entry.refused());
            let earlier = stood_in_for.filter(|settle| settle.how == How::Done);
            settles.extend(earlier.map(|settle| Settle { how: *how, ..settle.clone() }));
        }
        settles.truncate(SETTLES_MAX);
        settles
    }

    /// What the open saves built on that lie over a field of this edit, but for those that are decided with it.
    pub(crate) fn bases_over(
        &self,
        edit: &Edit,
        decided: &[(u64, How)],
        replica: &Replica,
    ) -> impl Iterator<Item = u64> {
        let numbers = self.open.get(&edit.id).into_iter().flatten();
        let others = numbers.filter(|number| !decided.iter().any(|(decided, _)| decided == *number));
        let over = others.map(|number| &self.entries[number]).filter(|entry| entry.lies_over(replica));
        let edits = over.flat_map(|entry| &entry.change.edits).filter(|it| it.id == edit.id);
        let hide = |it: &&Edit| match edit.op {
            Op::Delete => !it.set.is_empty(),
            _ => it.set.keys().any(|name| edit.set.contains_key(name)),
        };
        edits.filter(hide).map(|it| it.base)
    }

    /// Notes what the rep decided about a change that has a receipt; answers whether there is one. Where something
    /// stands in its place already, another window was faster: what it did is done.
    pub(crate) fn decide(&mut self, number: u64, how: How, replica: &Replica) -> bool {
        let is_open = |entry: &&Entry| entry.receipt.is_some() && entry.care != Care::Done;
        let Some(entry) = self.entries.get(&number).filter(is_open) else { return false };
        let care = match (how, entry.refused()) {
            (How::Ask, _) => Care::Asked,
            (How::Done, true) => Care::Done,
            (How::Done, false) => Care::Seen,
        };
        self.replace(Entry { care, ..entry.clone() }, replica);
        true
    }

    fn replace(&mut self, entry: Entry, replica: &Replica) {
        let number = entry.change.number;
        self.close(number);
        self.needs_you.remove(&number);
        self.put(entry, replica);
    }

    pub(crate) fn put(&mut self, entry: Entry, replica: &Replica) {
        let number = entry.change.number;
        if entry.receipt.is_none() {
            self.waiting.insert(number);
        } else {
            self.waiting.remove(&number);
        }
        if entry.needs_you() || entry.replaces() {
            self.needs_you.insert(number);
        }
        let settled = entry.settled(replica);
        self.entries.insert(number, entry);
        if !settled {
            self.open(number);
        }
    }

    pub(crate) fn row(&self, number: u64) -> (u64, Vec<u8>) {
        (number, disk::encode(&self.entries[&number]))
    }

    pub(crate) fn waiting_len(&self) -> usize {
        self.waiting.len()
    }

    /// How many changes the rep has something to decide about.
    pub(crate) fn needs_you_len(&self) -> usize {
        let entries = self.needs_you.iter().map(|number| &self.entries[number]);
        entries.filter(|entry| entry.needs_you() && entry.care == Care::Open && !entry.is_held()).count()
    }

    /// The changes that need a person, oldest first, for the server to say what has become of them.
    pub(crate) fn undecided(&self) -> Vec<ChangeId> {
        let entries = self.needs_you.iter().map(|number| &self.entries[number]);
        entries.filter(|entry| entry.refused()).map(|entry| entry.change.id).take(OPEN_MAX).collect()
    }

    /// Takes in what has become of changes that needed a person; answers the numbers of those that are news.
    pub(crate) fn on_decided(
        &mut self,
        receipts: Vec<Receipt>,
        replica: &Replica,
        now: i64,
    ) -> BTreeSet<u64> {
        let mut news = BTreeSet::new();
        for receipt in receipts {
            let known = self.needs_you.iter().map(|number| &self.entries[number]);
            let Some(entry) = known.into_iter().find(|entry| entry.change.id == receipt.change) else {
                continue;
            };
            let number = entry.change.number;
            if entry.receipt.as_ref().is_some_and(|old| old.outcome == receipt.outcome) {
                continue;
            }
            let beyond = is_beyond(&receipt, replica);
            let receipt = Some(Receipt { number, ..receipt });
            self.replace(Entry { receipt, confirmed_at: now, beyond, ..entry.clone() }, replica);
            news.insert(number);
        }
        news
    }

    /// The next changes to send, in order: at most `count`, and at most [`PUSH_BYTES_MAX`] but for a single one.
    pub(crate) fn next_changes(&self, count: usize) -> Vec<Change> {
        let mut bytes = 0;
        let mut changes: Vec<Change> = Vec::new();
        for number in self.waiting.iter().take(count.min(PUSH_CHANGES_MAX)) {
            let change = &self.entries[number].change;
            bytes += disk::encode(change).len();
            if bytes > PUSH_BYTES_MAX && !changes.is_empty() {
                break;
            }
            changes.push(change.clone());
        }
        changes
    }

    /// Takes a receipt in. Answers whether it was news; one for another change under this number is not ours.
    pub(crate) fn on_receipt(&mut self, receipt: Receipt, replica: &Replica, now: i64) -> bool {
        let Some(entry) = self.entries.get(&receipt.number) else { return false };
        if entry.receipt.is_some() || entry.change.id != receipt.change {
            return false;
        }
        let beyond = is_beyond(&receipt, replica);
        let entry = Entry { receipt: Some(receipt), confirmed_at: now, beyond, ..entry.clone() };
        self.replace(entry, replica);
        true
    }

    fn open(&mut self, number: u64) {
        for edit in &self.entries[&number].change.edits {
            self.open.entry(edit.id).or_default().insert(number);
        }
    }

    fn close(&mut self, number: u64) {
        for edit in &self.entries[&number].change.edits {
            if let Some(numbers) = self.open.get_mut(&edit.id) {
                numbers.remove(&number);
                if numbers.is_empty() {
                    self.open.remove(&edit.id);
                }
            }
        }
    }

    /// Takes a change out; answers the records that it touched. None under this number is no error.
    pub(crate) fn remove(&mut self, number: u64) -> BTreeSet<RecordId> {
        if !self.entries.contains_key(&number) {
            return BTreeSet::new();
        }
        self.close(number);
        self.waiting.remove(&number);
        self.needs_you.remove(&number);
        let entry = self.entries.remove(&number).expect("it was just seen");
        entry.change.edits.iter().map(|edit| edit.id).collect()
    }

    /// After a pull: closes the changes that the base now holds, and opens again what a server that has gone back holds
    /// no more, as a start from disk would. Answers the records that may look different, and the rows to write.
    pub(crate) fn on_published(&mut self, replica: &Replica) -> (BTreeSet<RecordId>, Vec<(u64, Vec<u8>)>) {
        let was_open: BTreeSet<u64> = self.open.values().flatten().copied().collect();
        let beyond: Vec<u64> =
            was_open.iter().copied().filter(|number| self.entries[number].beyond).collect();
        for number in &beyond {
            self.entries.get_mut(number).expect("open changes have entries").beyond = false;
        }
        let rows = beyond.into_iter().map(|number| self.row(number)).collect();
        let answered = self.entries.iter().filter(|(_, entry)| entry.receipt.is_some());
        let looked_at: Vec<(u64, bool)> = answered.map(|(n, entry)| (*n, !entry.settled(replica))).collect();
        let mut touched = BTreeSet::new();
        for (number, is_open) in looked_at {
            // One that needs a person stays open, but may lie over the base no more.
            if is_open || was_open.contains(&number) {
                touched.extend(self.entries[&number].change.edits.iter().map(|edit| edit.id));
            }
            if is_open {
                self.open(number);
            } else {
                self.close(number);
            }
        }
        (touched, rows)
    }

    /// Closes the changes that this base holds.
    pub(crate) fn close_settled(&mut self, replica: &Replica) {
        let open: BTreeSet<u64> = self.open.values().flatten().copied().collect();
        for number in
            open.into_iter().filter(|number| self.entries[number].settled(replica)).collect::<Vec<_>>()
        {
            self.close(number);
        }
    }

    /// Removes confirmed changes that no server restore will ask for again; answers their numbers.
    pub(crate) fn prune(&mut self, replica: &Replica, now: i64) -> Vec<u64> {
        // The place of one that is open may be that of an earlier one.
        let open = self.entries.values().filter(|entry| !entry.settled(replica));
        let needed: BTreeSet<ChangeId> =
            open.flat_map(|entry| &entry.change.settles).map(|settle| settle.change).collect();
        let old = |entry: &Entry| {
            entry.confirmed_at.saturating_add(JOURNAL_MS) < now
                && entry.settled(replica)
                && !needed.contains(&entry.change.id)
        };
        let pruned: Vec<u64> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.receipt.is_some() && old(entry))
            .map(|(n, _)| *n)
            .collect();
        for number in &pruned {
            self.entries.remove(number);
            self.needs_you.remove(number);
        }
        pruned
    }

    /// Under a new device id everything is numbered and sent again; the server knows each change by its id and
    /// applies none twice. One that stands in for a refused one takes that one's place, as it did the first time.
    /// Answers the old numbers.
    pub(crate) fn renumber(&mut self, replica: &Replica) -> Vec<u64> {
        let numbers = self.entries.keys().copied().collect();
        let mut entries: Vec<_> = self.entries.values().map(|it| (self.place_of(it), it.clone())).collect();
        entries.sort_by_key(|(place, _)| *place);
        *self = Self::default();
        for (number, (_, mut entry)) in (1..).zip(entries) {
            entry.change.number = number;
            let let_go = entry.is_let_go();
            (entry.receipt, entry.beyond) = (None, false);
            if let_go {
                // A server that has forgotten that it did not do this must not do it now.
                entry.change.edits.clear();
                entry.change.settles = vec![Settle { change: entry.change.id, how: How::Done }];
            } else if entry.care == Care::Seen {
                // What the rep has seen was another answer than the one that comes now.
                entry.care = Care::Open;
            }
            self.put(entry, replica);
        }
        numbers
    }

    pub(crate) fn change_ids(&self) -> impl Iterator<Item = ChangeId> {
        self.entries.values().map(|entry| entry.change.id)
    }

    pub(crate) fn unsent(&self) -> impl Iterator<Item = (u64, ChangeId)> {
        self.waiting.iter().map(|number| (*number, self.entries[number].change.id))
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.entries.keys().copied()
    }

    /// The records that these changes touch.
    pub(crate) fn records_of(&self, numbers: &BTreeSet<u64>) -> BTreeSet<RecordId> {
        numbers.iter().flat_map(|number| &self.entries[number].change.edits).map(|edit| edit.id).collect()
    }

    /// Every record that an open change touches.
    pub(crate) fn touched(&self) -> impl Iterator<Item = RecordId> {
        self.open.keys().copied()
    }

    /// The record as the screen shows it: the base with this device's open changes laid over, in order.
    pub(crate) fn lay_over(&self, id: RecordId, replica: &Replica) -> (Option<Rc<Record>>, Place) {
        let base = replica.record(id);
        let Some(numbers) = self.open.get(&id) else { return (base.cloned(), Place::Web) };
        let (mut shown, mut taken) = (base.cloned(), None);
        let mut place = Place::Web;
        let mut entries: Vec<&Entry> = numbers.iter().map(|number| &self.entries[number]).collect();
        entries.sort_by_key(|entry| self.place_of(entry));
        for entry in entries {
            place = match (place, entry.needs_you_about(id), &entry.receipt) {
                (Place::NeedsYou, ..) | (_, true, _) => Place::NeedsYou,
                (_, false, None) => Place::Phone,
                (place, false, Some(_)) => place,
            };
            if entry.lies_over(replica) {
                for edit in
                    entry.change.edits.iter().filter(|edit| edit.id == id && !entry.parks_deletion(edit))
                {
                    lay(&mut shown, &mut taken, edit, entry.change.made_at);
                }
            }
        }
        (shown, place)
    }

    /// Where a change stands among the others: one that stands in for a refused one has that one's place.
    fn place_of(&self, entry: &Entry) -> (u64, u64) {
        let done = entry.change.settles.iter().filter(|settle| settle.how == How::Done);
        let numbers = done.filter_map(|settle| {
            let earlier = self.entries.values().find(|it| it.change.id == settle.change);
            earlier.filter(|it| it.care == Care::Done).map(|it| it.change.number)
        });
        (numbers.fold(entry.change.number, u64::min), entry.change.number)
    }

    pub(crate) fn waiting(&self, sending: &BTreeSet<u64>) -> Vec<Waiting> {
        let entries = self.waiting.iter().map(|number| &self.entries[number].change);
        let waiting = |change: &Change| Waiting {
            number: change.number,
            made_at: change.made_at,
            edits: change.edits.clone(),
            sending: sending.contains(&change.number),
        };
        entries.map(waiting).collect()
    }

    pub(crate) fn needs_you(&self) -> Vec<NeedsYou> {
        let entries = self.needs_you.iter().map(|number| &self.entries[number]);
        let told = |entry: &Entry| {
            let receipt = entry.receipt.clone()?;
            let Change { number, made_at, edits, .. } = entry.change.clone();
            Some(NeedsYou { number, made_at, edits, receipt, asked: entry.care == Care::Asked })
        };
        entries.filter(|entry| entry.needs_you()).filter_map(told).collect()
    }

    pub(crate) fn replaced(&self) -> Vec<Replaced> {
        let entries = self.needs_you.iter().map(|number| &self.entries[number]);
        let told = |entry: &Entry| {
            let number = entry.change.number;
            let clashes = entry.receipt.iter().flat_map(|receipt| receipt.clashes.clone());
            clashes.filter(|clash| !clash.parked).map(|clash| Replaced { number, clash }).collect::<Vec<_>>()
        };
        // Of one that needs the rep, the receipt tells this too: it is decided about as a whole.
        entries.filter(|entry| entry.replaces() && !entry.needs_you()).flat_map(told).collect()
    }

    /// How many of the numbers that this device's own saves took in the feeds are past the shown data.
    pub(crate) fn own_updates(&self, replica: &Replica) -> u64 {
        let receipts = self.entries.values().filter_map(|entry| Some((entry, entry.receipt.as_ref()?)));
        let unseen = receipts.filter(|(_, receipt)| {
            receipt
                .at
                .iter()
                .any(|(territory, at)| replica.cursor(territory).is_some_and(|cursor| cursor < *at))
        });
        unseen.map(|(entry, _)| entry.change.edits.len() as u64).sum()
    }
}

impl Entry {
    pub(crate) fn refused(&self) -> bool {
        self.receipt.as_ref().is_some_and(|receipt| matches!(receipt.outcome, Outcome::Refused(_)))
    }

    fn is_held(&self) -> bool {
        let held = Outcome::Refused(Refusal::Held);
        self.receipt.as_ref().is_some_and(|receipt| receipt.outcome == held)
    }

    fn needs_you(&self) -> bool {
        let conflicted = || self.receipt.as_ref().is_some_and(|it| it.outcome == Outcome::Conflicted);
        !self.care.is_over() && (self.refused() || conflicted())
    }

    /// Whether it replaced a value of somebody else's that the rep has not looked at.
    fn replaces(&self) -> bool {
        let told = || self.receipt.iter().flat_map(|receipt| &receipt.clashes).any(|clash| !clash.parked);
        !self.care.is_over() && told()
    }

    fn needs_you_about(&self, id: RecordId) -> bool {
        let Some(receipt) = self.receipt.as_ref().filter(|_| !self.care.is_over()) else { return false };
        self.refused()
            || (receipt.outcome == Outcome::Conflicted
                && (receipt.clashes.is_empty() || self.parked(id).next().is_some()))
    }

    /// The web has it and nobody needs to look at it.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.receipt.is_some() && !self.needs_you()
    }

    /// A change is shown as saved until the base covers it; a refused one is shown until a person settles it. One
    /// set aside in part shows what the web has, as soon as the base has it.
    fn lies_over(&self, replica: &Replica) -> bool {
        self.care != Care::Done && (self.refused() || !self.covered(replica))
    }

    /// Whether the web kept what this edit deletes, because somebody had changed it: it stands on the screen again
    /// until the rep decides, also before it is pulled, and later saves about it are seen.
    fn parks_deletion(&self, edit: &Edit) -> bool {
        edit.op == Op::Delete && self.parked(edit.id).any(|clash| clash.field == "deleted")
    }

    /// Whether the web has done nothing of this, and the rep has decided that it need not: it was refused, or set aside
    /// as a whole.
    fn is_let_go(&self) -> bool {
        let set_aside = |edit: &Edit| {
            let is_parked = |name: &String| self.parked(edit.id).any(|clash| clash.field == *name);
            match edit.op {
                Op::Delete => self.parks_deletion(edit),
                Op::Patch => edit.set.keys().all(is_parked),
                Op::Create(_) | Op::Restore => false,
            }
        };
        match self.care {
            Care::Done => true,
            Care::Seen => self.change.edits.iter().all(set_aside),
            Care::Open | Care::Asked => false,
        }
    }

    /// What waits for a person of what this change says about the record.
    fn parked(&self, id: RecordId) -> impl Iterator<Item = &Clash> {
        let clashes = self.receipt.iter().flat_map(|receipt| &receipt.clashes);
        clashes.filter(move |clash| clash.parked && clash.record == id)
    }

    /// Whether the base shows the web as of this change's receipt, or later.
    fn covered(&self, replica: &Replica) -> bool {
        let shown = |(territory, at): (_, &u64)| !self.beyond && replica.covers(territory, *at);
        self.receipt.as_ref().is_some_and(|receipt| receipt.at.iter().all(shown))
    }

    /// Whether the screen needs this change no more: the web has it, and the base shows the web as of then.
    fn settled(&self, replica: &Replica) -> bool {
        !self.needs_you() && self.covered(replica)
    }
}

fn is_beyond(receipt: &Receipt, replica: &Replica) -> bool {
    receipt
        .at
        .iter()
        .any(|(territory, at)| replica.cursor(territory).is_none() && replica.covers(territory, *at))
}

/// `taken` is what a deletion of this device took off the screen: bringing it back needs no pull.
fn lay(shown: &mut Option<Rc<Record>>, taken: &mut Option<Rc<Record>>, edit: &Edit, made_at: i64) {
    let record = match (&edit.op, shown.take()) {
        (Op::Delete, record) => {
            *taken = record.or_else(|| taken.take());
            return;
        }
        (Op::Create(territory), None) => Some(Record {
            id: edit.id,
            kind: edit.kind,
            territory: territory.clone(),
            version: 0,
            deleted: false,
            by: String::new(),
            at: made_at,
            fields: protocol::Fields::new(),
        }),
        (Op::Create(_) | Op::Patch | Op::Restore, Some(record)) => Some(Rc::unwrap_or_clone(record)),
        (Op::Restore, None) => taken.take().map(Rc::unwrap_or_clone),
        // The record has left this phone: there is nothing to lay it over; the outbox shows its words.
        (Op::Patch, None) => None,
    };
    *shown = record.map(|mut record| {
        for (name, text) in &edit.set {
            record.fields.set(name, text.as_deref());
        }
        Rc::new(record)
    });
}
