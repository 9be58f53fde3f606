//! Referrals by week, in small: for Home, and for one account or contact beside what was done there.

use leptos::prelude::*;
use protocol::RecordId;
use view::figures::{self, Week};
use view::pipeline::{BECAME, Which, cases, cases_of};

use crate::store::Store;
use crate::ui::components::card::Leads;
use crate::ui::components::chart::{Bar, Bars, Cell, Figure, Fill, Legend, Table};
use crate::ui::components::icon::Icon;
use crate::ui::{intl, words};

/// The last 13 weeks.
#[component]
pub(crate) fn Trend(
    store: Store,
    /// Whose referrals; none for all.
    #[prop(optional, into)]
    account: Signal<Option<RecordId>>,
) -> impl IntoView {
    let weeks = Memo::new(move |_| {
        let clock = intl::clock();
        store.with_view(|view| {
            let cases =
                account.get().map_or_else(|| cases(view, clock), |account| cases_of(view, account, clock));
            figures::weekly(&cases, clock.now.date())
        })
    });
    let effort = Memo::new(move |_| {
        let read = |id| store.with_view(|view| figures::effort(view, id, intl::clock()));
        account.get().map(read).unwrap_or_default()
    });
    let has_work = Memo::new(move |_| effort.with(|effort| effort.iter().any(|count| *count > 0)));
    let has_effort = Memo::new(move |_| account.with(Option::is_some));
    let is_empty = Memo::new(move |_| {
        weeks.with(|weeks| weeks.iter().all(|week| week.total() == 0))
            && effort.with(|effort| effort.iter().sum::<usize>() == 0)
    });
    let done = Signal::derive(move || words::effort_told(effort.with(|effort| effort.iter().sum())));
    let bars = Signal::derive(move || {
        effort.get().into_iter().map(|count| Bar { counts: vec![count], href: None }).collect()
    });
    let ends = Signal::derive(move || weeks.with(|weeks| ends(weeks)));
    view! {
        <Show when=move || !is_empty.get()>
            <Weekly id="trend" weeks about=account>
                <Show when=move || has_effort.get()>
                    <p class="chart__summary">{move || done.get()}</p>
                    <Show when=move || has_work.get()>
                        <Bars id="effort" told=done fills=&[Fill::Full] bars ends />
                    </Show>
                </Show>
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
    /// Whose referrals; none for all.
    about: Signal<Option<RecordId>>,
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
    let address = move |which: Which| Some(address(&Which { about: about.get(), ..which }));
    let bars = Signal::derive(move || {
        let bar = |week: &Week| Bar {
            counts: week.counts.to_vec(),
            href: (week.total() > 0).then(|| address(week.which(None))).flatten(),
        };
        weeks.with(|weeks| weeks.iter().map(bar).collect())
    });
    let rows = Signal::derive(move || {
        let row = |week: &Week| {
            let cell = |count: usize, which: Which| Cell {
                text: intl::number(count),
                href: (count > 0).then(|| address(which)).flatten(),
            };
            let mut cells =
                vec![Cell { text: intl::day(week.monday), ..cell(week.total(), week.which(None)) }];
            let counts = BECAME.into_iter().zip(week.counts);
            cells.extend(counts.map(|(became, count)| cell(count, week.which(Some(became)))));
            cells.push(cell(week.total(), week.which(None)));
            cells
        };
        weeks.with(|weeks| weeks.iter().rev().map(row).collect())
    });
    let ends = Signal::derive(move || weeks.with(|weeks| ends(weeks)));
    let parts = FILLS.iter().copied().zip(BECAME.map(words::became)).collect();
    let head = [&[words::WEEK_OF], &BECAME.map(words::became)[..], &[words::TOGETHER]].concat();
    view! {
        <Figure title=words::WEEKLY summary>
            <Bars id told=summary fills=FILLS bars ends />
            <Legend id parts />
            <Table word=words::TABLE caption=words::WEEKLY head rows />
            {children.map(|children| children())}
        </Figure>
    }
}

/// Where the referrals are that a figure has counted.
pub(crate) fn address(which: &Which) -> String {
    let pairs = which
        .to_pairs()
        .into_iter()
        .map(|(name, text)| format!("{name}={}", String::from(js_sys::encode_uri_component(&text))));
    format!("/referrals?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn ends(weeks: &[Week]) -> (String, String) {
    let day = |week: Option<&Week>| week.map(|week| intl::day(week.monday)).unwrap_or_default();
    (day(weeks.first()), day(weeks.last()))
}

/// In the order of [`BECAME`].
const FILLS: &[Fill] = &[Fill::Full, Fill::Hatched, Fill::Empty];
