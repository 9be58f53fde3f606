//! The words about call notes, and about what a day asks for.

use super::counted;

/// An unfinished note, by the name of what it is about.
pub(crate) fn note_for(name: Option<&str>) -> String {
    name.map_or_else(|| NEW_NOTE.to_owned(), |name| format!("Note for {name}"))
}

/// What a save did beside keeping the note.
pub(crate) fn saved_too(promise: Option<&str>, event: Option<&str>) -> Option<String> {
    let promise = promise.map(|due| match due {
        "" => "a follow-up is planned".to_owned(),
        due => format!("a follow-up is planned for {due}"),
    });
    let event = event.map(|event| format!("\u{201c}{}\u{201d} is logged", super::short(event)));
    let parts: Vec<String> = promise.into_iter().chain(event).collect();
    (!parts.is_empty()).then(|| format!("Note saved; {}.", parts.join(", and ")))
}

/// What saving does to the event that the note is about.
pub(crate) fn logs(event: &str) -> String {
    format!("Log \u{201c}{}\u{201d} with this note", super::short(event))
}

/// When somebody was last there.
pub(crate) fn last_visit(day: Option<&str>) -> String {
    day.map_or_else(|| super::NEVER_VISITED.to_owned(), |day| format!("Last visit {day}"))
}

/// What stands above a form about the talk before.
pub(crate) fn last_time(facts: &str) -> String {
    format!("Last time: {facts}")
}

/// Notes about nobody.
pub(crate) fn unfiled_count(count: usize) -> String {
    counted(count, &count.to_string(), "note is about nobody yet", "notes are about nobody yet")
}

/// A note has found its account.
pub(crate) fn filed(account: &str) -> String {
    format!("Filed with {}.", super::short(account))
}

/// A promise was kept.
pub(crate) fn kept_promise(subject: &str) -> String {
    format!("\u{201c}{}\u{201d} is done.", super::short(subject))
}

/// Whether the talk that was begun is to be kept.
pub(crate) fn log_it(channel: &str) -> &'static str {
    match channel {
        "phone" => "Did you talk? Log the call.",
        "text" => "Did you text? Log it.",
        "email" => "Did you write? Log the e-mail.",
        _ => "On your way? Log the visit.",
    }
}

/// How many more there are than are shown.
pub(crate) fn more_of(count: &str) -> String {
    format!("{count} more")
}

pub(crate) const SHOW_LESS: &str = "Show fewer";

/// What a talk of another day was about, in a line.
pub(crate) fn talk(day: &str, text: &str) -> String {
    format!("{day}: {text}")
}

/// A promise that is open.
pub(crate) fn promised(subject: &str, due: Option<&str>) -> String {
    match due {
        Some(due) => format!("Promised: {subject}, {due}"),
        None => format!("Promised: {subject}"),
    }
}

/// What became of a referral.
pub(crate) fn referral_news(patient: &str, what: &str) -> String {
    format!("Referral {patient}: {what}")
}

pub(crate) const NEW_NOTE: &str = "New note";
pub(crate) const EDIT_NOTE: &str = "Edit note";
pub(crate) const NOTE_GONE: &str = "This note is not on this phone";
pub(crate) const NOTE_GONE_TEXT: &str = "It may have been deleted. Sync now to see the newest.";
pub(crate) const NOTE_CHANGES: &str = "Changes to a note";
pub(crate) const WHO_WAS_THERE: &str = "Who was there";
pub(crate) const SOMEBODY_ELSE: &str = "Somebody else";
pub(crate) const NOBODY_KNOWN: &str = "No contacts are known here yet.";
pub(crate) const PROMISE: &str = "What did you promise?";
pub(crate) const PROMISE_TEXT: &str = "It becomes a follow-up in your calendar, saved with the note.";
pub(crate) const PROMISE_IS_THERE: &str = "Its follow-up has a page of its own.";
pub(crate) const FOLLOW_UP: &str = "Follow up";
pub(crate) const PROMISED: &str = "Promised";
pub(crate) const PROMISED_BEFORE: &str = "Promised before: tick what is done";
pub(crate) const DONE: &str = "Done";
pub(crate) const UNFILED: &str = "Unfiled notes";
pub(crate) const UNFILED_TEXT: &str = "Notes about nobody yet. Only you see them until they are filed.";
pub(crate) const NO_UNFILED: &str = "Every note belongs somewhere";
pub(crate) const FILE_IT: &str = "File it";
pub(crate) const WITHOUT_ACCOUNT: &str = "Without an account it waits among your unfiled notes.";

pub(crate) const NEXT_STOP: &str = "Next stop";
pub(crate) const NEXT_BY_FREQUENCY: &str =
    "Nothing more is planned for today. This account has waited longest.";
pub(crate) const NO_STOP: &str = "Nothing more is planned for today";
pub(crate) const NO_STOP_TEXT: &str = "Plan a visit, or give an account a visit frequency.";
pub(crate) const NOT_LOGGED_YET: &str = "What came of these?";
pub(crate) const PROMISES: &str = "Promises";
pub(crate) const NO_DAY: &str = "No day";
pub(crate) const DUE_VISITS: &str = "Due for a visit";
pub(crate) const NONE_DUE: &str = "Nobody waits for a visit.";
pub(crate) const NO_GOALS: &str = "Give an account a visit frequency, and Satchel tells you when it is time.";
pub(crate) const ON_TRACK: &str = "On track";
pub(crate) const SOON: &str = "Follow-up";
pub(crate) const THIS_PHONE: &str = "This phone";
pub(crate) const EXPORT: &str = "Export";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_save_tells_what_else_it_did() {
        assert_eq!(saved_too(None, None), None);
        assert_eq!(saved_too(Some(""), None).as_deref(), Some("Note saved; a follow-up is planned."));
        assert_eq!(
            saved_too(Some("Tue, Dec 1"), Some("Visit")).as_deref(),
            Some("Note saved; a follow-up is planned for Tue, Dec 1, and \u{201c}Visit\u{201d} is logged.")
        );
    }

    #[test]
    fn an_unfinished_note_is_named_by_whom_it_is_about() {
        assert_eq!(note_for(Some("St. Mary's")), "Note for St. Mary's");
        assert_eq!(note_for(None), "New note");
    }
}
