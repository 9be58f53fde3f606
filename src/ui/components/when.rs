//! Fields for a day, and for a day with its time, as the phone's own pickers give them.

use leptos::prelude::*;

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
                on:input:target=move |event| entry.typed(event.target().value())
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
                on:input:target=move |event| entry.typed(event.target().value())
                on:blur=move |_| entry.left()
            />
        </div>
    }
}

/// A day and a time of the clock on the wall, `2026-11-25T09:30`; a day alone where no time is given.
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
        let when = if day.is_empty() || time.is_empty() { day } else { format!("{day}T{time}") };
        entry.typed(when);
    };
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
                        on:input:target=move |event| put(event.target().value(), time.get_untracked())
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
                        on:input:target=move |event| put(day.get_untracked(), event.target().value())
                        on:blur=move |_| entry.left()
                    />
                </div>
            </div>
            <Wrong entry />
        </div>
    }
}

fn part(text: &str, at: usize) -> String {
    text.split('T').nth(at).unwrap_or_default().to_owned()
}
