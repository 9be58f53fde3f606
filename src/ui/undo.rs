//! What was done a moment ago, and the way to take it back. The offer stays while the rep goes on to other pages, and
//! takes the keyboard from nobody.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::{Op, Record};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::icon::Icon;
use crate::ui::{attention, words};

/// Something that was done and can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Undo {
    text: String,
    /// None when there is only something to tell.
    back: Option<Draft>,
}

thread_local! {
    /// The one place of the screen where it is offered; a save that ends after its page is gone still finds it.
    static PLACE: Cell<Option<RwSignal<Option<Undo>>>> = const { Cell::new(None) };
}

impl Undo {
    /// Says what was done, and offers to save what takes it back. It replaces what was offered before.
    pub(crate) fn offer(text: String, back: Draft) {
        put(Some(Self { text, back: Some(back) }));
    }

    /// Says something that cannot be taken back, in the same place.
    pub(crate) fn tell(text: String) {
        put(Some(Self { text, back: None }));
    }
}

fn put(undo: Option<Undo>) {
    if let Some(place) = PLACE.get() {
        place.try_set(undo);
    }
}

/// Deletes a record, with the offer to bring it back. `then` runs once it is deleted on this phone.
pub(crate) fn delete(store: Store, record: &Record, then: impl FnOnce() + 'static) {
    let draft = |op| Draft::of_press(vec![DraftEdit::to(record.id, record.kind, op, Default::default())]);
    let text = words::deleted(&crate::ui::name(record));
    press(store, draft(Op::Delete), text, draft(Op::Restore), then);
}

/// Saves what a press of a button does, with the offer to take it back by saving `back`. `then` runs once it is saved.
pub(crate) fn press(store: Store, what: Draft, text: String, back: Draft, then: impl FnOnce() + 'static) {
    spawn_local(async move {
        match store.save(what).await {
            Ok(_) => {
                Undo::offer(text, back);
                then();
            }
            Err(error) => Undo::tell(words::not_decided(&error)),
        }
    });
}

/// Where it is offered. The region that is read out is always on the page, as screen readers want it.
#[component]
pub(crate) fn UndoOffer(store: Store) -> impl IntoView {
    let undo = RwSignal::new(None::<Undo>);
    PLACE.set(Some(undo));
    on_cleanup(|| PLACE.set(None));
    // While the finger or the keyboard is on it, it does not go.
    let held = RwSignal::new(false);
    Effect::new(move |before: Option<Option<TimeoutHandle>>| {
        before.flatten().inspect(TimeoutHandle::clear);
        if undo.with(Option::is_none) || held.get() {
            return None;
        }
        set_timeout_with_handle(move || drop(undo.try_set(None)), OFFERED_FOR).ok()
    });
    let close = move || {
        held.set(false);
        undo.set(None);
        attention::take_up();
    };
    let take_back = move || {
        // Taken out at once, so that a second press finds nothing.
        let Some(Undo { back: Some(back), .. }) = undo.get_untracked() else { return };
        close();
        spawn_local(async move {
            match store.save(back.clone()).await {
                Ok(_) => Undo::tell(words::UNDONE.to_owned()),
                Err(error) => Undo::offer(words::not_decided(&error), back),
            }
        });
    };
    let text = move || undo.with(|undo| undo.as_ref().map(|undo| undo.text.clone()));
    let has_way_back = Memo::new(move |_| undo.with(|it| it.as_ref().is_some_and(|it| it.back.is_some())));
    view! {
        <div
            class="undo"
            class:undo--shown=move || undo.with(Option::is_some)
            on:pointerenter=move |_| held.set(true)
            on:pointerleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| held.set(false)
        >
            <p class="undo__text" role="status" dir="auto">{text}</p>
            <Show when=move || has_way_back.get()>
                <Button label=words::UNDO on_press=take_back />
            </Show>
            <Show when=move || undo.with(Option::is_some)>
                <Button label=words::CLOSE weight=Weight::Bare icon=Icon::Close on_press=close />
            </Show>
        </div>
    }
}

/// Longer than the 20 seconds that WCAG asks for; the one who reads slowly holds it.
const OFFERED_FOR: Duration = Duration::from_secs(30);
