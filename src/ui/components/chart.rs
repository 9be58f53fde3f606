//! Charts: drawn by hand, told in a sentence, and with the same numbers in a table. Each part has a pattern of its own
//! beside its colour. What the rep presses leads to the records that were counted; by keyboard the table does.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;

use crate::ui::trail;

/// How a part of a bar is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    Full,
    Hatched,
    Empty,
}

impl Fill {
    const fn class(self) -> &'static str {
        match self {
            Self::Full => "chart__part chart__part--full",
            Self::Hatched => "chart__part chart__part--hatched",
            Self::Empty => "chart__part chart__part--empty",
        }
    }

    fn paint(self, id: &str) -> Option<String> {
        (self == Self::Hatched).then(|| format!("url(#{id}-hatch)"))
    }
}

/// A bar of parts that stand on each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    /// From below.
    pub(crate) counts: Vec<usize>,
    /// Where pressing it leads; none where it leads nowhere.
    pub(crate) href: Option<String>,
}

/// A bar that lies, with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What it counts.
    pub(crate) label: String,
    /// More about it.
    pub(crate) text: String,
    /// The number as it is read.
    pub(crate) number: String,
    /// Its length, per cent of the longest there can be.
    pub(crate) share: usize,
    /// The records behind it.
    pub(crate) href: Option<String>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What it says.
    pub(crate) text: String,
    /// The records behind it.
    pub(crate) href: Option<String>,
}

/// A chart with its heading and what it says in a sentence.
#[component]
pub(crate) fn Figure(
    /// The heading.
    title: &'static str,
    /// The sentence.
    #[prop(into)]
    summary: Signal<String>,
    /// The chart.
    children: Children,
) -> impl IntoView {
    view! {
        <figure class="card chart">
            <figcaption class="chart__caption">
                <h2 class="card__title">{title}</h2>
                <p class="chart__summary">{move || summary.get()}</p>
            </figcaption>
            {children()}
        </figure>
    }
}

/// Bars that stand side by side, with their totals above and the first and the last of them named below.
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
    /// What the first and the last stand for.
    ends: Signal<(String, String)>,
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
            let navigate = navigate.clone();
            let hit = bar.href.map(|href| {
                view! {
                    <rect
                        class="chart__hit"
                        x=percent(slot * at as f64)
                        width=percent(slot)
                        y="0"
                        height="100%"
                        on:click=move |_| navigate(&href, trail::onward())
                    />
                }
            });
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
    view! {
        <div class="chart__plot">
            <div class="chart__totals" aria-hidden="true">{totals}</div>
            <svg class="chart__bars" role="img" aria-label=move || told.get()>
                <Hatch id />
                {drawn}
            </svg>
            <Ends ends />
        </div>
    }
}

/// The pattern of a hatched part.
#[component]
fn Hatch(id: &'static str) -> impl IntoView {
    view! {
        <defs>
            <pattern
                id=format!("{id}-hatch")
                width="7"
                height="7"
                patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)"
            >
                <rect class="chart__ground" width="7" height="7" />
                <rect class="chart__stripe" width="3" height="7" />
            </pattern>
        </defs>
    }
}

#[component]
fn Ends(ends: Signal<(String, String)>) -> impl IntoView {
    view! {
        <div class="chart__ends" aria-hidden="true">
            <span>{move || ends.get().0}</span>
            <span>{move || ends.get().1}</span>
        </div>
    }
}

