//! A part of the index: so many records and the words in them, packed, and never changed but for records that leave.

use memchr::memmem;
use protocol::{Kind, RecordId};

use super::slip::{Reads, Slips};

/// The most records of one part: a posting has 15 bits for a record and one for whether the word is in its name.
pub(super) const RECORDS_MAX: usize = 1 << 15;

/// What of a word was found, and where: the better, the more. Sums of eight stay within a byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worth {
    /// In another field than the name.
    text: u8,
    /// In the name.
    name: u8,
}

pub(super) const WHOLE: Worth = Worth { text: 12, name: 30 };
pub(super) const BEGIN: Worth = Worth { text: 10, name: 26 };
pub(super) const WITHIN: Worth = Worth { text: 6, name: 14 };
pub(super) const SLIP: Worth = Worth { text: 2, name: 8 };

/// The records by id, the words by the alphabet, and for each word the records that have it.
#[derive(Debug, Default)]
pub(super) struct Segment {
    ids: Box<[RecordId]>,
    kinds: Box<[Kind]>,
    /// How many words each name has.
    name_words: Box<[u8]>,
    gone: Box<[bool]>,
    gone_count: usize,
    /// All words, each with a line's end behind it.
    text: Box<str>,
    /// Where each word begins, and the end.
    starts: Box<[u32]>,
    /// Where the postings of each word begin, and the end.
    firsts: Box<[u32]>,
    postings: Box<[u16]>,
}

/// What a segment is made of, in the order in which it is read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    ids: Vec<RecordId>,
    kinds: Vec<Kind>,
    name_words: Vec<u8>,
    letters: String,
    marks: Vec<Mark>,
}

/// A word in a record.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Its first eight bytes, which tell most words apart.
    first: u64,
    start: u32,
    len: u8,
    posting: u16,
}

impl Sheet {
    /// The words that follow are those of this record. Records come by id.
    pub(super) fn begin(&mut self, id: RecordId, kind: Kind) {
        self.ids.push(id);
        self.kinds.push(kind);
        self.name_words.push(0);
    }

    /// How many words it has.
    pub(super) fn words(&self) -> usize {
        self.marks.len()
    }

    /// A word of the record that was begun last.
    pub(super) fn put(&mut self, word: &str, in_name: bool) {
        let record = self.ids.len() - 1;
        if in_name {
            self.name_words[record] = self.name_words[record].saturating_add(1);
        }
        let mut first = [0; 8];
        let head = word.len().min(8);
        first[..head].copy_from_slice(&word.as_bytes()[..head]);
        self.marks.push(Mark {
            first: u64::from_be_bytes(first),
            start: self.letters.len() as u32,
            len: word.len() as u8,
            posting: (record as u16) << 1 | u16::from(in_name),
        });
        self.letters.push_str(word);
    }

    /// Packs it.
    pub(super) fn pack(mut self) -> Segment {
        let word = |mark: &Mark| &self.letters[mark.start as usize..][..usize::from(mark.len)];
        self.marks.sort_unstable_by(|a, b| (a.first, word(a), a.posting).cmp(&(b.first, word(b), b.posting)));
        let mut packer = Packer::default();
        for same in self.marks.chunk_by(|a, b| a.first == b.first && word(a) == word(b)) {
            packer.put(word(&same[0]), same.iter().map(|mark| mark.posting));
        }
        packer.pack(self.ids, self.kinds, self.name_words)
    }
}

/// Words by the alphabet, on their way into a segment.
#[derive(Debug, Default)]
struct Packer {
    text: String,
    starts: Vec<u32>,
    firsts: Vec<u32>,
    postings: Vec<u16>,
}

impl Packer {
    /// Puts a word with its postings, which come sorted.
    fn put(&mut self, word: &str, postings: impl Iterator<Item = u16>) {
        let first = self.postings.len();
        for posting in postings {
            if self.postings[first..].last() != Some(&posting) {
                self.postings.push(posting);
            }
        }
        if self.postings.len() > first {
            self.starts.push(self.text.len() as u32);
            self.firsts.push(first as u32);
            self.text.push_str(word);
            self.text.push('\n');
        }
    }

