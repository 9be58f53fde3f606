//! Whether a text is acceptable for a field, and a record as a whole.

use jiff::civil::{Date, DateTime};
use uuid::Uuid;

use super::{AT, SKIP, Shape, WITH, field, npi};
use crate::limits::{FIELD_BYTES_MAX, NOTE_BYTES_MAX};
use crate::{Fields, Kind};

/// Why a field's text is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// This field must have a value.
    Missing,
    /// Longer than the limit, given in bytes of UTF-8.
    TooLong(usize),
    /// Holds a character that cannot be shown, such as a NUL.
    Unprintable,
    /// No day of the calendar.
    Day,
    /// Neither a day nor a day with a time.
    Wall,
    /// Ends before it begins.
    Order,
    /// No e-mail address.
    Email,
    /// No NPI: not ten digits, or the check digit is another.
    Npi,
    /// No degrees of latitude or longitude.
    Degrees,
    /// More than the initials of a patient.
    Initials,
    /// No name of a record.
    Link,
    /// A refused referral without a reason.
    Reason,
}

/// Checks one field of a record of this kind. A field that this version does not know is a text.
///
/// # Errors
/// Says what is wrong with it.
pub fn check(kind: Kind, name: &str, text: Option<&str>) -> Result<(), Invalid> {
    let text = text.unwrap_or_default();
    let field = field(kind, name);
    let bytes_max = if (kind, name) == (Kind::Note, "text") { NOTE_BYTES_MAX } else { FIELD_BYTES_MAX };
    if text.trim().is_empty() {
        return if field.is_some_and(|field| field.required) { Err(Invalid::Missing) } else { Ok(()) };
    }
    if text.len() > bytes_max {
        return Err(Invalid::TooLong(bytes_max));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        return Err(Invalid::Unprintable);
    }
    match field.map(|field| field.shape) {
        Some(shape) => look(shape, text),
        None if name.starts_with(AT) || name.starts_with(WITH) => {
            link(&name[name.find(':').map_or(0, |at| at + 1)..])
        }
        None => name.strip_prefix(SKIP).map_or(Ok(()), |of| day(of).map(drop).ok_or(Invalid::Day)),
    }
}

