//! One search over everything that is on this phone: each word of the query may stand in another field, at the begin
//! of a word or inside it, and a slip of the finger is overlooked.

mod index;
mod segment;
mod slip;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;

use engine::Shown;
use protocol::schema::{self, AT, Shape, WITH};
use protocol::{Kind, Record, RecordId};

use crate::{View, fold};
use index::{Best, Place, Sought};
use words::Word;

pub(crate) use index::Index;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// By kind, in the order of the catalogue; only kinds of which there is something.
    pub groups: Vec<Group>,
    /// So many records are not looked through yet: [`View::read_on`] does it.
    pub left: usize,
}

/// What was found of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The kind.
    pub kind: Kind,
    /// How many there are, shown or not.
    pub count: usize,
    /// The best of them, best first.
    pub hits: Vec<Hit>,
}

/// A record that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The record.
    pub id: RecordId,
    /// What it is known by. A note is known by whom it is about; this is empty where it is about nobody.
    pub name: Marked,
    /// The other fields in which something was found, by name, and of a note always its text.
    pub fields: Vec<(&'static str, Marked)>,
}

/// A text in which something was found, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// The text, or a part of it.
    pub text: String,
    /// What was found, in bytes of the text, in order; no two meet.
    pub marks: Vec<Range<usize>>,
}

/// What a text is to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// What it is known by.
    Name,
    /// Anything else.
    Text,
    /// A phone number.
    Phone,
}

impl View {
    /// Finds what has every word of the query, so many of each kind. It looks through what [`View::read_on`] has read,
    /// and through what changed since.
    pub fn find(&self, query: &str, each: usize) -> Found {
        self.read_at_once();
        let patients = self.patients_of(query);
        let mut index = self.index.borrow_mut();
        let left = index.left();
        for words in words::readings(query) {
            let (sought, mut best) = index.find(&words, each, |_| true);
            let mut groups: Vec<Group> = KINDS
                .into_iter()
                .filter_map(|kind| {
                    let best = best.remove(&kind)?;
                    let count = best.count;
                    let ids = self.in_order(kind, best).into_iter();
                    let records = ids.filter_map(|id| self.record(id));
                    let hits = records.map(|record| self.hit(record, &sought)).collect();
                    Some(Group { kind, count, hits })
                })
                .collect();
            self.put_first(&patients, &mut groups, each, &sought);
            if !groups.is_empty() {
                return Found { groups, left };
            }
        }
        Found { groups: Vec::new(), left }
    }

    /// The records of one kind that may be meant where little is spelled as it was typed: what [`View::find`] finds of
    /// it and `keeps` lets through, the best first and so many.
    pub fn like(
        &self,
        kind: Kind,
        query: &str,
        keeps: impl Fn(RecordId) -> bool,
        most: usize,
    ) -> Vec<RecordId> {
        self.read_at_once();
        let mut index = self.index.borrow_mut();
        let mut best = words::readings(query).into_iter().filter_map(|words| {
            let (_, mut best) = index.find(&words, most, &keeps);
            best.remove(&kind).filter(|best| !best.ids.is_empty())
        });
        best.next().map(|best| self.in_order(kind, best)).unwrap_or_default()
    }

    /// The best of a kind as they are shown: people and places that are worth the same by their names.
    fn in_order(&self, kind: Kind, mut best: Best) -> Vec<RecordId> {
        if matches!(kind, Kind::Account | Kind::Contact) {
            let name = |id| self.record(id).and_then(|it| it.fields.text("name")).map(fold);
            best.ids.sort_by_cached_key(|(id, rank)| (std::cmp::Reverse(*rank), name(*id), *id));
        }
        best.ids.into_iter().map(|(id, _)| id).collect()
    }

    /// Begins the index, and reads into it what is left where that is little.
    fn read_at_once(&self) {
        let (has_begun, unread) = (self.index.borrow().has_begun(), self.unread());
        if !has_begun || (1..=READ_AT_ONCE_MAX).contains(&unread) {
            self.read_on(READ_AT_ONCE_MAX);
        }
    }

