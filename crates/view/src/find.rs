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
use index::Sought;
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
        if self.index.borrow().left() <= READ_AT_ONCE_MAX {
            self.read_on(READ_AT_ONCE_MAX);
        }
        let mut index = self.index.borrow_mut();
        let left = index.left();
        for words in words::readings(query) {
            let (sought, mut best) = index.find(&words, each);
            let kinds = [Kind::Account, Kind::Contact, Kind::Referral, Kind::Event, Kind::Note];
            let groups: Vec<Group> = kinds
                .into_iter()
                .filter_map(|kind| {
                    let mut best = best.remove(&kind)?;
                    if matches!(kind, Kind::Account | Kind::Contact) {
                        let name = |id| self.record(id).and_then(|it| it.fields.text("name")).map(fold);
                        best.ids.sort_by_cached_key(|(id, rank)| (std::cmp::Reverse(*rank), name(*id), *id));
                    }
                    let records = best.ids.iter().filter_map(|(id, _)| self.record(*id));
                    let hits = records.map(|record| self.hit(record, &sought)).collect();
                    Some(Group { kind, count: best.count, hits })
                })
                .collect();
            if !groups.is_empty() {
                return Found { groups, left };
            }
        }
        Found { groups: Vec::new(), left }
    }

    /// Reads so many records into the index, and answers how many are left. The first call begins the index.
    pub fn read_on(&self, most: usize) -> usize {
        let mut index = self.index.borrow_mut();
        index.begin(|| {
            let mut unread = Vec::with_capacity(self.len());
            // They are read from the end: accounts and people first, and of all others the newest.
            for kind in [Kind::Note, Kind::Event, Kind::Referral, Kind::Contact, Kind::Account] {
                unread.extend(self.of_kind(kind).map(|record| record.id));
            }
            unread
        });
        index.read(most, |id, sheet| {
            let Some(record) = self.record(id).filter(|record| record.kind != Kind::Unknown) else { return };
            if record.kind == Kind::Account && self.is_merged(record) {
                return;
            }
            sheet.begin(id, record.kind);
            self.parts(record, |part, _, text| match part {
                Part::Phone => words::phone(text, |word| sheet.put(word.text(), false)),
                _ => words::words(text, |word| sheet.put(word.text(), part == Part::Name)),
            });
        });
        index.left()
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
        let differs = |name| old.and_then(|old| old.fields.text(name)) != new.and_then(|new| new.fields.text(name));
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
        for (field, id) in record.fields.iter() {
            let field = match field {
                "contact" => "contact",
                _ if field.starts_with(WITH) => "contact",
                _ if field.starts_with(AT) => "account",
                _ => continue,
            };
            let far = id.parse().ok().or_else(|| record_in(record, field, id));
            if let Some(text) = far.map(RecordId).and_then(name) {
                put(Part::Text, field, text);
            }
        }
    }

    fn hit(&self, record: &Record, sought: &[Sought]) -> Hit {
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
        hit
    }
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
    if part == Part::Phone { words::phone(text, &mut look) } else { words::words(text, &mut look) }
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
        (sought.slips > 0 && slip::is_slip(&sought.letters, sought.slips, word)).then(|| 0..word.len())
    })
}

/// What stands around the first mark of a long text, on one line.
fn snippet(text: &str, marks: Vec<Range<usize>>) -> Marked {
    let first = marks.first().map_or(0, |mark| mark.start);
    let from = if first <= BEFORE_CHARS * 2 { 0 } else { word_begin(text, back(text, first, BEFORE_CHARS)) };
    let to = text[from..].char_indices().nth(SNIPPET_CHARS).map_or(text.len(), |(at, _)| from + at);
    let (head, tail) = (if from > 0 { "\u{2026}" } else { "" }, if to < text.len() { "\u{2026}" } else { "" });
    let line: String = text[from..to].chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
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

/// So few changes are read before the next answer.
const READ_AT_ONCE_MAX: usize = 500;
const SNIPPET_CHARS: usize = 160;
const BEFORE_CHARS: usize = 40;
