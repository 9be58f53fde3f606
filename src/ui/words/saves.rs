//! A save in plain words: what it does, and why it needs a person.

use protocol::merge::Clash;
use protocol::message::{Outcome, Receipt, Refusal};
use protocol::{Edit, Kind, Op, RecordId};

use super::{NO_NAME, NOTHING_TAKEN, label};
use crate::ui::choice::{self, Choice};

/// A field's name as its label says it; one of a newer version by its own name.
pub(crate) fn field(name: &str) -> String {
    if let Some(label) = label(name) {
        return label.to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

/// What a save did, in a line. `name_of` gives an account's name as it is shown now.
pub(crate) fn save_line(edits: &[Edit], time: &str, name_of: impl Fn(RecordId) -> Option<String>) -> String {
    let line = match edits.first() {
        Some(edit) => edit_line(edit, &name_of),
        None => "An empty save".to_owned(),
    };
    let others = edits.len().saturating_sub(1);
    let others = if others == 0 { String::new() } else { format!(" and {others} more") };
    format!("{line}{others}, {time}")
}

fn edit_line(edit: &Edit, name_of: &impl Fn(RecordId) -> Option<String>) -> String {
    let text = |name: &str| edit.set.get(name).cloned().flatten();
    let account = if edit.kind == Kind::Note { account_of(edit).and_then(name_of) } else { name_of(edit.id) };
    let name = text("name").or(account);
    let name =
        name.unwrap_or_else(|| if edit.kind == Kind::Note { "an account" } else { NO_NAME }.to_owned());
    match (&edit.op, edit.kind) {
        (Op::Create(_), Kind::Note) => format!("Note for {name}"),
        (Op::Create(_), kind) => format!("New {} {name}", kind_word(kind)),
        (Op::Restore, kind) => format!("{name} brought back ({})", kind_word(kind)),
        (Op::Delete, kind) => format!("{name} deleted ({})", kind_word(kind)),
        (Op::Patch, Kind::Note) => format!("Note for {name} changed"),
        (Op::Patch, _) => format!("{} of {name} changed", fields_changed(edit)),
    }
}

fn account_of(note: &Edit) -> Option<RecordId> {
    note.set.get("account").cloned().flatten().and_then(|text| text.parse().ok()).map(RecordId)
}

fn fields_changed(edit: &Edit) -> String {
    let labels = super::listed(edit.set.keys().map(|name| field(name)).collect());
    if labels.is_empty() { "Nothing".to_owned() } else { labels }
}

const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "account",
        Kind::Contact => "contact",
        Kind::Referral => "referral",
        Kind::Event => "event",
        Kind::Note => "note",
        Kind::SavedView => "saved view",
        Kind::Unknown => "record",
    }
}

/// Why a save needs a person, in a sentence with a next step.
pub(crate) fn reason(receipt: &Receipt) -> String {
    match &receipt.outcome {
        Outcome::Refused(Refusal::Invalid(why)) => format!("The web did not take this: {why}"),
        Outcome::Refused(Refusal::Denied) => {
            "This account is not in your territory any more, so the web did not take this.".to_owned()
        }
        Outcome::Refused(Refusal::Gone) => {
            "Somebody deleted this on the web before your save came.".to_owned()
        }
        Outcome::Refused(Refusal::Held) => {
            "This waits for an earlier save about the same account. It goes on once that one is settled."
                .to_owned()
        }
        Outcome::Refused(Refusal::Failed) => {
            "The web failed on this one again and again. It is kept there for the people who run it."
                .to_owned()
        }
        Outcome::Conflicted if choice::is_deletion(receipt) => {
            "It was changed on the web before your deletion came, so it is still there.".to_owned()
        }
        Outcome::Conflicted => {
            "Somebody else changed the same field. Theirs stands on the web; yours is kept here.".to_owned()
        }
        Outcome::Accepted | Outcome::Merged => {
            "This is on the web, and replaced what somebody else had written.".to_owned()
        }
    }
}

