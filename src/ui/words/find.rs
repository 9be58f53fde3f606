//! Looking for something, and looking at some of the accounts only.

use protocol::Kind;

use super::counted;

/// A kind of record, many of it.
pub(crate) const fn kinds(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "Accounts",
        Kind::Contact => "Contacts",
        Kind::Referral => "Referrals",
        Kind::Event => "Events",
        Kind::Note => "Notes",
        Kind::SavedView => "Saved views",
        Kind::Unknown => "Others",
    }
}

/// The link to everything that was found of a kind.
pub(crate) fn show_all(kind: Kind, number: &str) -> String {
    format!("Show all {number} {}", kinds(kind).to_lowercase())
}

/// How much was found.
pub(crate) fn found_line(found: usize, left: usize, number: impl Fn(usize) -> String) -> String {
    let count = counted(found, &number(found), "record found", "records found");
    if left == 0 { count } else { format!("{count} so far. {}", reading_on(left, number)) }
}

/// So much is not looked through yet.
pub(crate) fn reading_on(left: usize, number: impl Fn(usize) -> String) -> String {
    format!("Still reading {}…", counted(left, &number(left), "record", "records"))
}

/// Nothing was found.
pub(crate) fn nothing_found(query: &str) -> String {
    format!("Nothing on this phone matches “{}”", query.trim())
}

/// What leads from a list to the search over everything.
pub(crate) fn search_everything(query: &str) -> String {
    format!("Search everything for “{}”", query.trim())
}

/// How many accounts are like the words, beside those that are spelled so.
pub(crate) fn accounts_like(
    found: usize,
    all: usize,
    like: usize,
    number: impl Fn(usize) -> String,
) -> String {
    match found {
        0 => format!("{LIKE_INSTEAD} {}", counted(like, &number(like), "account", "accounts")),
        _ => format!("{} of {} accounts, and {} like it", number(found), number(all), number(like)),
    }
}

/// There is more than is shown.
pub(crate) fn best_of(shown: &str, all: &str) -> String {
    format!("The best {shown} of {all}. Type another word to narrow it down.")
}

/// How far away an account is.
pub(crate) fn far(metres: f64) -> String {
    let miles = metres / 1_609.344;
    match miles {
        miles if miles < 0.1 => "Here".to_owned(),
        miles if miles < 10.0 => format!("{miles:.1} mi"),
        miles => format!("{miles:.0} mi"),
    }
}

/// How many accounts of the list have a place on the map.
pub(crate) fn near_line(found: usize, all: usize, number: impl Fn(usize) -> String) -> String {
    format!(
        "{} of {} have a place on the map",
        number(found),
        counted(all, &number(all), "account", "accounts")
    )
}

pub(crate) const LIKE_INSTEAD: &str = "Nothing is spelled so. Like it:";
pub(crate) const LIKE_IT: &str = "Like it";
pub(crate) const FIND_LABEL: &str = "Find";
pub(crate) const FIND_HINT: &str = "Name, number, city, words of a note";
pub(crate) const FIND_FIRST: &str = "One search over everything on this phone";
pub(crate) const FIND_FIRST_TEXT: &str = "Accounts, contacts, referrals, events and what was said. Each word may be in \
    another place: “patel mercy”. A slip of the finger does no harm, and it works without a signal.";
pub(crate) const FIND_NONE_TEXT: &str = "Try fewer words, or only the beginning of one.";
pub(crate) const FIND_ALL_KINDS: &str = "Back to everything";
pub(crate) const NOTE_OF_NOBODY: &str = "Note, not filed yet";

pub(crate) const WHICH_ACCOUNTS: &str = "Which accounts";
pub(crate) const ALL: &str = "All";
pub(crate) const NEW_THIS_WEEK: &str = "New this week";
pub(crate) const WAITING_TO_UPLOAD: &str = "Waiting to upload";
pub(crate) const MINE: &str = "Mine";
pub(crate) const NEAR_ME: &str = "Near me";
pub(crate) const ASKING_WHERE: &str = "Asking the phone where you are…";
pub(crate) const NOT_TOLD_WHERE: &str = "The browser may not tell Satchel where you are. Allow the location for this site \
    in the browser's settings, then try again.";
pub(crate) const UNKNOWN_WHERE: &str =
    "The phone does not know where it is right now. Try again under the open sky.";
pub(crate) const NO_MAP_PLACE: &str = "No account here has a place on the map";
pub(crate) const NO_MAP_PLACE_TEXT: &str = "Fill in latitude and longitude in an account's form.";
pub(crate) const ASK_AGAIN: &str = "Try again";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_ways_are_said_as_people_say_them() {
        let number = |count: usize| count.to_string();
        assert_eq!(found_line(1, 0, number), "1 record found");
        assert_eq!(found_line(3, 1, number), "3 records found so far. Still reading 1 record…");
        for (metres, said) in [(0.0, "Here"), (1_700.0, "1.1 mi"), (373_000.0, "232 mi")] {
            assert_eq!(far(metres), said);
        }
    }
}
