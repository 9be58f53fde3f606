//! By what a list can be narrowed: the values that occur in it. One value may have several spellings, and is shown in
//! the one that most records use.

use std::collections::BTreeMap;

use protocol::Record;
use protocol::schema::lists::RATINGS;

use crate::filter::Wanted;
use crate::{List, fold};

/// What a record is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// How much it is worth.
    Rating,
    /// What kind of place it is.
    Type,
    /// Where it is. Public files write one city in several ways.
    City,
    /// To whom it belongs.
    Territory,
}

/// All of them, in the order in which they are asked.
pub const FACETS: [Facet; 4] = [Facet::Rating, Facet::Type, Facet::City, Facet::Territory];

/// A value that occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// In the spelling that most use; empty for those that say nothing.
    pub value: String,
    /// What all its spellings have in common.
    pub key: String,
    /// How many records would be left if this were the only value chosen of its facet.
    pub count: usize,
}

/// What there is to choose of each of [`FACETS`].
pub type Offers = [Vec<Offer>; 4];

/// Which spelling a record has of each of [`FACETS`].
pub(crate) type Marks = [u32; 4];

/// The spellings that have occurred.
#[derive(Debug, Default)]
pub(crate) struct Spellings([Table; 4]);

#[derive(Debug, Default)]
struct Table {
    places: BTreeMap<Box<str>, u32>,
    spellings: Vec<Spelling>,
}

#[derive(Debug)]
struct Spelling {
    text: Box<str>,
    key: Box<str>,
}

/// The spellings of one value.
#[derive(Default)]
struct Tally<'a> {
    count: usize,
    /// The one that most use, and how many do.
    mixed: Option<(usize, &'a str)>,
    /// The same of those in capital letters alone, which are a file's and not a person's.
    capitals: Option<(usize, &'a str)>,
}

impl Facet {
    /// Its name in an address: that of the field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rating => "rating",
            Self::Type => "type",
            Self::City => "city",
            Self::Territory => "territory",
        }
    }

    fn text(self, record: &Record) -> &str {
        match self {
            Self::Territory => record.territory.as_str(),
            field => record.fields.text(field.name()).map_or("", str::trim),
        }
    }

    /// What all spellings of a value have in common. Of a city it is the letters alone, so that O'Fallon is O FALLON,
    /// and Saint Albans is ST. ALBANS.
    pub fn key(self, text: &str) -> String {
        let folded = fold(text.trim());
        if self != Self::City {
            return folded;
        }
        let words = folded.split(|c: char| !c.is_alphanumeric()).map(|word| match word {
            "saint" => "st",
            "mount" => "mt",
            "fort" => "ft",
            word => word,
        });
        let letters: String = words.collect();
        if letters.is_empty() { folded } else { letters }
    }
}

impl Spellings {
    /// Takes in the values of a record.
    pub(crate) fn mark(&mut self, record: &Record) -> Marks {
        FACETS.map(|facet| self.0[facet as usize].place(facet, facet.text(record)))
    }

    /// For each facet of which something is chosen: whether a spelling is of a chosen value.
    fn tests(&self, wanted: &Wanted) -> [Option<Vec<bool>>; 4] {
        FACETS.map(|facet| {
            let chosen = wanted.chosen(facet);
            let is_chosen = |spelling: &Spelling| chosen.contains_key(&*spelling.key);
            (!chosen.is_empty()).then(|| self.0[facet as usize].spellings.iter().map(is_chosen).collect())
        })
    }
}

impl Table {
    fn place(&mut self, facet: Facet, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.spellings.len() as u32;
        self.spellings.push(Spelling { text: text.into(), key: facet.key(text).into() });
        self.places.insert(text.into(), place);
        place
    }

    /// The values of spellings that were counted; what is chosen stays on offer.
    fn offers(&self, facet: Facet, counts: &[Option<usize>], wanted: &Wanted) -> Vec<Offer> {
        let mut values: BTreeMap<&str, Tally<'_>> = BTreeMap::new();
        for (spelling, count) in self.spellings.iter().zip(counts) {
            let Some(count) = *count else { continue };
            let tally = values.entry(&spelling.key).or_default();
            tally.count += count;
            let has_small = spelling.text.chars().any(char::is_lowercase);
            let best = if has_small { &mut tally.mixed } else { &mut tally.capitals };
            if best.is_none_or(|(most, _)| count > most) {
                *best = Some((count, &spelling.text));
            }
        }
        for (key, value) in wanted.chosen(facet) {
            values.entry(key).or_insert_with(|| Tally { mixed: Some((0, value)), ..Tally::default() });
        }
        let offer = |(key, tally): (&str, Tally<'_>)| {
            let value = tally.mixed.or(tally.capitals).map_or("", |(_, text)| text);
            Offer { value: value.to_owned(), key: key.to_owned(), count: tally.count }
        };
        let mut offers: Vec<Offer> = values.into_iter().map(offer).collect();
        offers.sort_by_cached_key(|offer| {
            let rank = RATINGS.iter().position(|rating| facet == Facet::Rating && *rating == offer.value);
            (offer.key.is_empty(), rank.unwrap_or(RATINGS.len()), fold(&offer.value))
        });
        offers
    }
}

