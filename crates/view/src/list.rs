//! A list sorted by name that can be searched with every key.

use memchr::memmem::Finder;
use protocol::{Record, RecordId};
use std::ops::Range;

use crate::facets::{Marks, Spellings};
use crate::fold;

/// Records sorted by folded name, then id, each with the text in which it is looked for, and the values by which the
/// list can be narrowed.
#[derive(Debug, Default)]
pub struct List {
    entries: Vec<Entry>,
    spellings: Spellings,
    /// The view's generation at the list's last change, so that a narrowed search is never laid over another list.
    generation: u64,
}

#[derive(Debug)]
struct Entry {
    id: RecordId,
    name: Box<str>,
    haystack: Box<str>,
    marks: Marks,
}

/// A search that remembers its last answer: a query that asks for more looks only among what the last one found.
#[derive(Debug, Default)]
pub struct Search {
    words: Vec<String>,
    generation: u64,
    found: Vec<u32>,
}

impl List {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Those at these positions; past the end there are none.
    pub fn ids(&self, positions: Range<usize>) -> Vec<RecordId> {
        let end = positions.end.min(self.entries.len());
        let start = positions.start.min(end);
        self.entries[start..end].iter().map(|entry| entry.id).collect()
    }

    /// The one at a position that an answer about this list has named.
    pub fn id(&self, position: u32) -> RecordId {
        self.entries[position as usize].id
    }

    pub(crate) fn marks(&self, position: u32) -> Marks {
        self.entries[position as usize].marks
    }

    pub(crate) const fn spellings(&self) -> &Spellings {
        &self.spellings
    }

    /// Those in which every word of the query occurs, in any field, whatever its case; sorted by name. A word of
    /// digits also meets phone numbers however they are written.
    pub fn search<'a>(
        &'a self,
        search: &'a mut Search,
        query: &str,
    ) -> impl ExactSizeIterator<Item = RecordId> + 'a {
        self.found(search, query).iter().map(|at| self.id(*at))
    }

    /// The positions of what a [`search`](Self::search) finds.
    pub fn found<'a>(&self, search: &'a mut Search, query: &str) -> &'a [u32] {
        let words = words_of(&fold(query));
        // What has all of these words has all of the last ones, so that only what was found is looked at again.
        let is_within = |last: &String| words.iter().any(|word| word.contains(last.as_str()));
        let narrows = search.generation == self.generation && search.words.iter().all(is_within);
        if !narrows {
            search.found = (0..self.entries.len() as u32).collect();
        }
        if !narrows || words != search.words {
            let finders: Vec<Finder<'_>> = words.iter().map(Finder::new).collect();
            search.found.retain(|at| {
                let haystack = self.entries[*at as usize].haystack.as_bytes();
                finders.iter().all(|finder| finder.find(haystack).is_some())
            });
            search.generation = self.generation;
            search.words = words;
        }
        &search.found
    }

    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a Record>, generation: u64) -> Self {
        let mut spellings = Spellings::default();
        let mut entries: Vec<Entry> = records.map(|record| Entry::new(record, &mut spellings)).collect();
        entries.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
        Self { entries, spellings, generation }
    }

    /// Puts a record in its place; one that is there already stays.
    pub(crate) fn insert(&mut self, record: &Record, generation: u64) {
        let entry = Entry::new(record, &mut self.spellings);
        if let Err(at) = self.entries.binary_search_by(|at| at.order().cmp(&entry.order())) {
            self.entries.insert(at, entry);
            self.generation = generation;
        }
    }

    /// Takes a record out; `record` must be as it was put in.
    pub(crate) fn remove(&mut self, record: &Record, generation: u64) {
        let name = fold(record.fields.text("name").unwrap_or_default());
        let order = (&*name, record.id);
        if let Ok(at) = self.entries.binary_search_by(|at| at.order().cmp(&order)) {
            self.entries.remove(at);
            self.generation = generation;
        }
    }
}

impl Entry {
    fn new(record: &Record, spellings: &mut Spellings) -> Self {
        let name = fold(record.fields.text("name").unwrap_or_default());
        let mut haystack = name.clone();
        for field in SEARCHED {
            if let Some(text) = record.fields.text(field) {
                haystack.push('\n');
                haystack.push_str(&fold(text));
            }
        }
        for field in DIALLED {
            if let Some(phone) = record.fields.text(field) {
                haystack.push('\n');
                haystack.extend(phone.chars().filter(char::is_ascii_digit));
            }
        }
        Self { id: record.id, name: name.into(), haystack: haystack.into(), marks: spellings.mark(record) }
    }

    fn order(&self) -> (&str, RecordId) {
        (&self.name, self.id)
    }
}

