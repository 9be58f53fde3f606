//! What the charts share: where the referrals are that were counted, and how counts and days stand in bars and tables.

use protocol::schema::Date;
use view::pipeline::{BECAME, Which};

use crate::ui::components::chart::{Cell, Fill, Link};
use crate::ui::{intl, words};

/// Where the referrals are that a figure has counted.
pub(crate) fn address(which: &Which) -> String {
    let pairs = which
        .to_pairs()
        .into_iter()
        .map(|(name, text)| format!("{name}={}", String::from(js_sys::encode_uri_component(&text))));
    format!("/referrals?{}", pairs.collect::<Vec<_>>().join("&"))
}

/// The way to as many of them; none leads nowhere.
pub(crate) fn link(count: usize, which: &Which, name: String) -> Option<Link> {
    (count > 0).then(|| Link { href: address(which), name })
}

/// So many of them, in a table.
pub(crate) fn count_cell(count: usize, which: &Which) -> Cell {
    number_cell(count).leading((count > 0).then(|| address(which)))
}

/// A number in a table; in a file it has no marks between its thousands.
pub(crate) fn number_cell(count: usize) -> Cell {
    Cell { text: intl::number(count), plain: count.to_string(), href: None }
}

/// A day in a table; in a file it is written as programs read it.
pub(crate) fn day_cell(day: Date) -> Cell {
    Cell { text: intl::day(day), plain: day.to_string(), href: None }
}

/// The first and the last day of a chart.
pub(crate) fn ends(mut days: impl DoubleEndedIterator<Item = Date>) -> (String, String) {
    let first = days.next();
    let last = days.next_back().or(first);
    let said = |day: Option<Date>| day.map(intl::day).unwrap_or_default();
    (said(first), said(last))
}

/// What became of referrals, as bars tell it.
pub(crate) fn became_parts() -> Vec<(Fill, &'static str)> {
    FILLS.iter().copied().zip(BECAME.map(words::became)).collect()
}

/// In the order of [`BECAME`].
pub(crate) const FILLS: &[Fill] = &[Fill::Full, Fill::Hatched, Fill::Empty];
