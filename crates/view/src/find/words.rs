//! The words of a text as they are looked for, and where in the text they stand.

use std::iter;
use std::ops::Range;

use crate::letters::{is_passed_over, plain};
use crate::list;

/// A word, folded, and where each byte of it comes from.
#[derive(Debug, Default)]
pub(super) struct Word {
    text: String,
    /// Begin and end of the letter in the text.
    at: Vec<(u32, u32)>,
}

impl Word {
    /// The folded word.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a part of the folded word stands in the text that it was read from.
    pub(super) fn stands(&self, part: Range<usize>) -> Range<usize> {
        let start = self.at.get(part.start).map_or(0, |(start, _)| *start as usize);
        let last = part.end.checked_sub(1).and_then(|last| self.at.get(last));
        start..last.map_or(start, |(_, end)| (*end as usize).max(start))
    }

    fn push(&mut self, c: char, at: usize, end: usize) {
        let len = c.len_utf8();
        if self.text.len() + len <= WORD_BYTES_MAX {
            self.text.push(c);
            self.at.extend(iter::repeat_n((at as u32, end as u32), len));
        } else {
            self.stretch(end);
        }
    }

    /// What is passed over after a letter belongs to it.
    fn stretch(&mut self, end: usize) {
        if let Some((_, last)) = self.at.last_mut() {
            *last = end as u32;
        }
    }

    fn done(&mut self, put: &mut impl FnMut(&Self)) {
        if !self.text.is_empty() {
            put(self);
            self.text.clear();
            self.at.clear();
        }
    }
}

/// Reads a text word by word. An apostrophe parts nothing, an emoji is a word, and a phone number inside the text is
/// one word, its digits.
pub(super) fn words(text: &str, mut put: impl FnMut(&Word)) {
    let mut word = Word::default();
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        if byte.is_ascii_digit()
            && word.text.is_empty()
            && let Some(len) = phone_bytes(&text.as_bytes()[at..])
        {
            dial(&text[at..at + len], at, &mut word);
            word.done(&mut put);
            at += len;
        } else if byte.is_ascii_alphanumeric() {
            word.push(byte.to_ascii_lowercase().into(), at, at + 1);
            at += 1;
        } else if byte.is_ascii() {
            if byte != b'\'' {
                word.done(&mut put);
            }
            at += 1;
        } else {
            let Some(c) = text[at..].chars().next() else { break };
            let end = at + c.len_utf8();
            if is_passed_over(c) {
                word.stretch(end);
            } else if matches!(c, '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{5f3}' | '\u{5f4}') {
                // Part of no word and the end of none.
            } else if c.is_alphanumeric() {
                plain(c, |c| word.push(c, at, end));
            } else {
                word.done(&mut put);
                if matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}') {
                    word.push(c, at, end);
                    word.done(&mut put);
                }
            }
            at = end;
        }
    }
    word.done(&mut put);
}

/// Reads a phone number as one word, its digits, however it is written.
pub(super) fn phone(text: &str, mut put: impl FnMut(&Word)) {
    let mut word = Word::default();
    dial(text, 0, &mut word);
    word.done(&mut put);
}

/// What is looked for: each way to read the query, the likeliest first. A query of digits is a part of a phone number
/// first, and several numbers otherwise.
pub(super) fn readings(query: &str) -> Vec<Vec<String>> {
    let apart = |text: &str, found: &mut Vec<String>| words(text, |word| found.push(word.text.clone()));
    let mut plain = Vec::new();
    apart(query, &mut plain);
    let mut joined = Vec::new();
    match list::dialled(query) {
        Some(number) => joined.push(number),
        None => {
            for chunk in query.split_whitespace().filter(|chunk| *chunk != list::COUNTRY) {
                match list::dialled(chunk) {
                    Some(number) => joined.push(number),
                    None => apart(chunk, &mut joined),
                }
            }
        }
    }
    let mut readings = vec![joined, plain];
    for reading in &mut readings {
        let mut seen = Vec::new();
        reading.retain(|word| {
            !seen.contains(word) && seen.len() < WORDS_MAX && {
                seen.push(word.clone());
                true
            }
        });
    }
    readings.dedup();
    readings.retain(|reading| !reading.is_empty());
    readings
}

fn dial(text: &str, from: usize, word: &mut Word) {
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        word.push(c, from + at, from + at + 1);
    }
}

