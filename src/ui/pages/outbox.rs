//! The outbox: each save the web does not have yet, in plain words, and those that need the rep.

use engine::{NeedsYou, Replaced, Waiting};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use protocol::{Edit, How, Kind, Op};
use wasm_bindgen_futures::JsFuture;

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::choice::{self, Act, Choice};
use crate::ui::components::banner::Failure;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty, PageHead};
use crate::ui::components::chip::{Mark, Tone};
use crate::ui::components::icon::Icon;
use crate::ui::{attention, intl, title, trail, words};

/// The page.
#[component]
pub(crate) fn Outbox(store: Store) -> impl IntoView {
    title(|| words::OUTBOX.to_owned());
    let status = store.status();
    let waiting = Memo::new(move |_| status.with(|status| status.waiting.clone()));
    let needs_you = Memo::new(move |_| status.with(|status| status.needs_you.clone()));
    let replaced = Memo::new(move |_| status.with(|status| !status.replaced.is_empty()));
    let is_empty =
        Memo::new(move |_| waiting.with(Vec::is_empty) && needs_you.with(Vec::is_empty) && !replaced.get());
    let told = Memo::new(move |_| status.with(|status| (status.needs_you.len(), status.replaced.len())));
    // A way out leaves with the button that was pressed.
    Effect::new(move |_| told.with(|_| attention::take_up()));
    let failed = RwSignal::new(None::<String>);
    // A save that waited for another one may then be refused itself: other words, other ways out.
    let key = |save: &NeedsYou| (save.number, save.asked, words::reason(&save.receipt));
    view! {
        <div class="page">
            <PageHead title=words::OUTBOX back=("/more".to_owned(), words::MORE) />
            <div class="page__body">
                <Show when=move || is_empty.get()>
                    <Empty icon=Icon::Check title=words::OUTBOX_EMPTY />
                </Show>
                <Failure text=failed />
                <For each=move || needs_you.get() key=key let:save>
                    <Looked store save failed />
                </For>
                <ReplacedValues store />
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

/// A save that a person must look at: why, all it said, and the ways out.
#[component]
fn Looked(store: Store, save: NeedsYou, failed: RwSignal<Option<String>>) -> impl IntoView {
    let texts = words::save_text(&save.edits);
    let copied = texts.iter().map(|(label, text)| format!("{label}: {text}")).collect::<Vec<_>>().join("\n");
    let parked = save.receipt.clashes.iter().filter(|clash| clash.parked);
    let asked = save.asked.then(|| words::ASKED.to_owned());
    let why = [words::reason(&save.receipt)].into_iter().chain(parked.map(words::clash)).chain(asked);
    let why = why.map(|text| view! { <p class="saves__why">{text}</p> }).collect_view();
    let line = line(store, &save.edits, save.made_at);
    let mark = if choice::is_for_rep(&save) {
        view! { <Mark text=words::place(engine::Place::NeedsYou) tone=Tone::Urgent icon=Icon::Alert /> }
    } else {
        view! { <Mark text=words::WAITING tone=Tone::Waiting icon=Icon::Waiting /> }
    };
    let pair = |(label, text): (String, String)| {
        view! {
            <div class="details__pair">
                <dt class="details__name">{label}</dt>
                <dd class="details__value" dir="auto">{text}</dd>
            </div>
        }
    };
    let all = (!choice::is_told_by_receipt(&save)).then(|| texts.into_iter().map(pair).collect_view());
    let all = all.map(|pairs| {
        view! {
            <div class="saves__all">
                <p class="card__name">{words::WHAT_YOU_SAVED}</p>
                <dl class="details">{pairs}</dl>
            </div>
        }
    });
    view! {
        <Card>
            <div class="saves__save">
                <h2 class="saves__line">{line}</h2>
                {mark}
            </div>
            {why}
            {all}
            <Ways store save words=copied failed />
        </Card>
    }
}

/// The ways out, one button each; the first is the likeliest.
#[component]
fn Ways(store: Store, save: NeedsYou, words: String, failed: RwSignal<Option<String>>) -> impl IntoView {
    let navigate = use_navigate();
    let own = store.status().with_untracked(|status| status.own.clone());
    let is_for_rep = choice::is_for_rep(&save);
    let ways = choice::choices(&save).into_iter().enumerate();
    let busy = StoredValue::new(false);
    let way = |(at, way): (usize, Choice)| {
        let act = choice::act(way, &save, own.as_ref(), &words)?;
        let (navigate, number) = (navigate.clone(), save.number);
        let on_press = move || match act.clone() {
            Act::Seen => store.seen(number),
            Act::Go(href) => navigate(&href, trail::onward()),
            // A second tap, while the first is on its way to the disk, would make the same once more.
            Act::Save(_) if busy.get_value() => {}
            Act::Save(draft) => {
                busy.set_value(true);
                failed.set(None);
                spawn_local(async move {
                    if let Err(error) = store.save(draft).await {
                        failed.try_set(Some(words::not_decided(&error)));
                        busy.try_set_value(false);
                    }
                });
            }
        };
        let is_likely = at == 0 && way != Choice::Undo && is_for_rep;
        let weight = if is_likely { Weight::Main } else { Weight::Plain };
        Some(view! { <Button label=words::choice(way) weight on_press /> })
    };
    let ways = ways.filter_map(way).collect_view();
    view! {
        <div class="saves__do">
            {ways}
            <CopyText text=words />
        </div>
    }
}

/// Values of others that this device's saves replaced: told once, and put back with one press.
#[component]
fn ReplacedValues(store: Store) -> impl IntoView {
    let replaced = Memo::new(move |_| store.status().with(|status| status.replaced.clone()));
    let line = move |replaced: Replaced| {
        let Replaced { number, clash } = replaced;
        let name = store.with_view(|view| view.record(clash.record).map(|record| crate::ui::name(record)));
        let kind = store.with_view(|view| view.record(clash.record).map(|record| record.kind));
        let text = words::replaced(name.as_deref(), &clash);
        let put_back = move || {
            let set = [(clash.field.clone(), clash.theirs.clone())].into();
            let kind = kind.unwrap_or(Kind::Account);
            let edits = vec![DraftEdit::to(clash.record, kind, Op::Patch, set)];
            let draft = Draft { edits, settles: vec![(number, How::Done)], key: None };
            // Should it not be stored, the line stays, and with it the way to try again.
            spawn_local(async move { drop(store.save(draft).await) });
        };
        view! {
            <li class="saves__told">
                <p class="saves__why">{text}</p>
                <div class="saves__do">
                    <Button label=words::OK on_press=move || store.seen(number) />
                    <Button label=words::PUT_BACK on_press=put_back />
                </div>
            </li>
        }
    };
    let lines = move || untrack(|| replaced.get().into_iter().map(line).collect_view());
    view! {
        <Show when=move || replaced.with(|replaced| !replaced.is_empty())>
            <Card title=words::REPLACED>
                <ul class="saves" role="list">
                    {move || {
                        replaced.track();
                        lines()
                    }}
                </ul>
            </Card>
        </Show>
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
        <Button label=words::COPY_TEXT icon=Icon::Copy on_press=copy />
        <span class="saves__said" aria-live="polite">{move || said.get()}</span>
    }
}

fn line(store: Store, edits: &[Edit], made_at: i64) -> String {
    let name_of = |id| store.with_view(|view| view.record(id).map(|record| crate::ui::name(record)));
    untrack(|| words::save_line(edits, &intl::time(made_at), name_of))
}
