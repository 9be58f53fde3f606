//! Who was there: the contacts of the account as ticks, and anybody else by name.

use leptos::prelude::*;
use protocol::schema::WITH;
use protocol::{Kind, RecordId};

use crate::ui::components::chips::TickChip;
use crate::ui::components::field::Entry;
use crate::ui::components::pick::PickField;
use crate::ui::open_form::OpenForm;
use crate::ui::{name, record_field, words};

/// A contact that can be ticked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Person {
    id: RecordId,
    words: String,
}

/// The ticks. Each person is a field of its own, so that two saves about different people never clash.
#[component]
pub(crate) fn PeopleField(
    open: OpenForm,
    /// Whose contacts are offered.
    #[prop(into)]
    account: Signal<Option<RecordId>>,
) -> impl IntoView {
    let store = open.store();
    let chosen = open.chosen(WITH);
    let contact = open.text("contact");
    let ticked = move || {
        let with = chosen.get().into_iter().filter_map(|(field, _)| field.strip_prefix(WITH)?.parse().ok());
        let contact = contact.with(|contact| contact.parse().ok());
        with.chain(contact).map(RecordId).collect::<Vec<_>>()
    };
    let ticked = Memo::new(move |_| ticked());
    // Whoever was ticked once stays in sight, so that a tick can be taken back.
    let people = Memo::new(move |before: Option<&Vec<Person>>| {
        store.with_view(|view| {
            let of_account = account.get().map(|id| view.about(id, Kind::Contact)).unwrap_or_default();
            let mut ids: Vec<RecordId> = of_account.iter().map(|record| record.id).collect();
            ids.sort_by_cached_key(|id| (view.record(*id).map(|record| view::fold(&name(record))), *id));
            let others = before.into_iter().flatten().map(|person| person.id).filter(|_| ids.is_empty());
            let others: Vec<RecordId> = others.chain(ticked.get()).collect();
            for id in others {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            let person = |id: RecordId| {
                let record = view.record(id);
                let named = record.map_or_else(|| words::NOT_HERE.to_owned(), |record| name(record));
                let title = record.and_then(|record| record.fields.text("title").map(str::to_owned));
                Person { id, words: words::dotted([Some(words::short(&named)), title]) }
            };
            ids.into_iter().map(person).collect::<Vec<_>>()
        })
    });
    let put = move |id: RecordId, is_there: bool| {
        let yes = if is_there { "yes" } else { "" };
        open.put(&format!("{WITH}{}", id.0), yes.to_owned());
        if !is_there && contact.with_untracked(|contact| *contact == id.0.to_string()) {
            open.put("contact", String::new());
        }
        open.keep();
    };
    let chip = move |person: Person| {
        let Person { id, words } = person;
        let is_ticked = Memo::new(move |_| ticked.with(|ticked| ticked.contains(&id)));
        view! { <TickChip words ticked=is_ticked on_tick=Callback::new(move |yes| put(id, yes)) /> }
    };
    let entry = Entry {
        name: "somebody",
        label: words::SOMEBODY_ELSE,
        text: Signal::stored(String::new()),
        wrong: Signal::stored(None),
        on_typed: Callback::new(move |id: String| {
            if let Ok(id) = id.parse() {
                put(RecordId(id), true);
            }
        }),
        on_left: Callback::new(move |()| open.keep()),
    };
    let offers = record_field::offers(store, Kind::Contact);
    view! {
        <fieldset class="note-people">
            <legend class="field__label">{words::WHO_WAS_THERE}</legend>
            <div class="filters">
                <For each=move || people.get() key=Clone::clone let:person>
                    {chip(person)}
                </For>
            </div>
            <Show when=move || people.with(Vec::is_empty) && account.get().is_some()>
                <p class="card__nothing">{words::NOBODY_KNOWN}</p>
            </Show>
            <PickField entry chosen=Signal::stored(None::<String>) offers words=record_field::PICK_WORDS />
        </fieldset>
    }
}
