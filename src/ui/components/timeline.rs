//! What happened, newest first.

use leptos::prelude::*;

use super::chip::{Mark, Tone};
use super::icon::Icon;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Moment {
    /// Its name among the others.
    pub(crate) id: u128,
    /// Who.
    pub(crate) author: String,
    /// When, for people.
    pub(crate) time: String,
    /// When, for programs.
    pub(crate) written: String,
    /// What.
    pub(crate) text: String,
    /// Where its words are.
    pub(crate) place: &'static str,
    /// How that looks.
    pub(crate) look: (Tone, Icon),
}

/// The list. A moment that did not change keeps its place in the page.
#[component]
pub(crate) fn Timeline(
    /// What happened, newest first.
    #[prop(into)]
    moments: Signal<Vec<Moment>>,
) -> impl IntoView {
    view! {
        <ol class="timeline" role="list">
            <For each=move || moments.get() key=Clone::clone let:moment>
                <Entry moment />
            </For>
        </ol>
    }
}

#[component]
fn Entry(moment: Moment) -> impl IntoView {
    let (tone, icon) = moment.look;
    view! {
        <li class="timeline__moment">
            <p class="timeline__head">
                <span class="timeline__author">{moment.author}</span>
                <time class="timeline__time" datetime=moment.written>{moment.time}</time>
                <Mark text=moment.place tone icon />
            </p>
            <p class="timeline__text" dir="auto">{moment.text}</p>
        </li>
    }
}
