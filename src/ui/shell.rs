//! What stands around every page while a user's records are open: header, chip, navigation, banners, news.

use std::time::Duration;

use engine::Chip;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::components::Router;
use leptos_router::hooks::use_location;

use crate::store::{Session, Store};
use crate::ui::components::banner::{Banner, Toast};
use crate::ui::components::button::Button;
use crate::ui::components::chip::{SyncChip, Tone};
use crate::ui::components::dialog::Dialog;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::components::nav::{Nav, Place};
use crate::ui::disk::{DiskNotice, DiskTrouble};
use crate::ui::intl;
use crate::ui::pages::sign_in::SignInForm;
use crate::ui::routes::Pages;
use crate::ui::scrolled::{self, Scrolled};
use crate::ui::undo::UndoOffer;
use crate::ui::{attention, signal, trail, words};

/// The shell.
#[component]
pub(crate) fn Shell(store: Store) -> impl IntoView {
    let to_content = |event: web_sys::MouseEvent| {
        event.prevent_default();
        attention::focus_content();
    };
    let scrolled = Scrolled::start();
    let keys = window_event_listener(ev::keydown, |event| scrolled::on_key(&event));
    on_cleanup(move || keys.remove());
    view! {
        <Router>
            <a class="skip" href="#main" on:click=to_content>{words::SKIP}</a>
            <div
                class="shell"
                on:click=move |event| trail::on_click(&event)
                on:scroll:capture=move |event| scrolled.on_scroll(&event)
            >
                <header class="shell__head">
                    <a href="/" class="shell__brand">
                        <Drawing icon=Icon::Satchel />
                        <span>{words::APP}</span>
                    </a>
                    <div class="shell__tools">
                        <Chipped store />
                        <a href="/find" class="button button--bare" title=words::FIND>
                            <Drawing icon=Icon::Search />
                            <span class="hidden">{words::FIND}</span>
                        </a>
                    </div>
                </header>
                <div class="shell__nav">
                    <Nav label=words::MAIN places=PLACES />
                </div>
                <div class="shell__banners">
                    <DiskTrouble store />
                    <DiskNotice store />
                    <Expired store />
                    <Newer store />
                    <Update store />
                </div>
                <main class="shell__main" id=attention::CONTENT tabindex="-1">
                    <Pages store />
                </main>
                <div class="shell__undo"><UndoOffer store /></div>
                <NewsToast store />
                <Arrivals scrolled />
            </div>
        </Router>
    }
}

#[component]
fn Chipped(store: Store) -> impl IntoView {
    let chip = Memo::new(move |_| store.status().with(|status| status.chip));
    let pulled_at = Memo::new(move |_| store.status().with(|status| status.pulled_at));
    let is_offline = signal::is_missing(store, chip);
    let tone = move || match chip.get() {
        _ if is_offline.get() => Tone::Waiting,
        Chip::UpToDate => Tone::Calm,
        Chip::Sending => Tone::Busy,
        Chip::WaitingForSignal(_) => Tone::Waiting,
        Chip::UpdatesReady(_) => Tone::News,
        Chip::SignInToSend | Chip::NeedsYou(_) => Tone::Urgent,
    };
    let text = move || match chip.get() {
        _ if is_offline.get() => words::offline(pulled_at.get().map(intl::time)),
        chip => words::chip(chip),
    };
    let href = move || match chip.get() {
        Chip::UpToDate | Chip::UpdatesReady(_) => "/".to_owned(),
        _ => "/more/outbox".to_owned(),
    };
    view! {
        <SyncChip
            text=Signal::derive(text)
            tone=Signal::derive(tone)
            href=Signal::derive(href)
        />
    }
}

/// The session has ended. Nothing stops; the saves wait for the password.
#[component]
fn Expired(store: Store) -> impl IntoView {
    let email = Memo::new(move |_| match store.session().get() {
        Session::Open { who, expired: true } => Some(who.email),
        _ => None,
    });
    let asks = RwSignal::new(false);
    let strip = move || {
        email.get().map(|email| {
            asks.set(false);
            view! {
                <Banner title=words::SIGN_IN_TO_SEND text=words::SIGN_IN_TO_SEND_TEXT>
                    <Button label=words::SIGN_IN_AGAIN icon=Icon::Key on_press=move || asks.set(true) />
                </Banner>
                <Dialog open=asks title=words::SIGN_IN_TO_SEND id="sign-in-again">
                    <SignInForm store email />
                    <Button label=words::NOT_NOW on_press=move || asks.set(false) />
                </Dialog>
            }
        })
    };
    view! { {strip} }
}

#[component]
fn Update(store: Store) -> impl IntoView {
    view! {
        <Show when=move || store.update_ready().get()>
            <Banner text=words::NEW_VERSION>
                <Button label=words::NEW_VERSION_RELOAD on_press=move || store.apply_update() />
            </Banner>
        </Show>
    }
}

/// This window is the older one of two versions.
#[component]
fn Newer(store: Store) -> impl IntoView {
    view! {
        <Show when=move || store.newer().get()>
            <Banner title=words::NEWER text=words::NEWER_TEXT>
                <Button label=words::RELOAD on_press=move || store.apply_update() />
            </Banner>
        </Show>
    }
}

/// Tells what a pull brought, then passes. Home keeps the line, so there it is only read out.
#[component]
fn NewsToast(store: Store) -> impl IntoView {
    let told = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let Some(news) = store.news().get() else { return };
        told.set(Some(words::news(&news, intl::number)));
        set_timeout(move || drop(told.try_set(None)), TOLD_FOR);
    });
    let path = use_location().pathname;
    let on_home = move || path.with(|path| path == "/");
    view! {
        <div class="shell__toast" class:hidden=on_home>
            <Toast text=told />
        </div>
    }
}

/// After a change of page the keyboard's place is gone with the old page: it goes to the new one, which begins at its
/// top.
#[component]
fn Arrivals(scrolled: Scrolled) -> impl IntoView {
    scrolled.follow();
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            attention::take_up();
        }
        path
    });
}

const PLACES: &[Place] = &[
    Place { href: "/", rooms: &[""], label: words::HOME, icon: Icon::Home },
    Place {
        href: "/accounts",
        rooms: &["accounts", "contacts"],
        label: words::ACCOUNTS,
        icon: Icon::Accounts,
    },
    Place {
        href: "/referrals",
        rooms: &["referrals", "figures"],
        label: words::REFERRALS,
        icon: Icon::Referral,
    },
    Place { href: "/calendar", rooms: &["calendar", "events"], label: words::CALENDAR, icon: Icon::Calendar },
    Place { href: "/more", rooms: &["more", "unfiled"], label: words::MORE, icon: Icon::More },
];

const TOLD_FOR: Duration = Duration::from_secs(6);
