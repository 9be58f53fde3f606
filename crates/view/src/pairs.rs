//! Records that may be one and the same: two accounts that are one place, two contacts that are one person.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{Fields, Kind, Record, RecordId};

use crate::timeline::made_at;
use crate::{List, Search, View, fold};

/// Why two records may be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The same CMS number.
    Ccn,
    /// The same National Provider Identifier.
    Npi,
    /// The same e-mail address.
    Email,
    /// The same phone number, and names that are alike.
    Phone,
    /// The same name in the same town.
    Town,
    /// The same name at the same account.
    Account,
    /// The same name, made at about the same time by two people, and nothing says otherwise.
    Twice,
    /// Names that are alike, as far as one is known by now.
    Name,
}

/// Two records that may be one; the one made first is named first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The one made first.
    pub first: RecordId,
    /// The other.
    pub second: RecordId,
    /// How likely, of 100.
    pub score: u32,
    /// Why, the strongest first.
    pub reasons: Vec<Reason>,
}

/// A record that may be the one that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    /// It.
    pub id: RecordId,
    /// How likely, of 100.
    pub score: u32,
    /// Why, the strongest first.
    pub reasons: Vec<Reason>,
}

impl Reason {
    const fn score(self) -> u32 {
        match self {
            Self::Ccn | Self::Npi => 90,
            Self::Email | Self::Phone => 70,
            Self::Town | Self::Account => 60,
            Self::Twice => 50,
            Self::Name => 30,
        }
    }
}

/// All pairs of accounts or of contacts that may be one, the likeliest first. Each record is compared only with those
/// of the same key, so that 100,000 take no longer than a blink.
pub fn pairs(view: &View, kind: Kind) -> Vec<Pair> {
    let list = list(view, kind);
    let ids = list.ids(0..list.len());
    let records: Vec<&Record> = ids.iter().filter_map(|id| view.record(*id)).map(AsRef::as_ref).collect();
    let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(records.len() * 3);
    for (at, record) in (0_u32..).zip(&records) {
        keys(&record.fields, |key| keyed.push((key, at)));
    }
    keyed.sort_unstable();
    let mut found: BTreeMap<(RecordId, RecordId), Vec<Reason>> = BTreeMap::new();
    // A number that many share is a switchboard's, and says nothing.
    for same in keyed.chunk_by(|a, b| a.0 == b.0).filter(|same| (2..=SAME_KEY_MAX).contains(&same.len())) {
        for (place, (_, one)) in same.iter().enumerate() {
            for (_, other) in &same[place + 1..] {
                let (a, b) = (records[*one as usize], records[*other as usize]);
                let (a, b) = if a.id < b.id { (a, b) } else { (b, a) };
                if a.id != b.id && !found.contains_key(&(a.id, b.id)) {
                    let mut reasons = reasons(&a.fields, &b.fields);
                    reasons.extend(made_twice(a, b));
                    if !reasons.is_empty() {
                        found.insert((a.id, b.id), reasons);
                    }
                }
            }
        }
    }
    let pair = |((first, second), reasons): (_, Vec<Reason>)| Pair {
        first,
        second,
        score: score(&reasons),
        reasons,
    };
    let mut pairs: Vec<Pair> = found.into_iter().map(pair).collect();
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.first, pair.second));
    pairs
}

/// The records that may be what these fields say, the likeliest first; `but` is the record itself. It is quick enough
/// for every key that is typed.
pub fn like(view: &View, kind: Kind, fields: &Fields, but: Option<RecordId>) -> Vec<Like> {
    let list = list(view, kind);
    let mut candidates = BTreeSet::new();
    let mut seek = |query: &str, most: usize| {
        candidates.extend(list.search(&mut Search::default(), query).take(most));
    };
    for name in ["ccn", "npi", "email"] {
        fields.text(name).filter(|text| text.len() > 2).into_iter().for_each(|text| seek(text, SAME_KEY_MAX));
    }
    phones(fields).for_each(|digits| seek(&digits, SAME_KEY_MAX));
    // A name is written in many ways: each of its telling words is looked for by how it begins.
    let telling = words(fields);
    let telling =
        telling.iter().filter(|word| word.len() >= WORD_CHARS_MIN && !COMMON.contains(&word.as_str()));
    for word in telling.take(TELLING_MAX) {
        let begin: String = word.chars().take(WORD_CHARS_MIN).collect();
        seek(&format!("{begin} {}", fields.text("city").unwrap_or_default()), LOOKED_MAX);
    }
    if let Some(name) = fields.text("name").filter(|name| name.len() >= WORD_CHARS_MIN) {
        seek(name, LOOKED_MAX);
    }
    let candidate = |id: RecordId| {
        let record = view.record(id).filter(|_| Some(id) != but)?;
        let mut reasons = reasons(fields, &record.fields);
        let towns = [fields, &record.fields].map(|fields| fields.text("city").map(fold));
        let apart = matches!(&towns, [Some(a), Some(b)] if a != b) || differ(fields, &record.fields);
        if reasons.is_empty() && !apart && are_alike(&words(fields), &words(&record.fields)) {
            reasons.push(Reason::Name);
        }
        (!reasons.is_empty()).then(|| Like { id, score: score(&reasons), reasons })
    };
    let mut found: Vec<Like> = candidates.into_iter().filter_map(candidate).collect();
    found.sort_by_key(|like| (std::cmp::Reverse(like.score), like.id));
    found
}

