//! What the screen shows: every record on this phone with the rep's own saves laid over, sorted and searchable
//! without a single `await`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use memchr::memmem::Finder;
use protocol::{Kind, Record, RecordId};

use crate::step::{Place, Shown};

/// The records on this phone as the screen shows them.
#[derive(Debug, Default)]
pub struct View {
    records: BTreeMap<RecordId, Rc<Record>>,
    /// Only those not [`Place::Web`].
    places: BTreeMap<RecordId, Place>,
    /// Sorted by folded name, then id.
    accounts: Vec<Entry>,
    /// Notes by the account they are about.
    notes: BTreeMap<RecordId, BTreeSet<RecordId>>,
    /// One more at each change of the list, so that a narrowed search is never laid over another list.
    generation: u64,
}

#[derive(Debug)]
struct Entry {
    id: RecordId,
    name: Box<str>,
    haystack: Box<str>,
}

/// A search that remembers its last answer: a longer query looks only among what the shorter one found.
#[derive(Debug, Default)]
pub struct Search {
    query: String,
    generation: u64,
    found: Vec<u32>,
}

impl View {
    /// Takes in what a step made look different.
    pub fn apply(&mut self, shown: &[Shown]) {
        self.generation += 1;
        let bulk = shown.len() > BULK_MIN;
        for change in shown {
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
        if bulk {
            let accounts = self.records.values().filter(|record| record.kind == Kind::Account);
            self.accounts = accounts.map(|record| Entry::new(record)).collect();
            self.accounts.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
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

    /// How many records there are, of all kinds.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many accounts there are.
    pub fn accounts_len(&self) -> usize {
        self.accounts.len()
    }

    /// The accounts at these positions of the list sorted by name; past its end there are none.
    pub fn accounts(&self, positions: std::ops::Range<usize>) -> impl Iterator<Item = &Rc<Record>> {
        let end = positions.end.min(self.accounts.len());
        let start = positions.start.min(end);
        self.accounts[start..end].iter().filter_map(|entry| self.records.get(&entry.id))
    }

    /// The account's notes, newest first.
    pub fn notes(&self, account: RecordId) -> Vec<Rc<Record>> {
        let ids = self.notes.get(&account).into_iter().flatten();
        let mut notes: Vec<_> = ids.filter_map(|id| self.records.get(id).cloned()).collect();
        notes
            .sort_by_key(|note| std::cmp::Reverse((note.fields.text("written").map(str::to_owned), note.id)));
        notes
    }

    /// The accounts in which every word of the query occurs, in any field, whatever its case; sorted by name.
    /// A word of digits also meets phone numbers however they are written.
    pub fn search<'a>(
        &'a self,
        search: &'a mut Search,
        query: &str,
    ) -> impl ExactSizeIterator<Item = RecordId> + 'a {
        let query = fold(query.trim());
        let narrows = search.generation == self.generation && query.starts_with(&*search.query);
        if !narrows {
            search.found = (0..self.accounts.len() as u32).collect();
        }
        if !narrows || query != search.query {
            let words: Vec<String> = query.split_whitespace().map(digits_or_word).collect();
            let finders: Vec<Finder<'_>> = words.iter().map(Finder::new).collect();
            search.found.retain(|at| {
                let haystack = self.accounts[*at as usize].haystack.as_bytes();
                finders.iter().all(|finder| finder.find(haystack).is_some())
            });
            search.generation = self.generation;
            search.query = query;
        }
        search.found.iter().map(|at| self.accounts[*at as usize].id)
    }

    fn forget(&mut self, id: RecordId, bulk: bool) {
        let Some(old) = self.records.remove(&id) else { return };
        match old.kind {
            Kind::Account if !bulk => {
                let entry = Entry::new(&old);
                if let Ok(at) = self.accounts.binary_search_by(|at| at.order().cmp(&entry.order())) {
                    self.accounts.remove(at);
                }
            }
            Kind::Note => {
                if let Some(notes) = account_of(&old).and_then(|account| self.notes.get_mut(&account)) {
                    notes.remove(&id);
                }
            }
            _ => {}
        }
    }

    fn remember(&mut self, record: &Rc<Record>, bulk: bool) {
        match record.kind {
            Kind::Account if !bulk => {
                let entry = Entry::new(record);
                let at = self.accounts.partition_point(|at| at.order() < entry.order());
                self.accounts.insert(at, entry);
            }
            Kind::Note => {
                if let Some(account) = account_of(record) {
                    self.notes.entry(account).or_default().insert(record.id);
                }
            }
            _ => {}
        }
        self.records.insert(record.id, Rc::clone(record));
    }
}

impl Entry {
    fn new(account: &Record) -> Self {
        let name = fold(account.fields.text("name").unwrap_or_default());
        let mut haystack = name.clone();
        for field in SEARCHED {
            if let Some(text) = account.fields.text(field) {
                haystack.push('\n');
                haystack.push_str(&fold(text));
            }
        }
        if let Some(phone) = account.fields.text("phone") {
            haystack.push('\n');
            haystack.extend(phone.chars().filter(char::is_ascii_digit));
        }
        Self { id: account.id, name: name.into(), haystack: haystack.into() }
    }

