//! One of a few ways to look at a list: radio buttons that look like chips.

use leptos::prelude::*;

/// The choice. With the keyboard it is one stop, and the arrows go from one to the next.
#[component]
pub(crate) fn Filters(
    /// What is chosen here.
    label: &'static str,
    /// The name of the group, one on a page.
    name: &'static str,
    /// The words for each, in their order.
    choices: Vec<Signal<String>>,
    /// The place of the one that is chosen.
    #[prop(into)]
    chosen: Signal<usize>,
    /// The rep chose the one at this place.
    on_choose: Callback<usize>,
) -> impl IntoView {
    let choice = move |(at, words): (usize, Signal<String>)| {
        view! {
            <label class="filters__choice">
                <input
                    class="filters__radio"
                    type="radio"
                    name=name
                    prop:checked=move || chosen.get() == at
                    on:change=move |_| on_choose.run(at)
                />
                <span>{move || words.get()}</span>
            </label>
        }
    };
    view! {
        <fieldset class="filters">
            <legend class="hidden">{label}</legend>
            {choices.into_iter().enumerate().map(choice).collect_view()}
        </fieldset>
    }
}
