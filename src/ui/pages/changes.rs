//! What a record was before: who set which field, when, and what stood there. The web keeps it, so it needs a signal.

use engine::{LinkError, Place};
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::message::{VersionEntry, VersionOp};
use protocol::schema::{self, Class, Shape};
use protocol::{Kind, Op, Record, RecordId};
use view::View;

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::banner::Failure;
use crate::ui::components::button::Button;
use crate::ui::components::card::{Card, Empty, PageHead};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::{address, attention, intl, me, name, said, title, undo, words};

/// How asking the web stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Waits,
    Told { more: bool },
    Failed(LinkError),
}

/// A version as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Line {
    version: u64,
    icon: Icon,
    what: &'static str,
    author: String,
    time: String,
    fields: Vec<Told>,
}

/// A field that a version set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Told {
    label: String,
    text: String,
    was: Option<String>,
    /// What putting it back would save: the field, the value before, and the value now.
    back: Option<(String, Option<String>, Option<String>)>,
}

/// The page.
#[component]
pub(crate) fn Changes(store: Store, id: RecordId) -> impl IntoView {
    title(|| words::WHAT_CHANGED.to_owned());
    let named = Memo::new(move |_| store.with_view(|view| view.record(id).map(|record| name(record))));
    let is_here = Memo::new(move |_| named.with(Option::is_some));
    let is_on_web = Memo::new(move |_| {
        store.with_view(|view| {
            view.record(id).is_some_and(|record| record.version > 0 || view.place(id) == Place::Web)
        })
    });
    let page = move || match (is_here.get(), is_on_web.get()) {
        (false, _) => view! { <Empty icon=Icon::Pencil title=words::NOT_HERE /> }.into_any(),
        (true, false) => view! { <Empty icon=Icon::Phone text=words::ONLY_HERE /> }.into_any(),
        (true, true) => view! { <Versions store id /> }.into_any(),
    };
    let kind = untrack(|| store.with_view(|view| view.record(id).map(|record| record.kind)));
    let back = kind.map_or_else(|| "/".to_owned(), |kind| address(kind, id));
    view! {
        <article class="page">
            <PageHead title=words::WHAT_CHANGED back=(back, words::BACK) />
            <div class="page__body">
                {move || named.get().map(|name| view! { <p class="page__line" dir="auto">{name}</p> })}
                {page}
            </div>
        </article>
    }
}

#[component]
fn Versions(store: Store, id: RecordId) -> impl IntoView {
    let versions = RwSignal::new(Vec::<VersionEntry>::new());
    let asked = RwSignal::new(Asked::Waits);
    let (asks, wanted) = (StoredValue::new(0_u32), StoredValue::new(None::<u64>));
    // Older ones, or all anew; the answer to an earlier question is no answer to this one.
    let ask = move |below: Option<u64>| {
        asks.update_value(|asks| *asks += 1);
        wanted.set_value(below);
        let mine = asks.get_value();
        asked.set(Asked::Waits);
        spawn_local(async move {
            let answer = store.versions(id, below).await;
            if asks.try_get_value() != Some(mine) {
                return;
            }
            match answer {
                Ok(reply) => {
                    versions.update(|versions| {
                        versions.retain(|_| below.is_some());
                        versions.extend(reply.versions);
                    });
                    asked.set(Asked::Told { more: reply.more });
                }
                Err(error) => asked.set(Asked::Failed(error)),
            }
        });
    };
    let older = move || {
        ask(versions.with_untracked(|versions| versions.last().map(|entry| entry.version)));
        attention::take_up();
    };
    let again = move || {
        ask(wanted.get_value());
        attention::take_up();
    };
    let place = Memo::new(move |_| store.with_view(|view| view.place(id)));
    let here = Memo::new(move |_| store.with_view(|view| view.record(id).map_or(0, |record| record.version)));
    // Asked at once, and again when a save has reached the web, or a pull has brought more.
    Effect::new(move |before: Option<(bool, u64)>| {
        let now = (place.get() == Place::Web, here.get());
        if before.is_none_or(|before| now.0 && now != before) {
            ask(None);
        }
        now
    });
    let me = Memo::new(move |_| me(store));
    // What colleagues wrote that this phone has not pulled: then nothing is put back over it unseen.
    let is_behind = Memo::new(move |_| {
        let is_news = |entry: &VersionEntry| entry.version > here.get() && entry.by != me.get();
        versions.with(|versions| versions.iter().any(is_news))
    });
    let lines = Memo::new(move |_| {
        let (me, is_behind) = (me.get(), is_behind.get());
        let read = |entry: &VersionEntry| store.with_view(|view| Line::read(view, id, entry, &me, is_behind));
        versions.with(|versions| versions.iter().map(read).collect::<Vec<_>>())
    });
    let failed = move || match asked.get() {
        Asked::Failed(error) => Some(words::not_told(error).to_owned()),
        _ => None,
    };
    let said = move || match asked.get() {
        Asked::Waits => Some(words::ASKING),
        Asked::Told { .. } if lines.with(Vec::is_empty) => Some(words::NO_PAST),
        _ => None,
    };
    view! {
        <Show when=move || place.get() == Place::Phone>
            <p class="card__hint">{words::YOURS_WAITS}</p>
        </Show>
        <Show when=move || is_behind.get()>
            <p class="card__warning" role="status">
                <Drawing icon=Icon::News />
                {words::NEWER_ON_WEB}
            </p>
            <Button label=words::SYNC_NOW icon=Icon::Sync on_press=move || store.sync_now() />
        </Show>
        <Show when=move || !lines.with(Vec::is_empty)>
            <Card>
                <ol class="timeline" role="list">
                    <For each=move || lines.get() key=Clone::clone let:line>
                        <Version store id line />
                    </For>
                </ol>
            </Card>
        </Show>
        <p class="card__hint" role="status">
            {said}
        </p>
        <Failure text=Signal::derive(failed) />
        <Show when=move || matches!(asked.get(), Asked::Failed(_))>
            <Button label=words::TRY_AGAIN icon=Icon::Sync on_press=again />
        </Show>
        <Show when=move || asked.get() == Asked::Told { more: true }>
            <Button label=words::OLDER on_press=older />
        </Show>
    }
}

