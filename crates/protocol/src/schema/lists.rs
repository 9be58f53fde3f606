//! The words that fields usually hold. A word that is not listed is kept and shown as it is: lists change, and what was
//! said under an older one stays readable.

use crate::Kind;

/// The usual words of a field, in the order in which they are offered; none where there is no list.
pub fn of(kind: Kind, name: &str) -> &'static [&'static str] {
    match (kind, name) {
        (Kind::Account, "type") => ACCOUNT_TYPES,
        (Kind::Contact, "type") => CONTACT_TYPES,
        (Kind::Event, "type") => EVENT_TYPES,
        (_, "rating") => RATINGS,
        (_, "frequency") => FREQUENCIES,
        (_, "channel") => CHANNELS,
        (_, "outcome") => OUTCOMES,
        (Kind::Event, "status") => STATUSES,
        (Kind::Event, "repeat") => REPEATS,
        (Kind::Referral, "stage") => STAGES,
        (Kind::Referral, "decision") => DECISIONS,
        (Kind::Referral, "reason") => REASONS,
        (Kind::Referral, "line") => LINES,
        _ => &[],
    }
}

/// What kind of place an account is. These are shown as they are.
pub const ACCOUNT_TYPES: &[&str] = &[
    "Hospital",
    "Nursing home",
    "Assisted living",
    "Physician practice",
    "Clinic",
    "Rehabilitation",
    "Dialysis",
    "Senior living",
    "Home health",
    "Hospice",
    "Community",
    "Payer",
];

/// What a contact does there. These are shown as they are.
pub const CONTACT_TYPES: &[&str] = &[
    "Physician",
    "Nurse practitioner",
    "Physician assistant",
    "Registered nurse",
    "Case manager",
    "Discharge planner",
    "Social worker",
    "Administrator",
    "Director of nursing",
    "Office manager",
    "Front desk",
];

/// What an event is for. These are shown as they are.
pub const EVENT_TYPES: &[&str] =
    &["Visit", "Call", "Follow-up", "In-service", "Lunch", "Meeting", "Cold call", "Other"];

/// How much an account or a contact is worth, best first.
pub const RATINGS: &[&str] = &["A", "B", "C", "D"];

/// How often the rep means to be there.
pub const FREQUENCIES: &[&str] = &["weekly", "biweekly", "monthly", "quarterly"];

/// How people were reached. `phone_visit` is a call in the place of a visit, and counts as one.
pub const CHANNELS: &[&str] = &["in_person", "phone", "phone_visit", "text", "email"];

/// What came of an attempt. An honest no-see is work done.
pub const OUTCOMES: &[&str] = &["saw", "no_see", "left_materials", "gatekeeper", "rescheduled"];

/// How an event stands. Without a word it is planned.
pub const STATUSES: &[&str] = &["planned", "done", "missed", "cancelled"];

/// How often an event comes again.
pub const REPEATS: &[&str] = &["daily", "weekdays", "weekly", "biweekly", "monthly", "yearly"];

/// How far a referral has come. Without a word it is new.
pub const STAGES: &[&str] = &["new", "review", "pending", "scheduled", "hold", "admitted", "nonadmit"];

/// What was decided about a referral.
pub const DECISIONS: &[&str] = &["accepted", "declined"];

/// What care a patient is referred for.
pub const LINES: &[&str] = &["home_health", "hospice", "palliative", "private_duty"];

/// Why a referral was not admitted.
pub const REASONS: &[&str] = &[
    "chose_other",
    "patient_declined",
    "outside_area",
    "active_elsewhere",
    "exceeds_capability",
    "not_homebound",
    "no_skilled_need",
    "program_not_offered",
    "supplies",
    "staffing",
    "no_physician",
    "no_face_to_face",
    "insurance",
    "safety",
    "psychiatric",
    "readmitted",
    "expired",
];

/// Days from one visit to the next that a frequency asks for.
pub fn frequency_days(frequency: &str) -> Option<i32> {
    match frequency {
        "weekly" => Some(7),
        "biweekly" => Some(14),
        "monthly" => Some(30),
        "quarterly" => Some(91),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Shape, fields};

    #[test]
    fn every_choice_has_a_list_and_every_frequency_its_days() {
        for kind in [Kind::Account, Kind::Contact, Kind::Referral, Kind::Event, Kind::Note] {
            for field in fields(kind).iter().filter(|field| field.shape == Shape::Choice) {
                assert!(!of(kind, field.name).is_empty(), "{kind:?} {}", field.name);
            }
        }
        assert!(FREQUENCIES.iter().all(|frequency| frequency_days(frequency).is_some()));
        assert!(of(Kind::Account, "name").is_empty() && frequency_days("often").is_none());
    }
}