/// Both values of a field that two people changed, under its label. The values are in words.
pub(crate) fn clash(label: &str, clash: &Clash) -> String {
    let said = |text: &Option<String>| text.clone().unwrap_or_else(|| NOTHING_TAKEN.to_owned());
    let (theirs, mine) = (said(&clash.theirs), said(&clash.mine));
    let by = if clash.by.is_empty() { "somebody else" } else { &clash.by };
    match (clash.parked, clash.field.as_str()) {
        (true, "deleted") => format!("You deleted it, and {by} had changed it meanwhile."),
        (true, _) => {
            format!("{label}: {by} saved \u{201c}{theirs}\u{201d}, you saved \u{201c}{mine}\u{201d}.")
        }
        (false, _) => {
            format!("{label}: you replaced \u{201c}{theirs}\u{201d} by {by} with \u{201c}{mine}\u{201d}.")
        }
    }
}

/// The same with the name of the record it is about.
pub(crate) fn replaced(name: Option<&str>, told: &str) -> String {
    format!("{}. {told}", name.unwrap_or(NO_NAME))
}

/// The word on the button of a way out.
pub(crate) const fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::KeepMine => "Keep mine",
        Choice::KeepTheirs => "Keep theirs",
        Choice::WriteNew => "Write a new one",
        Choice::DeleteAnyway => "Delete it anyway",
        Choice::KeepIt => "Leave it there",
        Choice::Correct => "Correct it",
        Choice::TryAgain => "Try again",
        Choice::BringBack => "Bring it back",
        Choice::Ask => "Ask your office",
        Choice::PrivateNote => "Keep as a private note",
        Choice::Undo => "Undo this save",
    }
}

/// How wrong this device's clock is, in a sentence.
pub(crate) fn clock_off(ahead_ms: i64) -> String {
    let minutes = (ahead_ms.unsigned_abs() + 30_000) / 60_000;
    let by = match ((minutes + 30) / 60, (minutes + 12 * 60) / (24 * 60)) {
        (0..=1, _) => format!("{minutes} min"),
        (hours, 0..=1) => format!("{hours} h"),
        (_, days) => format!("{days} days"),
    };
    let way = if ahead_ms > 0 { "ahead" } else { "behind" };
    format!("This phone's clock is {by} {way}. Nothing is lost by it, but times you see may be wrong.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::TerritoryId;
    use uuid::Uuid;

    fn edit(kind: Kind, op: Op, set: &[(&str, &str)]) -> Edit {
        let set = set.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned()))).collect();
        Edit { id: RecordId(Uuid::from_u128(1)), kind, op, base: 0, set }
    }

    fn check(edit: Edit, said: &str) {
        assert_eq!(save_line(&[edit], "14:10", |_| Some("St. Mary's".to_owned())), said);
    }

    #[test]
    fn a_wrong_clock_is_said_in_its_largest_unit() {
        let minute = 60_000;
        assert!(clock_off(7 * minute).contains("7 min ahead"));
        assert!(clock_off(-150 * minute).contains("3 h behind"));
        assert!(clock_off(3 * 24 * 60 * minute - 1).contains("3 days ahead"));
    }

    #[test]
    fn a_deletion_that_waits_is_told_as_one_and_not_as_a_field() {
        let clash = |field: &str, parked| Clash {
            record: RecordId(Uuid::from_u128(1)),
            field: field.to_owned(),
            theirs: None,
            by: "Ana".to_owned(),
            version: 5,
            mine: Some("true".to_owned()),
            parked,
        };
        let (change, at) = (protocol::ChangeId(Uuid::nil()), Default::default());
        let told =
            |clashes| reason(&Receipt { number: 4, change, outcome: Outcome::Conflicted, at, clashes });
        let said = told(vec![clash("phone", false), clash("deleted", true)]);
        assert_eq!(said, "It was changed on the web before your deletion came, so it is still there.");
        assert_eq!(
            self::clash("", &clash("deleted", true)),
            "You deleted it, and Ana had changed it meanwhile."
        );
    }

    #[test]
    fn a_save_is_said_in_plain_words() {
        let create = || Op::Create(TerritoryId::new("north"));
        let account = Uuid::from_u128(2).to_string();
        check(
            edit(Kind::Note, create(), &[("text", "hi"), ("account", &account)]),
            "Note for St. Mary's, 14:10",
        );
        check(edit(Kind::Account, create(), &[("name", "Oak House")]), "New account Oak House, 14:10");
        check(edit(Kind::Account, Op::Patch, &[("phone", "1")]), "Phone of St. Mary's changed, 14:10");
        check(
            edit(Kind::Account, Op::Patch, &[("city", "a"), ("phone", "1"), ("zip", "2")]),
            "City, Phone and ZIP of St. Mary's changed, 14:10",
        );
    }
}
