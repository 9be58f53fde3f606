//! One of a few, or some of a few, as chips: native radio buttons and ticks.

use leptos::prelude::*;

use super::field::Entry;
use super::icon::{Drawing, Icon};

/// One of a few, or none: pressing the chosen one takes it away.
#[component]
pub(crate) fn ChipField(
    /// What every field is told.
    entry: Entry,
    /// Values with the words for them.
    #[prop(into)]
    choices: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let Entry { name, label, text, .. } = entry;
    let choice = move |(value, words): (String, String)| {
        let chosen = value.clone();
        let is_chosen = Memo::new(move |_| text.with(|text| *text == chosen));
        let press = move |_| {
            entry.typed(if is_chosen.get_untracked() { String::new() } else { value.clone() });
        };
        // A browser presses no radio button that is chosen already.
        let take_away = move |event: web_sys::KeyboardEvent| {
            if matches!(&*event.key(), " " | "Delete" | "Backspace") && is_chosen.get_untracked() {
                event.prevent_default();
                entry.typed(String::new());
            }
        };
        view! {
            <label class="filters__choice">
                <input
                    class="filters__radio"
                    type="radio"
                    name=name
                    prop:checked=move || is_chosen.get()
                    on:click=press
                    on:keydown=take_away
                    on:blur=move |_| entry.left()
                />
                <span>{words}</span>
            </label>
        }
    };
    view! {
        <fieldset class="filters" id=name>
            <legend class="field__label">{label}</legend>
            {move || choices.get().into_iter().map(choice).collect_view()}
        </fieldset>
    }
}

/// A tick that looks like a chip.
#[component]
pub(crate) fn TickChip(
    /// What it says.
    #[prop(into)]
    words: String,
    /// How many it would take, if that is known.
    #[prop(optional, into)]
    count: MaybeProp<String>,
    /// Whether it is ticked.
    #[prop(into)]
    ticked: Signal<bool>,
    /// The rep pressed it: whether it is to be ticked.
    on_tick: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="filters__choice">
            <input
                class="filters__radio"
                type="checkbox"
                prop:checked=move || ticked.get()
                on:change:target=move |event| on_tick.run(event.target().checked())
            />
            <Show when=move || ticked.get()>
                <Drawing icon=Icon::Check />
            </Show>
            <span class="filters__words" dir="auto">{words}</span>
            {move || count.get().map(|count| view! { <span class="filters__count">{count}</span> })}
        </label>
    }
}
