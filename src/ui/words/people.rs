//! The words about accounts and contacts: what they are to each other, what happened with them, what was undone.

use protocol::Kind;
use protocol::schema::lists;
use view::pairs::Reason;
use view::timeline::Filter;

/// What stands beside the offer to take a deletion back.
pub(crate) fn deleted(name: &str) -> String {
    format!("\u{201c}{}\u{201d} is deleted.", short(name))
}

/// A name that leaves room for a button beside it.
pub(crate) fn short(name: &str) -> String {
    match name.char_indices().nth(SHORT_CHARS) {
        Some((end, _)) => format!("{}\u{2026}", name[..end].trim_end()),
        None => name.to_owned(),
    }
}

const SHORT_CHARS: usize = 60;

/// A way to look at the history, and how much there is to see.
pub(crate) fn filter(filter: Filter, count: &str) -> String {
    let word = match filter {
        Filter::All => "All",
        Filter::Notes => "Notes",
        Filter::Visits => "Visits",
        Filter::Referrals => "Referrals",
        Filter::FollowUps => "Follow-ups",
    };
    format!("{word} {count}")
}

/// The next step that a note tells of.
pub(crate) fn next_step(next: &str, due: Option<&str>) -> String {
    match due {
        Some(due) => format!("Next: {next}, {due}"),
        None => format!("Next: {next}"),
    }
}

/// Who else took part.
pub(crate) fn with(people: &[String]) -> String {
    format!("with {}", people.join(", "))
}

/// What an event is for; one of a later list is an event.
pub(crate) fn event_type(kind: &str) -> &'static str {
    lists::EVENT_TYPES.iter().find(|known| **known == kind).copied().unwrap_or(EVENT)
}

/// What a contact does at a further account; `yes` says only that they are there.
pub(crate) fn role(text: &str) -> &str {
    if text == "yes" { SEEN_HERE } else { text }
}

/// Why two records may be one.
pub(crate) const fn reason_alike(reason: Reason) -> &'static str {
    match reason {
        Reason::Ccn => "same CMS number",
        Reason::Npi => "same NPI",
        Reason::Email => "same e-mail",
        Reason::Phone => "same phone, similar name",
        Reason::Town => "same name and city",
        Reason::Account => "same name and account",
        Reason::Twice => "same name, made at about the same time",
        Reason::Name => "similar name",
    }
}

/// What is here already and may be what is being typed.
pub(crate) fn twins(kind: Kind, count: usize) -> String {
    match (kind, count) {
        (Kind::Contact, 1) => "This contact may be here already".to_owned(),
        (Kind::Contact, _) => "These contacts may be the same".to_owned(),
        (_, 1) => "This account may be here already".to_owned(),
        _ => "These accounts may be the same".to_owned(),
    }
}

/// The line above the list of contacts.
pub(crate) fn contacts_line(
    query: &str,
    found: usize,
    all: usize,
    number: impl Fn(usize) -> String,
) -> String {
    let counted = super::counted(all, &number(all), "contact", "contacts");
    if query.trim().is_empty() { counted } else { format!("{} of {counted}", number(found)) }
}

/// The empty answer of a search among contacts.
pub(crate) fn no_contact_match(query: &str) -> String {
    format!("No contact matches \u{201c}{}\u{201d}.", query.trim())
}

/// The survivor's page under the address of one that was merged into it.
pub(crate) fn merged_here(name: &str) -> String {
    format!("\u{201c}{}\u{201d} was merged into this account. You see the history of both.", short(name))
}

/// What stands beside the offer to take a merge back.
pub(crate) fn merged(loser: &str, survivor: &str) -> String {
    format!("\u{201c}{}\u{201d} is merged into \u{201c}{}\u{201d}.", short(loser), short(survivor))
}

/// What stands beside the offer to take a separation back.
pub(crate) fn separated(name: &str) -> String {
    format!("\u{201c}{}\u{201d} stands for itself again.", short(name))
}

/// A pair in one line.
pub(crate) fn pair(one: &str, other: &str) -> String {
    format!("{} and {}", short(one), short(other))
}

/// The page of a merge.
pub(crate) fn merge_title(name: &str) -> String {
    format!("Merge {name}")
}

pub(crate) const UNDO: &str = "Undo";
pub(crate) const UNDONE: &str = "Undone.";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const DELETE: &str = "Delete";

pub(crate) const HISTORY: &str = "History";
pub(crate) const NO_HISTORY: &str = "Nothing has happened here yet.";
pub(crate) const NONE_OF_THESE: &str = "None of these yet.";
pub(crate) const SHOW_WHAT: &str = "What to show";
pub(crate) const SHOW_MORE: &str = "Show more";
pub(crate) const EVENT: &str = "Event";
pub(crate) const NOT_LOGGED: &str = "Not logged";
pub(crate) const REFERRED: &str = "Referral";
pub(crate) const DECIDED: &str = "Referral decided";
pub(crate) const CARE_BEGAN: &str = "Care began";
pub(crate) const ADDED: &str = "Added";
pub(crate) const DETAILS_CHANGED: &str = "Details changed";
pub(crate) const OPEN_PROMISES: &str = "Open promises";
pub(crate) const PLANNED: &str = "Planned";
pub(crate) const OVERDUE: &str = "Overdue";

