//! What the screen shows of the records on this phone: every record with the rep's own saves laid over, sorted, linked
//! and searchable without a single `await`. It is pure: today is an argument.
//!
//! Reading order: [`View`] takes in what a step made look different and answers by id; `list` sorts and searches the
//! kinds that have a list; `links` knows who speaks of whom. The other rooms each answer one question of the rep's.

pub mod agenda;
pub mod brief;
pub mod cadence;
pub mod export;
pub mod facets;
pub mod figures;
pub mod filter;
pub mod find;
mod letters;
mod links;
mod list;
pub mod pairs;
pub mod pipeline;
pub mod saved;
pub mod timeline;
pub mod zone;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use engine::{Place, Shown};
use protocol::{Kind, Record, RecordId};

pub use letters::fold;
pub use list::{List, Search};

/// The records on this phone as the screen shows them.
#[derive(Debug, Default)]
pub struct View {
    records: BTreeMap<RecordId, Rc<Record>>,
    /// Only those not [`Place::Web`].
    places: BTreeMap<RecordId, Place>,
    by_kind: BTreeMap<Kind, BTreeSet<RecordId>>,
    links: links::Links,
    visits: cadence::Visits,
    agenda: agenda::Agenda,
    desk: brief::Desk,
    accounts: List,
    contacts: List,
    /// It is read on while the view is only looked at.
    index: RefCell<find::Index>,
    /// One more at each change.
    generation: u64,
}

impl View {
    /// Nothing; and no answer that a search remembers holds for what comes.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { generation: self.generation + 1, ..Self::default() }
    }

    /// Takes in what a step made look different.
    pub fn apply(&mut self, shown: &[Shown]) {
        self.generation += 1;
        let bulk = shown.len() > BULK_MIN;
        for change in shown {
            self.touch(change);
            self.forget(change.id, bulk);
            if change.place == Place::Web {
                self.places.remove(&change.id);
            } else {
                self.places.insert(change.id, change.place);
            }
            if let Some(record) = &change.record {
                self.remember(record, bulk);
            }
        }
        self.recount_visits();
        if bulk {
            let listed = self.of_kind(Kind::Account).filter(|account| !self.is_merged(account));
            self.accounts = List::of(listed.map(AsRef::as_ref), self.generation);
            self.contacts = List::of(self.of_kind(Kind::Contact).map(AsRef::as_ref), self.generation);
        } else {
            self.list_merged(shown);
        }
    }

    /// The record, if it is on this phone.
    pub fn record(&self, id: RecordId) -> Option<&Rc<Record>> {
        self.records.get(&id)
    }

    /// Where the record's newest words are.
    pub fn place(&self, id: RecordId) -> Place {
        self.places.get(&id).copied().unwrap_or_default()
    }

    /// The records that have a save which is not on the web.
    pub fn not_on_web(&self) -> impl Iterator<Item = (&Rc<Record>, Place)> {
        self.places.iter().filter_map(|(id, place)| Some((self.records.get(id)?, *place)))
    }

    /// How many records there are, of all kinds.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// One more at each change, so that an answer can be kept until then.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// All records of a kind, by id: roughly by when they were made.
    pub fn of_kind(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Rc<Record>> {
        let ids = self.by_kind.get(&kind).into_iter().flatten();
        ids.filter_map(|id| self.records.get(id))
    }

    /// How many records of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        self.by_kind.get(&kind).map_or(0, BTreeSet::len)
    }

    /// The accounts that stand for themselves, sorted by name.
    pub fn accounts(&self) -> &List {
        &self.accounts
    }

    /// The contacts, sorted by name.
    pub fn contacts(&self) -> &List {
        &self.contacts
    }

    /// The records of this kind that speak of `id`, in whatever field, by id. Of an account also those that speak of
    /// one that was merged into it.
    pub fn about(&self, id: RecordId, kind: Kind) -> Vec<&Rc<Record>> {
        let mut targets = self.merged_into(id);
        targets.push(id);
        let found = targets.iter().flat_map(|target| self.links.of_kind(*target, kind));
        let mut found: Vec<&Rc<Record>> = found.filter(|found| !targets.contains(&found.id)).collect();
        if targets.len() > 1 {
            found.sort_unstable_by_key(|record| record.id);
            found.dedup_by_key(|record| record.id);
        }
        found
    }

    /// The account that stands for this one now: itself, unless it was merged into another one that is here. Of
    /// accounts that were merged in a circle the one made first stands for all.
    pub fn survivor(&self, id: RecordId) -> RecordId {
        let mut path = vec![id];
        loop {
            let last = path[path.len() - 1];
            let next = self.records.get(&last).and_then(|account| links::merged_into(account));
            let Some(next) = next.filter(|next| self.records.contains_key(next)) else { return last };
            if let Some(at) = path.iter().position(|passed| *passed == next) {
                return path[at..].iter().min().copied().unwrap_or(id);
            }
            path.push(next);
        }
    }

    /// The account a record belongs to, as it stands now; none for an unfiled one. It may not be on this phone.
    pub fn account_of(&self, record: &Record) -> Option<RecordId> {
        links::account(record).map(|id| self.survivor(id))
    }

    /// The accounts that were merged into this one, straight or by way of others.
    pub fn merged(&self, id: RecordId) -> Vec<&Rc<Record>> {
        self.merged_into(id).iter().filter_map(|id| self.records.get(id)).collect()
    }

    /// Every account that `id` stands for, beside itself.
    fn merged_into(&self, id: RecordId) -> Vec<RecordId> {
        let mut found = Vec::new();
        let mut next = vec![id];
        while let Some(target) = next.pop() {
            for merged in self.links.of_kind(target, Kind::Account) {
                if merged.id != id && !found.contains(&merged.id) {
                    found.push(merged.id);
                    next.push(merged.id);
                }
            }
        }
        found
    }

    fn is_merged(&self, account: &Record) -> bool {
        self.survivor(account.id) != account.id
    }

    /// An account comes and goes as others that are merged into it, or that it is merged into, change.
    fn list_merged(&mut self, shown: &[Shown]) {
        for change in shown {
            let touched =
                self.merged_into(change.id).into_iter().chain([change.id, self.survivor(change.id)]);
            for id in touched.collect::<BTreeSet<_>>() {
                let Some(account) = self.records.get(&id).filter(|it| it.kind == Kind::Account) else {
                    continue;
                };
                let account = Rc::clone(account);
                if self.is_merged(&account) {
                    self.accounts.remove(&account, self.generation);
                } else {
                    self.accounts.insert(&account, self.generation);
                }
            }
        }
    }

    fn forget(&mut self, id: RecordId, bulk: bool) {
        let Some(old) = self.records.remove(&id) else { return };
        if let Some(ids) = self.by_kind.get_mut(&old.kind) {
            ids.remove(&id);
        }
        self.links.forget(&old);
        self.visits.forget(&old);
        self.agenda.forget(&old);
        self.desk.forget(&old);
        match old.kind {
            Kind::Account if !bulk => self.accounts.remove(&old, self.generation),
            Kind::Contact if !bulk => self.contacts.remove(&old, self.generation),
            _ => {}
        }
    }

    fn remember(&mut self, record: &Rc<Record>, bulk: bool) {
        self.by_kind.entry(record.kind).or_default().insert(record.id);
        self.links.remember(record);
        self.visits.remember(record, None);
        self.agenda.remember(record);
        self.desk.remember(record);
        if record.kind == Kind::Contact && !bulk {
            self.contacts.insert(record, self.generation);
        }
        self.records.insert(record.id, Rc::clone(record));
    }
}

