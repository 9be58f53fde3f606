//! The outbox: each save the web does not have yet, in plain words, and those that need the rep.

use engine::{NeedsYou, Waiting};
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::Edit;
use wasm_bindgen_futures::JsFuture;

use crate::store::Store;
use crate::ui::components::button::Button;
use crate::ui::components::card::{Card, Empty, PageHead};
use crate::ui::components::chip::{Mark, Tone};
use crate::ui::components::icon::Icon;
use crate::ui::{intl, title, words};

/// The page.
#[component]
pub(crate) fn Outbox(store: Store) -> impl IntoView {
    title(|| words::OUTBOX.to_owned());
    let status = store.status();
    let waiting = Memo::new(move |_| status.with(|status| status.waiting.clone()));
    let needs_you = Memo::new(move |_| status.with(|status| status.needs_you.clone()));
    let is_empty = Memo::new(move |_| waiting.with(Vec::is_empty) && needs_you.with(Vec::is_empty));
    view! {
        <div class="page">
            <PageHead title=words::OUTBOX back=("/more".to_owned(), words::MORE) />
            <div class="page__body">
                <Show when=move || is_empty.get()>
                    <Empty title=words::OUTBOX_EMPTY />
                </Show>
                <For each=move || needs_you.get() key=|save| save.number let:save>
                    <Looked store save />
                </For>
                <Show when=move || waiting.with(|waiting| !waiting.is_empty())>
                    <Card>
                        <p class="card__hint">{words::OUTBOX_TEXT}</p>
                        <ol class="saves" role="list">
                            <For each=move || waiting.get() key=|save| (save.number, save.sending) let:save>
                                <Waits store save />
                            </For>
                        </ol>
                    </Card>
                </Show>
            </div>
        </div>
    }
}

/// A save that goes by itself.
#[component]
fn Waits(store: Store, save: Waiting) -> impl IntoView {
    let (text, tone, icon) = if save.sending {
        (words::SENDING, Tone::Busy, Icon::Sync)
    } else {
        (words::WAITING, Tone::Waiting, Icon::Waiting)
    };
    view! {
        <li class="saves__save">
            <span class="saves__line">{line(store, &save.edits, save.made_at)}</span>
            <Mark text tone icon />
        </li>
    }
}

/// A save that a person must look at: why, and all it said.
#[component]
fn Looked(store: Store, save: NeedsYou) -> impl IntoView {
    let texts = words::save_text(&save.edits);
    let copied = texts.iter().map(|(label, text)| format!("{label}: {text}")).collect::<Vec<_>>().join("\n");
    let why = [words::reason(&save.receipt)].into_iter().chain(save.receipt.clashes.iter().map(words::clash));
    let why = why.map(|text| view! { <p class="saves__why">{text}</p> }).collect_view();
    let line = line(store, &save.edits, save.made_at);
    let pair = |(label, text): (String, String)| {
        view! {
            <div class="details__pair">
                <dt class="details__name">{label}</dt>
                <dd class="details__value">{text}</dd>
            </div>
        }
    };
    view! {
        <Card>
            <div class="saves__save">
                <h2 class="saves__line">{line}</h2>
                <Mark text=words::place(engine::Place::NeedsYou) tone=Tone::Urgent icon=Icon::Alert />
            </div>
            {why}
            <p class="card__name">{words::WHAT_YOU_SAVED}</p>
            <dl class="details">{texts.into_iter().map(pair).collect_view()}</dl>
            <CopyText text=copied />
        </Card>
    }
}

#[component]
fn CopyText(text: String) -> impl IntoView {
    let said = RwSignal::new(None::<&'static str>);
    let copy = move || {
        let clipboard = window().navigator().clipboard();
        let written = JsFuture::from(clipboard.write_text(&text));
        spawn_local(async move {
            let answer = if written.await.is_ok() { words::COPIED } else { words::NOT_COPIED };
            said.try_set(Some(answer));
        });
    };
    view! {
        <div class="saves__do">
            <Button label=words::COPY_TEXT icon=Icon::Copy on_press=copy />
            <span class="saves__said" aria-live="polite">{move || said.get()}</span>
        </div>
    }
}

fn line(store: Store, edits: &[Edit], made_at: i64) -> String {
    let name_of = |id| store.with_view(|view| view.record(id).map(|record| crate::ui::name(record)));
    untrack(|| words::save_line(edits, &intl::time(made_at), name_of))
}
