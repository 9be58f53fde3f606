//! The numbers of a chart in rows: to be read, and to be taken along with it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::ui::components::banner::Failure;
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
    /// What saves its chart as a picture; none where another table of the chart offers it.
    pub(crate) picture: Option<&'static str>,
    /// What prints it with its chart.
    pub(crate) print: &'static str,
    /// What it says when the browser made no file.
    pub(crate) failed: &'static str,
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
            <Take words caption head rows />
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

/// What takes the chart and its numbers along.
#[component]
fn Take(
    words: &'static TableWords,
    caption: Signal<String>,
    head: Signal<Vec<&'static str>>,
    rows: Signal<Vec<Vec<Cell>>>,
) -> impl IntoView {
    let has_failed = RwSignal::new(false);
    let save = move |_| {
        let head = head.get_untracked().into_iter().map(str::to_owned).collect();
        let plain = |row: Vec<Cell>| row.into_iter().map(|cell| cell.plain).collect();
        let lines: Vec<Vec<String>> =
            std::iter::once(head).chain(rows.get_untracked().into_iter().map(plain)).collect();
        has_failed.set(take::save_table(&caption.get_untracked(), &lines).is_err());
    };
    let draw = move |event: MouseEvent| {
        let Some(figure) = figure_of(&event) else {
            return;
        };
        let title = caption.get_untracked();
        spawn_local(async move {
            let saved = take::save_picture(&title, &figure).await;
            // The rep may have left the page.
            has_failed.try_set(saved.is_err());
        });
    };
    let print = move |event: MouseEvent| {
        if let Some(figure) = figure_of(&event) {
            take::print(&figure);
        }
    };
    let name = move |does: &'static str| move || caption.with(|caption| format!("{does}, {caption}"));
    let picture = words.picture.map(|picture| {
        view! {
            <button type="button" class="button" aria-label=name(picture) on:click=draw>
                <Drawing icon=Icon::Picture />
                {picture}
            </button>
        }
    });
    view! {
        <div class="chart__do">
            <button type="button" class="button" aria-label=name(words.save) on:click=save>
                <Drawing icon=Icon::Export />
                {words.save}
            </button>
            {picture}
            <button type="button" class="button" aria-label=name(words.print) on:click=print>
                <Drawing icon=Icon::Print />
                {words.print}
            </button>
        </div>
        <Failure text=Signal::derive(move || has_failed.get().then(|| words.failed.to_owned())) />
    }
}

/// The chart that a pressed button belongs to.
fn figure_of(event: &MouseEvent) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("figure").ok().flatten()
}

fn title(name: &'static str) -> impl IntoView {
    view! { <th scope="col">{name}</th> }
}

fn row(cells: Vec<Cell>) -> impl IntoView {
    let cell = |Cell { text, href, .. }: Cell| match href {
        Some(href) => view! {
            <a href=href class="chart__link">
                <span dir="auto">{text}</span>
            </a>
        }
        .into_any(),
        None => view! { <span dir="auto">{text}</span> }.into_any(),
    };
    let mut cells = cells.into_iter();
    let first = cells.next().map(|first| view! { <th scope="row">{cell(first)}</th> });
    let rest = cells.map(|one| view! { <td>{cell(one)}</td> }).collect_view();
    view! { <tr>{first} {rest}</tr> }
}
