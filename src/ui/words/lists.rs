//! The words for what fields usually hold, and the labels of all fields.

use protocol::{Kind, schema::lists};

/// The label of a field that this version knows.
pub(crate) fn label(name: &str) -> Option<&'static str> {
    Some(match name {
        "about" => "About",
        "account" => "Account",
        "address" => "Address",
        "administrator" => "Administrator",
        "best_time" => "Best time to visit",
        "birthday" => "Birthday",
        "ccn" => "CMS number",
        "channel" => "How",
        "city" => "City",
        "contact" => "Contact",
        "county" => "County",
        "credentials" => "Credentials",
        "decided" => "Decided on",
        "decision" => "Decision",
        "diagnosis" => "Diagnosis",
        "discharge" => "Discharge",
        "do_not_contact" => "Do not contact",
        "due" => "Due",
        "email" => "Email",
        "end" => "End",
        "event" => "Event",
        "fax" => "Fax",
        "follows" => "Promised in",
        "frequency" => "Visit frequency",
        "hours" => "Opening hours",
        "lat" => "Latitude",
        "line" => "Line of business",
        "lon" => "Longitude",
        "matters" => "What matters to them",
        "merged_into" => "Merged into",
        "mobile" => "Mobile",
        "name" => "Name",
        "next" => "Next step",
        "npi" => "NPI",
        "outcome" => "Outcome",
        "owner" => "Owner",
        "patient" => "Patient (initials)",
        "payer" => "Payer",
        "phone" => "Phone",
        "physician" => "Physician",
        "purpose" => "Purpose",
        "rating" => "Rating",
        "reason" => "Reason",
        "referral" => "Referral",
        "referred" => "Referred on",
        "repeat" => "Repeats",
        "room" => "Room",
        "series" => "Series",
        "series_day" => "Day of the series",
        "shows" => "Shows",
        "soc" => "Start of care",
        "specialty" => "Specialty",
        "stage" => "Stage",
        "stars" => "CMS stars",
        "start" => "Start",
        "state" => "State",
        "status" => "Status",
        "subject" => "Subject",
        "tags" => "Tags",
        "targeted" => "Targeted",
        "text" => "Note",
        "title" => "Title",
        "token" => "Reference number",
        "type" => "Type",
        "until" => super::UNTIL,
        "web" => "Website",
        "zip" => "ZIP",
        _ => return None,
    })
}

/// A field's value as it is read: the words for one of a list, anything else as it is.
pub(crate) fn value(name: &str, value: &str) -> String {
    let known = match (name, value) {
        ("frequency", "weekly") => "Every week",
        ("frequency", "biweekly") => "Every 2 weeks",
        ("frequency", "monthly") => "Every month",
        ("frequency", "quarterly") => "Every 3 months",
        ("channel", "in_person") => "In person",
        ("channel", "phone") => "By phone",
        ("channel", "phone_visit") => "By phone instead of a visit",
        ("channel", "text") => "By text",
        ("channel", "email") => "By e-mail",
        ("outcome", "saw") => "Saw them",
        ("outcome", "no_see") => "No-see",
        ("outcome", "left_materials") => "Left materials",
        ("outcome", "gatekeeper") => "Gatekeeper",
        ("outcome", "rescheduled") => "Rescheduled",
        ("status", "planned") => "Planned",
        ("status", "done") => "Done",
        ("status", "missed") => "Missed",
        ("status", "cancelled") => "Cancelled",
        ("repeat", "daily") => "Every day",
        ("repeat", "weekdays") => "Every weekday",
        ("repeat", "weekly") => "Every week",
        ("repeat", "biweekly") => "Every 2 weeks",
        ("repeat", "monthly") => "Every month",
        ("repeat", "yearly") => "Every year",
        ("stage", "new") => "New",
        ("stage", "review") => "In review",
        ("stage", "pending") => "Accepted, info missing",
        ("stage", "scheduled") => "Scheduled",
        ("stage", "hold") => "On hold",
        ("stage", "admitted") => "Admitted",
        ("stage", "nonadmit") => "Non-admit",
        ("decision", "accepted") => "Accepted",
        ("decision", "declined") => "Declined",
        ("line", "home_health") => "Home health",
        ("line", "hospice") => "Hospice",
        ("line", "palliative") => "Palliative care",
        ("line", "private_duty") => "Private duty",
        ("reason", reason) => return non_admit(reason).map_or_else(|| reason.to_owned(), str::to_owned),
        (_, "yes") => "Yes",
        _ => value,
    };
    known.to_owned()
}

/// What a list offers: each value with its words.
pub(crate) fn choices(kind: Kind, name: &str) -> Vec<(String, String)> {
    let of = lists::of(kind, name).iter();
    of.map(|value| ((*value).to_owned(), self::value(name, value))).collect()
}

fn non_admit(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "chose_other" => "Chose another agency",
        "patient_declined" => "Patient or family declined",
        "outside_area" => "Outside our service area",
        "active_elsewhere" => "Active with another provider",
        "exceeds_capability" => "Exceeds clinical capability",
        "not_homebound" => "Not homebound",
        "no_skilled_need" => "No skilled need",
        "program_not_offered" => "Program not offered",
        "supplies" => "Supplies or medication not available",
        "staffing" => "No staff for it",
        "no_physician" => "No following physician",
        "no_face_to_face" => "No face-to-face visit",
        "insurance" => "Insurance or authorisation",
        "safety" => "Safety concern",
        "psychiatric" => "Psychiatric need",
        "readmitted" => "Readmitted to hospital",
        "expired" => "Died",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::schema;

    const KINDS: [Kind; 6] =
        [Kind::Account, Kind::Contact, Kind::Referral, Kind::Event, Kind::Note, Kind::SavedView];

    #[test]
    fn every_field_has_a_label() {
        for kind in KINDS {
            let told = |name: &str| matches!(name, "written");
            let bare = schema::fields(kind).iter().find(|it| label(it.name).is_none() && !told(it.name));
            assert_eq!(bare, None, "{kind:?}");
        }
    }

    #[test]
    fn every_word_of_a_list_is_said_in_plain_words() {
        for kind in KINDS {
            for field in schema::fields(kind) {
                for (value, words) in choices(kind, field.name) {
                    let first = words.chars().next().is_some_and(char::is_uppercase);
                    assert!(first && !words.contains('_'), "{kind:?} {} {value}", field.name);
                }
            }
        }
        assert_eq!(value("stage", "a stage of a later list"), "a stage of a later list");
    }
}
