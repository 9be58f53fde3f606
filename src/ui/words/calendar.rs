//! The words about the calendar and its events.

/// How long something lasts, by the clock.
pub(crate) fn from_to(start: &str, end: Option<&str>) -> String {
    match end {
        Some(end) => format!("{start} \u{2013} {end}"),
        None => start.to_owned(),
    }
}

/// What comes again, in words.
pub(crate) fn comes_again(how_often: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => format!("{how_often} until {until}"),
        None => how_often.to_owned(),
    }
}

/// What stands beside the way back after an event was moved.
pub(crate) fn moved(name: &str, when: &str) -> String {
    format!("\u{201c}{}\u{201d} is moved to {when}.", super::short(name))
}

/// What is told when all of a series should go to another day that has it already.
pub(crate) fn hours_alone(name: &str) -> String {
    let name = super::short(name);
    format!(
        "\u{201c}{name}\u{201d} stays as it is: what comes every day or weekday changes its hours alone. \
         Move only this one instead."
    )
}

/// What stands beside the way back after an event was logged.
pub(crate) fn logged(name: &str, how: &str) -> String {
    format!("\u{201c}{}\u{201d}: {how}.", super::short(name))
}

/// What stands in the place of the outcomes before the day.
pub(crate) fn log_from(day: &str) -> String {
    format!("You can log it from {day} on. If it was earlier, move it first.")
}

/// The empty answer of a search.
pub(crate) fn no_event_matches(query: &str) -> String {
    format!("No event matches \u{201c}{}\u{201d}.", query.trim())
}

/// How many events a search found, of which so many are shown.
pub(crate) fn events_found(count: usize, number: &str, shown: usize) -> String {
    let found = super::counted(count, number, "event", "events");
    if shown < count { format!("{found}, the newest {shown} shown") } else { found }
}

pub(crate) const VIEWS: &str = "Day, week or list";
pub(crate) const VIEW_DAY: &str = "Day";
pub(crate) const VIEW_WEEK: &str = "Week";
pub(crate) const VIEW_LIST: &str = "List";
pub(crate) const TODAY: &str = "Today";
pub(crate) const EARLIER: &str = "Previous";
pub(crate) const LATER: &str = "Next";
pub(crate) const GO_TO_DAY: &str = "Go to day";
pub(crate) const SEARCH_EVENTS: &str = "Search events";
pub(crate) const EVENTS_FOUND: &str = "Events found";
pub(crate) const SEARCH_EVENTS_HINT: &str = "Title, place, person\u{2026}";
pub(crate) const ALL_DAY: &str = "All day";
pub(crate) const EARLIER_IN_WEEK: &str = "Earlier this week";
pub(crate) const NOTHING_ON_DAY: &str = "Nothing on this day";
pub(crate) const NOTHING_IN_WEEK: &str = "Nothing in this week";
pub(crate) const NOTHING_IN_MONTH: &str = "Nothing in these 30 days";
pub(crate) const NEXT_EVENT: &str = "Go to the next event";
pub(crate) const NO_DAY_YET: &str = "No day yet";
pub(crate) const NOW: &str = "Now";

pub(crate) const EDIT_EVENT: &str = "Edit event";
pub(crate) const EDIT_THIS_ONE: &str = "Edit this one";
pub(crate) const EDIT_ALL: &str = "Edit all";
pub(crate) const DAY_GONE: &str = "The series leaves out this day";
pub(crate) const DAY_GONE_TEXT: &str =
    "It was logged, moved or deleted meanwhile, and stands by itself in the calendar if it is there.";
pub(crate) const EVENT_GONE: &str = "This event is not on this phone";
pub(crate) const EVENT_GONE_TEXT: &str =
    "It may have moved to another territory or been deleted. Sync now to see the newest.";
pub(crate) const NOT_ON_THAT_DAY: &str = "The series leaves out that day. This is its next one.";
pub(crate) const HOW_WAS_IT: &str = "How did it go?";
pub(crate) const CANCEL_EVENT: &str = "Cancel event";
pub(crate) const CANCELLED_IT: &str = "cancelled";
pub(crate) const PLAN_AGAIN: &str = "Plan again";
pub(crate) const PLANNED_AGAIN: &str = "planned again";
pub(crate) const OTHERS: &str = "Others who take part";
pub(crate) const ADD_PERSON: &str = "Add another person";
pub(crate) const MOVE: &str = "Move\u{2026}";
pub(crate) const MOVE_TITLE: &str = "Move event";
pub(crate) const MOVE_DO: &str = "Move";
pub(crate) const MOVE_ONE: &str = "This one";
pub(crate) const MOVE_ALL: &str = "All";
pub(crate) const MOVE_WHICH: &str = "It comes again. Move only this one, or all of the series?";
pub(crate) const NEW_DAY: &str = "Day";
pub(crate) const NEW_START: &str = "Starts at";
pub(crate) const NEEDS_A_DAY: &str = "Choose a day, and the time at which it starts.";
pub(crate) const DELETE_ONE: &str = "Delete this one";
pub(crate) const DELETE_ALL: &str = "Delete all";
pub(crate) const OF_SERIES: &str = "One of a series";
