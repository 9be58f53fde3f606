//! The screen. Pages read the store's signals and call its verbs; components take values and callbacks. Nothing here
//! knows a disk or a network.
//!
//! Reading order: [`App`] chooses by session; `shell` stands around the pages; `pages` are what the rep sees, made of
//! `components`; `form` is a form as plain data and `open_form` one on the screen; `words` holds every sentence.

#![allow(unreachable_pub, reason = "#[component] makes its inner parts pub")]

mod as_of;
mod attention;
mod choice;
mod components;
mod form;
mod form_frame;
mod intl;
mod open_form;
mod pages;
mod shell;
mod trail;
mod words;

use leptos::prelude::*;
use protocol::Record;

use crate::store::{Session, Store};
use pages::sign_in::SignIn;
use pages::still::{Opening, Stopped};
use shell::Shell;

/// What the whole screen is about. An expired session changes nothing here: the pages stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Opening,
    SignedOut,
    Open(uuid::Uuid),
    Stopped(String),
}

impl Stage {
    fn of(session: &Session) -> Self {
        match session {
            Session::Opening => Self::Opening,
            Session::SignedOut => Self::SignedOut,
            Session::Open { who, .. } => Self::Open(who.user),
            Session::Stopped(text) => Self::Stopped(text.clone()),
        }
    }
}

/// The whole screen.
#[component]
pub fn App(
    /// The front door to all data.
    store: Store,
) -> impl IntoView {
    let stage = Memo::new(move |_| store.session().with(Stage::of));
    move || match stage.get() {
        Stage::Opening => view! { <Opening /> }.into_any(),
        Stage::SignedOut => view! { <SignIn store /> }.into_any(),
        Stage::Open(_) => view! { <Shell store /> }.into_any(),
        Stage::Stopped(text) => view! { <Stopped text /> }.into_any(),
    }
}

/// Says in the window's title which page this is. An empty text leaves the title to a page inside this one.
fn title(text: impl Fn() -> String + 'static) {
    Effect::new(move |_| match text() {
        text if text.is_empty() => {}
        text if text == words::APP => document().set_title(&text),
        text => document().set_title(&format!("{text} \u{b7} {}", words::APP)),
    });
}

/// A record's name as it is shown.
fn name(record: &Record) -> String {
    record.fields.text("name").unwrap_or(words::NO_NAME).to_owned()
}
