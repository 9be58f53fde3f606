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
    fn known_names_are_sorted() {
        assert!(KNOWN.is_sorted());
    }
}
