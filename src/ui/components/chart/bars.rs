//! Bars that stand side by side.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::{Ends, Fill, Hatch, Link, percent, pressed, role};

/// A bar of parts that stand on each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    /// From below.
    pub(crate) counts: Vec<usize>,
    /// Where pressing it leads; none where it leads nowhere.
    pub(crate) link: Option<Link>,
}

/// The bars, with their totals above and the first and the last of them named below.
#[component]
pub(crate) fn Bars(
    /// One on a page.
    id: &'static str,
    /// What it shows, for who cannot see it.
    #[prop(into)]
    told: Signal<String>,
    /// How the parts are filled, from below.
    fills: &'static [Fill],
    /// The bars.
    bars: Signal<Vec<Bar>>,
    /// What the first and the last stand for; none where another drawing below says it.
    #[prop(optional)]
    ends: Option<Signal<(String, String)>>,
    /// Whether it is one of several below each other.
    #[prop(optional)]
    low: bool,
) -> impl IntoView {
    let navigate = use_navigate();
    let drawn = move || {
        let bars = bars.get();
        let slot = 100.0 / bars.len().max(1) as f64;
        let highest = bars.iter().map(|bar| bar.counts.iter().sum()).max().unwrap_or(0).max(1);
        let one = |(at, bar): (usize, Bar)| {
            let left = slot * (at as f64 + BAR_GAP);
            let wide = slot * (1.0 - 2.0 * BAR_GAP);
            let mut below = 0;
            let part = |(count, fill): (&usize, &Fill)| {
                below += count;
                let (top, high) = (100.0 * (highest - below) as f64, 100.0 * *count as f64);
                (*count > 0).then(|| {
                    view! {
                        <rect
                            class=fill.class()
                            fill=fill.paint(id)
                            x=percent(left)
                            width=percent(wide)
                            y=percent(top / highest as f64)
                            height=percent(high / highest as f64)
                        />
                    }
                })
            };
            let parts = bar.counts.iter().zip(fills).map(part).collect_view();
            let hit = bar.link.map(|link| pressed(link, slot * at as f64, slot, navigate.clone()));
            view! { <g class="chart__bar">{parts} {hit}</g> }
        };
        bars.into_iter().enumerate().map(one).collect_view()
    };
    let totals = move || {
        let total = |bar: Bar| {
            let total: usize = bar.counts.iter().sum();
            view! { <span>{(total > 0).then(|| total.to_string())}</span> }
        };
        bars.get().into_iter().map(total).collect_view()
    };
    let has_links = move || bars.with(|bars| bars.iter().any(|bar| bar.link.is_some()));
    view! {
        <div class="chart__plot">
            <div class="chart__totals" aria-hidden="true">{totals}</div>
            <svg
                class="chart__bars"
                class:chart__bars--low=low
                role=move || role(has_links())
                aria-label=move || told.get()
            >
                <Hatch id />
                {drawn}
            </svg>
            {ends.map(|ends| view! { <Ends ends /> })}
        </div>
    }
}

/// Room on each side of a bar, as a part of its place.
const BAR_GAP: f64 = 0.16;