fn list(view: &View, kind: Kind) -> &List {
    if kind == Kind::Contact { view.contacts() } else { view.accounts() }
}

fn score(reasons: &[Reason]) -> u32 {
    reasons.iter().map(|reason| reason.score()).sum::<u32>().min(99)
}

fn reasons(a: &Fields, b: &Fields) -> Vec<Reason> {
    let same = |name: &str| match (a.text(name), b.text(name)) {
        (Some(a), Some(b)) => fold(a.trim()) == fold(b.trim()),
        _ => false,
    };
    let mut reasons = Vec::new();
    for (name, reason) in [("ccn", Reason::Ccn), ("npi", Reason::Npi), ("email", Reason::Email)] {
        if same(name) {
            reasons.push(reason);
        }
    }
    // A number of its own on each side outweighs a name.
    if reasons.is_empty() && differ(a, b) {
        return reasons;
    }
    let (names_a, names_b) = (words(a), words(b));
    if phones(a).any(|phone| phones(b).any(|other| other == phone)) && are_alike(&names_a, &names_b) {
        reasons.push(Reason::Phone);
    }
    if names_a == names_b && !names_a.is_empty() {
        reasons.extend(same("city").then_some(Reason::Town));
        reasons.extend(same("account").then_some(Reason::Account));
    }
    reasons
}

/// Both have a number that belongs to one place or person alone, and it is not the same.
fn differ(a: &Fields, b: &Fields) -> bool {
    ["ccn", "npi"]
        .iter()
        .any(|name| matches!((a.text(name), b.text(name)), (Some(a), Some(b)) if a.trim() != b.trim()))
}

/// Two people made it, each without having seen the other's.
fn made_twice(a: &Record, b: &Record) -> Option<Reason> {
    let contradict = ["city", "zip", "account", "type"].iter().any(
        |name| matches!((a.fields.text(name), b.fields.text(name)), (Some(a), Some(b)) if fold(a) != fold(b)),
    );
    let apart_ms = (made_at(a) - made_at(b)).abs();
    let twice = words(&a.fields) == words(&b.fields)
        && a.by != b.by
        && apart_ms < APART_MS_MAX
        && !contradict
        && !differ(&a.fields, &b.fields);
    twice.then_some(Reason::Twice)
}

/// Under which keys a record is found by another that may be the same.
fn keys(fields: &Fields, mut put: impl FnMut(u64)) {
    for name in ["ccn", "npi", "email"] {
        if let Some(text) = fields.text(name) {
            put(key(name, &fold(text.trim())));
        }
    }
    phones(fields).for_each(|digits| put(key("phone", &digits)));
    let name = words(fields).join(" ");
    if !name.is_empty() {
        for other in ["city", "account"] {
            if let Some(text) = fields.text(other) {
                put(key(&name, &fold(text.trim())));
            }
        }
        put(key("name", &name));
    }
}