#[component]
fn Version(store: Store, id: RecordId, line: Line) -> impl IntoView {
    let set = move |set: Told| {
        let Told { label, text, was, back } = set;
        let button = was.clone().zip(back).map(|(was, (field, before, now))| {
            let (said, name) = (words::is_as_before(&label), words::put_back(&label, &was));
            let put_back = move |_| {
                let draft = |text: &Option<String>| {
                    let kind = store.with_view(|view| view.record(id).map(|record| record.kind))?;
                    let set = [(field.clone(), text.clone())].into();
                    Some(Draft::of_press(vec![DraftEdit::to(id, kind, Op::Patch, set)]))
                };
                if let Some((draft, undone)) = untrack(|| draft(&before).zip(draft(&now))) {
                    undo::press(store, draft, said.clone(), undone, attention::take_up);
                }
            };
            view! {
                <button type="button" class="button" aria-label=name on:click=put_back>
                    <span class="button__label">{words::BACK_TO_IT}</span>
                </button>
            }
        });
        view! {
            <div class="details__pair">
                <dt class="details__name">{label}</dt>
                <dd class="details__value changes__value">
                    <span dir="auto">{text}</span>
                    {was.map(|was| view! { <span class="changes__was" dir="auto">{words::was(&was)}</span> })}
                    {button}
                </dd>
            </div>
        }
    };
    view! {
        <li class="timeline__moment">
            <p class="timeline__head">
                <span class="timeline__kind">
                    <Drawing icon=line.icon />
                    {line.what}
                </span>
                <span class="timeline__author" dir="auto">{line.author}</span>
                <span class="timeline__time">{line.time}</span>
            </p>
            <dl class="details">{line.fields.into_iter().map(set).collect_view()}</dl>
        </li>
    }
}

impl Line {
    fn read(view: &View, id: RecordId, entry: &VersionEntry, me: &str, is_behind: bool) -> Self {
        let record = view.record(id);
        let fields = entry.set.iter().filter(|(field, _)| field.as_str() != WRITTEN);
        let set = |(field, text): (&String, &Option<String>)| {
            let kind = record.map_or(Kind::Unknown, |record| record.kind);
            let said = |text: Option<&str>| said::text_of(view, kind, field, text);
            let before = entry.before.get(field).map(String::as_str);
            let is_new = before.is_none() && entry.op == VersionOp::Create;
            Told {
                label: said::label(field),
                text: said(text.as_deref()),
                was: (!is_new).then(|| said(before)),
                back: record
                    .filter(|record| !is_new && !is_behind && can_be_put_back(record, field, before))
                    .map(|record| {
                        let now = record.fields.text(field).map(str::to_owned);
                        (field.clone(), before.map(str::to_owned), now)
                    }),
            }
        };
        let author = match entry.by.as_str() {
            "" => words::BY_IMPORT.to_owned(),
            by if by == me => words::YOU.to_owned(),
            by => by.to_owned(),
        };
        Self {
            version: entry.version,
            icon: match entry.op {
                VersionOp::Create => Icon::Plus,
                VersionOp::Delete => Icon::Trash,
                VersionOp::Restore | VersionOp::Move => Icon::Forward,
                VersionOp::Patch | VersionOp::Other => Icon::Pencil,
            },
            what: words::version_op(entry.op),
            author,
            time: intl::time(entry.at),
            fields: fields.map(set).collect(),
        }
    }
}

/// Whether one press may set the field to what it was. What hangs together with other fields, or with other records, is
/// changed in its form: so are referrals and events as a whole.
fn can_be_put_back(record: &Record, field: &str, before: Option<&str>) -> bool {
    let Some(known) = schema::field(record.kind, field) else { return false };
    let stands_alone = !matches!(known.shape, Shape::Link(_) | Shape::Degrees | Shape::Wall | Shape::Utc);
    let is_plain =
        schema::class(field) == Class::Text && !matches!(record.kind, Kind::Referral | Kind::Event);
    let is_needed = known.required && before.is_none();
    stands_alone && is_plain && !is_needed && record.fields.text(field) != before
}

/// When a note was first written is not a change.
const WRITTEN: &str = "written";
