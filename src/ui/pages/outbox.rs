//! The outbox: each save the web does not have yet, in plain words, and those that need the rep.

use std::collections::BTreeMap;

use engine::{NeedsYou, Replaced, Waiting};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use protocol::merge::Clash;
use protocol::{Edit, How, Kind, Op, RecordId};
use view::View;

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::choice::{self, Act, Choice};
use crate::ui::components::banner::Failure;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty, PageHead, Pairs};
use crate::ui::components::chip::{Mark, Tone};
use crate::ui::components::icon::Icon;
use crate::ui::copy_text::CopyText;
use crate::ui::{attention, intl, said, title, trail, words};

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
    let texts = untrack(|| store.with_view(|view| said::save(view, &save.edits)));
    let copied = said::lines(&texts);
    let (parked, replaced): (Vec<_>, Vec<_>) = save.receipt.clashes.iter().partition(|clash| clash.parked);
    let clashes = parked.into_iter().chain(replaced);
    let clashes =
        untrack(|| store.with_view(|view| clashes.map(|clash| said::clash(view, clash)).collect::<Vec<_>>()));
    let asked = save.asked.then(|| words::ASKED.to_owned());
    let why = [words::reason(&save.receipt)].into_iter().chain(clashes).chain(asked);
    let why = why.map(|text| view! { <p class="saves__why">{text}</p> }).collect_view();
    let line = line(store, &save.edits, save.made_at);
    let mark = if choice::is_for_rep(&save) {
        view! { <Mark text=words::place(engine::Place::NeedsYou) tone=Tone::Urgent icon=Icon::Alert /> }
    } else {
        view! { <Mark text=words::WAITING tone=Tone::Waiting icon=Icon::Waiting /> }
    };
    let all = (!choice::is_told_by_receipt(&save)).then_some(texts).map(|pairs| {
        view! {
            <div class="saves__all">
                <p class="card__name">{words::WHAT_YOU_SAVED}</p>
                <Pairs pairs />
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

/// A value of somebody else's that a save of this device replaced.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Line {
    text: String,
    record: RecordId,
    kind: Kind,
    set: BTreeMap<String, Option<String>>,
    /// Whether the record holds it again.
    is_back: bool,
}

impl Line {
    fn read(view: &View, clash: &Clash) -> Self {
        let record = view.record(clash.record);
        let name = record.map(|record| crate::ui::name(record));
        let is_back = record.is_some_and(|it| it.fields.text(&clash.field) == clash.theirs.as_deref());
        let set = [(clash.field.clone(), clash.theirs.clone())].into();
        let kind = record.map_or(Kind::Account, |record| record.kind);
        Self {
            text: words::replaced(name.as_deref(), &said::clash(view, clash)),
            record: clash.record,
            kind,
            set,
            is_back,
        }
    }
}

/// Values of others that this device's saves replaced: told once, save by save, and put back with one press each.
#[component]
fn ReplacedValues(store: Store) -> impl IntoView {
    let saves = Memo::new(move |_| {
        let mut saves: Vec<(u64, Vec<Line>)> = Vec::new();
        for Replaced { number, clash } in store.status().with(|status| status.replaced.clone()) {
            let line = store.with_view(|view| Line::read(view, &clash));
            match saves.last_mut().filter(|(last, _)| *last == number) {
                Some((_, lines)) => lines.push(line),
                None => saves.push((number, vec![line])),
            }
        }
        saves
    });
    let (busy, failed) = (StoredValue::new(false), RwSignal::new(None::<String>));
    let save = move |(number, lines): (u64, Vec<Line>)| {
        // While other values of the save are told, one that is put back leaves them.
        let is_alone = lines.len() == 1;
        let settles = if is_alone { vec![(number, How::Done)] } else { Vec::new() };
        let ok = move || view! { <Button label=words::OK on_press=move || store.seen(number) /> };
        let line = move |Line { text, record, kind, set, is_back }: Line| {
            let settles = settles.clone();
            let put_back = move || {
                // A second tap, while the first is on its way to the disk, would save the same once more.
                if busy.get_value() {
                    return;
                }
                busy.set_value(true);
                failed.set(None);
                let edits = vec![DraftEdit::to(record, kind, Op::Patch, set.clone())];
                let draft = Draft { edits, settles: settles.clone(), key: None };
                spawn_local(async move {
                    // Should it not be stored, the line stays, and with it the way to try again.
                    if let Err(error) = store.save(draft).await {
                        failed.try_set(Some(words::not_decided(&error)));
                    }
                    busy.try_set_value(false);
                });
            };
            let way = match is_back {
                true => view! { <p class="card__hint">{words::IS_BACK}</p> }.into_any(),
                false => view! { <Button label=words::PUT_BACK on_press=put_back /> }.into_any(),
            };
            (view! { <p class="saves__why">{text}</p> }, way)
        };
        let lines = lines.into_iter().map(line);
        let told = match is_alone {
            true => lines
                .map(|(text, way)| view! { {text} <div class="saves__do">{ok()} {way}</div> })
                .collect_view()
                .into_any(),
            false => view! {
                {lines.map(|(text, way)| view! { {text} <div class="saves__do">{way}</div> }).collect_view()}
                <div class="saves__do">{ok()}</div>
            }
            .into_any(),
        };
        view! { <li class="saves__told">{told}</li> }
    };
    view! {
        <Show when=move || !saves.with(Vec::is_empty)>
            <Card title=words::REPLACED>
                <ul class="saves" role="list">
                    <For each=move || saves.get() key=Clone::clone children=save />
                </ul>
                <Failure text=failed />
            </Card>
        </Show>
    }
}

fn line(store: Store, edits: &[Edit], made_at: i64) -> String {
    let name_of = |id| store.with_view(|view| view.record(id).map(|record| crate::ui::name(record)));
    untrack(|| words::save_line(edits, &intl::time(made_at), name_of))
}
