//! Whether the rated accounts are seen as often as is meant.

use leptos::prelude::*;
use view::facets::Facet;
use view::figures;
use view::filter::{Show, Wanted};

use super::Counted;
use crate::ui::components::chart::{Cell, Figure, Fill, Line, Lines, Table};
use crate::ui::counted::number_cell;
use crate::ui::saved_views::address;
use crate::ui::{intl, words};

/// A line a rating, with the ways to those that are behind.
#[component]
pub(super) fn Coverage(counted: Memo<Counted>) -> impl IntoView {
    let summary = Signal::derive(move || {
        counted.with(|counted| {
            let seen = counted.coverage.iter().map(|row| row.seen).sum();
            words::coverage_told(seen, counted.coverage.iter().map(|row| row.meant).sum())
        })
    });
    let lines = Signal::derive(move || {
        let line = |row: &figures::Coverage| Line {
            label: words::rated(row.rating),
            text: words::no_goal(row.all - row.meant),
            number: words::of_all(&intl::number(row.seen), &intl::number(row.meant)),
            share: (row.seen * 100).checked_div(row.meant).unwrap_or(0),
            fill: Fill::Full,
            href: (row.all > 0).then(|| accounts(Show::All, row.rating)),
        };
        counted.with(|counted| counted.coverage.iter().map(line).collect::<Vec<_>>())
    });
    let behind = move || {
        let link = |(show, rating, count): (Show, &'static str, usize)| {
            let text = words::of_rating(words::show(show), &intl::number(count), rating);
            (count > 0).then(|| {
                view! {
                    <li>
                        <a href=accounts(show, rating) class="chart__link">
                            {text}
                        </a>
                    </li>
                }
            })
        };
        let links = |row: &figures::Coverage| {
            [(Show::Overdue, row.rating, row.overdue), (Show::NeverVisited, row.rating, row.never)].map(link)
        };
        counted.with(|counted| counted.coverage.iter().flat_map(links).collect_view())
    };
    let rows = Signal::derive(move || {
        let row = |row: &figures::Coverage| {
            let cell = |show: Show, count: usize| {
                number_cell(count).leading((count > 0).then(|| accounts(show, row.rating)))
            };
            vec![
                Cell::said(row.rating),
                cell(Show::All, row.all),
                number_cell(row.meant),
                number_cell(row.seen),
                cell(Show::Overdue, row.overdue),
                cell(Show::NeverVisited, row.never),
            ]
        };
        counted.with(|counted| counted.coverage.iter().map(row).collect::<Vec<_>>())
    });
    view! {
        <Figure title=words::COVERAGE summary note=words::COVERAGE_NOTE>
            <Lines label=words::COVERAGE lines />
            <ul role="list" class="chart__names">{behind}</ul>
            <Table words=&words::TABLE caption=words::COVERAGE head=Signal::stored(HEAD.to_vec()) rows />
        </Figure>
    }
}

/// Where the accounts of a rating are, all or those that stand so to their visit frequency.
fn accounts(show: Show, rating: &str) -> String {
    let mut wanted = Wanted::default().showing(show);
    wanted.toggle(Facet::Rating, rating);
    address(&wanted)
}

const HEAD: [&str; 6] = [
    words::RATING,
    words::ALL_OF_RATING,
    words::WITH_FREQUENCY,
    words::SEEN_IN_TIME,
    words::OVERDUE,
    words::NEVER_VISITED,
];
