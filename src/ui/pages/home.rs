//! Home: the sync, when it last was, what is here, what waits and what is unfinished.

use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::RecordId;

use crate::store::Store;
use crate::ui::components::card::{Card, Empty, Leads, PageHead};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::components::progress::ProgressBar;
use crate::ui::disk::NotKept;
use crate::ui::intl::{self, Now};
use crate::ui::{title, words};

/// The page.
#[component]
pub(crate) fn Home(store: Store, now: Now) -> impl IntoView {
    title(|| words::HOME.to_owned());
    let status = store.status();
    let is_first_run =
        Memo::new(move |_| status.with(|status| status.records == 0 && status.pulled_at.is_none()));
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
                    <Show when=move || is_first_run.get()>
                        <Empty title=words::FIRST_RUN text=words::FIRST_RUN_TEXT />
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
    let status = store.status();
    let pulling = Memo::new(move |_| status.with(|status| status.pulling));
    let pulled_at = Memo::new(move |_| status.with(|status| status.pulled_at));
    let as_of = move || match pulled_at.get() {
        Some(at) => words::as_of(&intl::time(at), &words::age(now.since(at))),
        None => words::NEVER_PULLED.to_owned(),
    };
    let progress = move || pulling.get().map_or((0, 0), |progress| (progress.received, progress.total));
    let counts = move || {
        let (received, total) = progress();
        if total == 0 {
            String::new()
        } else {
            words::received(&intl::number(received), &intl::number(total))
        }
    };
    view! {
        <div class="sync">
            <button
                type="button"
                class="sync__button"
                class:sync__button--busy=move || pulling.get().is_some()
                on:click=move |_| store.sync_now()
            >
                <Drawing icon=Icon::Sync />
                <span class="sync__word">{words::SYNC_NOW}</span>
            </button>
            <p class="sync__as-of">{as_of}</p>
        </div>
        <Show when=move || pulling.get().is_some()>
            <ProgressBar label=words::RECEIVING done=Signal::derive(progress) text=Signal::derive(counts) />
        </Show>
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

/// What waits for the web, and what waits for the rep.
#[component]
fn Waiting(store: Store) -> impl IntoView {
    let counts = move || store.status().with(|status| (status.waiting.len(), status.needs_you.len()));
    let counts = Memo::new(move |_| counts());
    let needs_you = move || counts.get().1;
    let replaced = Memo::new(move |_| store.status().with(|status| status.replaced.len()));
    view! {
        <Leads
            href="/more/outbox"
            icon=Icon::Outbox
            text=Signal::derive(move || words::wait_here(counts.get().0))
        />
        <Show when=move || { replaced.get() > 0 }>
            <Leads
                href="/more/outbox"
                icon=Icon::Pencil
                text=Signal::derive(move || words::replaced_count(replaced.get()))
            />
        </Show>
        <Show when=move || { needs_you() > 0 }>
            <Leads href="/more/outbox" icon=Icon::Alert text=Signal::derive(move || words::need_you(needs_you())) />
        </Show>
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
        ("note", id) => Some(format!("/accounts/{id}/note")),
        ("mend", number) => Some(format!("/more/outbox/{number}")),
        _ => None,
    }
}

fn account_of(key: &str) -> Option<RecordId> {
    key.split_once(':')?.1.parse().ok().map(RecordId)
}
