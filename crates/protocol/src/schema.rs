//! The fields each kind of record has, what each must look like, and how two writers of one field are reconciled.

use std::borrow::Cow;

use crate::Kind;
use crate::limits::{FIELD_BYTES_MAX, NOTE_BYTES_MAX};

/// The number of this field catalogue; one more whenever a field is added or its meaning changes.
pub const SCHEMA: u32 = 1;

/// How two different values for one field, written at the same time, are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The later arrival stands; the value it replaced is kept and told.
    Text,
    /// The value on the web stands; the other is parked until a person chooses.
    Parked,
}

/// Why a field's text is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// This field must have a value.
    Missing,
    /// Longer than the limit, given in bytes of UTF-8.
    TooLong(usize),
    /// Holds a character that cannot be shown, such as a NUL.
    Unprintable,
}

/// Fields that a form of this kind shows, in their order on screen; the first is required.
pub fn fields(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Account => {
            &["name", "type", "address", "city", "state", "zip", "county", "phone", "ccn", "rating", "owner"]
        }
        Kind::Note => &["text", "account", "written"],
        Kind::Contact => &["name", "account", "phone", "email"],
        Kind::Referral => &["patient", "account", "stage"],
        Kind::Event => &["subject", "account", "start", "end"],
        Kind::Unknown => &[],
    }
}

/// How the field is reconciled. A field this version does not know is text.
pub fn class(name: &str) -> Class {
    match name {
        "stage" | "decision" | "amount" | "owner" | "consent" => Class::Parked,
        _ => Class::Text,
    }
}

/// Checks one field of a record of this kind.
///
/// # Errors
/// Says what is wrong with it.
pub fn check(kind: Kind, name: &str, text: Option<&str>) -> Result<(), Invalid> {
    let text = text.unwrap_or_default();
    let required = fields(kind).first() == Some(&name);
    let bytes_max = if (kind, name) == (Kind::Note, "text") { NOTE_BYTES_MAX } else { FIELD_BYTES_MAX };
    if required && text.trim().is_empty() {
        Err(Invalid::Missing)
    } else if text.len() > bytes_max {
        Err(Invalid::TooLong(bytes_max))
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        Err(Invalid::Unprintable)
    } else {
        Ok(())
    }
}

/// The name without an allocation where this version knows it.
pub(crate) fn intern(name: &str) -> Cow<'static, str> {
    match KNOWN.binary_search(&name) {
        Ok(at) => Cow::Borrowed(KNOWN[at]),
        Err(_) => Cow::Owned(name.to_owned()),
    }
}

/// Sorted, so that it can be searched.
const KNOWN: [&str; 19] = [
    "account", "address", "ccn", "city", "county", "email", "end", "name", "owner", "patient", "phone",
    "rating", "stage", "start", "state", "subject", "text", "type", "zip",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_fields_and_the_first_is_required() {
        let kinds = [
            (Kind::Account, "name", 11),
            (Kind::Note, "text", 3),
            (Kind::Contact, "name", 4),
            (Kind::Referral, "patient", 3),
            (Kind::Event, "subject", 4),
        ];
        for (kind, required, count) in kinds {
            assert_eq!((fields(kind)[0], fields(kind).len()), (required, count));
            for text in [None, Some(""), Some(" \n")] {
                assert_eq!(check(kind, required, text), Err(Invalid::Missing), "{kind:?}");
            }
            assert_eq!(check(kind, required, Some("x")), Ok(()));
            assert_eq!(check(kind, fields(kind)[1], None), Ok(()), "{kind:?}");
        }
        assert!(fields(Kind::Unknown).is_empty());
    }

    #[test]
    fn what_money_people_and_promises_depend_on_waits_for_a_person() {
        for parked in ["stage", "decision", "amount", "owner", "consent"] {
            assert_eq!(class(parked), Class::Parked, "{parked}");
        }
        for text in ["name", "phone", "text", "a_field_of_a_later_version"] {
            assert_eq!(class(text), Class::Text, "{text}");
        }
    }

    #[test]
    fn a_text_has_its_limit_and_no_character_that_cannot_be_shown() {
        let long = |bytes: usize| "x".repeat(bytes);
        let cases = [
            (Kind::Note, "text", long(NOTE_BYTES_MAX), Ok(())),
            (Kind::Note, "text", long(NOTE_BYTES_MAX + 1), Err(Invalid::TooLong(NOTE_BYTES_MAX))),
            (Kind::Note, "account", long(FIELD_BYTES_MAX), Ok(())),
            (Kind::Note, "account", long(FIELD_BYTES_MAX + 1), Err(Invalid::TooLong(FIELD_BYTES_MAX))),
            (Kind::Account, "text", long(FIELD_BYTES_MAX + 1), Err(Invalid::TooLong(FIELD_BYTES_MAX))),
            (Kind::Event, "subject", "two\nlines\tand a\rtab".to_owned(), Ok(())),
            (Kind::Event, "subject", "a\0b".to_owned(), Err(Invalid::Unprintable)),
            (Kind::Event, "start", "\u{7f}".to_owned(), Err(Invalid::Unprintable)),
        ];
        for (kind, name, text, expected) in cases {
            assert_eq!(check(kind, name, Some(&text)), expected, "{kind:?} {name} of {} bytes", text.len());
        }
    }

    #[test]
    fn a_known_name_costs_no_allocation() {
        assert!(KNOWN.iter().all(|name| matches!(intern(name), Cow::Borrowed(found) if found == *name)));
        assert!(matches!(intern("zz_new"), Cow::Owned(name) if name == "zz_new"));
    }

    #[test]
    fn known_names_are_sorted() {
        assert!(KNOWN.is_sorted());
    }
}