/// Checks what one field alone cannot say: that an event ends after it begins, and a refused referral has its reason.
///
/// # Errors
/// The field that is wrong, and how.
pub fn check_whole(kind: Kind, fields: &Fields) -> Result<(), (&'static str, Invalid)> {
    let text = |name| fields.text(name);
    match kind {
        Kind::Event => match (text("start"), text("end")) {
            // Both are written alike, so that their texts have the order of the times; a day alone is before its hours.
            (Some(start), Some(end)) if end < start => Err(("end", Invalid::Order)),
            (None, Some(_)) => Err(("start", Invalid::Missing)),
            _ => Ok(()),
        },
        Kind::Referral => {
            let refused = text("stage") == Some("nonadmit") || text("decision") == Some("declined");
            if refused && text("reason").is_none() { Err(("reason", Invalid::Reason)) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// A calendar day as a field keeps it.
pub fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// A time of the clock on the wall as a field keeps it, to the minute.
pub fn wall_time(text: &str) -> Option<DateTime> {
    (text.len() == 16 && text.as_bytes()[10] == b'T').then(|| text.parse().ok()).flatten()
}

fn look(shape: Shape, text: &str) -> Result<(), Invalid> {
    let degrees = || text.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= 180.0);
    let (fits, invalid) = match shape {
        Shape::Line
        | Shape::Text
        | Shape::Choice
        | Shape::Phone
        | Shape::Yes
        | Shape::Utc
        | Shape::Filters => return Ok(()),
        Shape::Day => (day(text).is_some(), Invalid::Day),
        Shape::Wall => (day(text).is_some() || wall_time(text).is_some(), Invalid::Wall),
        Shape::Email => (is_email(text), Invalid::Email),
        Shape::Npi => (npi::is_valid(text), Invalid::Npi),
        Shape::Degrees => (degrees(), Invalid::Degrees),
        Shape::Initials => (are_initials(text), Invalid::Initials),
        Shape::Link(_) => return link(text),
    };
    if fits { Ok(()) } else { Err(invalid) }
}

fn link(text: &str) -> Result<(), Invalid> {
    Uuid::try_parse(text).map(drop).map_err(|_| Invalid::Link)
}

/// Enough to catch a slip of the finger: something, one `@`, and a domain of two parts at least (what can be sent is
/// known only by sending it).
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let parts = domain.split('.');
    !name.is_empty()
        && !text.contains(char::is_whitespace)
        && !domain.contains('@')
        && domain.contains('.')
        && parts.into_iter().all(|part| !part.is_empty())
}

/// At most four letters or digits, with or without points: `J.D.`
fn are_initials(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let others = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | ' ' | '-'));
    others && (1..=4).contains(&letters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::fields;

    #[test]
    fn each_kind_needs_its_first_field_and_no_other() {
        let kinds = [
            (Kind::Account, "name"),
            (Kind::Contact, "name"),
            (Kind::Referral, "patient"),
            (Kind::Event, "subject"),
            (Kind::Note, "text"),
            (Kind::SavedView, "name"),
        ];
        for (kind, required) in kinds {
            assert_eq!(fields(kind)[0].name, required);
            for text in [None, Some(""), Some(" \n")] {
                assert_eq!(check(kind, required, text), Err(Invalid::Missing), "{kind:?}");
            }
            assert_eq!(check(kind, required, Some("x")), Ok(()));
            for field in &fields(kind)[1..] {
                assert_eq!(check(kind, field.name, None), Ok(()), "{kind:?} {}", field.name);
            }
        }
        assert!(fields(Kind::Unknown).is_empty());
    }

    #[test]
    fn a_text_has_its_limit_and_no_character_that_cannot_be_shown() {
        let long = |bytes: usize| "x".repeat(bytes);
        let cases = [
            (Kind::Note, "text", long(NOTE_BYTES_MAX), Ok(())),
            (Kind::Note, "text", long(NOTE_BYTES_MAX + 1), Err(Invalid::TooLong(NOTE_BYTES_MAX))),
            (Kind::Account, "text", long(FIELD_BYTES_MAX), Ok(())),
            (Kind::Account, "text", long(FIELD_BYTES_MAX + 1), Err(Invalid::TooLong(FIELD_BYTES_MAX))),
            (Kind::Event, "subject", "two\nlines\tand a\rtab".to_owned(), Ok(())),
            (Kind::Event, "subject", "a\0b".to_owned(), Err(Invalid::Unprintable)),
            (Kind::Event, "purpose", "\u{7f}".to_owned(), Err(Invalid::Unprintable)),
        ];
        for (kind, name, text, expected) in cases {
            assert_eq!(check(kind, name, Some(&text)), expected, "{kind:?} {name} of {} bytes", text.len());
        }
    }

    #[test]
    fn each_shape_takes_what_it_means_and_says_what_is_wrong() {
        let id = "019ac0de-0000-7000-8000-000000000001";
        let fits = [
            (Kind::Contact, "birthday", "2024-02-29"),
            (Kind::Event, "start", "2026-11-25"),
            (Kind::Event, "start", "2026-11-25T09:30"),
            (Kind::Contact, "email", "a.b@c.example"),
            (Kind::Contact, "npi", "1234567893"),
            (Kind::Account, "lat", "-119.8138"),
            (Kind::Referral, "patient", "J.D."),
            (Kind::Referral, "patient", "\u{5d0} \u{5d1}"),
            (Kind::Contact, "account", id),
            (Kind::Contact, "at:019ac0de-0000-7000-8000-000000000001", "Medical director"),
            (Kind::Event, "with:019ac0de-0000-7000-8000-000000000001", "yes"),
            (Kind::Event, "skip:2026-11-25", "yes"),
            (Kind::Event, "status", "a word of a later list"),
            (Kind::Account, "a_later_field", "anything"),
        ];
        for (kind, name, text) in fits {
            assert_eq!(check(kind, name, Some(text)), Ok(()), "{kind:?} {name} {text}");
        }
        let wrong = [
            (Kind::Contact, "birthday", "2026-02-29", Invalid::Day),
            (Kind::Contact, "birthday", "2026-02-28T10:00", Invalid::Day),
            (Kind::Event, "until", "tomorrow", Invalid::Day),
            (Kind::Event, "start", "2026-11-25 09:30", Invalid::Wall),
            (Kind::Event, "start", "2026-11-25T25:00", Invalid::Wall),
            (Kind::Event, "start", "2026-11-25T09:30Z", Invalid::Wall),
            (Kind::Contact, "email", "a@b", Invalid::Email),
            (Kind::Contact, "email", "@b.example", Invalid::Email),
            (Kind::Contact, "email", "a@@b.example", Invalid::Email),
            (Kind::Contact, "email", "a b@c.example", Invalid::Email),
            (Kind::Contact, "email", "a@b..example", Invalid::Email),
            (Kind::Contact, "npi", "1234567890", Invalid::Npi),
            (Kind::Account, "lon", "181", Invalid::Degrees),
            (Kind::Account, "lon", "west", Invalid::Degrees),
            (Kind::Referral, "patient", "Jane Doe", Invalid::Initials),
            (Kind::Referral, "patient", "...", Invalid::Initials),
            (Kind::Contact, "account", "the hospital", Invalid::Link),
            (Kind::Contact, "at:the hospital", "yes", Invalid::Link),
            (Kind::Event, "skip:2026-02-30", "yes", Invalid::Day),
        ];
        for (kind, name, text, invalid) in wrong {
            assert_eq!(check(kind, name, Some(text)), Err(invalid), "{kind:?} {name} {text}");
        }
    }

    fn whole(kind: Kind, pairs: &[(&str, &str)]) -> Result<(), (&'static str, Invalid)> {
        check_whole(kind, &pairs.iter().copied().collect())
    }

    #[test]
    fn an_event_ends_after_it_begins() {
        assert_eq!(whole(Kind::Event, &[("start", "2026-11-25T09:30"), ("end", "2026-11-25T09:30")]), Ok(()));
        assert_eq!(whole(Kind::Event, &[("start", "2026-11-25"), ("end", "2026-11-26")]), Ok(()));
        assert_eq!(
            whole(Kind::Event, &[("start", "2026-11-25T09:30"), ("end", "2026-11-25T09:29")]),
            Err(("end", Invalid::Order))
        );
        assert_eq!(whole(Kind::Event, &[("end", "2026-11-25")]), Err(("start", Invalid::Missing)));
    }

    #[test]
    fn a_refused_referral_says_why() {
        for refused in [("stage", "nonadmit"), ("decision", "declined")] {
            assert_eq!(whole(Kind::Referral, &[refused]), Err(("reason", Invalid::Reason)));
            assert_eq!(whole(Kind::Referral, &[refused, ("reason", "staffing")]), Ok(()));
        }
        assert_eq!(whole(Kind::Referral, &[("stage", "admitted"), ("decision", "accepted")]), Ok(()));
        assert_eq!(whole(Kind::Account, &[("stage", "nonadmit")]), Ok(()));
    }
}