    /// Reads a piece of so many records into the index, fewer where they are long, and answers whether there is more
    /// to do. The first call begins the index.
    pub fn read_on(&self, most: usize) -> bool {
        let mut index = self.index.borrow_mut();
        index.begin(KINDS.iter().map(|kind| self.count(*kind)).sum());
        let after = |last| self.read_after(last);
        index.read(most, after, |id, sheet| {
            let Some(record) = self.record(id).filter(|record| KINDS.contains(&record.kind)) else { return };
            if record.kind == Kind::Account && self.is_merged(record) {
                return;
            }
            sheet.begin(id, record.kind);
            self.parts(record, |part, _, text| match part {
                Part::Phone => words::phone(text, |word| sheet.put(word.text(), false)),
                _ => words::words(text, |word| sheet.put(word.text(), part == Part::Name)),
            });
        });
        !index.is_settled()
    }

    /// The record that is read for the first time after this one: kind by kind, and of a kind the newest first.
    fn read_after(&self, last: Option<Place>) -> Option<Place> {
        let from = KINDS.iter().position(|kind| last.is_some_and(|(read, _)| read == *kind)).unwrap_or(0);
        KINDS[from..].iter().find_map(|kind| {
            let ids = self.by_kind.get(kind)?;
            let next = match last {
                Some((read, id)) if read == *kind => ids.range(..id).next_back(),
                _ => ids.last(),
            };
            next.map(|id| (*kind, *id))
        })
    }

    /// So many records are not read into the index yet.
    pub fn unread(&self) -> usize {
        self.index.borrow().left()
    }

    /// Bytes of memory that the index takes.
    pub fn index_bytes(&self) -> usize {
        self.index.borrow().bytes()
    }

    /// A record is about to look different. Whoever is found by its name is read again as well.
    pub(crate) fn touch(&mut self, change: &Shown) {
        if !self.index.get_mut().has_begun() {
            return;
        }
        let (old, new) = (self.records.get(&change.id), change.record.as_ref());
        let mut touched = BTreeSet::from([change.id]);
        let differs =
            |name| old.and_then(|old| old.fields.text(name)) != new.and_then(|new| new.fields.text(name));
        if differs("name") || differs("merged_into") {
            let merged = self.merged_into(change.id);
            for kind in [Kind::Contact, Kind::Referral, Kind::Event, Kind::Note] {
                touched.extend(self.about(change.id, kind).iter().map(|record| record.id));
            }
            touched.extend(merged);
        }
        self.index.get_mut().touch(touched);
    }

    /// The texts in which a record is looked for: part, field, text.
    fn parts<'a>(&'a self, record: &'a Record, mut put: impl FnMut(Part, &'static str, &'a str)) {
        let fields = schema::fields(record.kind);
        for (at, field) in fields.iter().enumerate() {
            let Some(text) = record.fields.text(field.name) else { continue };
            match field.shape {
                _ if at == 0 && record.kind != Kind::Note => put(Part::Name, field.name, text),
                Shape::Line | Shape::Text | Shape::Email | Shape::Npi => put(Part::Text, field.name, text),
                Shape::Choice if field.name == "type" => put(Part::Text, field.name, text),
                Shape::Phone => put(Part::Phone, field.name, text),
                _ => {}
            }
        }
        if record.kind == Kind::Account {
            return;
        }
        let name = |id: RecordId| self.record(id).and_then(|other| other.fields.text("name"));
        if let Some(account) = self.account_of(record).and_then(name) {
            put(Part::Text, "account", account);
        }
        for (field, text) in record.fields.iter() {
            let (field, id) = match (field.strip_prefix(WITH), field.strip_prefix(AT)) {
                (Some(id), _) => ("contact", id),
                (_, Some(id)) => ("account", id),
                _ if field == "contact" => ("contact", text),
                _ => continue,
            };
            let Some(id) = id.parse().ok().map(RecordId) else { continue };
            if let Some(text) = name(self.survivor(id)) {
                put(Part::Text, field, text);
            }
        }
    }

    /// The referrals of patients with exactly these initials, with dots or without; the newest first.
    fn patients_of(&self, query: &str) -> Vec<&Record> {
        let sought: Vec<char> = initials(query).take(INITIALS_MAX + 1).collect();
        if !(2..=INITIALS_MAX).contains(&sought.len()) {
            return Vec::new();
        }
        let is_sought = |patient: &str| initials(patient).eq(sought.iter().copied());
        let referrals = self.of_kind(Kind::Referral).rev().map(AsRef::as_ref);
        referrals.filter(|it: &&Record| it.fields.text("patient").is_some_and(is_sought)).collect()
    }

    /// Puts these referrals before all that was found.
    fn put_first(&self, patients: &[&Record], groups: &mut Vec<Group>, each: usize, sought: &[Sought]) {
        if patients.is_empty() {
            return;
        }
        let known = groups.iter().position(|group| group.kind == Kind::Referral);
        let found = known.map(|at| groups.remove(at));
        let Group { kind, mut count, hits } =
            found.unwrap_or(Group { kind: Kind::Referral, count: 0, hits: Vec::new() });
        let mut first = Vec::new();
        for patient in patients {
            let (mut hit, is_counted) = self.looked_at(patient, sought);
            count += usize::from(!is_counted);
            if first.len() < each {
                hit.name.marks = Vec::from([Range { start: 0, end: hit.name.text.len() }]);
                first.push(hit);
            }
        }
        let others = hits.into_iter().filter(|hit| patients.iter().all(|patient| patient.id != hit.id));
        let left = each - first.len();
        first.extend(others.take(left));
        groups.insert(0, Group { kind, count, hits: first });
    }

    fn hit(&self, record: &Record, sought: &[Sought]) -> Hit {
        self.looked_at(record, sought).0
    }

    /// What is shown of a record, and whether it has every word.
    fn looked_at(&self, record: &Record, sought: &[Sought]) -> (Hit, bool) {
        let mut hit = Hit { id: record.id, name: Marked::default(), fields: Vec::new() };
        let mut met = BTreeSet::new();
        self.parts(record, |part, field, text| {
            let (marks, words) = marks(text, part, sought);
            let is_new = !words.is_subset(&met);
            met.extend(words);
            if part == Part::Name || (record.kind == Kind::Note && field == "account") {
                hit.name = Marked { text: text.to_owned(), marks };
            } else if is_new || (record.kind == Kind::Note && field == "text") {
                hit.fields.push((field, snippet(text, marks)));
            }
        });
        (hit, met.len() == sought.len())
    }
}

