//! Every sentence the rep reads, in one place. It knows no browser: times and numbers come in as text, formatted.

mod calendar;
mod changes;
mod day;
mod due;
mod export;
mod figures;
mod find;
mod lists;
mod people;
mod referrals;
mod saves;
mod storage;
mod views;

use engine::{Chip, LinkError, News, Place};
use protocol::schema::Invalid;

use crate::store::{SaveError, SignInError};

pub(crate) use calendar::*;
pub(crate) use changes::*;
pub(crate) use day::*;
pub(crate) use due::*;
pub(crate) use export::*;
pub(crate) use figures::*;
pub(crate) use find::*;
pub(crate) use lists::{choices, label, value};
pub(crate) use people::*;
pub(crate) use referrals::*;
pub(crate) use saves::{choice, clash, clock_off, field, reason, replaced, save_line};
pub(crate) use storage::{
    LET_GO, NOT_KEPT, NOT_KEPT_HINT, NOT_KEPT_TEXT, STORAGE_FAILS, TRY_AGAIN, UNDERSTOOD, notice, trouble,
};
pub(crate) use views::*;

/// A count with the word it counts.
pub(crate) fn counted(count: usize, number: &str, one: &str, many: &str) -> String {
    format!("{number} {}", if count == 1 { one } else { many })
}