impl List {
    /// Those of these positions that have a chosen value of each facet of which something is chosen.
    pub fn narrowed(&self, among: impl Iterator<Item = u32>, wanted: &Wanted) -> Vec<u32> {
        let tests = self.spellings().tests(wanted);
        among.filter(|at| missed(&tests, self.marks(*at)) == 0).collect()
    }

    /// What there is to choose among these positions, in one pass over them.
    pub fn offers(&self, among: impl Iterator<Item = u32>, wanted: &Wanted) -> Offers {
        let tables = &self.spellings().0;
        let tests = self.spellings().tests(wanted);
        // What occurs is on offer also where the other facets leave none of it, so that nothing moves under the finger.
        let mut counts = FACETS.map(|facet| vec![None; tables[facet as usize].spellings.len()]);
        for at in among {
            let marks = self.marks(at);
            let missed = missed(&tests, marks);
            for (facet, counts) in counts.iter_mut().enumerate() {
                let count = counts[marks[facet] as usize].get_or_insert(0_usize);
                *count += usize::from(missed & !(1 << facet) == 0);
            }
        }
        FACETS.map(|facet| tables[facet as usize].offers(facet, &counts[facet as usize], wanted))
    }
}

/// The facets of which something else is chosen, a bit for each.
fn missed(tests: &[Option<Vec<bool>>; 4], marks: Marks) -> u8 {
    let misses =
        tests.iter().zip(marks).map(|(test, mark)| test.as_ref().is_some_and(|test| !test[mark as usize]));
    misses.enumerate().map(|(facet, misses)| u8::from(misses) << facet).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::View;
    use crate::testing::account;

    fn view(accounts: &[&[(&str, &str)]]) -> View {
        let mut view = View::default();
        let named = |(n, fields): (usize, &&[(&str, &str)])| {
            let name = format!("{n:04}");
            account(n as u128, &[&[("name", name.as_str())], *fields].concat())
        };
        view.apply(&accounts.iter().enumerate().map(named).collect::<Vec<_>>());
        view
    }

    fn wanted(pairs: &[(&str, &str)]) -> Wanted {
        Wanted::of_pairs(|name| {
            pairs.iter().filter(|(of, _)| *of == name).map(|(_, text)| (*text).to_owned()).collect()
        })
    }

    fn said(view: &View, facet: Facet, wanted: &Wanted) -> Vec<String> {
        let offers = &view.accounts().offers(0..view.accounts().len() as u32, wanted)[facet as usize];
        offers.iter().map(|offer| format!("{} {}", offer.value, offer.count)).collect()
    }

    fn narrowed(view: &View, wanted: &Wanted) -> Vec<u32> {
        view.accounts().narrowed(0..view.accounts().len() as u32, wanted)
    }

    #[test]
    fn a_city_is_one_however_it_is_written() {
        let same: [&[&str]; 6] = [
            &["St. Johnsbury", "ST JOHNSBURY", "Saint Johnsbury", " saint  johnsbury "],
            &["O\u{2019}Fallon", "O'FALLON", "O Fallon", "Ofallon"],
            &["Ca\u{f1}on City", "CANON CITY"],
            &["Winston-Salem", "WINSTON SALEM"],
            &["Mount Vernon", "MT. VERNON"],
            &["DeKalb", "De Kalb"],
        ];
        for spellings in same {
            let keys: Vec<String> = spellings.iter().map(|text| Facet::City.key(text)).collect();
            assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        }
        assert_ne!(Facet::City.key("Salem"), Facet::City.key("Winston-Salem"));
        assert_ne!(Facet::City.key("\u{2014}"), "");
        // A rating is not a city.
        assert_ne!(Facet::Rating.key("A+"), Facet::Rating.key("A"));
    }

    #[test]
    fn a_value_is_shown_as_most_people_write_it_and_capitals_are_the_last_choice() {
        let view = view(&[
            &[("city", "RENO"), ("rating", "B")],
            &[("city", "RENO"), ("rating", "C")],
            &[("city", "Reno")],
            &[("city", "reno"), ("rating", "A")],
            &[("city", "reno")],
            &[("city", "ELKO"), ("rating", "unheard of")],
            &[],
        ]);
        assert_eq!(said(&view, Facet::City, &Wanted::default()), ["ELKO 1", "reno 5", " 1"]);
        assert_eq!(
            said(&view, Facet::Rating, &Wanted::default()),
            ["A 1", "B 1", "C 1", "unheard of 1", " 3"]
        );
        assert_eq!(said(&view, Facet::Territory, &Wanted::default()), ["north 7"]);
        assert_eq!(narrowed(&view, &wanted(&[("city", "Reno")])), [0, 1, 2, 3, 4]);
        assert_eq!(narrowed(&view, &wanted(&[("city", "")])), [6]);
    }

    #[test]
    fn values_of_one_facet_add_and_facets_narrow() {
        let view = view(&[
            &[("rating", "A"), ("type", "Hospital"), ("city", "Elko")],
            &[("rating", "A"), ("type", "Clinic"), ("city", "Reno")],
            &[("rating", "B"), ("type", "Hospital"), ("city", "Reno")],
            &[("rating", "B"), ("type", "Clinic"), ("city", "Ely")],
        ]);
        for (pairs, expected) in [
            (vec![], vec![0, 1, 2, 3]),
            (vec![("rating", "A")], vec![0, 1]),
            (vec![("rating", "a")], vec![0, 1]),
            (vec![("rating", "A"), ("rating", "B")], vec![0, 1, 2, 3]),
            (vec![("rating", "A"), ("type", "Hospital")], vec![0]),
            (vec![("rating", "A"), ("type", "Hospital"), ("city", "Ely")], vec![]),
            (vec![("territory", "north"), ("city", "Ely"), ("city", "Elko")], vec![0, 3]),
            (vec![("territory", "south")], vec![]),
        ] {
            assert_eq!(narrowed(&view, &wanted(&pairs)), expected, "{pairs:?}");
        }
        // What each further choice would leave: its own facet's choices do not count against it.
        let chosen = wanted(&[("rating", "A"), ("type", "Hospital")]);
        assert_eq!(said(&view, Facet::Rating, &chosen), ["A 1", "B 1"]);
        assert_eq!(said(&view, Facet::Type, &chosen), ["Clinic 1", "Hospital 1"]);
        assert_eq!(said(&view, Facet::City, &chosen), ["Elko 1", "Ely 0", "Reno 0"]);
        // What is chosen can be taken off, though it occurs no more.
        let gone = wanted(&[("city", "Carson City")]);
        assert_eq!(said(&view, Facet::City, &gone), ["Carson City 0", "Elko 1", "Ely 1", "Reno 2"]);
    }

    #[test]
    fn an_offers_count_is_what_choosing_it_leaves() {
        let rows: Vec<[(&str, &str); 3]> = (0..300_usize)
            .map(|n| {
                let city = ["Elko", "ELKO", "Reno", "Ely", ""][n * 7 % 5];
                [
                    ("rating", ["A", "B", "C", ""][n % 4]),
                    ("type", ["Clinic", "Hospital", ""][n % 3]),
                    ("city", city),
                ]
            })
            .collect();
        let view = view(&rows.iter().map(|row| &row[..]).collect::<Vec<_>>());
        for pairs in [vec![], vec![("rating", "A")], vec![("rating", "A"), ("city", "elko"), ("type", "")]] {
            let chosen = wanted(&pairs);
            let offers = view.accounts().offers(0..300, &chosen);
            for (facet, offers) in FACETS.into_iter().zip(offers) {
                for offer in offers {
                    let mut alone = chosen.clone();
                    alone.chosen(facet).clone().into_values().for_each(|value| alone.toggle(facet, &value));
                    alone.toggle(facet, &offer.value);
                    assert_eq!(offer.count, narrowed(&view, &alone).len(), "{pairs:?} {offer:?}");
                }
            }
        }
    }

    #[test]
    fn what_changes_is_counted_anew() {
        let mut view = view(&[&[("rating", "A")], &[("rating", "B")]]);
        view.apply(&[account(0, &[("name", "0000"), ("rating", "B")])]);
        assert_eq!(said(&view, Facet::Rating, &Wanted::default()), ["B 2"]);
    }
}
