//! Charts: drawn by hand, told in a sentence, and with the same numbers in a table. Each part has a pattern of its own
//! beside its colour. What is pressed, by mouse, finger or keyboard, leads to the records that were counted.
//!
//! A screen reader meets a drawing as one thing that says what it shows: a picture, or a group of links where parts of
//! it can be pressed. Such a part may be narrower than a thumb; the table has the same link in full size.

mod bars;
mod lines;
mod rates;
mod table;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use web_sys::MouseEvent;

use crate::ui::trail;

pub(crate) use bars::{Bar, Bars};
pub(crate) use lines::{Line, Lines};
pub(crate) use rates::{Point, Rates};
pub(crate) use table::{Cell, Table, TableWords};

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

/// Where pressing a part of a drawing leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The records behind it.
    pub(crate) href: String,
    /// What it counts and how many, for who cannot see it.
    pub(crate) name: String,
}

/// A chart with its heading, what it says in a sentence, and how it is counted.
#[component]
pub(crate) fn Figure(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// The sentence.
    summary: Signal<String>,
    /// How it is counted.
    note: &'static str,
    /// The chart.
    children: Children,
) -> impl IntoView {
    view! {
        <figure class="card chart">
            <figcaption class="chart__caption">
                <h2 class="card__title">{move || title.get()}</h2>
                <p class="chart__summary">{move || summary.get()}</p>
            </figcaption>
            {children()}
            <p class="chart__note">{note}</p>
        </figure>
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

/// The place of a part from the top of the drawing to its foot, which can be pressed.
fn pressed(
    Link { href, name }: Link,
    left: f64,
    wide: f64,
    navigate: impl Fn(&str, NavigateOptions) + 'static,
) -> impl IntoView {
    let to = href.clone();
    let on_click = move |event: MouseEvent| {
        if !trail::is_elsewhere(&event) {
            // The router follows no links inside of a drawing.
            event.prevent_default();
            navigate(&to, trail::onward());
        }
    };
    view! {
        <g>
            <a class="chart__link-in" href=href aria-label=name on:click=on_click>
                <rect class="chart__hit" x=percent(left) width=percent(wide) y="0" height="100%" />
            </a>
        </g>
    }
}

/// A drawing with parts that lead somewhere is a group of links, any other a picture.
const fn role(has_links: bool) -> &'static str {
    if has_links { "group" } else { "img" }
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

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}
