//! Taking everything along: one file with all that is on this phone, made on the phone.

use engine::Place;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::Kind;
use view::View;
use view::export::{self, KINDS, Sum, Words, Zip};
use web_sys::{Blob, Url};

use crate::store::{Session, Store};
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty, PageHead};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::{intl, title, words};

/// How far the file is.
#[derive(Clone, Debug, PartialEq)]
enum Made {
    NotYet,
    Making,
    Done { address: String, name: String, bytes: f64 },
    Failed(&'static str),
}

/// The page.
#[component]
pub(crate) fn Export(store: Store) -> impl IntoView {
    title(|| words::EXPORT.to_owned());
    let made = RwSignal::new(Made::NotYet);
    on_cleanup(move || forget(&made.get_untracked()));
    let is_empty = Memo::new(move |_| store.with_view(View::is_empty));
    view! {
        <div class="page">
            <PageHead title=words::EXPORT back=("/more".to_owned(), words::MORE) />
            <div class="page__body">
                <p>{words::EXPORT_TEXT}</p>
                <Show
                    when=move || !is_empty.get()
                    fallback=|| view! { <Empty icon=Icon::Export title=words::EXPORT_NOTHING /> }
                >
                    <Holds store />
                    <Make store made />
                    <p class="card__hint">{words::EXPORT_CARE}</p>
                </Show>
            </div>
        </div>
    }
}

/// What the file holds, and what of it is on this phone alone.
#[component]
fn Holds(store: Store) -> impl IntoView {
    let counts = Memo::new(move |_| store.with_view(counts));
    let unsent = Memo::new(move |_| store.with_view(|view| view.not_on_web().count()));
    let line = |(name, count): (String, usize)| {
        let what = match name.as_str() {
            CARDS => words::EXPORT_CARDS,
            CALENDAR => words::EXPORT_CALENDAR,
            WHOLE => words::EXPORT_WHOLE,
            name => KINDS.into_iter().find(|kind| table(*kind) == name).map_or("", words::kinds),
        };
        view! {
            <li class="card__pair">
                <span>{what} " " <span class="card__name">{name}</span></span>
                <span class="card__value">{intl::number(count)}</span>
            </li>
        }
    };
    view! {
        <Card title=words::EXPORT_HOLDS>
            <ul class="export__files" role="list" aria-label=words::EXPORT_HOLDS>
                {move || counts.get().into_iter().map(line).collect_view()}
            </ul>
            <p class="card__hint">{move || words::export_unsent(unsent.get(), &intl::number(unsent.get()))}</p>
        </Card>
    }
}

#[component]
fn Make(store: Store, made: RwSignal<Made>) -> impl IntoView {
    let make = move || {
        if made.get_untracked() == Made::Making {
            return;
        }
        forget(&made.get_untracked());
        made.set(Made::Making);
        spawn_local(async move {
            // What is said of it is drawn first.
            gloo_timers::future::TimeoutFuture::new(50).await;
            let file = archive(store);
            // The page may be gone by then.
            if let Some(unused) = made.try_set(file) {
                forget(&unused);
            }
        });
    };
    let said = move || match made.get() {
        Made::Making => words::EXPORT_MAKING,
        Made::Failed(why) => why,
        Made::NotYet | Made::Done { .. } => "",
    };
    let link = move || match made.get() {
        Made::Done { address, name, bytes } => Some(view! {
            <a class="button button--main" href=address download=name rel="external">
                <Drawing icon=Icon::Export />
                {words::export_save(bytes)}
            </a>
        }),
        _ => None,
    };
    let button = move || {
        if matches!(made.get(), Made::Done { .. }) {
            view! { <Button label=words::EXPORT_AGAIN icon=Icon::Sync on_press=make /> }.into_any()
        } else {
            view! { <Button label=words::EXPORT_MAKE weight=Weight::Main icon=Icon::Export on_press=make /> }
                .into_any()
        }
    };
    view! {
        <div class="export__do">{link} {button}</div>
        <p role="status">{said}</p>
    }
}

/// The browser lets go of a file that nobody can save any more.
fn forget(made: &Made) {
    if let Made::Done { address, .. } = made {
        drop(Url::revoke_object_url(address));
    }
}

/// How many records each file holds.
fn counts(view: &View) -> Vec<(String, usize)> {
    let tables = KINDS.into_iter().map(|kind| (table(kind).to_owned(), view.count(kind)));
    let others = [
        (CARDS, view.count(Kind::Contact)),
        (CALENDAR, export::ics(view, &WORDS).count() - 2),
        (WHOLE, view.len()),
    ];
    tables.chain(others.map(|(name, count)| (name.to_owned(), count))).collect()
}

/// The whole file, ready to be saved.
fn archive(store: Store) -> Made {
    let who = store.session().with_untracked(|session| match session {
        Session::Open { who, .. } => format!("{} ({})", who.name, who.email),
        _ => words::APP.to_owned(),
    });
    let now = intl::clock().now;
    let parts = Array::new();
    let filled = untrack(|| store.with_view(|view| fill(view, &who, now, &parts)));
    let Some(()) = filled else { return Made::Failed(words::EXPORT_TOO_LARGE) };
    let blob = Blob::new_with_u8_array_sequence(&parts);
    let file = blob.and_then(|blob| Ok((Url::create_object_url_with_blob(&blob)?, blob.size())));
    let Ok((address, bytes)) = file else { return Made::Failed(words::EXPORT_FAILED) };
    Made::Done { address, name: format!("satchel-{}.zip", now.date()), bytes }
}

/// Puts all files into the archive; none if it gets too large.
fn fill(view: &View, who: &str, now: protocol::schema::DateTime, parts: &Array) -> Option<()> {
    let mut zip = Zip::new(now);
    let unsent = view.not_on_web().count();
    let unsent = words::export_unsent(unsent, &intl::number(unsent));
    let made = format!("{} {:02}:{:02}", now.date(), now.hour(), now.minute());
    let readme = words::export_readme(&made, who, &counts(view), &unsent);
    put(&mut zip, parts, "README.txt", [readme].into_iter())?;
    for kind in KINDS {
        put(&mut zip, parts, table(kind), export::csv(view, kind, &WORDS))?;
    }
    put(&mut zip, parts, CARDS, export::vcard(view, &WORDS))?;
    put(&mut zip, parts, CALENDAR, export::ics(view, &WORDS))?;
    put(&mut zip, parts, WHOLE, export::json(view))?;
    parts.push(&Uint8Array::from(&*zip.end()));
    Some(())
}

/// Puts one file in, by and by: a browser keeps what is in an array of its own outside of the app's memory.
fn put(zip: &mut Zip, parts: &Array, name: &str, lines: impl Iterator<Item = String>) -> Option<()> {
    let (mut sum, mut chunk) = (Sum::new(), Vec::new());
    let own = Array::new();
    let mut keep = |chunk: &mut Vec<u8>| {
        sum.add(chunk);
        own.push(&Uint8Array::from(chunk.as_slice()));
        chunk.clear();
    };
    for line in lines {
        chunk.extend(line.into_bytes());
        if chunk.len() >= CHUNK_BYTES {
            keep(&mut chunk);
        }
    }
    keep(&mut chunk);
    parts.push(&Uint8Array::from(&*zip.file(name, sum)?));
    for chunk in own.iter() {
        parts.push(&chunk);
    }
    Some(())
}

/// The name of the kind's table.
const fn table(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "accounts.csv",
        Kind::Contact => "contacts.csv",
        Kind::Referral => "referrals.csv",
        Kind::Event => "events.csv",
        Kind::Note | Kind::SavedView | Kind::Unknown => "notes.csv",
    }
}

const CARDS: &str = "contacts.vcf";
const CALENDAR: &str = "calendar.ics";
const WHOLE: &str = "records.jsonl";
const CHUNK_BYTES: usize = 1 << 18;
const WORDS: Words = Words {
    head: words::export_head,
    value: words::value,
    place: |place: Place| words::place(place),
    do_not_contact: words::EXPORT_DO_NOT_CONTACT,
};
