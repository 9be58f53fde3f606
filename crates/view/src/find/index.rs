//! Where each word is: packed parts of many sizes. What changes is read into a new small part, and small parts are
//! merged into larger ones, so that a change costs little and a search has few parts to look through.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use protocol::{Kind, RecordId};

use super::segment::{Merge, RECORDS_MAX, Segment, Sheet};
use super::slip::allowed;

/// The index, and what is still to be read into it. Before somebody looks for something there is none.
#[derive(Debug, Default)]
pub(crate) struct Index {
    begun: bool,
    /// What is still to be read for the first time.
    unread: Option<Unread>,
    segments: Vec<Segment>,
    /// Several segments that become one, a little with each piece that is read.
    merge: Option<Merge>,
    touched: BTreeSet<RecordId>,
    /// What the words of the last query were worth, so that a query that grows pays for its last word alone.
    answered: Vec<(Sought, Vec<u8>)>,
}

/// How far the first reading has come.
#[derive(Debug)]
struct Unread {
    /// The record that was read last; none at the begin.
    last: Option<Place>,
    /// So many are left, as far as they were there when it began.
    count: usize,
}

/// A record, and its kind: they are read kind by kind.
pub(super) type Place = (Kind, RecordId);

/// A word that is looked for.
#[derive(Clone, Debug)]
pub(super) struct Sought {
    /// The word, folded.
    pub(super) text: String,
    /// Its letters.
    pub(super) letters: Vec<char>,
    /// Whether it may stand inside another word.
    pub(super) within: bool,
    /// How many slips are overlooked: none where enough was found without.
    pub(super) slips: u8,
}

/// What was found of one kind.
#[derive(Debug, Default)]
pub(super) struct Best {
    /// How many.
    pub(super) count: usize,
    /// The best of them, best first, with what they are worth.
    pub(super) ids: Vec<(RecordId, Rank)>,
}

/// What a record is worth: how well it matches, then how little else its name says.
pub(super) type Rank = (u8, Reverse<u8>);

/// The best so far, the least of them on top.
type Heap = BinaryHeap<Reverse<(Rank, RecordId)>>;

impl Index {
    /// Begins, if it has not begun, with as many records as are there.
    pub(super) fn begin(&mut self, count: usize) {
        if !self.begun {
            self.begun = true;
            self.unread = Some(Unread { last: None, count });
        }
    }

    /// Whether anybody has looked for anything.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Something is to be read again.
    pub(super) fn touch(&mut self, ids: impl IntoIterator<Item = RecordId>) {
        self.touched.extend(ids);
    }

    /// Whether there is nothing to read and nothing to put in order.
    pub(super) fn is_settled(&self) -> bool {
        self.left() == 0 && self.merge.is_none()
    }

    /// How many records are still to be read.
    pub(super) fn left(&self) -> usize {
        self.touched.len() + self.unread.as_ref().map_or(0, |unread| unread.count.max(1))
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.parts().map(Segment::bytes).sum()
    }

    /// Reads a piece of so many records, or of so many words, and puts what was read in order, a little more than comes
    /// in. `after` tells which record is read for the first time after another one, and `read` puts the words of one
    /// on the sheet, if it is there.
    pub(super) fn read(
        &mut self,
        most: usize,
        after: impl Fn(Option<Place>) -> Option<Place>,
        mut read: impl FnMut(RecordId, &mut Sheet),
    ) {
        if self.is_settled() {
            return;
        }
        self.answered.clear();
        let most = most.min(RECORDS_MAX);
        let mut next = BTreeSet::new();
        while next.len() < most {
            let Some(id) = self.touched.pop_first().or_else(|| self.next_unread(&after)) else { break };
            next.insert(id);
        }
        let mut sheet = Sheet::default();
        while let Some(id) = next.pop_first() {
            self.segments.iter_mut().for_each(|segment| segment.forget(id));
            self.merge.iter_mut().for_each(|merge| merge.forget(id));
            read(id, &mut sheet);
            if sheet.words() >= PIECE_WORDS {
                self.touched.append(&mut next);
            }
        }
        let merged = (sheet.words() * MERGED_PER_WORD).max(MERGED_LEAST);
        self.segments.push(sheet.pack());
        self.settle(merged);
    }

