//! When two rows, or a row and a record, speak of one place or one person though no number says so.

use std::collections::BTreeSet;

use protocol::Fields;

/// The ten digits of a phone number, without the country's 1 and what follows them; none where there are fewer, or
/// where all are one digit, which is how lists write that they know none.
pub(super) fn phone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix('1').filter(|rest| rest.len() >= 10).unwrap_or(&digits);
    let ten = national.get(..10)?;
    ten.chars().any(|digit| !ten.starts_with(digit)).then(|| ten.to_owned())
}

/// Where a place is, as far as two lists write it alike: the number of its house and the five digits of its ZIP code.
/// Streets are abbreviated in too many ways to be compared.
pub(super) fn door(fields: &Fields) -> Option<String> {
    let (address, zip) = (fields.text("address")?, fields.text("zip")?);
    let number = address.split_whitespace().find(|word| word.contains(|c: char| c.is_ascii_digit()));
    let zip: String = zip.chars().filter(char::is_ascii_digit).take(5).collect();
    let number: String = number.unwrap_or(address).chars().filter(char::is_ascii_alphanumeric).collect();
    (zip.len() == 5 && !number.is_empty()).then(|| format!("{} {zip}", number.to_lowercase()))
}

/// The words of a place's name that tell it from others.
pub(super) fn words(name: &str) -> BTreeSet<String> {
    words_of(name).filter(|word| !EMPTY.contains(&word.as_str())).collect()
}

/// Whether two names are of one place, given that something else says so: one has all the words of the other.
pub(super) fn same_place(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    !one.is_empty() && !other.is_empty() && (one.is_subset(other) || other.is_subset(one))
}

/// A person's first and last name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PersonName {
    first: String,
    last: String,
}

impl PersonName {
    /// Without titles and what stands behind the name.
    pub(super) fn of(name: &str) -> Option<Self> {
        let name = name.split(',').next().unwrap_or_default();
        let words: Vec<String> = words_of(name).filter(|word| !AROUND.contains(&word.as_str())).collect();
        let [first, .., last] = words.as_slice() else { return None };
        Some(Self { first: first.clone(), last: last.clone() })
    }

    /// Whether both are of one person, given that something else says so: an initial stands for any name.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let initial = |a: &str, b: &str| a.chars().count() == 1 && b.starts_with(a);
        let (a, b) = (self.first.as_str(), other.first.as_str());
        self.last == other.last && (a == b || initial(a, b) || initial(b, a))
    }
}

fn words_of(name: &str) -> impl Iterator<Item = String> {
    // An apostrophe or a point is inside a word: O'BRIEN, P.C.
    let plain: String = name.to_lowercase().chars().filter(|c| !matches!(c, '\'' | '’' | '.')).collect();
    let words: Vec<String> = plain.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    words.into_iter().filter(|word| !word.is_empty())
}

/// Words that say what kind of company a place is.
const EMPTY: [&str; 18] = [
    "the", "of", "and", "at", "llc", "llp", "lp", "inc", "ltd", "corp", "co", "company", "pc", "pa", "pllc",
    "psc", "md", "plc",
];
/// Words before and behind a person's name.
const AROUND: [&str; 11] = ["dr", "mr", "mrs", "ms", "miss", "jr", "sr", "ii", "iii", "iv", "md"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_its_ten_digits() {
        let cases = [
            ("(903) 729-1900", Some("9037291900")),
            ("903 7291900", Some("9037291900")),
            ("+1 903-729-1900 ext 140", Some("9037291900")),
            ("9037291900 or 9037291901", Some("9037291900")),
            ("pending", None),
            ("729-1900", None),
            ("0000000000", None),
        ];
        for (text, expected) in cases {
            assert_eq!(phone(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_door_is_one_however_its_street_is_written() {
        let door = |address, zip| door(&[("address", address), ("zip", zip)].into_iter().collect());
        assert_eq!(door("24 HOSPITAL LANE", "04619-1234"), door("24 Hospital Ln, Suite 3", "046191234"));
        assert_ne!(door("24 HOSPITAL LANE", "04619"), door("26 HOSPITAL LANE", "04619"));
        assert_eq!(door("HOSPITAL LANE", "4619"), None);
        assert_eq!(door("PO BOX 12", "04619").as_deref(), Some("12 04619"));
    }

    #[test]
    fn one_name_of_a_place_has_all_the_words_of_the_other() {
        let same = |a, b| same_place(&words(a), &words(b));
        assert!(same("Skiff Medical Center, Inc.", "THE SKIFF MEDICAL CENTER"));
        assert!(same("MD RADIOLOGICAL SERVICES, PSC", "M.D. Radiological Services"));
        assert!(!same("AZAR/FILIPOV MD PA", "AZAR EYE SURGERY CENTER LLC"));
        assert!(!same("The Company LLC", "The Company LLC"), "nothing is left to tell them by");
    }

    #[test]
    fn an_initial_stands_for_a_first_name() {
        let like = |a, b| {
            let name = |text| PersonName::of(text).expect("two words");
            name(a).is_like(&name(b)) && name(b).is_like(&name(a))
        };
        assert!(like("DR. JANE Q. DOE, M.D.", "Jane Doe"));
        assert!(like("J DOE JR.", "Jane Doe"));
        assert!(!like("JOHN DOE", "JANE DOE"), "who practise together");
        assert_eq!(PersonName::of("RECEPTION"), None);
    }
}
