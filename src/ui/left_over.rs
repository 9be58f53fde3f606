//! What was typed into a form whose record is not on this phone any more: read, copied, kept or thrown away. It is only
//! read: the record may come back, and its form finds the words as they were left.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use protocol::Kind;

use crate::store::Store;
use crate::ui::components::banner::Failure;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty, PageHead};
use crate::ui::copy_text::CopyText;
use crate::ui::pages::note_form;
use crate::ui::{address, trail, words};

/// What a form held, by the names of its fields.
type Typed = BTreeMap<String, String>;

/// The page of such a form.
#[component]
pub(crate) fn LeftOver(
    store: Store,
    /// Which form it is.
    form: String,
    /// What is not here, and what that means.
    gone: (&'static str, &'static str),
) -> impl IntoView {
    let is_note = form.starts_with("note:");
    let key = RwSignal::new(None::<String>);
    let typed = RwSignal::new(Typed::new());
    spawn_local(async move {
        let (name, text) = store.open_draft(form).await;
        if key.try_set(Some(name.clone())).is_some() {
            // The page is gone by now.
            return store.close_draft(&name);
        }
        typed.set(serde_json::from_str(&text).unwrap_or_default());
    });
    on_cleanup(move || {
        if let Some(Some(key)) = key.try_get_untracked() {
            store.close_draft(&key);
        }
    });
    let (title, text) = gone;
    view! {
        <div class="page">
            <PageHead title=title back=("/".to_owned(), words::BACK) />
            <div class="page__body">
                <Empty text=text />
                <Show when=move || typed.with(|typed| !typed.is_empty())>
                    <Words store key typed is_note />
                </Show>
            </div>
        </div>
    }
}

#[component]
fn Words(
    store: Store,
    key: RwSignal<Option<String>>,
    typed: RwSignal<Typed>,
    is_note: bool,
) -> impl IntoView {
    let failed = RwSignal::new(None::<String>);
    let busy = StoredValue::new(false);
    let pairs = untrack(|| typed.with(|typed| typed.iter().filter_map(said).collect::<Vec<_>>()));
    let lines = pairs.iter().map(|(label, text)| format!("{label}: {text}")).collect::<Vec<_>>().join("\n");
    let pair = |(label, text): (String, String)| {
        view! {
            <div class="details__pair">
                <dt class="details__name">{label}</dt>
                <dd class="details__value" dir="auto">{text}</dd>
            </div>
        }
    };
    let navigate = use_navigate();
    let keep = move || {
        let Some(key) = key.get_untracked().filter(|_| !busy.get_value()) else { return };
        let draft = match note_form::alone(store, &typed.get_untracked(), key) {
            Ok(draft) => draft,
            Err(wrong) => return failed.set(Some(wrong)),
        };
        busy.set_value(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            match store.save(draft).await {
                Ok(records) => {
                    let note = records.first().copied().expect("a note was saved");
                    trail::leave_for(&address(Kind::Note, note), &navigate);
                }
                Err(error) => {
                    failed.try_set(Some(words::not_saved(&error)));
                    busy.try_set_value(false);
                }
            }
        });
    };
    let discard = move || {
        let Some(key) = key.get_untracked() else { return };
        let thrown = store.keep_draft(&key, String::new());
        spawn_local(async move {
            if thrown.await {
                typed.try_set(Typed::new());
            } else {
                failed.try_set(Some(words::NOT_THROWN.to_owned()));
            }
        });
    };
    let keep =
        is_note.then(|| view! { <Button label=words::KEEP_AS_NOTE weight=Weight::Main on_press=keep /> });
    view! {
        <Card title=words::STILL_HERE>
            <dl class="details">{pairs.into_iter().map(pair).collect_view()}</dl>
            <Failure text=failed />
            <div class="saves__do">
                {keep}
                <CopyText text=lines />
                <Button label=words::DISCARD on_press=discard />
            </div>
        </Card>
    }
}

/// A field in words; none of what only names another record.
fn said((name, text): (&String, &String)) -> Option<(String, String)> {
    let is_link = name.contains(':') || text.parse::<uuid::Uuid>().is_ok();
    let label = words::label(name).unwrap_or(name).to_owned();
    let text = if text.is_empty() { words::TAKEN_AWAY.to_owned() } else { words::value(name, text) };
    (!is_link).then_some((label, text))
}
