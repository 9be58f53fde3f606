//! The fields each kind of record has, what each must look like, and how two writers of one field are reconciled.

mod catalogue;
mod check;
pub mod lists;
pub mod npi;

use std::borrow::Cow;

use crate::Kind;

pub use catalogue::fields;
pub use check::{Invalid, check, check_whole, day, wall_time};
pub use jiff::civil::{Date, DateTime, Weekday};

/// The number of this field catalogue; one more whenever a field is added or its meaning changes.
pub const SCHEMA: u32 = 3;

/// One field of a kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in [`crate::Fields`].
    pub name: &'static str,
    /// What its text looks like.
    pub shape: Shape,
    /// Whether a record of its kind must have it.
    pub required: bool,
}

/// What the text of a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line of words.
    Line,
    /// Several lines of words.
    Text,
    /// Usually one of a list ([`lists::of`]); any other word is kept and shown, since lists change.
    Choice,
    /// `yes`, or no value.
    Yes,
    /// A calendar day of the rep's, `2026-11-25`; no time zone.
    Day,
    /// A day, or a day with a time of the clock on the wall at the place, `2026-11-25T09:30`; no time zone.
    Wall,
    /// A moment in UTC, `2026-11-25T17:30:00.000Z`.
    Utc,
    /// A phone number, as it was typed.
    Phone,
    /// An e-mail address.
    Email,
    /// A National Provider Identifier, ten digits of which the last checks the others.
    Npi,
    /// Degrees of latitude or longitude, WGS 84.
    Degrees,
    /// The initials of a patient: never a name.
    Initials,
    /// What a list shows: pairs of names and texts as JSON.
    Filters,
    /// The id of a record of this kind.
    Link(Kind),
}

/// How two different values for one field, written at the same time, are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The later arrival stands; the value it replaced is kept and told.
    Text,
    /// The value on the web stands; the other is parked until a person chooses.
    Parked,
}

/// Further accounts at which a contact is seen: `at:` and the account's id, with the role there as text. A field of
/// its own for each, so that two people can add one each and neither loses.
pub const AT: &str = "at:";
/// People who take part in an event or whom a note is about, beside `contact`: `with:` and the contact's id, `yes`.
pub const WITH: &str = "with:";
/// Days that a series of events leaves out: `skip:` and the day, `yes`.
pub const SKIP: &str = "skip:";

/// How the field is reconciled. A field this version does not know is text.
pub fn class(name: &str) -> Class {
    match name {
        "stage" | "decision" | "amount" | "owner" | "consent" | "merged_into" => Class::Parked,
        _ => Class::Text,
    }
}

/// The field of this name, if this kind has one. The many fields of [`AT`], [`WITH`] and [`SKIP`] are none of these.
pub fn field(kind: Kind, name: &str) -> Option<&'static Field> {
    fields(kind).iter().find(|field| field.name == name)
}

/// Whether records of this kind belong to an account.
pub fn has_account(kind: Kind) -> bool {
    matches!(kind, Kind::Contact | Kind::Referral | Kind::Event | Kind::Note)
}

/// The name without an allocation where this version knows it.
pub(crate) fn intern(name: &str) -> Cow<'static, str> {
    match KNOWN.binary_search(&name) {
        Ok(at) => Cow::Borrowed(KNOWN[at]),
        Err(_) => Cow::Owned(name.to_owned()),
    }
}

/// Sorted, so that it can be searched.
const KNOWN: [&str; 68] = [
    "about",
    "account",
    "address",
    "administrator",
    "best_time",
    "birthday",
    "ccn",
    "channel",
    "city",
    "contact",
    "county",
    "credentials",
    "decided",
    "decision",
    "diagnosis",
    "discharge",
    "do_not_contact",
    "due",
    "email",
    "end",
    "event",
    "fax",
    "follows",
    "frequency",
    "hours",
    "lat",
    "line",
    "lon",
    "matters",
    "merged_into",
    "mobile",
    "name",
    "next",
    "npi",
    "outcome",
    "owner",
    "patient",
    "payer",
    "phone",
    "physician",
    "purpose",
    "rating",
    "reason",
    "referral",
    "referred",
    "repeat",
    "room",
    "series",
    "series_day",
    "shows",
    "soc",
    "specialty",
    "stage",
    "stars",
    "start",
    "state",
    "status",
    "subject",
    "tags",
    "targeted",
    "text",
    "title",
    "token",
    "type",
    "until",
    "web",
    "written",
    "zip",
];

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 6] =
        [Kind::Account, Kind::Contact, Kind::Referral, Kind::Event, Kind::Note, Kind::SavedView];

    #[test]
    fn what_money_people_and_promises_depend_on_waits_for_a_person() {
        for parked in ["stage", "decision", "amount", "owner", "consent", "merged_into"] {
            assert_eq!(class(parked), Class::Parked, "{parked}");
        }
        for text in ["name", "phone", "text", "a_field_of_a_later_version"] {
            assert_eq!(class(text), Class::Text, "{text}");
        }
    }

    #[test]
    fn whatever_happens_at_an_account_belongs_to_one_by_a_field_of_that_name() {
        for kind in KINDS {
            let is_at_one = !matches!(kind, Kind::Account | Kind::SavedView);
            assert_eq!(has_account(kind), is_at_one, "{kind:?}");
            assert_eq!(has_account(kind), field(kind, "account").is_some(), "{kind:?}");
        }
    }

    #[test]
    fn every_name_of_the_catalogue_costs_no_allocation() {
        assert!(KNOWN.is_sorted());
        for kind in KINDS {
            for field in fields(kind) {
                assert!(
                    matches!(intern(field.name), Cow::Borrowed(name) if name == field.name),
                    "{}",
                    field.name
                );
            }
        }
        let catalogued = |name: &str| KINDS.iter().any(|kind| field(*kind, name).is_some());
        assert!(KNOWN.iter().all(|name| catalogued(name)), "a name of no field");
        assert!(matches!(intern("zz_new"), Cow::Owned(name) if name == "zz_new"));
    }
}