/// A line of per cents over time, with the share that is aimed at.
#[component]
pub(crate) fn Rates(
    /// What it shows, for who cannot see it.
    #[prop(into)]
    told: Signal<String>,
    /// Per cent at each time; none where there is nothing to count.
    rates: Signal<Vec<Option<usize>>>,
    /// What is aimed at, and how that is said.
    target: (usize, &'static str),
    /// What the first and the last stand for.
    ends: Signal<(String, String)>,
) -> impl IntoView {
    let points = move || {
        let rates = rates.get();
        let last = rates.len().saturating_sub(1).max(1) as f64;
        let point = |(at, rate): (usize, &Option<usize>)| {
            rate.map(|rate| (2.0 + 96.0 * at as f64 / last, 100.0 - rate.min(100) as f64))
        };
        rates.iter().enumerate().filter_map(point).collect::<Vec<_>>()
    };
    let path = move || points().iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect::<Vec<_>>().join(" ");
    let dots = move || {
        let dot = |(x, y)| view! { <circle class="chart__dot" cx=percent(x) cy=percent(y) r="4" /> };
        points().into_iter().map(dot).collect_view()
    };
    let aim = percent(100.0 - target.0 as f64);
    view! {
        <div class="chart__plot chart__plot--rates">
            <p class="chart__aim" aria-hidden="true">{target.1}</p>
            <svg class="chart__bars" role="img" aria-label=move || told.get()>
                <line class="chart__target" x1="0" x2="100%" y1=aim.clone() y2=aim />
                <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">
                    <polyline class="chart__line" points=path />
                </svg>
                {dots}
            </svg>
            <Ends ends />
        </div>
    }
}

/// What the parts of the bars are.
#[component]
pub(crate) fn Legend(
    /// One on a page.
    id: &'static str,
    /// Each part with its word.
    parts: Vec<(Fill, &'static str)>,
) -> impl IntoView {
    let part = |(fill, word): (Fill, &'static str)| {
        view! {
            <li class="chart__key">
                <svg class="chart__swatch" aria-hidden="true">
                    <rect class=fill.class() fill=fill.paint(id) width="100%" height="100%" />
                </svg>
                {word}
            </li>
        }
    };
    view! { <ul role="list" class="chart__legend">{parts.into_iter().map(part).collect_view()}</ul> }
}

/// Bars that lie below each other, each with its words and its number.
#[component]
pub(crate) fn Lines(
    /// What they are together.
    label: &'static str,
    /// The bars.
    #[prop(into)]
    lines: Signal<Vec<Line>>,
) -> impl IntoView {
    let line = |Line { label, text, number, share, href }: Line| {
        let words = view! {
            <span class="chart__label" dir="auto">{label}</span>
            <span class="chart__number">{number}</span>
            <svg class="chart__track" aria-hidden="true">
                <rect class="chart__part chart__part--full" width=percent(share as f64) height="100%" />
            </svg>
            {(!text.is_empty()).then(|| view! { <span class="chart__text">{text}</span> })}
        };
        let words = match href {
            Some(href) => view! { <A href=href attr:class="chart__row">{words}</A> }.into_any(),
            None => view! { <div class="chart__row">{words}</div> }.into_any(),
        };
        view! { <li>{words}</li> }
    };
    view! {
        <ul role="list" aria-label=label class="chart__lines">
            {move || lines.get().into_iter().map(line).collect_view()}
        </ul>
    }
}

/// The same numbers in rows; folded away until it is asked for.
#[component]
pub(crate) fn Table(
    /// The word that unfolds it.
    word: &'static str,
    /// What it shows.
    caption: &'static str,
    /// The heads of the columns.
    head: Vec<&'static str>,
    /// The rows; the first cell of each names it.
    rows: Signal<Vec<Vec<Cell>>>,
) -> impl IntoView {
    let cell = |Cell { text, href }: Cell| match href {
        Some(href) => view! { <A href=href attr:class="chart__link">{text}</A> }.into_any(),
        None => text.into_any(),
    };
    let row = move |cells: Vec<Cell>| {
        let mut cells = cells.into_iter();
        let first = cells.next().map(|first| view! { <th scope="row">{cell(first)}</th> });
        let rest = cells.map(|one| view! { <td>{cell(one)}</td> }).collect_view();
        view! { <tr>{first} {rest}</tr> }
    };
    let head = head.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view();
    view! {
        <details class="form__more">
            <summary class="form__more-head">{word}</summary>
            <div class="chart__scroll">
                <table class="chart__table">
                    <caption class="hidden">{caption}</caption>
                    <thead>
                        <tr>{head}</tr>
                    </thead>
                    <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

/// Room on each side of a bar, as a part of its place.
const BAR_GAP: f64 = 0.16;