/// Things in a row: one, two and three.
pub(crate) fn listed(mut things: Vec<String>) -> String {
    match things.pop() {
        Some(last) if !things.is_empty() => format!("{} and {last}", things.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// The sync chip's text.
pub(crate) fn chip(chip: Chip) -> String {
    match chip {
        Chip::UpToDate => "Up to date".to_owned(),
        Chip::Sending => "Sending".to_owned(),
        Chip::WaitingForSignal(saves) => format!("Waiting for signal ({saves})"),
        Chip::UpdatesReady(updates) => format!("Updates ready ({updates})"),
        Chip::SignInToSend => SIGN_IN_TO_SEND.to_owned(),
        Chip::NeedsYou(saves) => format!("Needs you ({saves})"),
    }
}

/// The sync chip's text where no signal is and nothing waits for one.
pub(crate) fn offline(pulled_at: Option<String>) -> String {
    dotted([Some("Offline".to_owned()), pulled_at.map(|time| format!("as of {time}"))])
}

/// Where a record's newest words are.
pub(crate) const fn place(place: Place) -> &'static str {
    match place {
        Place::Web => "On the web",
        Place::Phone => "On this phone",
        Place::NeedsYou => "Needs you",
    }
}

/// What a pull brought, or why it brought nothing.
pub(crate) fn news(news: &News, number: impl Fn(usize) -> String) -> String {
    let parts = match news {
        News::Pulled { new, changed, gone } => [(*new, "new"), (*changed, "changed"), (*gone, "gone")],
        News::PullFailed(error) => return pull_failed(*error).to_owned(),
    };
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", number(count)))
        .collect();
    if told.is_empty() { "Nothing new".to_owned() } else { told.join(", ") }
}

const fn pull_failed(error: LinkError) -> &'static str {
    match error {
        LinkError::NoAnswer => {
            "No signal. What you see is still the last sync; try again when you have a bar."
        }
        LinkError::SignedOut => "Sign in first, then sync again.",
        LinkError::Denied => "You may not sync here any more. Ask your office.",
        LinkError::TooOld => {
            "This version of Satchel is too old to sync. Reload it; your saves are still sent."
        }
        LinkError::TooLarge => "The web could not take so much at once. Try again in a minute.",
        LinkError::Busy(_) => "The web is busy. Try again in a minute.",
        LinkError::Failed => "The web had a problem. Nothing is lost; try again later.",
    }
}

/// How long ago, in the fewest words.
pub(crate) fn age(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    match (minutes, minutes / 60, minutes / (60 * 24)) {
        (0, ..) => "just now".to_owned(),
        (minutes, 0, _) => format!("{minutes} min ago"),
        (_, hours, 0) => format!("{hours} h ago"),
        (_, _, 1) => "1 day ago".to_owned(),
        (_, _, days) => format!("{days} days ago"),
    }
}

/// When the shown data was pulled.
pub(crate) fn as_of(time: &str, age: &str) -> String {
    format!("as of {time}, {age}")
}

/// How far a pull has come.
pub(crate) fn received(received: &str, total: &str) -> String {
    format!("{received} of {total}")
}

/// The outbox line of Home and More.
pub(crate) fn wait_here(count: usize) -> String {
    match count {
        0 => "Nothing waits here".to_owned(),
        1 => "1 save waits here".to_owned(),
        _ => format!("{count} saves wait here"),
    }
}

/// The line on saves about which the office was asked.
pub(crate) fn asked_count(count: usize) -> String {
    if count == 1 {
        "1 save waits for your office".to_owned()
    } else {
        format!("{count} saves wait for your office")
    }
}

/// The line on saves that a person must look at.
pub(crate) fn need_you(count: usize) -> String {
    if count == 1 { "1 save needs you".to_owned() } else { format!("{count} saves need you") }
}

/// The line on values of others that this device's saves replaced.
pub(crate) fn replaced_count(count: usize) -> String {
    match count {
        1 => "Your save replaced a value of somebody else".to_owned(),
        _ => format!("Your saves replaced {count} values of others"),
    }
}

/// An unfinished form, by the name of what it is about.
pub(crate) fn unfinished(key: &str, name: Option<&str>) -> String {
    let of_note = key.strip_prefix("note:");
    if let Some(note) = of_note {
        return if note.starts_with("edit:") { NOTE_CHANGES.to_owned() } else { note_for(name) };
    }
    let name = name.unwrap_or("an account");
    match key.split_once(':') {
        Some(("account", "new")) => NEW_ACCOUNT.to_owned(),
        Some(("contact", "new")) => NEW_CONTACT.to_owned(),
        Some(("referral", new)) if new.starts_with("new:") => NEW_REFERRAL.to_owned(),
        Some(("event", "new")) => NEW_EVENT.to_owned(),
        Some(("mend", _)) => MEND.to_owned(),
        _ => format!("Changes to {name}"),
    }
}

/// What is wrong with a field, beside the field.
pub(crate) fn wrong(label: &str, invalid: Invalid) -> String {
    match invalid {
        Invalid::Missing if label == NOTE => "Write something first.".to_owned(),
        Invalid::Missing => format!("{label} is needed."),
        Invalid::TooLong(bytes) => format!("This is too long: {} KB is the most.", bytes / 1024),
        Invalid::Unprintable => "This holds a character that cannot be shown. Type it again.".to_owned(),
        Invalid::Wall => format!("{label} needs a day of the calendar. Choose one."),
        Invalid::Day => format!("{label} is no day of the calendar. Choose it again."),
        Invalid::Order if label == UNTIL => "This is before it begins. Choose a later day.".to_owned(),
        Invalid::Order => "This is before it begins. Choose a later time.".to_owned(),
        Invalid::Email => "An e-mail address looks like name@place.com.".to_owned(),
        Invalid::Npi => "An NPI has ten digits, and these do not fit together. Check for a slip.".to_owned(),
        Invalid::Degrees => "Degrees are a number between -180 and 180.".to_owned(),
        Invalid::Initials => "Only the patient's initials, four letters at most.".to_owned(),
        Invalid::Link => format!("Choose the {} from the list.", label.to_lowercase()),
        Invalid::Reason => "Say why it was not admitted.".to_owned(),
    }
}

/// Why a form is not saved of which a day or a time is half typed.
pub(crate) fn not_complete(label: &str) -> String {
    format!("\u{201c}{label}\u{201d} is not complete. Fill in the rest, or empty it.")
}

/// How much room is left, once a text comes near its limit; both in bytes.
pub(crate) fn room(used: usize, most: usize) -> Option<String> {
    if used > most {
        Some(format!("{} KB too long", (used - most).div_ceil(1024)))
    } else if used * 5 >= most * 4 {
        Some(format!("{} KB left", (most - used) / 1024))
    } else {
        None
    }
}

/// A save that is not on the phone.
pub(crate) fn not_saved(error: &SaveError) -> String {
    match error {
        SaveError::NotStored(why) => {
            format!("NOT saved. {} Your text is still here: try Save again.", trouble(why))
        }
        SaveError::Newer => {
            "NOT saved. A newer version of Satchel works in another window. Copy your text, then reload."
                .to_owned()
        }
        SaveError::Stopped => {
            "NOT saved. Satchel has stopped. Copy your text, then reload the page.".to_owned()
        }
    }
}

/// A decision about a save that is not on the phone.
pub(crate) fn not_decided(error: &SaveError) -> String {
    match error {
        SaveError::NotStored(why) => {
            format!("Not done. {} Everything is as it was: try again.", trouble(why))
        }
        SaveError::Newer => {
            "Not done. A newer version of Satchel works in another window: reload.".to_owned()
        }
        SaveError::Stopped => "Not done. Satchel has stopped: reload the page.".to_owned(),
    }
}

/// Why signing in failed.
pub(crate) fn not_signed_in(error: &SignInError) -> String {
    match error {
        SignInError::Wrong => "This e-mail and password do not belong together. Try again.".to_owned(),
        SignInError::NoSignal => "No signal. Signing in needs a connection; try again.".to_owned(),
        SignInError::Disk(why) => trouble(why),
        SignInError::TooMany(text) | SignInError::OtherUser(text) | SignInError::Other(text) => text.clone(),
    }
}

/// What a sign-out takes that no sync brings back: saves that need the rep, and forms that were begun.
pub(crate) fn goes_too(undecided: usize, begun: usize) -> String {
    let parts = [
        (undecided, "save that needs you", "saves that need you"),
        (begun, "unfinished form", "unfinished forms"),
    ];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
    let all = listed(parts.map(|(count, one, many)| counted(count, &count.to_string(), one, many)).collect());
    let (are, them) = if undecided + begun == 1 { ("is", "it") } else { ("are", "them") };
    format!(
        "{all} {are} on this phone alone. Signing out removes {them}; what is on the web comes back with a sync."
    )
}

/// The dialog that stands between unsent saves and their loss.
pub(crate) fn not_on_web(count: usize) -> String {
    if count == 1 {
        "1 save is not on the web yet".to_owned()
    } else {
        format!("{count} saves are not on the web yet")
    }
}

/// The last button before unsent saves are lost.
pub(crate) fn lose(count: usize) -> String {
    if count == 1 {
        "Delete 1 save and sign out".to_owned()
    } else {
        format!("Delete {count} saves and sign out")
    }
}

/// The line above the list of accounts.
pub(crate) fn accounts_line(
    query: &str,
    found: usize,
    all: usize,
    number: impl Fn(usize) -> String,
) -> String {
    if query.trim().is_empty() {
        counted(all, &number(all), "account", "accounts")
    } else {
        accounts_of(found, all, number)
    }
}

/// What a search or a filter leaves of the list.
pub(crate) fn accounts_of(found: usize, all: usize, number: impl Fn(usize) -> String) -> String {
    format!("{} of {}", number(found), counted(all, &number(all), "account", "accounts"))
}

/// The empty answer of a search.
pub(crate) fn no_match(query: &str) -> String {
    format!("No account matches \u{201c}{}\u{201d}.", query.trim())
}

/// A place in one line: "Reno, NV · Hospital", as far as it is known.
pub(crate) fn account_line(city: Option<&str>, state: Option<&str>, kind: Option<&str>) -> String {
    let place: Vec<&str> = [city, state].into_iter().flatten().collect();
    dotted([Some(place.join(", ")), kind.map(str::to_owned)])
}

/// What there is of these parts, in one line.
pub(crate) fn dotted(parts: impl IntoIterator<Item = Option<String>>) -> String {
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" \u{b7} ")
}