/// The words of a folded query as they are looked for: `775-555` as `775555`, anything with a letter as it is.
pub(crate) fn words_of(query: &str) -> Vec<String> {
    let words = query.split_whitespace().filter(|word| *word != COUNTRY);
    let word = |word: &str| dialled(word).unwrap_or_else(|| word.trim_matches(['(', ')']).to_owned());
    words.map(word).filter(|word| !word.is_empty()).collect()
}

/// The digits of what looks like a part of a phone number; of a North American one without the country's code.
pub(crate) fn dialled(text: &str) -> Option<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_dialled = text.chars().all(|c| c.is_ascii_digit() || "()-.+/ ".contains(c));
    let all = digits(text.trim_start().strip_prefix(COUNTRY).unwrap_or(text));
    let national = all.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(&all);
    (is_dialled && national.len() >= 3).then(|| national.to_owned())
}

pub(crate) const COUNTRY: &str = "+1";
const SEARCHED: [&str; 14] = [
    "type",
    "specialty",
    "title",
    "credentials",
    "address",
    "city",
    "state",
    "zip",
    "county",
    "ccn",
    "npi",
    "email",
    "administrator",
    "tags",
];
const DIALLED: [&str; 3] = ["phone", "mobile", "fax"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::View;
    use crate::testing::account;
    use engine::{Place, Shown};

    fn names(view: &View, query: &str) -> Vec<String> {
        let mut search = Search::default();
        let ids: Vec<_> = view.accounts().search(&mut search, query).collect();
        let name = |id: &RecordId| view.record(*id)?.fields.text("name").map(str::to_owned);
        ids.iter().filter_map(name).collect()
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
        assert_eq!(names(&view, "  "), ["St. Mary\u{2019}s", "ST. MARY'S"]);
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
        for query in
            ["c", "cl", "cli 1", "cli 19", "cli 1", "", "99", "0-1", "0-12", "001", "(0", "(001", "cli (001"]
        {
            let narrowed: Vec<_> = view.accounts().search(&mut search, query).collect();
            let fresh: Vec<_> = view.accounts().search(&mut Search::default(), query).collect();
            assert_eq!(narrowed, fresh, "{query}");
        }
    }

    #[test]
    fn a_number_is_found_at_each_key_as_the_app_writes_it() {
        let mut view = View::default();
        let phones = [("name", "Mercy"), ("phone", "(775) 555-0101")];
        view.apply(&[account(1, &phones), account(2, &[("name", "Ash"), ("phone", "1-775-555-0199")])]);
        for typed in ["(775) 555-0101", "+1 (775) 555-0101", "1-775-555-0101", "+17755550101"] {
            let mut search = Search::default();
            for (end, _) in typed.char_indices().skip(1) {
                view.accounts().found(&mut search, &typed[..end]);
            }
            let found: Vec<_> = view.accounts().search(&mut search, typed).collect();
            assert_eq!(found, [crate::testing::id(1)], "{typed}");
        }
        assert_eq!(names(&view, "+1 775 555 0199"), ["Ash"]);
        assert_eq!(names(&view, "("), ["Ash", "Mercy"]);
    }

    #[test]
    fn a_search_sees_what_changed_since_its_last_answer() {
        let mut view = View::default();
        view.apply(&[account(1, &[("name", "Clinic A")])]);
        let mut search = Search::default();
        assert_eq!(view.accounts().search(&mut search, "clinic").len(), 1);
        view.apply(&[account(2, &[("name", "Clinic B")])]);
        assert_eq!(view.accounts().search(&mut search, "clinic").len(), 2);
        view.apply(&[account(1, &[("name", "Ward")])]);
        assert_eq!(view.accounts().search(&mut search, "clinic").len(), 1);
        assert_eq!(view.accounts().search(&mut search, "ward").len(), 1);
        view.apply(&[Shown { id: crate::testing::id(1), record: None, place: Place::Web }]);
        assert_eq!(view.accounts().search(&mut search, "").len(), 1);
    }

    #[test]
    fn a_search_forgets_a_list_that_was_read_anew() {
        let mut view = View::default();
        view.apply(&[account(1, &[("name", "Ash Clinic")]), account(2, &[("name", "Birch Clinic")])]);
        let mut search = Search::default();
        assert_eq!(view.accounts().search(&mut search, "clinic").len(), 2);
        let mut view = view.cleared();
        view.apply(&[account(2, &[("name", "Birch Clinic")])]);
        let found: Vec<_> = view.accounts().search(&mut search, "clinic").collect();
        assert_eq!(found, [crate::testing::id(2)]);
    }

    #[test]
    fn a_page_of_the_list_ends_where_the_list_ends() {
        let mut view = View::default();
        view.apply(&[
            account(1, &[("name", "b")]),
            account(2, &[("name", "a")]),
            account(3, &[("name", "c")]),
        ]);
        let page =
            |range| view.accounts().ids(range).into_iter().map(|id| id.0.as_u128()).collect::<Vec<_>>();
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