    fn pack(mut self, ids: Vec<RecordId>, kinds: Vec<Kind>, name_words: Vec<u8>) -> Segment {
        self.starts.push(self.text.len() as u32);
        self.firsts.push(self.postings.len() as u32);
        Segment {
            gone: vec![false; ids.len()].into(),
            gone_count: 0,
            ids: ids.into(),
            kinds: kinds.into(),
            name_words: name_words.into(),
            text: self.text.into(),
            starts: self.starts.into(),
            firsts: self.firsts.into(),
            postings: self.postings.into(),
        }
    }
}

impl Segment {
    /// How many records it has, those that are gone included.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// How many of them are still there.
    pub(super) fn here(&self) -> usize {
        self.ids.len() - self.gone_count
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.ids.len() * (size_of::<RecordId>() + size_of::<Kind>() + 2)
            + self.text.len()
            + (self.starts.len() + self.firsts.len()) * 4
            + self.postings.len() * 2
    }

    /// The record is here no more.
    pub(super) fn forget(&mut self, id: RecordId) {
        if let Ok(at) = self.ids.binary_search(&id)
            && !std::mem::replace(&mut self.gone[at], true)
        {
            self.gone_count += 1;
        }
    }

    /// The kind of the record at a place; none for one that is gone.
    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        (!self.gone[at]).then(|| self.kinds[at])
    }

    /// The record at a place, with its kind and how many words its name has; none for one that is gone.
    pub(super) fn record(&self, at: usize) -> Option<(RecordId, Kind, u8)> {
        (!self.gone[at]).then(|| (self.ids[at], self.kinds[at], self.name_words[at]))
    }

    /// Gives each record what it is worth that it has the word, or one that begins so, or one that holds it.
    pub(super) fn look_for(&self, word: &str, within: bool, worth: &mut [u8]) {
        let first = self.first(0, |other| other < word);
        let mut at = first;
        while at < self.words() && self.word(at).starts_with(word) {
            self.give(at, if self.word(at).len() == word.len() { WHOLE } else { BEGIN }, worth);
            at += 1;
        }
        if !within {
            return;
        }
        for found in memmem::find_iter(self.text.as_bytes(), word) {
            let holds = self.starts.partition_point(|start| *start as usize <= found) - 1;
            if self.starts[holds] as usize != found {
                self.give(holds, WITHIN, worth);
            }
        }
    }

    /// The same for words that are the sought one but for some slips.
    pub(super) fn look_near(&self, word: &[char], slips: u8, worth: &mut [u8]) {
        let mut slips = Slips::new(word, slips);
        let mut at = 0;
        'words: while at < self.words() {
            let other = self.word(at);
            let common = slips.back_to(other);
            for (place, letter) in other.char_indices().skip(common) {
                let reads = slips.read(letter);
                if reads == Reads::On {
                    continue;
                }
                let begin = &other[..place + letter.len_utf8()];
                let next = self.first(at, |other| other.starts_with(begin));
                if reads == Reads::Yes {
                    (at..next).for_each(|at| self.give(at, SLIP, worth));
                }
                at = next;
                continue 'words;
            }
            if slips.is_near() {
                self.give(at, SLIP, worth);
            }
            at += 1;
        }
    }

    fn words(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn word(&self, at: usize) -> &str {
        &self.text[self.starts[at] as usize..self.starts[at + 1] as usize - 1]
    }

    fn postings(&self, at: usize) -> &[u16] {
        &self.postings[self.firsts[at] as usize..self.firsts[at + 1] as usize]
    }

    /// The first word from `from` on that is behind all of some kind; it is looked for in strides, for it is near.
    fn first(&self, from: usize, is_before: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut stride) = (from, 1);
        while low + stride <= self.words() && is_before(self.word(low + stride - 1)) {
            low += stride;
            stride *= 2;
        }
        let mut high = (low + stride - 1).min(self.words());
        while low < high {
            let middle = low.midpoint(high);
            if is_before(self.word(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }

    fn give(&self, word: usize, is: Worth, worth: &mut [u8]) {
        let by_place = [is.text, is.name];
        for posting in self.postings(word) {
            let worth = &mut worth[usize::from(posting >> 1)];
            *worth = (*worth).max(by_place[usize::from(posting & 1)]);
        }
    }
}

/// Several segments on their way into one, so many words at a time. Until it is done they are what is looked through.
#[derive(Debug)]
pub(super) struct Merge {
    parts: Vec<Segment>,
    /// The records that were there when it began, by id: part, and place in it.
    records: Vec<(usize, usize)>,
    /// The place of each record of each part among them.
    places: Vec<Vec<Option<u16>>>,
    /// The next word of each part.
    next: Vec<usize>,
    packer: Packer,
}

impl Merge {
    /// Nothing is merged yet.
    pub(super) fn of(parts: Vec<Segment>) -> Self {
        let mut records: Vec<(RecordId, usize, usize)> = Vec::new();
        for (part, segment) in parts.iter().enumerate() {
            records.extend((0..segment.len()).filter_map(|at| Some((segment.record(at)?.0, part, at))));
        }
        // Each part is sorted already, which this kind of sorting makes use of.
        records.sort();
        let mut places: Vec<Vec<Option<u16>>> = parts.iter().map(|part| vec![None; part.len()]).collect();
        for (place, (_, part, at)) in records.iter().enumerate() {
            places[*part][*at] = Some(place as u16);
        }
        let records = records.into_iter().map(|(_, part, at)| (part, at)).collect();
        Self { next: vec![0; parts.len()], parts, records, places, packer: Packer::default() }
    }

    /// The segments that are merged.
    pub(super) fn parts(&self) -> &[Segment] {
        &self.parts
    }

    /// The record is here no more.
    pub(super) fn forget(&mut self, id: RecordId) {
        self.parts.iter_mut().for_each(|part| part.forget(id));
    }

    /// Moves on by so many postings, the last word whole, and takes them from `most`. Answers whether that was all.
    pub(super) fn advance(&mut self, most: &mut usize) -> bool {
        let Self { parts, places, next, packer, .. } = self;
        let word_at = |part: usize, at: usize| (at < parts[part].words()).then(|| parts[part].word(at));
        let mut postings: Vec<u16> = Vec::new();
        while let Some(word) = (0..parts.len()).filter_map(|part| word_at(part, next[part])).min() {
            if *most == 0 {
                return false;
            }
            postings.clear();
            for (part, next) in next.iter_mut().enumerate() {
                if word_at(part, *next) == Some(word) {
                    let place =
                        |posting: &u16| Some(places[part][usize::from(posting >> 1)]? << 1 | (posting & 1));
                    postings.extend(parts[part].postings(*next).iter().filter_map(place));
                    *next += 1;
                }
            }
            postings.sort_unstable();
            packer.put(word, postings.iter().copied());
            *most = most.saturating_sub(postings.len().max(1));
        }
        true
    }

    /// The one that came of it, without the records that went meanwhile.
    pub(super) fn done(self) -> Segment {
        let Self { parts, records, packer, .. } = self;
        let ids = records.iter().map(|(part, at)| parts[*part].ids[*at]).collect();
        let kinds = records.iter().map(|(part, at)| parts[*part].kinds[*at]).collect();
        let name_words = records.iter().map(|(part, at)| parts[*part].name_words[*at]).collect();
        let mut merged = packer.pack(ids, kinds, name_words);
        for (part, at) in records {
            if parts[part].gone[at] {
                merged.forget(parts[part].ids[at]);
            }
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use super::super::slip::{allowed, is_slip};
    use super::*;
    use crate::testing::id;

    fn segment(records: &[(u128, &str)]) -> Segment {
        let mut sheet = Sheet::default();
        for (n, words) in records {
            sheet.begin(id(*n), Kind::Account);
            words.split(' ').for_each(|word| sheet.put(word, false));
        }
        sheet.pack()
    }

    fn found(segment: &Segment, look: impl Fn(&mut [u8])) -> Vec<(u128, u8)> {
        let mut worth = vec![0; segment.len()];
        look(&mut worth);
        let found = (0..segment.len()).filter(|at| worth[*at] > 0);
        found.filter_map(|at| Some((segment.record(at)?.0.0.as_u128(), worth[at]))).collect()
    }

    #[test]
    fn words_are_found_whole_from_their_begin_within_and_in_spite_of_slips() {
        let segment =
            segment(&[(1, "mercy reno"), (2, "mercyful elko"), (3, "gramercy mercy"), (4, "mecry ely")]);
        let look = |word: &str, within| found(&segment, |worth| segment.look_for(word, within, worth));
        assert_eq!(look("mercy", false), [(1, WHOLE.text), (2, BEGIN.text), (3, WHOLE.text)]);
        assert_eq!(look("erc", true), [(1, WITHIN.text), (2, WITHIN.text), (3, WITHIN.text)]);
        assert_eq!(look("el", false), [(2, BEGIN.text), (4, BEGIN.text)]);
        assert!(look("zz", true).is_empty() && look("y\nr", true).is_empty());
        let near: Vec<char> = "mercy".chars().collect();
        let near = found(&segment, |worth| segment.look_near(&near, 1, worth));
        assert_eq!(near.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    /// Words of few letters, so that many are near to each other.
    fn tangle(seed: u64) -> Vec<String> {
        let mut state = seed;
        let mut next = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let letters = ['a', 'b', 'c', '\u{5d0}', 'd'];
        let mut word = || (0..1 + next(10)).map(|_| letters[next(5) as usize]).collect::<String>();
        (0..400).map(|_| word()).collect()
    }

    #[test]
    fn a_tree_of_words_gives_what_reading_each_word_gives() {
        for seed in 0..20 {
            let list = tangle(seed);
            let records: Vec<_> =
                list.iter().enumerate().map(|(n, word)| (n as u128, word.as_str())).collect();
            let segment = segment(&records);
            for sought in list.iter().take(40) {
                let letters: Vec<char> = sought.chars().collect();
                let slips = allowed(letters.len());
                let near = found(&segment, |worth| segment.look_near(&letters, slips, worth));
                let one_by_one = records.iter().filter(|(_, word)| is_slip(&letters, slips, word));
                assert_eq!(
                    near.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
                    one_by_one.map(|(n, _)| *n).collect::<Vec<_>>(),
                    "{sought}"
                );
                let holds = found(&segment, |worth| segment.look_for(sought, true, worth));
                assert_eq!(
                    holds.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
                    records
                        .iter()
                        .filter(|(_, word)| word.contains(&**sought))
                        .map(|(n, _)| *n)
                        .collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn merged_parts_find_what_they_found_apart_but_for_what_is_gone() {
        let (one, other) = (tangle(1), tangle(2));
        let records = |list: &[String], from: u128| {
            let numbered = list.chunks(4).enumerate();
            numbered.map(|(n, words)| (from + 2 * n as u128, words.join(" "))).collect::<Vec<_>>()
        };
        let (one, other) = (records(&one, 0), records(&other, 1));
        let packed = |records: &[(u128, String)]| {
            segment(&records.iter().map(|(n, words)| (*n, words.as_str())).collect::<Vec<_>>())
        };
        let look = |segment: &Segment, word| found(segment, |worth| segment.look_for(word, true, worth));
        let apart = |parts: &[Segment], word| {
            let mut apart: Vec<_> = parts.iter().flat_map(|part| look(part, word)).collect();
            apart.sort_unstable();
            apart
        };
        for step in [1, 7, usize::MAX] {
            let mut parts = [packed(&one), packed(&other)];
            parts[0].forget(id(4));
            parts[0].forget(id(4));
            parts[1].forget(id(7));
            let mut merge = Merge::of(parts.into());
            let mut steps = 1;
            loop {
                let before = merge.packer.postings.len();
                let is_done = merge.advance(&mut { step });
                // The last word is moved whole, and no record has it twice.
                assert!(merge.packer.postings.len() - before < step.saturating_add(200));
                if is_done {
                    break;
                }
                steps += 1;
                if steps == 20 {
                    merge.forget(id(8));
                    merge.forget(id(9));
                }
            }
            let before = ["a", "ab", "bca", "\u{5d0}"].map(|word| apart(merge.parts(), word));
            let merged = merge.done();
            let went = if steps < 20 { 0 } else { 2 };
            assert_eq!((merged.len(), merged.here(), steps == 1), (198, 198 - went, step == usize::MAX));
            assert_eq!(["a", "ab", "bca", "\u{5d0}"].map(|word| look(&merged, word)), before);
        }
    }
}
