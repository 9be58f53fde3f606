//! Buttons. Each is at least 48 px high and says what it does in words.

use leptos::prelude::*;

use super::icon::{Drawing, Icon};

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Weight {
    /// One of several.
    #[default]
    Plain,
    /// What most people want here; at most one on a page.
    Main,
    /// Only the drawing is seen; the words are for the screen reader and the tooltip.
    Bare,
}

impl Weight {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Main => "button button--main",
            Self::Bare => "button button--bare",
        }
    }
}

/// A button that does something at once.
#[component]
pub(crate) fn Button(
    /// Its name, on screen and for the screen reader.
    label: &'static str,
    /// What it does.
    on_press: impl Fn() + 'static,
    /// How much it asks to be pressed.
    #[prop(default = Weight::Plain)]
    weight: Weight,
    /// The drawing before the word.
    #[prop(optional)]
    icon: Option<Icon>,
    /// What it is found by; one on a page.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let bare = weight == Weight::Bare;
    view! {
        <button type="button" id=id class=weight.class() title=bare.then_some(label) on:click=move |_| on_press()>
            {icon.map(|icon| view! { <Drawing icon /> })}
            <span class="button__label">{label}</span>
        </button>
    }
}

/// The button that sends its form. While the form is at work it cannot be pressed again.
#[component]
pub(crate) fn Submit(
    /// Its name.
    label: &'static str,
    /// What it says while the form is at work.
    busy_label: &'static str,
    /// Whether the form is at work.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <button type="submit" class=Weight::Main.class() disabled=move || busy.get()>
            <span class="button__label">{move || if busy.get() { busy_label } else { label }}</span>
        </button>
    }
}