/// The letters of initials, however they are set apart.
fn initials(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Where the words are met in a text, and which of them.
fn marks(text: &str, part: Part, sought: &[Sought]) -> (Vec<Range<usize>>, BTreeSet<usize>) {
    let (mut marks, mut met): (Vec<Range<usize>>, _) = (Vec::new(), BTreeSet::new());
    let mut look = |word: &Word| {
        for (at, sought) in sought.iter().enumerate() {
            if let Some(part) = meets(sought, word.text()) {
                marks.push(word.stands(part));
                met.insert(at);
            }
        }
    };
    if part == Part::Phone {
        words::phone(text, &mut look);
    } else {
        words::words(text, &mut look);
    }
    marks.sort_unstable_by_key(|mark| (mark.start, mark.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        match apart.last_mut() {
            Some(last) if mark.start <= last.end => last.end = last.end.max(mark.end),
            _ => apart.push(mark),
        }
    }
    (apart, met)
}

/// The part of a word that is the sought one.
fn meets(sought: &Sought, word: &str) -> Option<Range<usize>> {
    let len = sought.text.len();
    if word.starts_with(&*sought.text) {
        return Some(0..len);
    }
    let within = sought.within.then(|| word.find(&*sought.text)).flatten();
    within.map(|at| at..at + len).or_else(|| {
        (sought.slips > 0 && slip::is_slip(&sought.letters, sought.slips, word)).then_some(0..word.len())
    })
}

/// What stands around the first mark of a long text, on one line.
fn snippet(text: &str, marks: Vec<Range<usize>>) -> Marked {
    let first = marks.first().map_or(0, |mark| mark.start);
    let from = if first <= BEFORE_CHARS * 2 { 0 } else { word_begin(text, back(text, first, BEFORE_CHARS)) };
    let to = text[from..].char_indices().nth(SNIPPET_CHARS).map_or(text.len(), |(at, _)| from + at);
    let (head, tail) =
        (if from > 0 { "\u{2026}" } else { "" }, if to < text.len() { "\u{2026}" } else { "" });
    let line: String =
        text[from..to].chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
    let shift = |at: usize| at - from + head.len();
    let marks = marks.into_iter().filter(|mark| mark.start < to);
    let marks = marks.map(|mark| shift(mark.start)..shift(mark.end.min(to))).collect();
    Marked { text: format!("{head}{line}{tail}"), marks }
}

/// So many letters back.
fn back(text: &str, from: usize, chars: usize) -> usize {
    text[..from].char_indices().rev().nth(chars.saturating_sub(1)).map_or(0, |(at, _)| at)
}

/// The begin of the word that follows, if it is near.
fn word_begin(text: &str, from: usize) -> usize {
    let space = text[from..].char_indices().take(BEFORE_CHARS / 2).find(|(_, c)| c.is_whitespace());
    space.map_or(from, |(at, space)| from + at + space.len_utf8())
}

impl Marked {
    /// The text in pieces, each with whether it was found.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        let (mut pieces, mut at) = (Vec::new(), 0);
        for mark in &self.marks {
            pieces.push((&self.text[at..mark.start], false));
            pieces.push((&self.text[mark.clone()], true));
            at = mark.end;
        }
        pieces.push((&self.text[at..], false));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }
}

/// What is looked for, the order of reading it and of telling it.
const KINDS: [Kind; 5] = [Kind::Account, Kind::Contact, Kind::Referral, Kind::Event, Kind::Note];
/// So few changes are read before the next answer.
const READ_AT_ONCE_MAX: usize = 500;
/// Longer ones are names.
const INITIALS_MAX: usize = 4;
const SNIPPET_CHARS: usize = 160;
const BEFORE_CHARS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::{Place, Shown};

    fn text(n: u128) -> String {
        id(n).0.to_string()
    }

    fn world() -> View {
        let (mercy, jose, merged) = (text(1), text(11), text(3));
        let with = format!("with:{}", text(12));
        let mut view = View::default();
        view.apply(&[
            account(
                1,
                &[
                    ("name", "Mercy Hospital"),
                    ("city", "Reno"),
                    ("phone", "(775) 555-0101"),
                    ("npi", "1234567893"),
                    ("type", "Clinic"),
                ],
            ),
            account(
                2,
                &[("name", "St. Mary\u{2019}s Hospice"), ("city", "Elko"), ("phone", "+1 775 555 0202")],
            ),
            account(3, &[("name", "Mercy Hosp. (old)"), ("merged_into", &mercy), ("city", "Fernley")]),
            shown(
                Kind::Contact,
                11,
                &[("name", "Jos\u{e9} Nu\u{f1}ez"), ("account", &merged), ("title", "Nurse")],
            ),
            shown(Kind::Contact, 12, &[("name", "\u{5d3}\u{5e0}\u{5d4} Cohen"), ("mobile", "702.555.0303")]),
            shown(Kind::Referral, 21, &[("patient", "Q.Z."), ("account", &mercy), ("room", "Wing 7")]),
            shown(
                Kind::Event,
                31,
                &[("subject", "Lunch with cardiology"), ("account", &mercy), ("contact", &jose)],
            ),
            shown(
                Kind::Note,
                41,
                &[("text", "Wants the wound-care folder \u{1f44d}\u{1f3fd}"), ("account", &mercy)],
            ),
            shown(Kind::Note, 42, &[("text", "Call 775.555.0909 about rehab"), (&with, "yes")]),
        ]);
        view
    }

    fn ids(view: &View, query: &str) -> Vec<u128> {
        let found = view.find(query, 20);
        found.groups.iter().flat_map(|group| &group.hits).map(|hit| hit.id.0.as_u128()).collect()
    }

    #[test]
    fn the_initials_of_a_patient_come_first_with_dots_or_without() {
        let mut view = View::default();
        let oak = text(1);
        let referral = |n, patient| shown(Kind::Referral, n, &[("patient", patient), ("account", &oak)]);
        view.apply(&[
            account(1, &[("name", "Bel Aire Abbey")]),
            referral(11, "A.B."),
            referral(12, "B. Abel"),
        ]);
        view.apply(&(20..30).map(|n| referral(n, "B.A.")).collect::<Vec<_>>());
        for query in ["A.B.", "a.b", "ab", "A B", " AB. "] {
            let found = view.find(query, 5);
            let first = &found.groups[0];
            assert_eq!(
                (first.kind, first.hits[0].id, &*first.hits[0].name.text),
                (Kind::Referral, id(11), "A.B.")
            );
            assert_eq!(first.hits[0].name.pieces(), [("A.B.", true)], "{query}");
            assert!(first.hits.len() <= 5 && first.hits.iter().filter(|hit| hit.id == id(11)).count() == 1);
            assert_eq!(found.groups[1].kind, Kind::Account, "{query}");
        }
        // All are about the abbey: each is counted once, and the exact one is.
        assert_eq!(["a.b.", "ab"].map(|query| view.find(query, 5).groups[0].count), [12, 12]);
        assert_eq!(view.find("b.", 5).groups[0].kind, Kind::Account);
    }

    #[test]
    fn each_word_may_stand_in_another_field_of_every_kind() {
        let view = world();
        for (query, expected) in [
            ("mercy", vec![1, 11, 21, 31, 41]),
            ("mercy reno", vec![1]),
            ("reno MERCY clinic", vec![1]),
            ("hospital", vec![1, 11, 21, 31, 41]),
            ("jose", vec![11, 31]),
            ("NU\u{d1}EZ nurse", vec![11]),
            ("nunez lunch", vec![31]),
            ("marys", vec![2]),
            ("mary's elko", vec![2]),
            ("\u{5d3}\u{5e0}\u{5d4}", vec![12, 42]),
            ("cohen rehab", vec![42]),
            ("\u{1f44d}", vec![41]),
            ("\u{1f44d}\u{1f3ff} folder", vec![41]),
            ("775-555-0101", vec![1]),
            ("(775) 5550101", vec![1]),
            ("775.555", vec![1, 2, 42]),
            ("0303", vec![12]),
            ("(702)555-03", vec![12]),
            ("1234567893", vec![1]),
            ("wing 7", vec![21]),
            ("wound care", vec![41]),
            ("cardio", vec![31]),
            ("ardiolo", vec![31]),
            ("q z", vec![21]),
            ("mercy elko", vec![]),
            ("fernley", vec![]),
            ("zzzz", vec![]),
            ("", vec![]),
            (" - ", vec![]),
        ] {
            assert_eq!(ids(&view, query), expected, "{query:?}");
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_overlooked() {
        let view = world();
        for (query, expected) in [
            ("mecry reno", vec![1]),
            ("hospcie", vec![2]),
            ("cardiolgy lnuch", vec![31]),
            ("nunes", vec![11, 31]),
            ("foldr wuond", vec![41]),
            ("775-555-0102", vec![]),
            ("xen", vec![]),
        ] {
            assert_eq!(ids(&view, query), expected, "{query:?}");
        }
    }

    #[test]
    fn what_is_like_the_words_is_of_one_kind_and_leaves_out_what_is_spelled_so() {
        let view = world();
        let like = |kind, query: &str, but: &[u128], most| {
            let but: Vec<_> = but.iter().map(|n| id(*n)).collect();
            view.like(kind, query, |id| !but.contains(&id), most)
                .into_iter()
                .map(|id| id.0.as_u128())
                .collect::<Vec<_>>()
        };
        for (kind, query, but, most, expected) in [
            (Kind::Account, "mecry", vec![], 9, vec![1]),
            (Kind::Account, "mecry hosptal", vec![], 9, vec![1]),
            (Kind::Contact, "nunes", vec![], 9, vec![11]),
            (Kind::Account, "mercy", vec![1], 9, vec![]),
            (Kind::Account, "hosp", vec![], 1, vec![1]),
            (Kind::Account, "hosp", vec![1], 1, vec![2]),
            (Kind::Account, "hospital", vec![], 0, vec![]),
            (Kind::Account, "zzzz", vec![], 9, vec![]),
            (Kind::Account, " ", vec![], 9, vec![]),
        ] {
            assert_eq!(like(kind, query, &but, most), expected, "{query:?}");
        }
    }

    #[test]
    fn what_was_found_is_marked_where_it_stands() {
        let view = world();
        let told = |query| {
            let found = view.find(query, 1);
            let hit = found.groups.first().and_then(|group| group.hits.first()).expect("a hit").clone();
            let mark = |marked: &Marked| {
                let piece = |(piece, is_found): &(&str, bool)| {
                    if *is_found { format!("[{piece}]") } else { (*piece).to_owned() }
                };
                marked.pieces().iter().map(piece).collect::<String>()
            };
            let fields = hit.fields.iter().map(|(field, marked)| format!("{field}={}", mark(marked)));
            [mark(&hit.name)].into_iter().chain(fields).collect::<Vec<_>>().join(" | ")
        };
        for (query, expected) in [
            ("mer reno", "[Mer]cy Hospital | city=[Reno]"),
            ("mary\u{2019}s", "St. [Mary\u{2019}s] Hospice"),
            ("775555-01", "Mercy Hospital | phone=([775) 555-01]01"),
            ("nunez", "Jos\u{e9} [Nu\u{f1}ez]"),
            ("\u{5d3}\u{5e0}\u{5d4} 702", "[\u{5d3}\u{5e0}\u{5d4}] Cohen | mobile=[702].555.0303"),
            ("wuond", "Mercy Hospital | text=Wants the [wound]-care folder \u{1f44d}\u{1f3fd}"),
            ("rehab 0909", " | text=Call 775.555.[0909] about [rehab]"),
        ] {
            assert_eq!(told(query), expected, "{query:?}");
        }
    }

    #[test]
    fn a_long_text_is_shown_around_what_was_found() {
        let mut view = View::default();
        let long = format!("{}\nneedle {}", "\u{e9}t\u{e9} ".repeat(400), "tail ".repeat(400));
        view.apply(&[shown(Kind::Note, 1, &[("text", &long)])]);
        let found = view.find("needle tail", 1);
        let marked = &found.groups[0].hits[0].fields[0].1;
        assert!(marked.text.starts_with('\u{2026}') && marked.text.ends_with('\u{2026}'));
        assert!(marked.text.chars().count() <= SNIPPET_CHARS + 2, "{}", marked.text);
        let piece = marked.pieces().into_iter().find(|(_, is_found)| *is_found);
        assert_eq!(piece, Some(("needle", true)));
    }

    #[test]
    fn what_changes_comes_and_goes_is_found_as_it_is_now() {
        let mut view = world();
        assert_eq!(ids(&view, "mercy folder"), [41]);
        let gone = |n| Shown { id: id(n), record: None, place: Place::Web };
        view.apply(&[account(1, &[("name", "Renown"), ("city", "Reno")])]);
        assert_eq!(ids(&view, "mercy"), Vec::<u128>::new());
        assert_eq!(ids(&view, "renown"), [1, 11, 21, 31, 41]);
        view.apply(&[gone(41), gone(21)]);
        assert_eq!(ids(&view, "renown"), [1, 11, 31]);
        view.apply(&[account(3, &[("name", "Mercy Hosp. (old)"), ("city", "Fernley")])]);
        assert_eq!(ids(&view, "fernley"), [3]);
        assert_eq!(ids(&view, "mercy"), [3, 11]);
        view.apply(&[shown(Kind::Contact, 11, &[("name", "Josefa"), ("account", &text(2))])]);
        assert_eq!(ids(&view, "josefa lunch"), [31]);
        view.apply(&[gone(1)]);
        assert_eq!(ids(&view, "renown"), Vec::<u128>::new());
        assert_eq!(ids(&view, "lunch"), [31]);
    }

    #[test]
    fn a_view_that_is_read_in_pieces_answers_as_one_that_is_read_at_once_and_as_a_look_at_each() {
        let words = ["mercy", "reno", "hospital", "clinic", "rehab", "nurse", "elko", "wound", "card"];
        let name = |n: u128| format!("{} {}", words[n as usize % 9], words[(n / 9) as usize % 9]);
        let made = |n| account(n, &[("name", &name(n)), ("city", words[(n / 81) as usize % 9])]);
        let list: Vec<_> = (0..3_000).map(made).collect();
        let (mut pieces, mut whole) = (View::default(), View::default());
        whole.apply(&list);
        pieces.apply(&list[..2_000]);
        pieces.read_on(7);
        while pieces.unread() > 1_000 {
            pieces.read_on(333);
        }
        pieces.apply(&list[2_000..]);
        pieces.apply(&list[..100]);
        while pieces.read_on(333) {}
        while whole.read_on(usize::MAX) {}
        for query in ["mercy", "mercy elko", "re", "wou card", "linic", "hosptal"] {
            assert_eq!(pieces.find(query, 10), whole.find(query, 10), "{query}");
        }
        let each = list.iter().filter(|change| {
            let text = |name| change.record.as_ref().and_then(|it| it.fields.text(name)).unwrap_or_default();
            ["mercy", "elko"].iter().all(|word| text("name").contains(word) || text("city").contains(word))
        });
        assert_eq!(whole.find("mercy elko", 0).groups[0].count, each.count());
    }

    #[test]
    fn nobody_pays_who_does_not_look_for_anything_and_the_first_answer_says_what_is_left() {
        let mut view = View::default();
        let list: Vec<_> = (0..2_000).map(|n| account(n, &[("name", &format!("clinic {n}"))])).collect();
        view.apply(&list);
        assert_eq!(view.index_bytes(), 0);
        let found = view.find("clinic", 5);
        assert_eq!((found.left, found.groups[0].count), (1_500, 500));
        while view.read_on(1_000) {}
        assert_eq!((view.find("clinic", 5).left, view.find("clinic", 5).groups[0].count), (0, 2_000));
    }
}
