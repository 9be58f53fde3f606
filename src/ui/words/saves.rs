//! A save in plain words: what it does, and why it needs a person.

use protocol::merge::Clash;
use protocol::message::{Outcome, Receipt, Refusal};
use protocol::{Edit, Kind, Op, RecordId};

use super::{NO_NAME, NOTHING_TAKEN};

/// A field's name as its label says it.
pub(crate) fn field(name: &str) -> String {
    let known = match name {
        "zip" => "ZIP",
        "ccn" => "CMS number",
        "text" => "Note",
        "stage" => "Stage",
        "name" => "Name",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
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
        (Op::Delete, kind) => format!("{name} deleted ({})", kind_word(kind)),
        (Op::Patch, Kind::Note) => format!("Note for {name} changed"),
        (Op::Patch, _) => format!("{} of {name} changed", fields_changed(edit)),
    }
}

fn account_of(note: &Edit) -> Option<RecordId> {
    note.set.get("account").cloned().flatten().and_then(|text| text.parse().ok()).map(RecordId)
}

fn fields_changed(edit: &Edit) -> String {
    let mut labels: Vec<String> = edit.set.keys().map(|name| field(name)).collect();
    match labels.pop() {
        Some(last) if labels.is_empty() => last,
        Some(last) => format!("{} and {last}", labels.join(", ")),
        None => "Nothing".to_owned(),
    }
}

const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "account",
        Kind::Contact => "contact",
        Kind::Referral => "referral",
        Kind::Event => "event",
        Kind::Note => "note",
        Kind::Unknown => "record",
    }
}

/// All that a save said, field by field, so that nothing of it can be lost.
pub(crate) fn save_text(edits: &[Edit]) -> Vec<(String, String)> {
    let told = |name: &str| !matches!(name, "account" | "written");
    let pairs = edits.iter().flat_map(|edit| &edit.set).filter(|(name, _)| told(name));
    pairs
        .map(|(name, text)| (field(name), text.clone().unwrap_or_else(|| NOTHING_TAKEN.to_owned())))
        .collect()
}

/// Why a save needs a person, in a sentence with a next step.
pub(crate) fn reason(receipt: &Receipt) -> String {
    match &receipt.outcome {
        Outcome::Refused(Refusal::Invalid(why)) => {
            format!("The web did not take this: {why} Copy the text and save it again, corrected.")
        }
        Outcome::Refused(Refusal::Denied) => {
            "This account is not in your territory any more. Copy the text for its new owner.".to_owned()
        }
        Outcome::Refused(Refusal::Gone) => {
            "Somebody deleted this on the web. Copy the text if you still need it.".to_owned()
        }
        Outcome::Refused(Refusal::Held) => {
            "This builds on another save that the web did not take. Look at that one first.".to_owned()
        }
        Outcome::Conflicted => {
            "Somebody else changed the same field. Theirs stands on the web; yours is kept here.".to_owned()
        }
        Outcome::Accepted | Outcome::Merged => {
            "This is on the web, and replaced what somebody else had written.".to_owned()
        }
    }
}

/// Both values of a field that two people changed.
pub(crate) fn clash(clash: &Clash) -> String {
    let said = |text: &Option<String>| text.clone().unwrap_or_else(|| NOTHING_TAKEN.to_owned());
    let (theirs, mine) = (said(&clash.theirs), said(&clash.mine));
    let label = field(&clash.field);
    if clash.parked {
        format!("{label}: the web has \u{201c}{theirs}\u{201d}, you saved \u{201c}{mine}\u{201d}.")
    } else {
        format!("{label}: your \u{201c}{mine}\u{201d} replaced \u{201c}{theirs}\u{201d}.")
    }
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
