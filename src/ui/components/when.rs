//! Fields for a day, and for a day with its time, as the phone's own pickers give them.
//!
//! Where a keyboard is, each part of a day is typed by itself, and the browser has nothing to give until all parts fit.
//! Until then what the field gave before holds, and nothing is written back: that would wipe the other parts.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use super::field::{Entry, Wrong};

/// A day, as `2026-11-25`.
#[component]
pub(crate) fn DayField(
    /// What every field is told.
    entry: Entry,
) -> impl IntoView {
    let Entry { name, label, text, .. } = entry;
    view! {
        <div class="field" class:field--wrong=move || entry.wrong.with(Option::is_some)>
            <label class="field__label" for=name>{label}</label>
            <input
                class="field__input"
                id=name
                name=name
                type="date"
                prop:value=move || text.get()
                aria-invalid=move || entry.invalid()
                aria-describedby=move || entry.described_by()
                on:input:target=move |event| given(&event.target(), |day| entry.typed(day))
                on:blur=move |_| entry.left()
            />
            <Wrong entry />
        </div>
    }
}

/// A time of the clock on the wall, as `09:30`.
#[component]
pub(crate) fn TimeField(
    /// What every field is told.
    entry: Entry,
) -> impl IntoView {
    let Entry { name, label, text, .. } = entry;
    view! {
        <div class="field">
            <label class="field__label" for=name>{label}</label>
            <input
                class="field__input"
                id=name
                name=name
                type="time"
                step="300"
                prop:value=move || text.get()
                on:input:target=move |event| given(&event.target(), |time| entry.typed(time))
                on:blur=move |_| entry.left()
            />
        </div>
    }
}

/// A day and a time of the clock on the wall, `2026-11-25T09:30`; a day alone where no time is given. A time alone, as
/// `T09:30`, is no value: it stays in sight until a form that is saved asks for its day.
#[component]
pub(crate) fn WhenField(
    /// What every field is told.
    entry: Entry,
    /// The label of the time; the day has the field's own.
    time_label: &'static str,
) -> impl IntoView {
    let Entry { name, label, text, .. } = entry;
    let day = Memo::new(move |_| text.with(|text| part(text, 0)));
    let time = Memo::new(move |_| text.with(|text| part(text, 1)));
    let put = move |day: String, time: String| {
        entry.typed(if time.is_empty() { day } else { format!("{day}T{time}") });
    };
    let put_day = move |day| put(day, time.get_untracked());
    let put_time = move |time| put(day.get_untracked(), time);
    let time_id = format!("{name}-time");
    view! {
        <div class="field" class:field--wrong=move || entry.wrong.with(Option::is_some)>
            <div class="form__row">
                <div class="field">
                    <label class="field__label" for=name>{label}</label>
                    <input
                        class="field__input"
                        id=name
                        name=name
                        type="date"
                        prop:value=move || day.get()
                        aria-invalid=move || entry.invalid()
                        aria-describedby=move || entry.described_by()
                        on:input:target=move |event| given(&event.target(), put_day)
                        on:blur=move |_| entry.left()
                    />
                </div>
                <div class="field">
                    <label class="field__label" for=time_id.clone()>{time_label}</label>
                    <input
                        class="field__input"
                        id=time_id
                        type="time"
                        step="300"
                        prop:value=move || time.get()
                        on:input:target=move |event| given(&event.target(), put_time)
                        on:blur=move |_| entry.left()
                    />
                </div>
            </div>
            <Wrong entry />
        </div>
    }
}

/// The first field in there of which only a part is filled in.
pub(crate) fn unfinished(within: &Element) -> Option<HtmlInputElement> {
    let inputs = within.query_selector_all("input[type=date], input[type=time]").ok()?;
    let inputs = (0..inputs.length()).filter_map(|at| inputs.get(at)?.dyn_into::<HtmlInputElement>().ok());
    inputs.into_iter().find(is_unfinished)
}

/// Passes on what a field gives, once it gives something or is empty.
fn given(input: &HtmlInputElement, then: impl FnOnce(String)) {
    if !is_unfinished(input) {
        then(input.value());
    }
}

/// `validity.badInput`: none of these fields must be filled in, so that only what is begun is both empty and invalid.
fn is_unfinished(input: &HtmlInputElement) -> bool {
    input.value().is_empty() && input.matches(":invalid").unwrap_or_default()
}

fn part(text: &str, at: usize) -> String {
    text.split('T').nth(at).unwrap_or_default().to_owned()
}