/// A phone number as people read it out; one that is not American stays as it was typed.
pub(crate) fn phone_number(typed: &str) -> String {
    match typed.as_bytes() {
        digits if digits.len() == 10 && digits.iter().all(u8::is_ascii_digit) => {
            format!("({}) {}-{}", &typed[..3], &typed[3..6], &typed[6..])
        }
        _ => typed.to_owned(),
    }
}

/// Bytes in the unit a person would say.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// How to keep Satchel on the home screen.
pub(crate) fn install(agent: &str) -> &'static str {
    let agent = agent.to_ascii_lowercase();
    if agent.contains("iphone") || agent.contains("ipad") {
        "In Safari tap Share, then \u{201c}Add to Home Screen\u{201d}. Sign in once more in the new icon."
    } else if agent.contains("android") {
        "Open the browser's menu and tap \u{201c}Install app\u{201d} or \u{201c}Add to Home screen\u{201d}."
    } else if agent.contains("firefox") {
        "Firefox on a computer does not install apps: keep a bookmark, or use Chrome, Edge or Safari."
    } else if agent.contains("macintosh") && !agent.contains("chrome") {
        "In Safari choose File, then \u{201c}Add to Dock\u{201d}."
    } else {
        "Press the install icon in the address bar, or \u{201c}Install Satchel\u{201d} in the browser's menu."
    }
}