/// FNV-1a: the same on every device. Two texts of one key only cost a comparison.
fn key(what: &str, text: &str) -> u64 {
    let bytes = what.bytes().chain([0]).chain(text.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The last ten digits of each phone number: with or without the country it is the same.
fn phones(fields: &Fields) -> impl Iterator<Item = String> {
    ["phone", "mobile"].into_iter().filter_map(|name| {
        let digits: String = fields.text(name)?.chars().filter(char::is_ascii_digit).collect();
        (digits.len() >= PHONE_DIGITS_MIN).then(|| digits[digits.len().saturating_sub(10)..].to_owned())
    })
}

/// The words of a name that tell it from others, each in its usual form, in the order of the alphabet.
fn words(fields: &Fields) -> Vec<String> {
    let name = fold(fields.text("name").unwrap_or_default()).replace('\'', "");
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let usual =
        words.map(|word| USUAL.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| long));
    let told: BTreeSet<&str> = usual.filter(|word| !EMPTY.contains(word)).collect();
    told.into_iter().map(str::to_owned).collect()
}

/// Most words of the shorter name are in the longer one, but for a slip of the finger.
fn are_alike(a: &[String], b: &[String]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let common = short.iter().filter(|word| long.iter().any(|other| is_slip(word, other))).count();
    common > 0 && common * 3 >= short.len() * 2 && common * 3 >= long.len()
}

/// The same word, or one letter of it is missing, too much or another.
fn is_slip(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().min(b.len()) < WORD_CHARS_MIN || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let before = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    before + after >= a.len().max(b.len()) - 1
}

/// Words that are often cut short.
const USUAL: [(&str, &str); 12] = [
    ("st", "saint"),
    ("mt", "mount"),
    ("ft", "fort"),
    ("hosp", "hospital"),
    ("ctr", "center"),
    ("centre", "center"),
    ("med", "medical"),
    ("rehab", "rehabilitation"),
    ("univ", "university"),
    ("assoc", "associates"),
    ("snf", "nursing"),
    ("healthcare", "health"),
];

/// Words that tell nothing from anything.
const EMPTY: [&str; 12] = ["the", "of", "at", "and", "inc", "llc", "co", "dr", "mr", "mrs", "ms", "care"];

/// Words that many names have.
const COMMON: [&str; 8] =
    ["hospital", "center", "health", "nursing", "medical", "rehabilitation", "saint", "home"];

const PHONE_DIGITS_MIN: usize = 7;
const WORD_CHARS_MIN: usize = 4;
const SAME_KEY_MAX: usize = 24;
const TELLING_MAX: usize = 3;
const LOOKED_MAX: usize = 50;
/// Two phones may be without a signal for some days.
const APART_MS_MAX: i64 = 14 * 24 * 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::Shown;
    use std::rc::Rc;

    fn view(of: &[Shown]) -> View {
        let mut view = View::default();
        view.apply(of);
        view
    }

    /// The reasons for which two accounts with these fields would be a pair.
    fn why(a: &[(&str, &str)], b: &[(&str, &str)]) -> Vec<Reason> {
        let found = pairs(&view(&[account(1, a), account(2, b)]), Kind::Account);
        assert!(found.iter().all(|pair| (pair.first, pair.second) == (id(1), id(2))), "{found:?}");
        found.into_iter().flat_map(|pair| pair.reasons).collect()
    }

    #[test]
    fn what_makes_two_accounts_a_pair_and_what_does_not() {
        let mercy = [("name", "Mercy Hospital"), ("city", "Reno"), ("phone", "(775) 555-0101")];
        for (other, reasons) in [
            (vec![("name", "MERCY HOSP."), ("city", "reno")], vec![Reason::Town]),
            (vec![("name", "The Mercy Hospital"), ("phone", "+1 775 555 0101")], vec![Reason::Phone]),
            (vec![("name", "Mercy Hosptial"), ("phone", "775.555.0101")], vec![]),
            (vec![("name", "Mercey Hospital"), ("phone", "775.555.0101")], vec![Reason::Phone]),
            (vec![("name", "Mercy Hospital"), ("city", "Elko")], vec![]),
            (vec![("name", "Oak House"), ("phone", "7755550101")], vec![]),
            (vec![("name", "Mercy Hospital"), ("phone", "555-0101")], vec![]),
        ] {
            assert_eq!(why(&mercy, &other), reasons, "{other:?}");
        }
        let numbered = [("name", "A"), ("ccn", "290001"), ("npi", "1234567893")];
        assert_eq!(why(&numbered, &[("name", "B"), ("ccn", "290001 ")]), [Reason::Ccn]);
        assert_eq!(why(&numbered, &[("name", "B"), ("npi", "1234567893")]), [Reason::Npi]);
        let town = [("name", "Oak House"), ("city", "Reno"), ("ccn", "1")];
        assert!(why(&town, &[("name", "Oak House"), ("city", "Reno"), ("ccn", "2")]).is_empty());
    }

    fn made_by(by: &str, at: i64, shown: Shown) -> Shown {
        let mut record = shown.record.map(Rc::unwrap_or_clone).expect("it is there");
        record.by = by.to_owned();
        record.at = at;
        Shown { record: Some(Rc::new(record)), ..shown }
    }

    #[test]
    fn one_place_made_on_two_phones_is_a_pair_though_little_is_known_of_it() {
        let one = || account(1, &[("name", "Oak House"), ("city", "Reno")]);
        let other = || account(2, &[("name", "oak house")]);
        let found = |a, b| pairs(&view(&[a, b]), Kind::Account).len();
        assert_eq!(found(made_by("Ana", 0, one()), made_by("Ben", 1_000, other())), 1);
        assert_eq!(found(made_by("Ana", 0, one()), made_by("Ana", 1_000, other())), 0, "by one person");
        assert_eq!(found(made_by("Ana", 0, one()), made_by("Ben", APART_MS_MAX, other())), 0, "long after");
    }

    #[test]
    fn contacts_are_one_by_number_mail_phone_or_name_at_one_place() {
        let place = id(9).0.to_string();
        let contact = |n, fields: &[(&str, &str)]| shown(Kind::Contact, n, fields);
        let one = [
            ("name", "Dr. Ana Patel"),
            ("account", &*place),
            ("mobile", "7755550101"),
            ("email", "a@b.example"),
        ];
        for (other, reasons) in [
            (vec![("name", "Ana Patel"), ("account", &*place)], vec![Reason::Account]),
            (vec![("name", "A"), ("email", "A@B.example")], vec![Reason::Email]),
            (vec![("name", "Ana Patel"), ("phone", "775 555 0101")], vec![Reason::Phone]),
            (vec![("name", "Ben Ode"), ("phone", "775 555 0101")], vec![]),
        ] {
            let found = pairs(&view(&[contact(1, &one), contact(2, &other)]), Kind::Contact);
            assert_eq!(
                found.into_iter().flat_map(|pair| pair.reasons).collect::<Vec<_>>(),
                reasons,
                "{other:?}"
            );
        }
    }

    #[test]
    fn merged_accounts_are_no_pair_any_more_and_the_likeliest_pair_is_first() {
        let first = id(1).0.to_string();
        let found = pairs(
            &view(&[
                account(1, &[("name", "A"), ("city", "Reno")]),
                account(2, &[("name", "A"), ("city", "Reno"), ("merged_into", &first)]),
                account(3, &[("name", "B"), ("city", "Elko")]),
                account(4, &[("name", "B"), ("city", "Elko")]),
                account(5, &[("name", "C"), ("ccn", "1")]),
                account(6, &[("name", "C"), ("ccn", "1")]),
            ]),
            Kind::Account,
        );
        let told: Vec<_> =
            found.iter().map(|pair| (pair.first.0.as_u128(), pair.second.0.as_u128())).collect();
        assert_eq!(told, [(5, 6), (3, 4)]);
        assert!(found.windows(2).all(|two| two[0].score >= two[1].score));
    }

    #[test]
    fn while_it_is_typed_the_likely_one_is_found() {
        let view = view(&[
            account(1, &[("name", "St. Mary\u{2019}s Hospital"), ("city", "Reno"), ("phone", "7755550101")]),
            account(2, &[("name", "Oak House"), ("city", "Reno")]),
        ]);
        for (typed, found) in [
            (vec![("name", "St. Mary's Hosp")], vec![(1, Reason::Name)]),
            (vec![("name", "Saint Marys"), ("city", "Reno")], vec![(1, Reason::Name)]),
            (vec![("name", "Saint Marys Hospital"), ("city", "reno")], vec![(1, Reason::Town)]),
            (vec![("name", "St. Mary's Hospital"), ("city", "Elko")], vec![]),
            (vec![("name", "St Marys"), ("phone", "775-555-0101")], vec![(1, Reason::Phone)]),
            (vec![("name", "Oa")], vec![]),
            (vec![], vec![]),
        ] {
            let fields: Fields = typed.iter().copied().collect();
            let likes = like(&view, Kind::Account, &fields, None);
            let told: Vec<_> = likes.iter().map(|like| (like.id.0.as_u128(), like.reasons[0])).collect();
            assert_eq!(told, found, "{typed:?}");
        }
        let itself = view.record(id(2)).expect("is here").fields.clone();
        assert!(like(&view, Kind::Account, &itself, Some(id(2))).is_empty());
    }

    #[test]
    fn a_switchboard_makes_no_pairs() {
        let desk: Vec<_> =
            (0..100).map(|n| account(n, &[("name", "Ward"), ("phone", "7755550101")])).collect();
        assert!(pairs(&view(&desk), Kind::Account).is_empty());
    }
}