    /// The next record that is read for the first time.
    fn next_unread(&mut self, after: impl Fn(Option<Place>) -> Option<Place>) -> Option<RecordId> {
        let unread = self.unread.as_mut()?;
        let next = after(unread.last);
        *unread = Unread { last: next, count: unread.count.saturating_sub(1) };
        if next.is_none_or(|next| after(Some(next)).is_none()) {
            self.unread = None;
        }
        next.map(|(_, id)| id)
    }

    /// Finds the records that have every word, of those that are kept so many of each kind.
    pub(super) fn find(
        &mut self,
        words: &[String],
        each: usize,
        keeps: impl Fn(RecordId) -> bool,
    ) -> (Vec<Sought>, BTreeMap<Kind, Best>) {
        let mut before = std::mem::take(&mut self.answered);
        for word in words {
            let known = before.iter().position(|(sought, _)| sought.text == *word);
            let answer = known.map_or_else(|| self.answer(word), |at| before.swap_remove(at));
            self.answered.push(answer);
        }
        let mut worth = self.answered.first().map_or_else(Vec::new, |(_, worth)| worth.clone());
        for (_, other) in self.answered.iter().skip(1) {
            for (worth, other) in worth.iter_mut().zip(other) {
                *worth = if *worth == 0 || *other == 0 { 0 } else { worth.saturating_add(*other) };
            }
        }
        let sought = self.answered.iter().map(|(sought, _)| sought.clone()).collect();
        (sought, self.best(&worth, each, keeps))
    }

    /// What it is worth to each record, in the order of the segments, that it has the word.
    fn answer(&self, word: &str) -> (Sought, Vec<u8>) {
        let letters: Vec<char> = word.chars().collect();
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        let within = word.len() >= if is_number { 2 } else { WITHIN_BYTES_MIN };
        let mut worth = vec![0; self.parts().map(Segment::len).sum()];
        self.each(&mut worth, |segment, worth| segment.look_for(word, within, worth));
        // A number with another digit is another number.
        let mut slips = if is_number { 0 } else { allowed(letters.len()) };
        if slips > 0 && worth.iter().filter(|worth| **worth > 0).count() < ENOUGH {
            self.each(&mut worth, |segment, worth| segment.look_near(&letters, slips, worth));
        } else {
            slips = 0;
        }
        (Sought { text: word.to_owned(), letters, within, slips }, worth)
    }

    /// All parts, in one order until the next piece is read.
    fn parts(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().chain(self.merge.iter().flat_map(Merge::parts))
    }

    fn each(&self, worth: &mut [u8], look: impl Fn(&Segment, &mut [u8])) {
        let mut rest = worth;
        for segment in self.parts() {
            let (own, others) = rest.split_at_mut(segment.len());
            look(segment, own);
            rest = others;
        }
    }

