//! A field in which one of many is chosen by typing a part of its name: the combobox of the ARIA practices.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::button::{Button, Weight};
use super::field::{Entry, Wrong};
use super::icon::Icon;
use crate::ui::attention;

/// One that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Offer {
    /// What the field holds when it is chosen.
    pub(crate) value: String,
    /// Its name.
    pub(crate) name: String,
    /// What tells it from others of that name.
    pub(crate) line: String,
    /// Whether it is only like what was typed.
    pub(crate) is_like: bool,
}

/// The words around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PickWords {
    /// Takes the choice away.
    pub(crate) clear: &'static str,
    /// Nothing of that name.
    pub(crate) none: &'static str,
    /// Nothing of that name, but what follows is like it.
    pub(crate) like: &'static str,
}

/// The field. What is typed is only looked for; the field holds the value of the one that was chosen.
#[component]
pub(crate) fn PickField(
    /// What every field is told.
    entry: Entry,
    /// The name of the one that is chosen; none while none is.
    #[prop(into)]
    chosen: Signal<Option<String>>,
    /// Those that fit what was typed, best first; few.
    offers: Callback<String, Vec<Offer>>,
    /// The words around it.
    words: PickWords,
) -> impl IntoView {
    let Entry { name, label, .. } = entry;
    let query = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let at = RwSignal::new(0_usize);
    let found = Memo::new(move |_| if open.get() { offers.run(query.get()) } else { Vec::new() });
    let clear_id = move || format!("{name}-clear");
    let take = move |offer: Offer| {
        open.set(false);
        query.set(String::new());
        entry.typed(offer.value);
        // The field makes room for what was chosen.
        attention::focus_once_drawn(clear_id());
    };
    let clear = move || {
        entry.typed(String::new());
        attention::focus_once_drawn(name);
    };
    let list_id = format!("{name}-offers");
    let option_id = move |place: usize| format!("{name}-offer-{place}");
    let on_key = move |event: KeyboardEvent| {
        let last = found.with(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" if !open.get_untracked() => open.set(true),
            "ArrowDown" => at.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
            "ArrowUp" => at.update(|at| *at = if *at == 0 { last } else { *at - 1 }),
            "Enter" if open.get_untracked() => {
                if let Some(offer) = found.with(|found| found.get(at.get_untracked()).cloned()) {
                    take(offer);
                }
            }
            "Escape" if open.get_untracked() => open.set(false),
            _ => return,
        }
        event.prevent_default();
    };
    let typed = move |text: String| {
        query.set(text);
        at.set(0);
        open.set(true);
    };
    let shown = move || if open.get() || !query.with(String::is_empty) { query.get() } else { String::new() };
    let option = move |(place, offer): (usize, Offer)| {
        let picked = offer.clone();
        view! {
            <li
                class="pick__offer"
                class:pick__offer--at=move || at.get() == place
                id=option_id(place)
                role="option"
                aria-selected=move || if at.get() == place { "true" } else { "false" }
                on:pointerdown=|event| event.prevent_default()
                on:click=move |_| take(picked.clone())
            >
                <span class="pick__name" dir="auto">{offer.name}</span>
                <span class="pick__line" dir="auto">{offer.line}</span>
            </li>
        }
    };
    let offered = {
        let list_id = list_id.clone();
        move || {
            if !open.get() {
                return None;
            }
            let found = found.get();
            let none = found.is_empty().then(|| view! { <p class="pick__none">{words.none}</p> });
            let is_like = found.first().is_some_and(|offer| offer.is_like);
            let like = is_like.then(|| view! { <p class="pick__none">{words.like}</p> });
            Some(view! {
                <div class="pick__box">
                    {like}
                    <ul class="pick__offers" id=list_id.clone() role="listbox" aria-label=label>
                        {found.into_iter().enumerate().map(option).collect_view()}
                    </ul>
                    {none}
                </div>
            })
        }
    };
    let is_chosen = Memo::new(move |_| chosen.with(Option::is_some));
    view! {
        <div class="field pick" class:field--wrong=move || entry.wrong.with(Option::is_some)>
            <label class="field__label" for=name>{label}</label>
            <Show when=move || is_chosen.get()>
                <p class="pick__chosen">
                    <span dir="auto">{move || chosen.get()}</span>
                    <Button
                        label=words.clear
                        weight=Weight::Bare
                        icon=Icon::Close
                        id=clear_id()
                        on_press=clear
                    />
                </p>
            </Show>
            <input
                class="field__input"
                class:hidden=move || is_chosen.get()
                tabindex=move || is_chosen.get().then_some("-1")
                id=name
                name=name
                type="text"
                role="combobox"
                autocomplete="off"
                aria-autocomplete="list"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls=list_id
                aria-activedescendant=move || open.get().then(|| option_id(at.get()))
                aria-invalid=move || entry.invalid()
                aria-describedby=move || entry.described_by()
                prop:value=shown
                on:input:target=move |event| typed(event.target().value())
                on:focus=move |_| open.set(true)
                on:keydown=on_key
                on:blur=move |_| {
                    open.set(false);
                    entry.left();
                }
            />
            {offered}
            <Wrong entry />
        </div>
    }
}