pub(crate) const REACH: &str = "Call, write or go there";
pub(crate) const CALL: &str = "Call";
pub(crate) const CALL_OFFICE: &str = "Call office";
pub(crate) const CALL_MOBILE: &str = "Call mobile";
pub(crate) const SEND_TEXT: &str = "Text";
pub(crate) const SEND_MAIL: &str = "E-mail";
pub(crate) const DIRECTIONS: &str = "Directions";

pub(crate) const DETAILS: &str = "Details";
pub(crate) const REACHED: &str = "How to reach it";
pub(crate) const REACHED_THEM: &str = "How to reach them";
pub(crate) const WORTH: &str = "What it is";
pub(crate) const WHO: &str = "Who they are";
pub(crate) const NUMBERS: &str = "Numbers and dates";
pub(crate) const CHANGED_BY: &str = "Last changed";
pub(crate) const MAIN_PLACE: &str = "Main place";
pub(crate) const SEEN_HERE: &str = "Seen here too";
pub(crate) const ACCOUNT_NOT_HERE: &str = "Account not on this phone";

pub(crate) const PEOPLE_AND_PLACES: &str = "Accounts and contacts";
pub(crate) const PEOPLE: &str = "People";
pub(crate) const NO_PEOPLE: &str = "No contacts here yet.";
pub(crate) const ADD_CONTACT: &str = "Add contact";
pub(crate) const NEW_EVENT: &str = "New event";
pub(crate) const MORE_ACTIONS: &str = "More actions";
pub(crate) const MERGE_WITH: &str = "Merge with\u{2026}";
pub(crate) const STANDS_FOR: &str = "Merged into this account";
pub(crate) const SEPARATE: &str = "Separate";

pub(crate) const NEW_CONTACT: &str = "New contact";
pub(crate) const EDIT_CONTACT: &str = "Edit contact";
pub(crate) const SEARCH_CONTACTS: &str = "Search contacts";
pub(crate) const SEARCH_CONTACTS_HINT: &str = "Name, title, phone\u{2026}";
pub(crate) const NO_CONTACTS: &str = "No contacts here yet";
pub(crate) const NO_CONTACTS_TEXT: &str =
    "Add the people you meet, or sync now to bring those of your territory.";
pub(crate) const CHOOSE_CONTACT: &str = "Choose a contact to see it here.";
pub(crate) const CONTACT_GONE: &str = "This contact is not on this phone";
pub(crate) const CONTACT_GONE_TEXT: &str =
    "It may have moved to another territory or been deleted. Sync now to see the newest.";
pub(crate) const PLACES: &str = "Where they are seen";
pub(crate) const DO_NOT_CONTACT: &str = "Do not contact. Satchel offers no call, text or e-mail here.";
pub(crate) const COPY_FROM_ACCOUNT: &str = "Copy address and phone from account";
pub(crate) const FURTHER_PLACES: &str = "Also seen at";
pub(crate) const ADD_PLACE: &str = "Add another account";
pub(crate) const ROLE: &str = "Role there";
pub(crate) const REMOVE: &str = "Remove";

pub(crate) const MERGE: &str = "Merge";
pub(crate) const MERGE_TEXT: &str =
    "Choose the other account that is the same place. Notes, contacts and referrals of both stay.";
pub(crate) const LIKELY: &str = "Likely the same place";
pub(crate) const NONE_LIKELY: &str = "Nothing on this phone looks like the same place.";
pub(crate) const ANOTHER_ACCOUNT: &str = "Any other account";
pub(crate) const OTHER_PAIRS: &str = "Other accounts that may be one";
pub(crate) const CHOOSE_AGAIN: &str = "Choose another";
pub(crate) const LOOKS_LIKE: &str = "This account may be here twice";
pub(crate) const COMPARE_THEM: &str = "Compare and merge";
pub(crate) const WHICH_STAYS: &str = "Which one stays?";
pub(crate) const STAYS_TEXT: &str = "The other one leads here from now on.";
pub(crate) const WHICH_VALUES: &str = "What is right?";
pub(crate) const NO_DIFFERENCE: &str = "Neither contradicts the other. What only one of them says stays.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_and_a_short_one_is_whole() {
        assert_eq!(short("St. Mary\u{2019}s"), "St. Mary\u{2019}s");
        assert_eq!(short(&"\u{e4} ".repeat(40)).chars().count(), 60);
        assert!(deleted(&"x".repeat(300)).ends_with("\u{2026}\u{201d} is deleted."));
    }
}
