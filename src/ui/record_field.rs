//! A field of a record in a form, drawn as its shape in the catalogue asks for.

use leptos::prelude::*;
use protocol::limits::NOTE_BYTES_MAX;
use protocol::schema::{self, Shape, lists};
use protocol::{Kind, RecordId};

use crate::store::Store;
use crate::ui::components::field::{ChoiceField, Entry, Keys, LongField, TextField, TickField};
use crate::ui::components::pick::{Offer, PickField, PickWords};
use crate::ui::components::when::{DayField, WhenField};
use crate::ui::form_frame::entry;
use crate::ui::like::Like;
use crate::ui::open_form::OpenForm;
use crate::ui::{attention, words};

/// The names of all fields that people type, in the order of the catalogue.
pub(crate) fn typed(kind: Kind) -> Vec<&'static str> {
    let fields = schema::fields(kind).iter();
    fields
        .filter(|field| !matches!(field.shape, Shape::Utc | Shape::Filters | Shape::Link(_)))
        .map(|field| field.name)
        .collect()
}

/// The field with this name of an open form about a record of this kind.
///
/// # Panics
/// When the catalogue has no such field: a slip in the form that asks for it.
pub(crate) fn record_field(open: OpenForm, kind: Kind, name: &'static str) -> AnyView {
    let label = words::label(name).unwrap_or(name);
    let entry = entry(open, name, label);
    let field = schema::field(kind, name).expect("a form asks for fields of the catalogue");
    match field.shape {
        Shape::Line if matches!(name, "zip" | "ccn" | "token") => {
            view! { <TextField entry keys=Keys::DIGITS /> }.into_any()
        }
        Shape::Line | Shape::Initials | Shape::Utc | Shape::Degrees | Shape::Filters => {
            view! { <TextField entry /> }.into_any()
        }
        Shape::Text => {
            let room = open.text(name);
            let room = move || room.with(|text| words::room(text.len(), NOTE_BYTES_MAX));
            view! { <LongField entry room=Signal::derive(room) /> }.into_any()
        }
        Shape::Choice if name == "type" && !lists::of(kind, name).contains(&"Other") => {
            open_choice(open, kind, name)
        }
        Shape::Choice => choice(open, kind, name),
        Shape::Yes => view! { <TickField entry /> }.into_any(),
        Shape::Day => view! { <DayField entry /> }.into_any(),
        Shape::Wall => {
            let time = if name == "end" { words::END_TIME } else { words::START_TIME };
            view! { <WhenField entry time_label=time /> }.into_any()
        }
        Shape::Phone => view! { <TextField entry keys=Keys::PHONE /> }.into_any(),
        Shape::Email => view! { <TextField entry keys=Keys::MAIL /> }.into_any(),
        Shape::Npi => view! { <TextField entry keys=Keys::DIGITS /> }.into_any(),
        Shape::Link(to) => link(open, to, name),
    }
}

/// One of a list whose words are shown as they are, or any other that is typed.
fn open_choice(open: OpenForm, kind: Kind, name: &'static str) -> AnyView {
    let other = RwSignal::new(false);
    let plain = entry(open, name, words::label(name).unwrap_or(name));
    let on_typed = Callback::new(move |typed: String| {
        if typed == OTHER {
            other.set(true);
            attention::focus_once_drawn(name);
        }
        open.put(name, if typed == OTHER { String::new() } else { typed });
    });
    let choices = choices(open, kind, name);
    let choices = Signal::derive(move || {
        let more = (OTHER.to_owned(), words::ANOTHER.to_owned());
        choices.get().into_iter().chain([more]).collect::<Vec<_>>()
    });
    let field = move || match other.get() {
        true => view! { <TextField entry=plain often=lists::of(kind, name) /> }.into_any(),
        false => view! { <ChoiceField entry=Entry { on_typed, ..plain } choices /> }.into_any(),
    };
    field.into_any()
}

/// One of a list, or nothing; a word of another list than this version's stays.
fn choice(open: OpenForm, kind: Kind, name: &'static str) -> AnyView {
    let entry = entry(open, name, words::label(name).unwrap_or(name));
    view! { <ChoiceField entry choices=choices(open, kind, name) /> }.into_any()
}

fn choices(open: OpenForm, kind: Kind, name: &'static str) -> Signal<Vec<(String, String)>> {
    let text = open.text(name);
    Signal::derive(move || {
        let now = text.get();
        let nothing = if name == "repeat" { words::DOES_NOT_REPEAT } else { words::NOT_SAID };
        let mut choices = vec![(String::new(), nothing.to_owned())];
        choices.extend(words::choices(kind, name));
        if choices.iter().all(|(value, _)| *value != now) {
            choices.push((now.clone(), words::value(name, &now)));
        }
        choices
    })
}

/// A record that is chosen by its name.
fn link(open: OpenForm, to: Kind, name: &'static str) -> AnyView {
    let label = words::label(name).unwrap_or(name);
    let store = open.store();
    let text = open.text(name);
    let chosen = Signal::derive(move || {
        let id = text.with(|text| text.parse().ok().map(RecordId))?;
        let named = store.with_view(|view| view.record(id).map(|record| crate::ui::name(record)));
        Some(named.unwrap_or_else(|| words::NOT_HERE.to_owned()))
    });
    let offers = offers(store, to);
    view! { <PickField entry=entry(open, name, label) chosen offers words=PICK_WORDS /> }.into_any()
}

/// The accounts or contacts that fit what was typed; where few do, then those that are like it.
pub(crate) fn offers(store: Store, kind: Kind) -> Callback<String, Vec<Offer>> {
    let like = Like::new(store);
    Callback::new(move |query: String| {
        let mut search = view::Search::default();
        let exact: Vec<RecordId> = store.with_view(|view| {
            let list = if kind == Kind::Contact { view.contacts() } else { view.accounts() };
            list.search(&mut search, &query).take(OFFERS_MAX).collect()
        });
        let like = like.of(kind, &query, &exact, |_| true);
        let (alone, exact) = (exact.is_empty(), exact.into_iter().map(|id| (id, false)));
        store.with_view(|view| {
            let offer = |(id, is_like): (RecordId, bool)| {
                let record = view.record(id)?;
                // Where all are like it, that is said once.
                let like = (is_like && !alone).then(|| words::LIKE_IT.to_owned());
                let line = words::dotted([like, Some(crate::ui::line(view, record))]);
                Some(Offer { value: id.0.to_string(), name: crate::ui::name(record), line, is_like })
            };
            exact.chain(like.into_iter().map(|id| (id, true))).filter_map(offer).collect::<Vec<_>>()
        })
    })
}

/// The words around a field in which a record is chosen.
pub(crate) const PICK_WORDS: PickWords =
    PickWords { clear: words::CLEAR, none: words::NONE_OF_THAT_NAME, like: words::LIKE_INSTEAD };
/// Stands for what is not on a list; no field holds it.
const OTHER: &str = "\u{0}";
/// As many as a thumb would look through.
const OFFERS_MAX: usize = 8;