/// Whether the browser promised to keep what is stored.
pub(crate) const fn kept(persisted: Option<bool>) -> &'static str {
    match persisted {
        Some(true) => "Kept by the browser: yes",
        Some(false) => "Kept by the browser: no",
        None => "Kept by the browser: not known yet",
    }
}

// What is said in one way only, by the page that says it.
pub(crate) const APP: &str = "Satchel";
pub(crate) const SKIP: &str = "Skip to content";
pub(crate) const MAIN: &str = "Main";
pub(crate) const HOME: &str = "Home";
pub(crate) const ACCOUNTS: &str = "Accounts";
pub(crate) const REFERRALS: &str = "Referrals";
pub(crate) const CALENDAR: &str = "Calendar";
pub(crate) const CONTACTS: &str = "Contacts";
pub(crate) const FIND: &str = "Find anything";
pub(crate) const MORE: &str = "More";
pub(crate) const OUTBOX: &str = "Outbox";
pub(crate) const ABOUT: &str = "About";
pub(crate) const OPENING: &str = "Opening your satchel\u{2026}";
pub(crate) const RELOAD: &str = "Reload";
pub(crate) const BACK: &str = "Back";

pub(crate) const PAGE_NOT_FOUND: &str = "Page not found";
pub(crate) const PAGE_NOT_FOUND_TEXT: &str = "Nothing lives at this address. Your records are safe.";
pub(crate) const GO_HOME: &str = "Go to Home";

pub(crate) const STOPPED: &str = "Satchel cannot go on";

pub(crate) const SIGN_IN: &str = "Sign in";
pub(crate) const SIGNING_IN: &str = "Signing in\u{2026}";
pub(crate) const SIGN_IN_TEXT: &str = "Your accounts and call notes, with or without a signal.";
pub(crate) const SIGN_IN_AGAIN: &str = "Sign in again";
pub(crate) const SIGN_IN_TO_SEND: &str = "Sign in to send";
pub(crate) const SIGN_IN_TO_SEND_TEXT: &str =
    "Your sign-in has ended. Go on working: every save is kept here.";
pub(crate) const EMAIL: &str = "Email";
pub(crate) const PASSWORD: &str = "Password";
pub(crate) const NOT_NOW: &str = "Not now";

pub(crate) const NEW_VERSION: &str = "A new version of Satchel is ready.";
pub(crate) const NEWER: &str = "A newer version of Satchel works in another window.";
pub(crate) const NEWER_TEXT: &str =
    "Nothing more can be saved here. What you are typing stays on this page: reload to go on with it.";
pub(crate) const NEW_VERSION_RELOAD: &str = "New version: reload";

pub(crate) const SYNC_NOW: &str = "Sync now";
pub(crate) const NEVER_PULLED: &str = "Not synced yet";
pub(crate) const RECEIVING: &str = "Receiving records";
pub(crate) const ON_THIS_PHONE: &str = "Records on this phone";
pub(crate) const UNFINISHED: &str = "Unfinished";
pub(crate) const FIRST_RUN: &str = "Your satchel is empty";
pub(crate) const FIRST_RUN_TEXT: &str =
    "Sync now to bring your territory to this phone. After that it works without a signal.";

pub(crate) const SEARCH_ACCOUNTS: &str = "Search accounts";
pub(crate) const SEARCH_HINT: &str = "Name, city, phone\u{2026}";
pub(crate) const NEW_ACCOUNT: &str = "New account";
pub(crate) const REFRESH: &str = "Refresh from web";
pub(crate) const NO_ACCOUNTS: &str = "No accounts here yet";
pub(crate) const NO_ACCOUNTS_TEXT: &str = "Sync now to bring your territory.";
pub(crate) const CHOOSE: &str = "Choose an account to see it here.";
pub(crate) const NO_MATCH_TEXT: &str = "The search looks through what is on this phone.";
pub(crate) const PULL: &str = "Pull to refresh";
pub(crate) const RELEASE: &str = "Release to refresh";
pub(crate) const REFRESHING: &str = "Refreshing\u{2026}";
pub(crate) const NO_NAME: &str = "No name";

