//! Every sentence a rep reads when a change is refused.

use protocol::Kind;
use protocol::change::Malformed;
use protocol::limits::{EDITS_MAX, SETTLES_MAX};
use protocol::schema::Invalid;

pub(super) const MADE_BEFORE: &str = "This record was already made by another save.";
pub(super) const NO_ACCOUNT: &str = "The account it belongs to is not on the web.";
pub(super) const ACCOUNT_ELSEWHERE: &str = "The account it belongs to is in another territory.";
pub(super) const TOO_MANY_FIELDS: &str = "The record would have too many fields.";
pub(super) const OTHER_KIND: &str = "The record is of another kind.";
pub(super) const OTHER_CONTENT: &str = "This save was sent before with other content.";

/// Why a file does not bring back what people have deleted.
pub(super) const fn deleted_here(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "the account was deleted in Satchel",
        _ => "the contact was deleted in Satchel",
    }
}

/// Says what is wrong with a change.
pub(super) fn malformed(malformed: &Malformed) -> String {
    match malformed {
        Malformed::Edits(0) => "The save changes nothing.".to_owned(),
        Malformed::Edits(edits) => {
            format!("The save changes {edits} records at once; at most {EDITS_MAX} are possible.")
        }
        Malformed::Settles(settles) => {
            format!("The save settles {settles} others at once; at most {SETTLES_MAX} are possible.")
        }
        Malformed::Fields(fields) => {
            format!("The save sets {fields} fields of one record, which is too many.")
        }
        Malformed::FieldName(name) if name.is_empty() => "A field has no name.".to_owned(),
        Malformed::FieldName(_) => "A field's name is too long.".to_owned(),
        Malformed::Bytes(bytes) => format!("The save is too large ({} KB).", bytes.div_ceil(1024)),
        Malformed::Field(_, field, invalid) => self::invalid(field, *invalid),
        Malformed::Kind => "This kind of record is not known here.".to_owned(),
    }
}

/// Says what is wrong with a field.
pub(super) fn invalid(field: &str, invalid: Invalid) -> String {
    match invalid {
        Invalid::Missing => format!("The field “{field}” must not be empty."),
        Invalid::TooLong(bytes_max) => {
            format!("The field “{field}” is too long; {} KB fit.", bytes_max / 1024)
        }
        Invalid::Unprintable => format!("The field “{field}” holds a character that cannot be shown."),
        Invalid::Day => format!("The field “{field}” must be a day, such as 2026-11-25."),
        Invalid::Wall => format!("The field “{field}” must be a day, with or without a time."),
        Invalid::Order => "The event ends before it begins.".to_owned(),
        Invalid::Email => format!("The field “{field}” is no e-mail address."),
        Invalid::Npi => {
            format!("The field “{field}” is no NPI: ten digits, of which the last checks the others.")
        }
        Invalid::Degrees => format!("The field “{field}” must be degrees between -180 and 180."),
        Invalid::Initials => "A patient is kept by initials only, four at most.".to_owned(),
        Invalid::Link => format!("The field “{field}” names no record."),
        Invalid::Reason => "A referral that is not admitted needs its reason.".to_owned(),
    }
}
