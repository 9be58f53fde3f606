//! The numbers of a chart in rows: to be read, taken along as a file, and printed with the chart.

use leptos::prelude::*;
use leptos_router::components::A;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::take;

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What it says.
    pub(crate) text: String,
    /// What it says in a file, where programs read it.
    pub(crate) plain: String,
    /// The records behind it.
    pub(crate) href: Option<String>,
}

/// What the table says of itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableWords {
    /// What unfolds it.
    pub(crate) unfold: &'static str,
    /// What saves it as a file.
    pub(crate) save: &'static str,
    /// What prints it with its chart.
    pub(crate) print: &'static str,
}

impl Cell {
    /// Words.
    pub(crate) fn said(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { plain: text.clone(), text, href: None }
    }

    /// The same, leading somewhere.
    pub(crate) fn leading(self, href: Option<String>) -> Self {
        Self { href, ..self }
    }
}

/// The table; folded away until it is asked for, and only then made.
#[component]
pub(crate) fn Table(
    /// What it says of itself.
    words: &'static TableWords,
    /// What it shows.
    #[prop(into)]
    caption: Signal<String>,
    /// The heads of the columns.
    #[prop(into)]
    head: Signal<Vec<&'static str>>,
    /// The rows; the first cell of each names it.
    #[prop(into)]
    rows: Signal<Vec<Vec<Cell>>>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let on_toggle = move |event: leptos::ev::Event| {
        is_open.set(event_target::<Element>(&event).has_attribute("open"));
    };
    let name = move |does: &'static str| move || caption.with(|caption| format!("{does}, {caption}"));
    let save = move |_| {
        let head = head.get_untracked().into_iter().map(str::to_owned).collect();
        let plain = |row: Vec<Cell>| row.into_iter().map(|cell| cell.plain).collect();
        let lines: Vec<Vec<String>> =
            std::iter::once(head).chain(rows.get_untracked().into_iter().map(plain)).collect();
        take::save_table(&caption.get_untracked(), &lines);
    };
    let print = move |event: MouseEvent| {
        let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(figure) = pressed.and_then(|pressed| pressed.closest("figure").ok().flatten()) {
            take::print(&figure);
        }
    };
    let unfolded = move || {
        view! {
            // It may be wider than the page, and is scrolled by keyboard as well.
            <div class="chart__scroll" role="region" tabindex="0" aria-label=move || caption.get()>
                <table class="chart__table">
                    <caption class="hidden">{move || caption.get()}</caption>
                    <thead>
                        <tr>{move || head.get().into_iter().map(title).collect_view()}</tr>
                    </thead>
                    <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            <div class="chart__do">
                <button type="button" class="button" aria-label=name(words.save) on:click=save>
                    <Drawing icon=Icon::Export />
                    {words.save}
                </button>
                <button type="button" class="button" aria-label=name(words.print) on:click=print>
                    <Drawing icon=Icon::Print />
                    {words.print}
                </button>
            </div>
        }
    };
    view! {
        <details class="form__more" on:toggle=on_toggle>
            <summary class="form__more-head">
                {words.unfold} <span class="hidden">{move || format!(", {}", caption.get())}</span>
            </summary>
            <Show when=move || is_open.get()>{unfolded}</Show>
        </details>
    }
}

fn title(name: &'static str) -> impl IntoView {
    view! { <th scope="col">{name}</th> }
}

fn row(cells: Vec<Cell>) -> impl IntoView {
    let cell = |Cell { text, href, .. }: Cell| match href {
        Some(href) => view! {
            <A href=href attr:class="chart__link">
                <span dir="auto">{text}</span>
            </A>
        }
        .into_any(),
        None => view! { <span dir="auto">{text}</span> }.into_any(),
    };
    let mut cells = cells.into_iter();
    let first = cells.next().map(|first| view! { <th scope="row">{cell(first)}</th> });
    let rest = cells.map(|one| view! { <td>{cell(one)}</td> }).collect_view();
    view! { <tr>{first} {rest}</tr> }
}