pub(crate) const ACCOUNT_GONE: &str = "This account is not on this phone";
pub(crate) const ACCOUNT_GONE_TEXT: &str =
    "It may have moved to another territory or been deleted. Sync now to see the newest.";
pub(crate) const NEEDS_YOU_HERE: &str = "A save about this account needs you";
pub(crate) const EDIT: &str = "Edit";
pub(crate) const EDIT_ACCOUNT: &str = "Edit account";
pub(crate) const ADD_NOTE: &str = "Add note";
pub(crate) const YOU: &str = "You";

pub(crate) const NOT_SAID: &str = "Not said";
pub(crate) const DOES_NOT_REPEAT: &str = "Does not repeat";
pub(crate) const ANOTHER: &str = "Another\u{2026}";
pub(crate) const NOT_HERE: &str = "Not on this phone";
pub(crate) const CLEAR: &str = "Clear";
pub(crate) const NONE_OF_THAT_NAME: &str = "Nothing of that name on this phone.";
pub(crate) const START_TIME: &str = "Starts at";
pub(crate) const END_TIME: &str = "Ends at";
pub(crate) const NOTE: &str = "Note";
pub(crate) const UNTIL: &str = "Until";
pub(crate) const TERRITORY: &str = "Territory";
pub(crate) const SAVE: &str = "Save";
pub(crate) const SAVING: &str = "Saving\u{2026}";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const RESTORED: &str = "Restored what you typed.";
pub(crate) const TYPED_NOT_KEPT: &str =
    "This phone does not keep what you type right now. Save it, or copy it, before you leave this page.";
pub(crate) const DISCARD: &str = "Discard";
pub(crate) const STILL_HERE: &str = "What you typed is still here";
pub(crate) const NOT_THROWN: &str = "This phone did not throw it away. Try again.";
pub(crate) const KEEP_AS_NOTE: &str = "Keep as a note without an account";
pub(crate) const MORE_FIELDS: &str = "More";
pub(crate) const KEEP_TYPED: &str = "Keep what you typed?";
pub(crate) const KEEP_TYPED_TEXT: &str = "It is not saved yet. Kept, it waits for you on Home.";
pub(crate) const KEEP: &str = "Keep for later";
pub(crate) const NO_TERRITORY: &str =
    "You have no territory on this phone yet. Sync now first; what you type here is kept.";

pub(crate) const SIGN_OUT: &str = "Sign out";
pub(crate) const SIGNING_OUT: &str = "Signing out\u{2026}";
pub(crate) const SIGN_OUT_TEXT: &str = "Takes your records off this phone.";
pub(crate) const GOES_TOO: &str = "This goes too";
pub(crate) const NOT_ON_WEB_TEXT: &str = "They go by themselves when there is a signal.";
pub(crate) const KEEP_WORKING: &str = "Keep working";
pub(crate) const SIGN_OUT_AND_LOSE: &str = "Sign out and lose them";
pub(crate) const LOSE_TEXT: &str = "They exist nowhere else. Nobody can bring them back.";

pub(crate) const OUTBOX_TEXT: &str =
    "Saves that are not on the web yet. They go by themselves, oldest first.";
pub(crate) const OUTBOX_EMPTY: &str = "Everything you saved is on the web.";
pub(crate) const MEND: &str = "Correct a save";
pub(crate) const MEND_NEWS: &str = "If somebody else changed it too, sync to see here what the web has.";
pub(crate) const MEND_GONE: &str = "This save needs nothing any more";
pub(crate) const MEND_GONE_TEXT: &str = "It was taken, or settled otherwise. The outbox shows what is left.";
pub(crate) const ASKED: &str = "Your office is asked. The answer comes with a sync.";
pub(crate) const REPLACED: &str = "What your saves replaced";
pub(crate) const OK: &str = "OK";
pub(crate) const PUT_BACK: &str = "Put theirs back";
pub(crate) const IS_BACK: &str = "Theirs is back.";
pub(crate) const TOO_OLD: &str = "This version of Satchel is too old to sync. Your saves are still sent.";
pub(crate) const WAITING: &str = "Waiting";
pub(crate) const SENDING: &str = "Sending";
pub(crate) const WHAT_YOU_SAVED: &str = "What you saved";
pub(crate) const COPY_TEXT: &str = "Copy text";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const NOT_COPIED: &str = "Not copied: select the text and copy it";
pub(crate) const NOTHING_TAKEN: &str = "(empty)";

