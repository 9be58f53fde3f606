//! Small marks of where things are: the sync chip of the header, and a record's place.

use engine::Place;
use leptos::prelude::*;

use super::icon::{Drawing, Icon};

/// How a mark looks. The words beside it say the same, never the colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tone {
    Calm,
    Busy,
    Waiting,
    News,
    Urgent,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Calm => "chip chip--calm",
            Self::Busy => "chip chip--busy",
            Self::Waiting => "chip chip--waiting",
            Self::News => "chip chip--news",
            Self::Urgent => "chip chip--urgent",
        }
    }

    const fn standing(self) -> &'static str {
        match self {
            Self::Calm => "standing standing--calm",
            Self::Busy | Self::News => "standing standing--news",
            Self::Waiting => "standing standing--waiting",
            Self::Urgent => "standing standing--urgent",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Calm => Icon::Check,
            Self::Busy => Icon::Sync,
            Self::Waiting => Icon::Waiting,
            Self::News => Icon::News,
            Self::Urgent => Icon::Alert,
        }
    }
}

/// The one always-visible word on where things are. It is read out whenever it changes.
#[component]
pub(crate) fn SyncChip(
    /// What it says.
    #[prop(into)]
    text: Signal<String>,
    /// How it looks.
    #[prop(into)]
    tone: Signal<Tone>,
    /// Where more is told.
    #[prop(into)]
    href: Signal<String>,
) -> impl IntoView {
    view! {
        <a href=move || href.get() class="sync-chip">
            <span class=move || tone.get().class()>
                <Drawing icon=Signal::derive(move || tone.get().icon()) />
                <span class="chip__text" role="status">{move || text.get()}</span>
            </span>
        </a>
    }
}

/// How a record's place looks, wherever it is said.
pub(crate) const fn look(place: Place) -> (Tone, Icon) {
    match place {
        Place::Web => (Tone::Calm, Icon::Web),
        Place::Phone => (Tone::Waiting, Icon::Phone),
        Place::NeedsYou => (Tone::Urgent, Icon::Alert),
    }
}

/// Where one record or save is.
#[component]
pub(crate) fn Mark(
    /// What it says.
    #[prop(into)]
    text: String,
    /// How it looks.
    tone: Tone,
    /// Its drawing.
    icon: Icon,
) -> impl IntoView {
    view! {
        <span class=tone.class()>
            <Drawing icon />
            <span class="chip__text">{text}</span>
        </span>
    }
}

/// How something stands, inside a line of text: quieter than a mark.
#[component]
pub(crate) fn Standing(
    /// What it says.
    #[prop(into)]
    text: String,
    /// How it looks.
    tone: Tone,
    /// Its drawing.
    icon: Icon,
) -> impl IntoView {
    view! {
        <span class=tone.standing()>
            <Drawing icon />
            <span>{text}</span>
        </span>
    }
}
