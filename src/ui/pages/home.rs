//! Home: the sync, when it last was, what is here, what waits and what is unfinished.

use engine::NeedsYou;
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::RecordId;

use crate::store::Store;
use crate::ui::as_of::{self, Pulling};
use crate::ui::components::card::{Card, Empty, Leads, PageHead};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::disk::NotKept;
use crate::ui::intl::{self, Now};
use crate::ui::{choice, title, words};

/// The page.
#[component]
pub(crate) fn Home(store: Store, now: Now) -> impl IntoView {
    title(|| words::HOME.to_owned());
    let status = store.status();
    let is_first_run =
        Memo::new(move |_| status.with(|status| status.records == 0 && status.pulled_at.is_none()));
    let is_idle = Memo::new(move |_| status.with(|status| status.pulling.is_none()));
    let records = move || intl::number(status.with(|status| status.records));
    view! {
        <div class="page">
            <PageHead title=words::HOME />
            <div class="page__body">
                <NotKept store />
                <Warnings store />
                <Card>
                    <SyncNow store now />
                    <Show when=move || status.with(|status| status.let_go)>
                        <p class="sync__news" role="status">{words::LET_GO}</p>
                    </Show>
                    <News store />
                    <Show when=move || is_first_run.get() && is_idle.get()>
                        <Empty icon=Icon::Satchel title=words::FIRST_RUN text=words::FIRST_RUN_TEXT />
                    </Show>
                </Card>
                <Card>
                    <Show when=move || !is_first_run.get()>
                        <p class="card__pair">
                            <span class="card__name">{words::ON_THIS_PHONE}</span>
                            <span class="card__value">{records}</span>
                        </p>
                    </Show>
                    <Waiting store />
                </Card>
                <Unfinished store />
            </div>
        </div>
    }
}

/// The sync icon with its word, and when the data shown was pulled; a bar while a pull is under way.
#[component]
fn SyncNow(store: Store, now: Now) -> impl IntoView {
    let is_busy = Memo::new(move |_| store.status().with(|status| status.pulling.is_some()));
    let as_of = as_of::as_of(store, now);
    view! {
        <div class="sync">
            <button
                type="button"
                class="sync__button"
                class:sync__button--busy=move || is_busy.get()
                on:click=move |_| store.sync_now()
            >
                <Drawing icon=Icon::Sync />
                <span class="sync__word">{words::SYNC_NOW}</span>
            </button>
            <p class="sync__as-of">{as_of}</p>
        </div>
        <Pulling store />
    }
}

/// What the last pull brought. The toast reads it out; this stays.
#[component]
fn News(store: Store) -> impl IntoView {
    let is_pulling = move || store.status().with(|status| status.pulling.is_some());
    let line = move || {
        let news = store.news().get().filter(|_| !is_pulling());
        news.map(|news| view! { <p class="sync__news">{words::news(&news, intl::number)}</p> })
    };
    view! { {line} }
}

/// What waits for the rep first, then for the office, then for the web.
#[component]
fn Waiting(store: Store) -> impl IntoView {
    let status = store.status();
    let count = move |is_meant: fn(&NeedsYou) -> bool| {
        status.with(|status| status.needs_you.iter().filter(|save| is_meant(save)).count())
    };
    let open = Memo::new(move |_| count(choice::is_for_rep));
    let asked = Memo::new(move |_| count(|save| save.asked));
    let held = move || count(|save| !save.asked && !choice::is_for_rep(save));
    let replaced = Memo::new(move |_| status.with(|status| status.replaced.len()));
    let waiting = Memo::new(move |_| status.with(|status| status.waiting.len()) + held());
    let line = move |count: Memo<usize>, icon, urgent, text: fn(usize) -> String| {
        view! {
            <Show when=move || { count.get() > 0 }>
                <Leads href=OUTBOX icon urgent text=Signal::derive(move || text(count.get())) />
            </Show>
        }
    };
    view! {
        {line(open, Icon::Alert, true, words::need_you)}
        {line(replaced, Icon::Pencil, false, words::replaced_count)}
        {line(asked, Icon::Waiting, false, words::asked_count)}
        <Leads href=OUTBOX icon=Icon::Outbox text=Signal::derive(move || words::wait_here(waiting.get())) />
    }
}

/// What is wrong with this phone, though nothing is lost by it.
#[component]
fn Warnings(store: Store) -> impl IntoView {
    let clock_off = Memo::new(move |_| store.status().with(|status| status.clock_off.map(words::clock_off)));
    let too_old = Memo::new(move |_| store.status().with(|status| status.too_old));
    let lines = move || {
        let too_old = too_old.get().then(|| words::TOO_OLD.to_owned());
        let lines = [clock_off.get(), too_old].into_iter().flatten();
        lines
            .map(|line| view! { <p class="card__warning"><Drawing icon=Icon::Alert />{line}</p> })
            .collect_view()
    };
    view! { <div class="page__warnings" role="status">{lines}</div> }
}

/// Forms that hold text nobody saved.
#[component]
fn Unfinished(store: Store) -> impl IntoView {
    let keys = RwSignal::new(Vec::<String>::new());
    spawn_local(async move {
        let found = store.drafts().await;
        keys.try_set(found);
    });
    let lines = move || {
        let line = |key: String| {
            let href = address(&key)?;
            let name = account_of(&key)
                .and_then(|id| store.with_view(|view| Some(crate::ui::name(view.record(id)?))));
            let text = words::unfinished(&key, name.as_deref());
            Some(view! { <Leads href icon=Icon::Pencil text=Signal::stored(text) /> })
        };
        keys.get().into_iter().filter_map(line).collect_view()
    };
    view! {
        <Show when=move || keys.with(|keys| !keys.is_empty())>
            <Card title=words::UNFINISHED>{lines}</Card>
        </Show>
    }
}

/// Where the form of a key is; none for a key of another version of the app.
fn address(key: &str) -> Option<String> {
    match key.split_once(':')? {
        ("account", "new") => Some("/accounts/new".to_owned()),
        ("account", id) => Some(format!("/accounts/{id}/edit")),
        ("contact", "new") => Some("/contacts/new".to_owned()),
        ("contact", id) => Some(format!("/contacts/{id}/edit")),
        ("referral", "new:") => Some("/referrals/new".to_owned()),
        ("referral", id) => Some(match id.strip_prefix("new:") {
            Some(account) => format!("/referrals/new?account={account}"),
            None => format!("/referrals/{id}/edit"),
        }),
        ("event", "new") => Some("/events/new".to_owned()),
        ("event", of) => Some(match of.split_once(':') {
            Some((series, day)) => format!("/events/{series}/edit?day={day}"),
            None => format!("/events/{of}/edit"),
        }),
        ("note", id) => Some(format!("/accounts/{id}/note")),
        ("mend", number) => Some(format!("/more/outbox/{number}")),
        _ => None,
    }
}

fn account_of(key: &str) -> Option<RecordId> {
    key.split_once(':')?.1.parse().ok().map(RecordId)
}

const OUTBOX: &str = "/more/outbox";
