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
    /// The folded name, and then the other fields.
    haystack: Box<str>,
    name_bytes: u32,
    sketch: Sketch,
    marks: Marks,
}

/// Which letters, digits and pairs of bytes a text has. A word that is in a text has nothing that the text has not, so
/// that most texts need not be read at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sketch([u64; 4]);

/// A search that remembers its last answer: a longer query looks only among what the shorter one found.
#[derive(Debug, Default)]
pub struct Search {
    query: String,
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
        let query = fold(query.trim());
        let narrows = search.generation == self.generation && query.starts_with(&*search.query);
        if !narrows {
            search.found = (0..self.entries.len() as u32).collect();
        }
        if !narrows || query != search.query {
            let words: Vec<String> = query.split_whitespace().map(digits_or_word).collect();
            let sought: Vec<_> =
                words.iter().map(|word| (Sketch::of(word), is_sign(word), Finder::new(word))).collect();
            search.found.retain(|at| {
                let Entry { haystack, sketch, .. } = &self.entries[*at as usize];
                sought.iter().all(|(word, is_sign, finder)| {
                    sketch.holds(*word) && (*is_sign || finder.find(haystack.as_bytes()).is_some())
                })
            });
            search.generation = self.generation;
            search.query = query;
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
        let mut haystack = fold(record.fields.text("name").unwrap_or_default());
        let name_bytes = haystack.len() as u32;
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
        let (sketch, marks) = (Sketch::of(&haystack), spellings.mark(record));
        Self { id: record.id, haystack: haystack.into(), name_bytes, sketch, marks }
    }

    fn order(&self) -> (&str, RecordId) {
        (&self.haystack[..self.name_bytes as usize], self.id)
    }
}

impl Sketch {
    fn of(text: &str) -> Self {
        let mut sketch = Self::default();
        let mut before = b' ';
        for byte in text.bytes() {
            if let Some(bit) = sign(byte) {
                sketch.set(bit);
            }
            if !before.is_ascii_whitespace() && !byte.is_ascii_whitespace() {
                sketch.set(SIGNS + (usize::from(before) * 37 + usize::from(byte) * 101) % (256 - SIGNS));
            }
            before = byte;
        }
        sketch
    }

    fn set(&mut self, bit: usize) {
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    /// Whether a text of this sketch can have a word of the other one in it.
    fn holds(&self, word: Self) -> bool {
        self.0.iter().zip(word.0).all(|(own, word)| own & word == word)
    }
}

/// The number of a letter or digit, which has a place of its own in a sketch.
const fn sign(byte: u8) -> Option<usize> {
    match byte {
        b'a'..=b'z' => Some((byte - b'a') as usize),
        b'0'..=b'9' => Some((byte - b'0') as usize + 26),
        _ => None,
    }
}

/// Whether a sketch alone tells that the word is there.
fn is_sign(word: &str) -> bool {
    matches!(word.as_bytes(), [byte] if sign(*byte).is_some())
}

const SIGNS: usize = 36;

/// `775-555` is looked for as `775555`; anything with a letter as it is.
pub(crate) fn digits_or_word(word: &str) -> String {
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let phone_like = digits.len() >= 3 && word.chars().all(|c| c.is_ascii_digit() || "()-.+/".contains(c));
    if phone_like { digits } else { word.to_owned() }
}

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
        for query in ["c", "cl", "cli 1", "cli 19", "cli 1", "", "99"] {
            let narrowed: Vec<_> = view.accounts().search(&mut search, query).collect();
            let fresh: Vec<_> = view.accounts().search(&mut Search::default(), query).collect();
            assert_eq!(narrowed, fresh, "{query}");
        }
    }

    #[test]
    fn a_search_finds_what_reading_each_text_finds() {
        let words = ["qa", "z9", "\u{5d0}\u{5d1}", "\u{e9}t\u{e9}", "ab", "ba", "9", "-", "aab", "x"];
        let text = |n: usize| format!("{} {}{}", words[n % 10], words[n / 10 % 10], words[n / 100 % 10]);
        let list: Vec<_> = (0..1_000).map(|n| account(n as u128, &[("name", &text(n))])).collect();
        let mut view = View::default();
        view.apply(&list);
        let letters =
            ["a", "b", "q", "z", "9", "x", "-", "\u{5d0}", "e", "ab", "qa9", "ba-", "\u{5d1}a", "zz"];
        for query in letters {
            let found = view.accounts().search(&mut Search::default(), query).len();
            let read = (0..1_000).filter(|n| fold(&text(*n)).contains(&*digits_or_word(query)));
            assert_eq!(found, read.count(), "{query}");
        }
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
