//! The dialog that moves an event: where to, and of a series whether this one or all.

use leptos::prelude::*;
use protocol::RecordId;
use protocol::schema::{self, DateTime};
use view::agenda::Occurrence;

use crate::store::Store;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::dialog::Dialog;
use crate::ui::components::field::Entry;
use crate::ui::components::when::{self, DayField, TimeField};
use crate::ui::undo::Undo;
use crate::ui::{name, occasion, words};

/// What is to be moved, and whereto so far.
pub(crate) type Asked = (Occurrence, Occurrence);

/// Moves what happens once, and asks which of a series.
pub(crate) fn dropped(store: Store, asked: RwSignal<Option<Asked>>, at: Occurrence, to: Occurrence) {
    if at.is_series {
        asked.set(Some((at, to)));
    } else {
        go(store, at, to, false, |_| ());
    }
}

fn go(store: Store, at: Occurrence, to: Occurrence, all: bool, then: impl FnOnce(RecordId) + 'static) {
    let found = untrack(|| {
        store.with_view(|view| {
            let edits =
                if all { occasion::move_all(view, at, &to) } else { occasion::move_one(view, at, &to) };
            let hours_alone = all && view.comes_by_day(at.event);
            Some((edits, hours_alone, name(view.record(at.event)?)))
        })
    });
    match found.filter(|_| at != to) {
        Some((Some(edits), hours_alone, name)) => {
            let when = if hours_alone { occasion::hours(&to) } else { occasion::when(&to) };
            occasion::press(store, edits, words::moved(&name, &when), then);
        }
        Some((None, true, name)) => Undo::tell(words::hours_alone(&name)),
        // A series that would not change is where it should be.
        Some((None, false, _)) | None => {}
    }
}

/// The dialog. It is open while something is asked.
#[component]
pub(crate) fn MoveDialog(
    store: Store,
    /// What is to be moved.
    asked: RwSignal<Option<Asked>>,
    /// Gets the event that was moved, once it is saved.
    #[prop(into)]
    on_moved: Callback<RecordId>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let (day, time) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let Some((_, to)) = asked.get() else { return open.set(false) };
        let start = to.start_text();
        let (on, at) = start.split_once('T').unwrap_or((&start, ""));
        day.set(on.to_owned());
        time.set(at.to_owned());
        wrong.set(None);
        open.set(true);
    });
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if was == Some(true) && !is {
            asked.set(None);
        }
        is
    });
    let is =
        move |is: fn(&Occurrence) -> bool| asked.with(|asked| asked.as_ref().is_some_and(|(at, _)| is(at)));
    let is_series = Memo::new(move |_| is(|at| at.is_series));
    let has_hours = Memo::new(move |_| is(|at| !at.all_day));
    let start = move || -> Option<DateTime> {
        let (day, time) = (day.get_untracked(), time.get_untracked());
        if has_hours.get_untracked() {
            schema::wall_time(&format!("{day}T{time}"))
        } else {
            schema::day(&day).map(|day| day.at(0, 0, 0, 0))
        }
    };
    let press = move |all: bool| {
        move || {
            let Some((at, _)) = asked.get_untracked() else { return };
            let half_typed = document().get_element_by_id(WHERE).and_then(|dialog| when::unfinished(&dialog));
            match start().filter(|_| half_typed.is_none()).and_then(|start| at.moved_to(start)) {
                Some(to) => {
                    asked.set(None);
                    go(store, at, to, all, move |id| {
                        on_moved.try_run(id);
                    });
                }
                None => wrong.set(Some(words::NEEDS_A_DAY.to_owned())),
            }
        }
    };
    let entry = move |name, label, text: RwSignal<String>, wrong| Entry {
        name,
        label,
        text: text.into(),
        wrong,
        on_typed: Callback::new(move |typed| text.set(typed)),
        on_left: Callback::new(|()| ()),
    };
    view! {
        <Dialog open title=Signal::stored(words::MOVE_TITLE.to_owned()) id="move-title">
            <div class="form" id=WHERE>
                <div class="form__row">
                    <DayField entry=entry("move-day", words::NEW_DAY, day, wrong.into()) />
                    <Show when=move || has_hours.get()>
                        <TimeField entry=entry("move-time", words::NEW_START, time, Signal::stored(None)) />
                    </Show>
                </div>
                <Show when=move || is_series.get()>
                    <p class="dialog__text">{words::MOVE_WHICH}</p>
                </Show>
            </div>
            <div class="dialog__do">
                <Show
                    when=move || is_series.get()
                    fallback=move || {
                        view! { <Button label=words::MOVE_DO weight=Weight::Main on_press=press(false) /> }
                    }
                >
                    <Button label=words::MOVE_ONE weight=Weight::Main on_press=press(false) />
                    <Button label=words::MOVE_ALL on_press=press(true) />
                </Show>
                <Button label=words::CANCEL on_press=move || asked.set(None) />
            </div>
        </Dialog>
    }
}

const WHERE: &str = "move-where";
