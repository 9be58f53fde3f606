//! The catalogue: each kind's fields, in the order of its form. The first is the one by which a rep knows the record.

use super::{Field, Shape};
use crate::Kind;

/// The fields of this kind that this version knows.
pub const fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Account => ACCOUNT,
        Kind::Contact => CONTACT,
        Kind::Referral => REFERRAL,
        Kind::Event => EVENT,
        Kind::Note => NOTE,
        Kind::SavedView => SAVED_VIEW,
        Kind::Unknown => &[],
    }
}

const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

/// A place that a rep visits.
const ACCOUNT: &[Field] = &[
    must("name", Shape::Line),
    may("type", Shape::Choice),
    may("specialty", Shape::Line),
    may("phone", Shape::Phone),
    may("fax", Shape::Phone),
    may("email", Shape::Email),
    may("web", Shape::Line),
    may("address", Shape::Line),
    may("city", Shape::Line),
    may("state", Shape::Line),
    may("zip", Shape::Line),
    may("county", Shape::Line),
    may("lat", Shape::Degrees),
    may("lon", Shape::Degrees),
    may("hours", Shape::Line),
    may("best_time", Shape::Line),
    may("rating", Shape::Choice),
    // The quality rating that CMS publishes, 1 to 5; no opinion of the rep's.
    may("stars", Shape::Line),
    may("targeted", Shape::Yes),
    may("frequency", Shape::Choice),
    may("administrator", Shape::Line),
    may("npi", Shape::Npi),
    may("ccn", Shape::Line),
    may("owner", Shape::Line),
    may("tags", Shape::Line),
    may("about", Shape::Text),
    // The account that stands for this one since two were found to be one place.
    may("merged_into", Shape::Link(Kind::Account)),
];

/// A person seen at an account.
const CONTACT: &[Field] = &[
    must("name", Shape::Line),
    may("account", Shape::Link(Kind::Account)),
    may("type", Shape::Choice),
    may("title", Shape::Line),
    may("credentials", Shape::Line),
    may("specialty", Shape::Line),
    may("phone", Shape::Phone),
    may("mobile", Shape::Phone),
    may("fax", Shape::Phone),
    may("email", Shape::Email),
    may("channel", Shape::Choice),
    may("best_time", Shape::Line),
    may("matters", Shape::Text),
    may("rating", Shape::Choice),
    may("targeted", Shape::Yes),
    may("frequency", Shape::Choice),
    may("npi", Shape::Npi),
    may("address", Shape::Line),
    may("city", Shape::Line),
    may("state", Shape::Line),
    may("zip", Shape::Line),
    may("birthday", Shape::Day),
    may("do_not_contact", Shape::Yes),
    may("owner", Shape::Line),
    may("tags", Shape::Line),
    may("about", Shape::Text),
];

/// A patient referred by an account. Stage and decision are apart: how far it has come, and what was decided.
const REFERRAL: &[Field] = &[
    must("patient", Shape::Initials),
    may("token", Shape::Line),
    may("account", Shape::Link(Kind::Account)),
    may("contact", Shape::Link(Kind::Contact)),
    may("physician", Shape::Line),
    may("line", Shape::Choice),
    may("referred", Shape::Day),
    may("room", Shape::Line),
    may("payer", Shape::Line),
    may("diagnosis", Shape::Line),
    may("stage", Shape::Choice),
    may("decision", Shape::Choice),
    may("reason", Shape::Choice),
    may("decided", Shape::Day),
    may("soc", Shape::Day),
    may("discharge", Shape::Day),
    may("owner", Shape::Line),
    may("about", Shape::Text),
];

/// Something in the calendar: a visit, an appointment, a follow-up.
const EVENT: &[Field] = &[
    must("subject", Shape::Line),
    may("type", Shape::Choice),
    may("account", Shape::Link(Kind::Account)),
    may("contact", Shape::Link(Kind::Contact)),
    may("start", Shape::Wall),
    may("end", Shape::Wall),
    may("repeat", Shape::Choice),
    may("until", Shape::Day),
    // An event that stands in the place of one day of a series.
    may("series", Shape::Link(Kind::Event)),
    may("series_day", Shape::Day),
    may("status", Shape::Choice),
    may("outcome", Shape::Choice),
    may("purpose", Shape::Text),
    // The note in which this was promised.
    may("follows", Shape::Link(Kind::Note)),
    may("owner", Shape::Line),
];

/// What was said at a call or a visit.
const NOTE: &[Field] = &[
    must("text", Shape::Text),
    may("account", Shape::Link(Kind::Account)),
    may("contact", Shape::Link(Kind::Contact)),
    may("event", Shape::Link(Kind::Event)),
    may("referral", Shape::Link(Kind::Referral)),
    may("channel", Shape::Choice),
    may("outcome", Shape::Choice),
    may("next", Shape::Line),
    may("due", Shape::Day),
    may("written", Shape::Utc),
];

/// What the list of accounts shows under a name: filters and their order, as the app that wrote it says them.
const SAVED_VIEW: &[Field] = &[must("name", Shape::Line), may("shows", Shape::Filters)];
