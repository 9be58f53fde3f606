//! The screen. Pages read the store's signals and call its verbs; components take values and callbacks. Nothing here
//! knows a disk or a network.
//!
//! Reading order: [`App`] chooses by session; `shell` stands around the pages; `pages` are what the rep sees, made of
//! `components`; `form` is a form as plain data and `open_form` one on the screen; `words` holds every sentence.

#![allow(unreachable_pub, reason = "#[component] makes its inner parts pub")]

mod account_filter;
mod as_of;
mod attention;
mod choice;
mod components;
mod copy_text;
mod counted;
mod disk;
mod due;
mod effort;
mod facts;
mod file_it;
mod form;
mod form_frame;
mod here;
mod history;
mod intl;
mod left_over;
mod like;
mod log_it;
mod move_event;
mod move_referral;
mod occasion;
mod open_form;
mod open_referral;
mod pages;
mod people_field;
mod picture;
mod reach;
mod record_field;
mod record_list;
mod record_page;
mod routes;
mod said;
mod saved_views;
mod scrolled;
mod shell;
mod signal;
mod take;
mod today;
mod trail;
mod trend;
mod twins;
mod undo;
mod words;
mod zone;

use leptos::prelude::*;
use protocol::{Kind, Record, RecordId, TerritoryId, schema};
use view::View;

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
            Session::Stopped(trouble) => Self::Stopped(words::trouble(trouble)),
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

/// A record's name as it is shown: what its kind is known by.
fn name(record: &Record) -> String {
    let known_by = schema::fields(record.kind).first().and_then(|field| record.fields.text(field.name));
    known_by.unwrap_or(words::NO_NAME).to_owned()
}

/// The name of whoever is signed in: as whose they make records.
fn me(store: Store) -> String {
    store.session().with(|session| match session {
        Session::Open { who, .. } => who.name.clone(),
        _ => String::new(),
    })
}

/// What tells a record from others of its name, in a line.
fn line(view: &View, record: &Record) -> String {
    let text = |name| record.fields.text(name);
    match record.kind {
        Kind::Account => words::account_line(text("city"), text("state"), text("type")),
        _ => {
            let account = view.account_of(record).and_then(|id| view.record(id));
            words::dotted([text("type").map(str::to_owned), account.map(|account| name(account))])
        }
    }
}

/// Where a record is shown.
fn address(kind: Kind, id: RecordId) -> String {
    let room = match kind {
        Kind::Account | Kind::SavedView | Kind::Unknown => "accounts",
        Kind::Contact => "contacts",
        Kind::Referral => "referrals",
        Kind::Event => "events",
        Kind::Note => "notes",
    };
    format!("/{room}/{}", id.0)
}

/// Where it is told what a record was before.
fn changes_address(id: RecordId) -> String {
    format!("/changes/{}", id.0)
}

/// The territory in which something about this account is made: the account's. What is about no account yet stays with
/// the rep alone until it is filed. None before the first pull.
fn home_of(store: Store, account: Option<RecordId>) -> Option<TerritoryId> {
    let of_account = |id| store.with_view(|view| view.record(id).map(|record| record.territory.clone()));
    let status = store.status();
    let own = || status.with(|status| status.own.clone());
    let first = || status.with(|status| status.territories.first().map(|(id, _)| id.clone()));
    untrack(|| account.and_then(of_account).or_else(own).or_else(first))
}
