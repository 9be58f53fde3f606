//! What happened, newest first.

use leptos::prelude::*;

use super::chip::{Mark, Tone};
use super::icon::{Drawing, Icon};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Moment {
    /// Its name among the others.
    pub(crate) id: u128,
    /// What it is, and its drawing.
    pub(crate) kind: (&'static str, Icon),
    /// Where it is told in full.
    pub(crate) href: String,
    /// Who.
    pub(crate) author: String,
    /// When, for people; nothing where that is not known.
    pub(crate) time: String,
    /// When, for programs.
    pub(crate) written: String,
    /// What it is known by, if it has a name.
    pub(crate) title: String,
    /// What is known of it in few words.
    pub(crate) facts: String,
    /// What.
    pub(crate) text: String,
    /// Where its words are, unless they are on the web.
    pub(crate) mark: Option<(&'static str, Tone, Icon)>,
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
    let mark = moment.mark.map(|(text, tone, icon)| view! { <Mark text tone icon /> });
    let (kind, drawing) = moment.kind;
    let time = (!moment.time.is_empty()).then(|| {
        view! { <time class="timeline__time" datetime=moment.written>{moment.time}</time> }
    });
    let line =
        |class, text: String| (!text.is_empty()).then(|| view! { <p class=class dir="auto">{text}</p> });
    view! {
        <li class="timeline__moment">
            <p class="timeline__head">
                <a href=moment.href class="timeline__kind">
                    <Drawing icon=drawing />
                    {kind}
                </a>
                <span class="timeline__author" dir="auto">{moment.author}</span>
                {time}
                {mark}
            </p>
            {line("timeline__title", moment.title)}
            {line("timeline__facts", moment.facts)}
            {line("timeline__text", moment.text)}
        </li>
    }
}
