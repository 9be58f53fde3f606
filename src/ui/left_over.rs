//! What was typed into a form whose record is not on this phone any more: read, copied, kept or thrown away. It is only
//! read: the record may come back, and its form finds the words as they were left.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use protocol::Kind;
use protocol::schema::{self, AT, SKIP, WITH};
use view::View;

use crate::store::Store;
use crate::ui::components::banner::Failure;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty, PageHead, Pairs};
use crate::ui::copy_text::CopyText;
use crate::ui::pages::note_form;
use crate::ui::{address, said, trail, words};

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
    let kind = kind_of(&form);
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
                    <Words store key typed kind />
                </Show>
            </div>
        </div>
    }
}

#[component]
fn Words(store: Store, key: RwSignal<Option<String>>, typed: RwSignal<Typed>, kind: Kind) -> impl IntoView {
    let failed = RwSignal::new(None::<String>);
    let busy = StoredValue::new(false);
    let pairs = untrack(|| typed.with(|typed| store.with_view(|view| told(view, kind, typed))));
    let lines = said::lines(&pairs);
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
    let keep = (kind == Kind::Note)
        .then(|| view! { <Button label=words::KEEP_AS_NOTE weight=Weight::Main on_press=keep /> });
    view! {
        <Card title=words::STILL_HERE>
            <Pairs pairs />
            <Failure text=failed />
            <div class="saves__do">
                {keep}
                <CopyText text=lines />
                <Button label=words::DISCARD on_press=discard />
            </div>
        </Card>
    }
}

/// All that was typed, field by field, but for what only the form knows and the account that is not here.
fn told(view: &View, kind: Kind, typed: &Typed) -> Vec<(String, String)> {
    let is_field = |name: &str| {
        let of_many = [AT, WITH, SKIP].iter().any(|start| name.starts_with(start));
        of_many || name != "account" && schema::field(kind, name).is_some()
    };
    let fields = typed.iter().filter(|(name, _)| is_field(name));
    let text_of =
        |name: &str, text: &str| said::text_of(view, kind, name, Some(text).filter(|it| !it.is_empty()));
    fields.map(|(name, text)| (said::label(name), text_of(name, text))).collect()
}

/// The kind of record that a form is about.
fn kind_of(form: &str) -> Kind {
    match form.split(':').next() {
        Some("account") => Kind::Account,
        Some("contact") => Kind::Contact,
        Some("referral") => Kind::Referral,
        Some("event") => Kind::Event,
        _ => Kind::Note,
    }
}
