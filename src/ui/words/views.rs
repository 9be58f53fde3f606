//! What the list of accounts is narrowed by, and the views of it that the rep has saved.

use view::facets::Facet;
use view::filter::{Show, Sort};
use view::saved::{BadName, NAME_CHARS_MAX, VIEWS_MAX};

/// A ready-made view.
pub(crate) const fn show(show: Show) -> &'static str {
    match show {
        Show::All => super::ALL,
        Show::Due => super::DUE_VISITS,
        Show::Overdue => super::OVERDUE,
        Show::NeverVisited => super::NEVER_VISITED,
        Show::New => super::NEW_THIS_WEEK,
        Show::Waiting => super::WAITING_TO_UPLOAD,
        Show::Mine => super::MINE,
    }
}

/// An order of the list.
pub(crate) const fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => "By name",
        Sort::LongestAgo => "Longest not visited first",
        Sort::Nearest => "Nearest first",
    }
}

/// What a facet is called.
pub(crate) const fn facet(facet: Facet) -> &'static str {
    match facet {
        Facet::Rating => "Rating",
        Facet::Type => "Type",
        Facet::City => "City",
        Facet::Territory => super::TERRITORY,
    }
}

/// A value among those of its facet.
pub(crate) fn offered(facet: Facet, value: &str) -> String {
    match facet {
        Facet::Rating | Facet::Type if !value.is_empty() => super::value(facet.name(), value),
        _ if value.is_empty() => super::NOT_SAID.to_owned(),
        _ => value.to_owned(),
    }
}

/// A chosen value where nothing else says of what it is one.
pub(crate) fn chosen(facet: Facet, value: &str) -> String {
    match (facet, value) {
        (_, "") => format!("No {}", self::facet(facet).to_lowercase()),
        (Facet::Rating, value) => format!("Rating {value}"),
        (facet, value) => offered(facet, value),
    }
}

/// The button that opens the filters, and how many values are chosen there.
pub(crate) fn filter_button(on: usize) -> String {
    if on == 0 { FILTER.to_owned() } else { format!("{FILTER} ({on})") }
}

/// The button under the filters.
pub(crate) fn show_these(count: usize, number: &str) -> String {
    match count {
        0 => "No account is left".to_owned(),
        _ => format!("Show {}", super::counted(count, number, "account", "accounts")),
    }
}

/// What a chip does that is pressed.
pub(crate) fn take_off(what: &str) -> String {
    format!("Take off: {what}")
}

/// Why the list is empty.
pub(crate) fn none_like(wanted: &[String]) -> String {
    match wanted {
        [one] => format!("No account is like this: {one}"),
        all => format!("No account is all of this: {}", all.join(", ")),
    }
}

/// A search among what the filters leave.
pub(crate) fn searched(query: &str) -> String {
    format!("\u{201c}{}\u{201d}", query.trim())
}

/// When somebody was last there.
pub(crate) fn last_there(days: Option<i32>) -> String {
    match days {
        None => super::NEVER_VISITED.to_owned(),
        Some(0) => "Visited today".to_owned(),
        Some(1) => "Visited yesterday".to_owned(),
        Some(days) => format!("Visited {days} days ago"),
    }
}

/// The search among a facet's values.
pub(crate) const fn find_value(facet: Facet) -> &'static str {
    match facet {
        Facet::Rating => "Find a rating",
        Facet::Type => "Find a type",
        Facet::City => "Find a city",
        Facet::Territory => "Find a territory",
    }
}

/// How many of a facet's values are not shown.
pub(crate) fn more_values(count: &str) -> String {
    format!("And {count} more: type to find one.")
}

/// What is wrong with the name of a view.
pub(crate) fn bad_name(why: BadName) -> String {
    match why {
        BadName::Missing => "Give the view a name.".to_owned(),
        BadName::TooLong(chars) => {
            format!("A name has {NAME_CHARS_MAX} characters at most, and this one has {chars}.")
        }
        BadName::Unprintable => "This holds a character that cannot be shown. Type it again.".to_owned(),
        BadName::TooMany => {
            format!("You have {VIEWS_MAX} views, and more nobody finds again. Delete one first.")
        }
    }
}

/// A view of that name is there.
pub(crate) fn replace(name: &str) -> String {
    format!("You have a view called \u{201c}{name}\u{201d}. Put this one in its place?")
}

/// What became of a view.
pub(crate) fn view_saved(name: &str) -> String {
    format!("\u{201c}{name}\u{201d} is saved on this phone")
}

/// What became of a view.
pub(crate) fn view_replaced(name: &str) -> String {
    format!("\u{201c}{name}\u{201d} shows something else now")
}

/// What became of a view.
pub(crate) fn view_renamed(name: &str) -> String {
    format!("It is called \u{201c}{name}\u{201d} now")
}

pub(crate) const FILTER: &str = "Filter";
pub(crate) const FILTER_ACCOUNTS: &str = "Filter accounts";
pub(crate) const ORDER: &str = "Order";
pub(crate) const WHAT_IS_ON: &str = "What is on";
pub(crate) const CLEAR_FILTERS: &str = "Clear filters";
pub(crate) const HOW_MINE: &str = "An account is yours when its owner is your name: open it, press Edit and write your \
    name under Owner. What you add yourself is yours at once.";
pub(crate) const TAKE_ONE_OFF: &str = "Take one off, or clear them all.";
pub(crate) const YOUR_VIEWS: &str = "Your views";
pub(crate) const SAVE_VIEW: &str = "Save this view";
pub(crate) const RENAME_VIEW: &str = "Rename view";
pub(crate) const DELETE_VIEW: &str = "Delete view";
pub(crate) const VIEW_NAME: &str = "Name of the view";
pub(crate) const TOO_MANY_FILTERS: &str = "These are more filters than a view can keep. Take some off first.";
pub(crate) const VIEW_TEXT: &str =
    "Keeps these filters and their order one tap away, on all your devices. Nobody else sees it.";
pub(crate) const REPLACE: &str = "Replace it";
pub(crate) const ASK_WHERE_TEXT: &str = "The phone is asked where it is only when you say so.";
pub(crate) const ASK_WHERE: &str = "Use where I am";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_says_of_what_it_is_a_value() {
        for (facet, value, said) in [
            (Facet::Rating, "A", "Rating A"),
            (Facet::Rating, "", "No rating"),
            (Facet::City, "Elko", "Elko"),
            (Facet::City, "", "No city"),
            (Facet::Type, "Hospital", "Hospital"),
        ] {
            assert_eq!(chosen(facet, value), said);
        }
        assert_eq!((filter_button(0).as_str(), filter_button(2).as_str()), ("Filter", "Filter (2)"));
        assert_eq!(show_these(1, "1"), "Show 1 account");
        assert_eq!(none_like(&["Overdue".to_owned()]), "No account is like this: Overdue");
        for (days, said) in
            [(None, "Never visited"), (Some(0), "Visited today"), (Some(9), "Visited 9 days ago")]
        {
            assert_eq!(last_there(days), said);
        }
    }

    #[test]
    fn a_bad_name_is_told_with_what_would_be_a_good_one() {
        assert_eq!(
            bad_name(BadName::TooLong(300)),
            "A name has 60 characters at most, and this one has 300."
        );
    }
}