    fn order(&self) -> (&str, RecordId) {
        (&self.name, self.id)
    }
}

fn account_of(record: &Record) -> Option<RecordId> {
    record.fields.text("account").and_then(|text| text.parse().ok()).map(RecordId)
}

/// Case and typographic apostrophes do not matter when looking for something.
fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase().replace('\u{2019}', "'") }
}

/// `775-555` is looked for as `775555`; anything with a letter as it is.
fn digits_or_word(word: &str) -> String {
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let phone_like = digits.len() >= 3 && word.chars().all(|c| c.is_ascii_digit() || "()-.+/".contains(c));
    if phone_like { digits } else { word.to_owned() }
}

const SEARCHED: [&str; 7] = ["type", "address", "city", "state", "zip", "county", "ccn"];

/// From this many changes on, sorting the list anew is cheaper than moving its entries one by one.
const BULK_MIN: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Fields, TerritoryId};
    use uuid::Uuid;

    fn account(n: u128, fields: &[(&str, &str)]) -> Shown {
        let fields: Fields = fields.iter().copied().collect();
        let territory = TerritoryId::new("north");
        let id = RecordId(Uuid::from_u128(n));
        let record = Record {
            id,
            kind: Kind::Account,
            territory,
            version: 1,
            deleted: false,
            by: String::new(),
            at: 0,
            fields,
        };
        Shown { id, record: Some(Rc::new(record)), place: Place::Web }
    }

    fn names(view: &View, query: &str) -> Vec<String> {
        let mut search = Search::default();
        let ids: Vec<_> = view.search(&mut search, query).collect();
        ids.iter().map(|id| view.records[id].fields.text("name").expect("has a name").to_owned()).collect()
    }

    #[test]
    fn every_word_may_match_another_field() {
        let mut view = View::default();
        view.apply(&[
            account(1, &[("name", "St. Mary\u{2019}s"), ("city", "Reno"), ("phone", "(775) 555-0101")]),
            account(2, &[("name", "ST. MARY'S"), ("city", "Elko")]),
        ]);
        assert_eq!(names(&view, "mary's reno"), ["St. Mary\u{2019}s"]);
        assert_eq!(names(&view, "775-555"), ["St. Mary\u{2019}s"]);
        assert_eq!(
            names(&view, "  "),
            ["ST. MARY'S", "St. Mary\u{2019}s"].map(str::to_owned).into_iter().rev().collect::<Vec<_>>()
        );
        assert!(names(&view, "mary ely").is_empty());
    }

    #[test]
    fn a_narrowed_search_equals_a_fresh_one() {
        let mut view = View::default();
        let list: Vec<_> = (0..2_000u128)
            .map(|n| {
                account(n, &[("name", &format!("Clinic {}", n * 7919 % 2000)), ("zip", &format!("{n:05}"))])
            })
            .collect();
        view.apply(&list);
        let mut search = Search::default();
        for query in ["c", "cl", "cli 1", "cli 19", "cli 1", "", "99"] {
            let narrowed: Vec<_> = view.search(&mut search, query).collect();
            let fresh: Vec<_> = view.search(&mut Search::default(), query).collect();
            assert_eq!(narrowed, fresh, "{query}");
        }
    }

    #[test]
    fn one_by_one_and_in_bulk_give_the_same_list() {
        let list: Vec<_> =
            (0..1_000u128).map(|n| account(n, &[("name", &format!("{}", n * 7919 % 100))])).collect();
        let (mut bulk, mut single) = (View::default(), View::default());
        bulk.apply(&list);
        list.iter().for_each(|change| single.apply(std::slice::from_ref(change)));
        let ids = |view: &View| view.accounts(0..5_000).map(|record| record.id).collect::<Vec<_>>();
        assert_eq!(ids(&bulk), ids(&single));
        single.apply(&[Shown { id: list[5].id, record: None, place: Place::Web }]);
        assert_eq!(single.accounts_len(), 999);
    }

    fn note(n: u128, about: &str, written: Option<&str>) -> Shown {
        let Shown { id, record, place } = account(n, &[("text", "Hello"), ("account", about)]);
        let mut record = Rc::unwrap_or_clone(record.expect("it was just made"));
        record.kind = Kind::Note;
        record.fields.set("written", written);
        Shown { id, record: Some(Rc::new(record)), place }
    }

    #[test]
    fn an_account_s_notes_come_newest_first_and_move_with_their_account() {
        let id = |n: u128| RecordId(Uuid::from_u128(n));
        let (first, second) = (id(1).0.to_string(), id(2).0.to_string());
        let mut view = View::default();
        view.apply(&[
            note(11, &first, Some("2026-01-02")),
            note(12, &first, Some("2026-01-03")),
            note(13, &first, Some("2026-01-02")),
            note(14, &first, None),
            note(15, "no account", None),
        ]);
        let notes = |view: &View, account| {
            view.notes(id(account)).iter().map(|it| it.id.0.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!((notes(&view, 1), notes(&view, 2)), (vec![12, 13, 11, 14], vec![]));
        view.apply(&[note(12, &second, None), Shown { id: id(13), record: None, place: Place::Web }]);
        assert_eq!((notes(&view, 1), notes(&view, 2)), (vec![11, 14], vec![12]));
        assert_eq!((view.len(), view.accounts_len(), view.is_empty()), (4, 0, false));
        assert!(View::default().is_empty());
    }

    #[test]
    fn a_record_says_where_its_newest_words_are() {
        let mut view = View::default();
        let on_phone = Shown { place: Place::Phone, ..account(1, &[("name", "A")]) };
        view.apply(std::slice::from_ref(&on_phone));
        assert_eq!((view.place(on_phone.id), view.record(on_phone.id).is_some()), (Place::Phone, true));
        view.apply(&[account(1, &[("name", "A")])]);
        assert_eq!(view.place(on_phone.id), Place::Web);
        view.apply(&[Shown { record: None, ..on_phone }]);
        assert_eq!((view.record(on_phone.id), view.len()), (None, 0));
    }

    #[test]
    fn a_search_sees_what_changed_since_its_last_answer() {
        let mut view = View::default();
        view.apply(&[account(1, &[("name", "Clinic A")])]);
        let mut search = Search::default();
        assert_eq!(view.search(&mut search, "clinic").len(), 1);
        view.apply(&[account(2, &[("name", "Clinic B")])]);
        assert_eq!(view.search(&mut search, "clinic").len(), 2);
        view.apply(&[account(1, &[("name", "Ward")])]);
        assert_eq!(view.search(&mut search, "clinic").len(), 1);
        assert_eq!(view.search(&mut search, "ward").len(), 1);
    }

    #[test]
    fn a_page_of_the_list_ends_where_the_list_ends() {
        let mut view = View::default();
        view.apply(&[
            account(1, &[("name", "b")]),
            account(2, &[("name", "a")]),
            account(3, &[("name", "c")]),
        ]);
        let page = |range| view.accounts(range).map(|it| it.id.0.as_u128()).collect::<Vec<_>>();
        assert_eq!(
            (page(0..2), page(1..9), page(3..9), page(7..9)),
            (vec![2, 1], vec![1, 3], vec![], vec![])
        );
    }

    #[test]
    fn digits_meet_a_phone_number_however_it_is_written_and_every_searched_field_counts() {
        let fields = [
            ("name", "Mercy"),
            ("type", "Clinic"),
            ("address", "1 Elm St"),
            ("city", "Elko"),
            ("state", "NV"),
            ("zip", "89801"),
            ("county", "Lander"),
            ("ccn", "29X01"),
            ("phone", "(775) 555-0101"),
            ("rating", "fivestar"),
        ];
        let mut view = View::default();
        view.apply(&[account(1, &fields)]);
        for query in
            ["mercy", "CLINIC", "elm", "elko", "nv", "89801", "lander", "29x01", "775.555", "5550101", "775-"]
        {
            assert_eq!(names(&view, query).len(), 1, "{query}");
        }
        for query in ["fivestar", "7-7", "5a5", "775x"] {
            assert!(names(&view, query).is_empty(), "{query}");
        }
    }
}
