//! Referrals by week, in small for Home and as the first of the charts.

use leptos::prelude::*;
use view::figures::{self, Week};
use view::pipeline::{BECAME, cases};

use crate::store::Store;
use crate::ui::components::card::Leads;
use crate::ui::components::chart::{Bar, Bars, Figure, Legend, Table};
use crate::ui::components::icon::Icon;
use crate::ui::counted::{FILLS, address, became_parts, count_cell, day_cell, ends, link};
use crate::ui::{intl, words};

/// The last 13 weeks, for Home.
#[component]
pub(crate) fn Trend(store: Store) -> impl IntoView {
    let weeks = Memo::new(move |_| {
        let clock = intl::clock();
        store.with_view(|view| figures::weekly(&cases(view, clock), clock.now.date()))
    });
    let is_empty = Memo::new(move |_| weeks.with(|weeks| weeks.iter().all(|week| week.total() == 0)));
    view! {
        <Show when=move || !is_empty.get()>
            <Weekly id="trend" weeks>
                <Leads
                    href="/figures"
                    icon=Icon::Chart
                    text=Signal::stored(words::ALL_FIGURES.to_owned())
                />
            </Weekly>
        </Show>
    }
}

/// The chart of the weeks; pressing one leads to its referrals.
#[component]
pub(crate) fn Weekly(
    /// One on a page.
    id: &'static str,
    weeks: Memo<Vec<Week>>,
    /// What stands below.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let summary = Signal::derive(move || {
        weeks.with(|weeks| {
            let sum = |at: usize| weeks.iter().map(|week| week.counts[at]).sum();
            words::weeks_told([sum(0), sum(1), sum(2)], weeks.last().map_or(0, Week::total))
        })
    });
    let bars = Signal::derive(move || {
        let bar = |week: &Week| {
            let name = words::week_bar(&intl::day(week.monday), week.total(), &intl::number(week.total()));
            Bar { counts: week.counts.to_vec(), link: link(week.total(), &week.which(None), name) }
        };
        weeks.with(|weeks| weeks.iter().map(bar).collect())
    });
    let rows = Signal::derive(move || {
        let row = |week: &Week| {
            let all = (week.total() > 0).then(|| address(&week.which(None)));
            let mut cells = vec![day_cell(week.monday).leading(all)];
            let counts = BECAME.into_iter().zip(week.counts);
            cells.extend(counts.map(|(became, count)| count_cell(count, &week.which(Some(became)))));
            cells.push(count_cell(week.total(), &week.which(None)));
            cells
        };
        weeks.with(|weeks| weeks.iter().rev().map(row).collect::<Vec<_>>())
    });
    let ends = Signal::derive(move || weeks.with(|weeks| ends(weeks.iter().map(|week| week.monday))));
    let head = [&[words::WEEK_OF], &BECAME.map(words::became)[..], &[words::TOGETHER]].concat();
    view! {
        <Figure title=words::WEEKLY summary note=words::WEEKLY_NOTE>
            <Bars id told=summary fills=FILLS bars ends />
            <Legend id parts=became_parts() />
            <Table words=&words::TABLE caption=words::WEEKLY head=Signal::stored(head) rows />
            {children.map(|children| children())}
        </Figure>
    }
}
