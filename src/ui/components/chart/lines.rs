//! Bars that lie below each other, each with its words and its number.

use leptos::prelude::*;

use super::{Fill, percent};

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
    /// How it is filled: whole, or a line around nothing.
    pub(crate) fill: Fill,
    /// The records behind it.
    pub(crate) href: Option<String>,
}

/// The bars.
#[component]
pub(crate) fn Lines(
    /// What they are together.
    #[prop(into)]
    label: Signal<String>,
    /// The bars.
    #[prop(into)]
    lines: Signal<Vec<Line>>,
    /// The length that is aimed at, per cent.
    #[prop(optional)]
    aim: Option<usize>,
) -> impl IntoView {
    let line = move |Line { label, text, number, share, fill, href }: Line| {
        let aim = aim.map(|aim| percent(aim as f64));
        let mark =
            aim.map(|aim| view! { <line class="chart__mark" x1=aim.clone() x2=aim y1="0" y2="100%" /> });
        let words = view! {
            <span class="chart__label" dir="auto">{label}</span>
            <span class="chart__number">{number}</span>
            <svg class="chart__track" aria-hidden="true">
                <rect class=fill.class() width=percent(share as f64) height="100%" />
                {mark}
            </svg>
            {(!text.is_empty()).then(|| view! { <span class="chart__text">{text}</span> })}
        };
        let words = match href {
            Some(href) => view! { <a href=href class="chart__row">{words}</a> }.into_any(),
            None => view! { <div class="chart__row">{words}</div> }.into_any(),
        };
        view! { <li>{words}</li> }
    };
    view! {
        <ul role="list" aria-label=move || label.get() class="chart__lines">
            {move || lines.get().into_iter().map(line).collect_view()}
        </ul>
    }
}