/// How long the phone number is that begins here: groups of digits, all but the country's of three or more.
fn phone_bytes(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut digits, mut groups, mut found) = (0, 0, 0, None);
    loop {
        let len = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let fits = if groups == 0 { len <= 4 } else { len >= 3 };
        digits += len;
        let runs_on = bytes.get(at + len).is_some_and(u8::is_ascii_alphabetic);
        if !fits || digits > PHONE_DIGITS_MAX || runs_on {
            return found;
        }
        at += len;
        groups += 1;
        if groups > 1 && digits >= PHONE_DIGITS_MIN {
            found = Some(at);
        }
        let between = bytes[at..].iter().take(3).take_while(|byte| b"-. ()/".contains(byte)).count();
        if between == 0 || !bytes.get(at + between).is_some_and(u8::is_ascii_digit) {
            return found;
        }
        at += between;
    }
}

/// Longer words are cut: they are no words that people look for.
const WORD_BYTES_MAX: usize = 48;
/// More words do not narrow a search any further.
const WORDS_MAX: usize = 8;
const PHONE_DIGITS_MIN: usize = 7;
const PHONE_DIGITS_MAX: usize = 13;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, &str)> {
        let mut found = Vec::new();
        words(text, |word| found.push((word.text.clone(), &text[word.stands(0..word.text.len())])));
        found
    }

    #[test]
    fn a_text_is_read_word_by_word_and_each_word_knows_where_it_stands() {
        let told = |text| read(text).iter().map(|(word, _)| word.clone()).collect::<Vec<_>>().join("|");
        for (text, expected) in [
            ("St. Mary\u{2019}s - Reno", "st|marys|reno"),
            ("O'Brien, JOS\u{c9}", "obrien|jose"),
            ("follow-up by 11/25", "follow|up|by|11|25"),
            ("call (775) 555-0101 ext 12", "call|7755550101|ext|12"),
            ("+1 775.555.0101!", "17755550101"),
            ("775 555 0101 89501", "7755550101|89501"),
            ("on 2026-11-25 at 10:30", "on|2026|11|25|at|10|30"),
            ("29X01 and 555-0101x", "29x01|and|555|0101x"),
            ("great \u{1f44d}\u{1f3fd}\u{1f600}ok", "great|\u{1f44d}|\u{1f600}|ok"),
            (
                "\u{5d1}\u{5d9}\u{5ea} \u{5d7}\u{5d5}\u{5dc}\u{5d9}\u{5dd}",
                "\u{5d1}\u{5d9}\u{5ea}|\u{5d7}\u{5d5}\u{5dc}\u{5d9}\u{5dd}",
            ),
            ("\u{2014} \u{2026} ''", ""),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
        let stands = |text: &'static str| read(text).iter().map(|(_, stands)| *stands).collect::<Vec<_>>();
        assert_eq!(stands("St. Mary\u{2019}s"), ["St", "Mary\u{2019}s"]);
        assert_eq!(stands("at (775) 555-0101."), ["at", "775) 555-0101"]);
        assert_eq!(stands("Stra\u{df}e \u{1f600}"), ["Stra\u{df}e", "\u{1f600}"]);
    }

    #[test]
    fn a_part_of_a_word_knows_where_it_stands() {
        let text = "Stra\u{df}e";
        words(text, |word| {
            assert_eq!(word.text(), "strasse");
            assert_eq!(&text[word.stands(0..4)], "Stra");
            assert_eq!(&text[word.stands(5..7)], "\u{df}e");
        });
        phone("(775) 555-0101", |word| {
            assert_eq!((word.text(), word.stands(3..6)), ("7755550101", 6..9));
        });
    }

    #[test]
    fn a_long_word_is_cut_and_a_query_has_so_many_words() {
        let long = "x".repeat(300);
        let found = read(&long);
        assert_eq!((found[0].0.len(), found[0].1.len()), (WORD_BYTES_MAX, 300));
        let many: Vec<String> = (0..20).map(|n| format!("w{n}")).collect();
        assert_eq!(readings(&many.join(" "))[0].len(), WORDS_MAX);
    }

    #[test]
    fn digits_are_a_part_of_a_phone_number_first() {
        let told = |query| {
            let readings = readings(query);
            readings.iter().map(|words| words.join("|")).collect::<Vec<_>>().join(" or ")
        };
        for (query, expected) in [
            ("mercy reno mercy", "mercy|reno"),
            ("775-555", "775555 or 775|555"),
            ("(775) 5", "7755 or 775|5"),
            ("mercy 775-555", "mercy|775555 or mercy|775|555"),
            ("11/25", "1125 or 11|25"),
            ("89501", "89501"),
            ("+1 (775) 555-0101", "7755550101 or 17755550101"),
            ("+1 775", "775 or 1|775"),
            ("ann +1 775-555-0101", "ann|7755550101 or ann|17755550101"),
            ("5", "5"),
            ("...", ""),
            ("", ""),
        ] {
            assert_eq!(told(query), expected, "{query}");
        }
    }
}