    fn best(&self, worth: &[u8], each: usize, keeps: impl Fn(RecordId) -> bool) -> BTreeMap<Kind, Best> {
        let mut kinds = [(); KINDS.len()].map(|()| (0, Heap::new()));
        let mut rest = worth;
        for segment in self.parts() {
            let Some((own, others)) = rest.split_at_checked(segment.len()) else { break };
            rest = others;
            // Newer records come last, and first here: then most others are refused at a glance.
            for (at, worth) in own.iter().enumerate().rev().filter(|(_, worth)| **worth > 0) {
                let Some(kind) = segment.kind(at) else { continue };
                let (count, best) = &mut kinds[kind as usize];
                *count += 1;
                let is_full = best.len() >= each;
                if is_full && best.peek().is_none_or(|Reverse(((least, _), _))| least > worth) {
                    continue;
                }
                let Some((id, _, name_words)) = segment.record(at).filter(|(id, ..)| keeps(*id)) else {
                    continue;
                };
                let found = ((*worth, Reverse(name_words)), id);
                if !is_full {
                    best.push(Reverse(found));
                } else if let Some(mut least) = best.peek_mut()
                    && least.0 < found
                {
                    *least = Reverse(found);
                }
            }
        }
        let found = KINDS.into_iter().zip(kinds).filter(|(_, (count, _))| *count > 0);
        let sorted = |(kind, (count, best)): (Kind, (usize, Heap))| {
            let ids = best.into_sorted_vec().into_iter().map(|Reverse((rank, id))| (id, rank)).collect();
            (kind, Best { count, ids })
        };
        found.map(sorted).collect()
    }

    /// Merges parts of about one size once there are several, and cleans those of which half is gone: so many postings
    /// now, and the others as the next pieces are read.
    fn settle(&mut self, mut most: usize) {
        loop {
            let Some(mut merge) = self.merge.take().or_else(|| self.next_merge()) else { return };
            if !merge.advance(&mut most) {
                self.merge = Some(merge);
                return;
            }
            self.segments.push(merge.done());
        }
    }

    fn next_merge(&mut self) -> Option<Merge> {
        self.segments.retain(|segment| segment.here() > 0);
        let hollow = self.segments.iter().position(|segment| segment.here() * 2 < segment.len());
        let places = hollow.map(|at| vec![at]).or_else(|| self.alike())?;
        Some(Merge::of(places.into_iter().rev().map(|at| self.segments.remove(at)).collect()))
    }

    /// The places of parts of one size, if there are enough of them.
    fn alike(&self) -> Option<Vec<usize>> {
        let mut sizes: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, segment) in self.segments.iter().enumerate() {
            sizes.entry(segment.here().ilog(ALIKE)).or_default().push(at);
        }
        sizes.into_values().filter(|alike| alike.len() >= ALIKE).find_map(|mut alike| {
            alike.sort_by_key(|at| self.segments[*at].here());
            let mut sum = 0;
            alike.retain(|at| {
                sum += self.segments[*at].here();
                sum <= RECORDS_MAX
            });
            alike.sort_unstable();
            (alike.len() > 1).then_some(alike)
        })
    }
}

