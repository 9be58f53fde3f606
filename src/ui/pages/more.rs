//! More: the sync, the outbox, who is signed in, and the way out.

use leptos::prelude::*;
use protocol::message::Who;

use super::sign_out::SignOut;
use crate::store::{Session, Store};
use crate::ui::as_of::{self, Pulling};
use crate::ui::components::card::{Card, Leads, PageHead};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::intl::Now;
use crate::ui::{title, words};

/// The page.
#[component]
pub(crate) fn More(store: Store, now: Now) -> impl IntoView {
    title(|| words::MORE.to_owned());
    let unsent = move || store.status().with(|status| status.waiting.len() + status.needs_you.len());
    let outbox = move || match unsent() {
        0 => words::OUTBOX.to_owned(),
        unsent => format!("{} ({unsent})", words::OUTBOX),
    };
    let as_of = as_of::as_of(store, now);
    let say = |words: &'static str| Signal::stored(words.to_owned());
    view! {
        <div class="page">
            <PageHead title=words::MORE />
            <div class="page__body">
                <Card>
                    <button type="button" class="card__line" on:click=move |_| store.sync_now()>
                        <Drawing icon=Icon::Sync />
                        <span class="card__words">{words::SYNC_NOW}</span>
                    </button>
                    <p class="card__under">{as_of}</p>
                    <Pulling store />
                    <Leads href="/more/outbox" icon=Icon::Outbox text=Signal::derive(outbox) />
                    <Leads href="/more/about" icon=Icon::About text=Signal::stored(words::ABOUT.to_owned()) />
                </Card>
                <Card>
                    <Leads href="/contacts" icon=Icon::Person text=say(words::CONTACTS) />
                    <Leads href="/unfiled" icon=Icon::Note text=say(words::UNFILED) />
                    <Leads href="/figures" icon=Icon::Chart text=say(words::FIGURES) />
                    <Leads href="/more/export" icon=Icon::Export text=say(words::EXPORT) />
                </Card>
                <Card title=words::USER>
                    <User store />
                    <SignOut store />
                </Card>
            </div>
        </div>
    }
}

#[component]
fn User(store: Store) -> impl IntoView {
    let user = move || match store.session().get() {
        Session::Open { who, .. } => Some(user(who)),
        _ => None,
    };
    view! { {user} }
}

fn user(who: Who) -> impl IntoView {
    view! {
        <p class="card__person">
            <span class="card__value">{who.name}</span>
            <span class="card__name">{who.email}</span>
            <span class="card__name">{who.organisation}</span>
        </p>
    }
}