/// From this many changes on, sorting the lists anew is cheaper than moving their entries one by one.
const BULK_MIN: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};

    fn names(view: &View) -> Vec<&str> {
        let listed = view.accounts().ids(0..100);
        listed.iter().map(|id| view.records[id].fields.text("name").expect("has a name")).collect()
    }

    fn text(n: u128) -> String {
        id(n).0.to_string()
    }

    #[test]
    fn one_by_one_and_in_bulk_give_the_same_lists() {
        let list: Vec<_> = (0..1_000u128)
            .map(|n| {
                let merged = text(n / 2);
                let name = format!("{}", n * 7919 % 100);
                let into = if n % 10 == 9 { &*merged } else { "" };
                account(n, &[("name", &name), ("merged_into", into)])
            })
            .collect();
        let (mut bulk, mut single) = (View::default(), View::default());
        bulk.apply(&list);
        list.iter().rev().for_each(|change| single.apply(std::slice::from_ref(change)));
        assert_eq!(bulk.accounts().ids(0..5_000), single.accounts().ids(0..5_000));
        assert_eq!(bulk.accounts().len(), 900);
        single.apply(&[Shown { id: list[5].id, record: None, place: Place::Web }]);
        assert_eq!(single.accounts().len(), 899);
    }

    #[test]
    fn a_record_says_where_its_newest_words_are() {
        let mut view = View::default();
        let on_phone = Shown { place: Place::Phone, ..account(1, &[("name", "A")]) };
        view.apply(std::slice::from_ref(&on_phone));
        assert_eq!((view.place(on_phone.id), view.record(on_phone.id).is_some()), (Place::Phone, true));
        assert_eq!(
            view.not_on_web().map(|(record, place)| (record.id, place)).collect::<Vec<_>>(),
            [(on_phone.id, Place::Phone)]
        );
        view.apply(&[account(1, &[("name", "A")])]);
        assert_eq!((view.place(on_phone.id), view.not_on_web().count()), (Place::Web, 0));
        view.apply(&[Shown { record: None, ..on_phone }]);
        assert_eq!((view.record(on_phone.id), view.len(), view.is_empty()), (None, 0, true));
    }

    #[test]
    fn who_speaks_of_a_record_is_known_by_kind_and_moves_along() {
        let mut view = View::default();
        let (first, second, person) = (text(1), text(2), format!("with:{}", text(30)));
        view.apply(&[
            account(1, &[("name", "A")]),
            shown(Kind::Note, 11, &[("text", "x"), ("account", &first), (&person, "yes")]),
            shown(Kind::Event, 12, &[("subject", "x"), ("account", &first)]),
            shown(Kind::Note, 13, &[("text", "x"), ("account", "no account")]),
            shown(Kind::Contact, 30, &[("name", "C"), ("account", &second), (&format!("at:{first}"), "MD")]),
        ]);
        let about = |view: &View, n: u128, kind| {
            view.about(id(n), kind).iter().map(|record| record.id.0.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(about(&view, 1, Kind::Note), [11]);
        assert_eq!(about(&view, 1, Kind::Event), [12]);
        assert_eq!(about(&view, 1, Kind::Contact), [30]);
        assert_eq!(about(&view, 2, Kind::Contact), [30]);
        assert_eq!(about(&view, 30, Kind::Note), [11]);
        view.apply(&[shown(Kind::Note, 11, &[("text", "x"), ("account", &second)])]);
        assert_eq!((about(&view, 1, Kind::Note), about(&view, 2, Kind::Note)), (vec![], vec![11]));
        assert!(about(&view, 30, Kind::Note).is_empty());
        assert_eq!((view.count(Kind::Note), view.of_kind(Kind::Note).count()), (2, 2));
    }

    #[test]
    fn of_two_accounts_that_are_one_place_one_is_shown_with_the_history_of_both() {
        let mut view = View::default();
        let (first, second, third) = (text(1), text(2), text(3));
        view.apply(&[
            account(1, &[("name", "A")]),
            account(2, &[("name", "B"), ("merged_into", &first)]),
            shown(Kind::Note, 11, &[("text", "x"), ("account", &second)]),
            shown(Kind::Note, 12, &[("text", "x"), ("account", &first)]),
        ]);
        assert_eq!(names(&view), ["A"]);
        assert_eq!(view.about(id(1), Kind::Note).len(), 2);
        assert!(view.about(id(1), Kind::Account).is_empty(), "what it stands for is not about it");
        assert_eq!(view.account_of(view.record(id(11)).expect("is here")), Some(id(1)));
        // Merged once more, and then the survivor leaves this phone.
        view.apply(&[account(3, &[("name", "C")]), account(1, &[("name", "A"), ("merged_into", &third)])]);
        assert_eq!((names(&view), view.about(id(3), Kind::Note).len()), (vec!["C"], 2));
        view.apply(&[Shown { id: id(3), record: None, place: Place::Web }]);
        assert_eq!((names(&view), view.survivor(id(2))), (vec!["A"], id(1)));
        // Undone.
        view.apply(&[account(2, &[("name", "B")])]);
        assert_eq!(names(&view), ["A", "B"]);
        assert_eq!(view.about(id(1), Kind::Note).len(), 1);
    }

    #[test]
    fn merged_in_a_circle_the_first_one_made_stands_for_all() {
        let mut view = View::default();
        let (first, second) = (text(1), text(2));
        view.apply(&[
            account(2, &[("name", "B"), ("merged_into", &first)]),
            account(1, &[("name", "A"), ("merged_into", &second)]),
        ]);
        assert_eq!((names(&view), view.survivor(id(1)), view.survivor(id(2))), (vec!["A"], id(1), id(1)));
        view.apply(&[account(9, &[("name", "Self"), ("merged_into", &text(9))])]);
        assert_eq!(names(&view), ["A", "Self"]);
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Short words to make records with.

    use std::rc::Rc;

    use engine::{Place, Shown};
    use protocol::{Kind, Record, RecordId, TerritoryId};
    use uuid::Uuid;

    pub(crate) fn id(n: u128) -> RecordId {
        RecordId(Uuid::from_u128(n))
    }

    pub(crate) fn shown(kind: Kind, n: u128, fields: &[(&str, &str)]) -> Shown {
        let record = Record {
            id: id(n),
            kind,
            territory: TerritoryId::new("north"),
            version: 1,
            deleted: false,
            by: String::new(),
            at: 0,
            fields: fields.iter().copied().collect(),
        };
        Shown { id: id(n), record: Some(Rc::new(record)), place: Place::Web }
    }

    pub(crate) fn account(n: u128, fields: &[(&str, &str)]) -> Shown {
        shown(Kind::Account, n, fields)
    }
}