/// As they are numbered.
const KINDS: [Kind; 5] = [Kind::Account, Kind::Contact, Kind::Referral, Kind::Event, Kind::Note];
/// Short words are looked for where words begin; letters beyond the Latin ones count for more.
const WITHIN_BYTES_MIN: usize = 3;
/// So many parts of one size become one.
const ALIKE: usize = 4;
/// Words of one piece: long notes make a piece of few records.
const PIECE_WORDS: usize = 16_384;
/// A word is merged about four times on its way from the smallest part to the largest: so it never falls behind.
const MERGED_PER_WORD: usize = 6;
/// Of a change of one record, too, something is merged, and where nothing is left to read.
const MERGED_LEAST: usize = 8_192;
/// Whoever finds so many did not mean another word.
const ENOUGH: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::id;

    /// An index that reads so many records, the last one first.
    fn begun(count: u32) -> Index {
        let unread = Unread { last: Some((Kind::Account, id(count.into()))), count: count as usize };
        Index { begun: true, unread: Some(unread), ..Index::default() }
    }

    fn read(index: &mut Index, most: usize, words: impl Fn(u128) -> Option<String>) {
        let after = |last: Option<Place>| Some((Kind::Account, id(last?.1.0.as_u128().checked_sub(1)?)));
        index.read(most, after, |id, sheet| {
            if let Some(words) = words(id.0.as_u128()) {
                sheet.begin(id, Kind::Account);
                words.split(' ').for_each(|word| sheet.put(word, true));
            }
        });
    }

    fn found(index: &mut Index, words: &[&str]) -> (usize, Vec<u128>) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let (_, mut found) = index.find(&words, 5, |_| true);
        let best = found.remove(&Kind::Account).unwrap_or_default();
        (best.count, best.ids.iter().map(|(id, _)| id.0.as_u128()).collect())
    }

    #[test]
    fn changes_one_by_one_leave_few_parts_and_one_answer() {
        let mut index = begun(1_000);
        while index.left() > 0 {
            read(&mut index, 100, |n| Some(format!("name{} word", n % 10)));
        }
        for n in 0..1_000 {
            index.touch([id(n)]);
            read(&mut index, 10, |n| (n % 2 == 0).then(|| format!("name{} other", n % 10)));
        }
        assert!(index.segments.len() < 20, "{} parts", index.segments.len());
        assert_eq!(found(&mut index, &["word"]).0, 0);
        assert_eq!(found(&mut index, &["other"]).0, 500);
        assert_eq!(found(&mut index, &["other", "name4"]), (100, vec![994, 984, 974, 964, 954]));
        assert!(index.segments.iter().map(Segment::len).sum::<usize>() < 1_000, "what is gone takes no room");
    }

    #[test]
    fn a_piece_holds_so_many_records_and_so_many_words() {
        let long = "word ".repeat(999) + "end";
        for (asked, text, most) in [(100, "word", 100), (10_000, &*long, PIECE_WORDS.div_ceil(1_000))] {
            let mut index = begun(1_000);
            while index.left() > 0 {
                let before = index.left();
                read(&mut index, asked, |_| Some(text.to_owned()));
                assert!((1..=most).contains(&(before - index.left())), "{asked}: {}", before - index.left());
            }
            assert_eq!(found(&mut index, &["word"]).0, 1_000);
        }
    }

    #[test]
    fn what_is_merged_little_by_little_is_found_meanwhile_and_a_change_is_seen_at_once() {
        let mut index = begun(8_000);
        let words = |n: u128| (0..20).map(|at| format!("w{} ", n % (at + 2))).collect::<String>() + "all";
        let (mut pieces, mut merging) = (0, 0);
        while !index.is_settled() {
            let before = index.left();
            read(&mut index, 500, |n| Some(words(n)));
            pieces += 1;
            merging += usize::from(index.merge.is_some());
            assert_eq!(found(&mut index, &["all"]).0, 8_000 - index.left());
            if index.merge.is_some() && before > 0 {
                index.touch([id(7_999 - pieces), id(7_999)]);
                read(&mut index, 2, |n| Some(words(n)));
                assert_eq!(found(&mut index, &["all"]).0, 8_000 - index.left());
            }
        }
        assert!(merging > 1, "{merging} of {pieces} pieces left a merge for the next one");
        assert!(index.segments.len() < 10, "{} parts", index.segments.len());
    }

    #[test]
    fn a_query_that_grows_is_answered_as_a_fresh_one() {
        let mut index = begun(100);
        read(&mut index, 1_000, |n| Some(format!("mercy{} reno", n % 7)));
        for query in
            [vec!["m"], vec!["mercy"], vec!["mercy", "re"], vec!["mercy3", "reno"], vec!["reno"], vec![]]
        {
            let kept = found(&mut index, &query);
            index.answered.clear();
            assert_eq!(kept, found(&mut index, &query), "{query:?}");
        }
    }

    #[test]
    fn a_shorter_name_says_more_and_the_newest_of_equals_is_first() {
        let mut index = begun(4);
        let names = ["mercy", "mercy hospital", "mercy", "mercyful"];
        read(&mut index, 10, |n| Some(names[n as usize].to_owned()));
        assert_eq!(found(&mut index, &["mercy"]), (4, vec![2, 0, 1, 3]));
        assert_eq!(found(&mut index, &["hospitla"]), (1, vec![1]));
    }
}