pub(crate) const VERSION: &str = "Version";
pub(crate) const STORAGE: &str = "Storage";
pub(crate) const STORAGE_TEXT: &str =
    "When the browser says no, it may clear Satchel if the phone runs out of room. Installing helps.";
pub(crate) const USED: &str = "Used";
pub(crate) const INSTALL: &str = "Install";
pub(crate) const INSTALLED: &str = "Satchel is installed on this device.";
pub(crate) const WHAT_IS_STORED: &str = "What is stored here";
pub(crate) const WHAT_IS_STORED_TEXT: &str = "The accounts and notes of your territories as of the last sync, \
    your saves until the web has them, your saved views, and what you typed and did not save. Signing out removes it.";
pub(crate) const USER: &str = "Signed in as";

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(count: usize) -> String {
        count.to_string()
    }

    #[test]
    fn news_names_only_what_there_is() {
        let check = |new, changed, gone, said: &str| {
            assert_eq!(news(&News::Pulled { new, changed, gone }, plain), said);
        };
        check(12, 3, 0, "12 new, 3 changed");
        check(0, 0, 2, "2 gone");
        check(0, 0, 0, "Nothing new");
    }

    #[test]
    fn without_a_signal_the_chip_says_how_old_all_of_it_is() {
        assert_eq!(offline(Some("2:14 PM".to_owned())), "Offline \u{b7} as of 2:14 PM");
        assert_eq!(offline(None), "Offline");
    }

    #[test]
    fn an_age_is_said_in_its_largest_unit() {
        let minute = 60_000;
        for (ms, said) in [
            (-5, "just now"),
            (59_999, "just now"),
            (5 * minute, "5 min ago"),
            (3 * 60 * minute, "3 h ago"),
            (25 * 60 * minute, "1 day ago"),
            (72 * 60 * minute, "3 days ago"),
        ] {
            assert_eq!(age(ms), said);
        }
    }

    #[test]
    fn the_room_left_is_told_only_near_the_limit() {
        assert_eq!(room(10, 65_536), None);
        assert_eq!(room(60_000, 65_536).as_deref(), Some("5 KB left"));
        assert_eq!(room(65_537, 65_536).as_deref(), Some("1 KB too long"));
    }

    #[test]
    fn an_account_line_leaves_out_what_is_not_known() {
        assert_eq!(account_line(Some("Reno"), Some("NV"), Some("Hospital")), "Reno, NV \u{b7} Hospital");
        assert_eq!(account_line(None, None, Some("Hospital")), "Hospital");
        assert_eq!(account_line(None, Some("NV"), None), "NV");
    }

    #[test]
    fn a_phone_number_of_ten_digits_is_grouped_and_any_other_is_left_alone() {
        for (typed, said) in [
            ("8023714100", "(802) 371-4100"),
            ("802-371-4100", "802-371-4100"),
            ("555-0101", "555-0101"),
            ("+49 30 901820", "+49 30 901820"),
            ("٠١٢٣٤", "٠١٢٣٤"),
        ] {
            assert_eq!(phone_number(typed), said);
        }
    }

    #[test]
    fn a_sign_out_says_all_that_goes_too() {
        let end = |them| format!("Signing out removes {them}; what is on the web comes back with a sync.");
        for (counts, said, them) in [
            ((1, 0), "1 save that needs you is on this phone alone.", "it"),
            ((0, 2), "2 unfinished forms are on this phone alone.", "them"),
            ((2, 1), "2 saves that need you and 1 unfinished form are on this phone alone.", "them"),
        ] {
            assert_eq!(goes_too(counts.0, counts.1), format!("{said} {}", end(them)));
        }
    }

    #[test]
    fn an_unfinished_form_is_named_by_its_account() {
        assert_eq!(unfinished("account:new", None), "New account");
        assert_eq!(unfinished("note:1", Some("St. Mary's")), "Note for St. Mary's");
        assert_eq!(unfinished("account:1", Some("St. Mary's")), "Changes to St. Mary's");
    }
}
