//! What may be meant when little is spelled as it was typed: the index of Find, read in pieces, and the way to Find.

use std::time::Duration;

use leptos::prelude::*;
use protocol::{Kind, RecordId};

use crate::store::Store;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::{intl, words};

/// Who asks for it. The index is begun when something is not found for the first time.
#[derive(Clone, Copy)]
pub(crate) struct Like {
    store: Store,
    is_wanted: RwSignal<bool>,
    left: ReadSignal<usize>,
}

impl Like {
    /// Nothing is asked for yet.
    pub(crate) fn new(store: Store) -> Self {
        let is_wanted = RwSignal::new(false);
        Self { store, is_wanted, left: read_on(store, is_wanted.into()) }
    }

    /// The records of a kind that are like the words, beside those that are spelled so; none where these are enough,
    /// and none that is left out. It tracks how far the index is read.
    pub(crate) fn of(
        self,
        kind: Kind,
        query: &str,
        exact: &[RecordId],
        is_left: impl Fn(RecordId) -> bool,
    ) -> Vec<RecordId> {
        if exact.len() >= ENOUGH || query.trim().is_empty() {
            return Vec::new();
        }
        if !self.is_wanted.get_untracked() {
            self.is_wanted.set(true);
        }
        self.left.track();
        self.store
            .with_view(|view| view.like(kind, query, |id| !exact.contains(&id) && is_left(id), LIKE_MAX))
    }
}

/// The way from a search that found nothing to the search over everything.
#[component]
pub(crate) fn SearchEverything(
    /// What was typed.
    #[prop(into)]
    query: Signal<String>,
) -> impl IntoView {
    let href = move || query.with(|query| format!("/find?q={}", js_sys::encode_uri_component(query.trim())));
    view! {
        <a class="button" href=href>
            <Drawing icon=Icon::Search />
            <span dir="auto">{move || query.with(|query| words::search_everything(query))}</span>
        </a>
    }
}

/// Reads on in pieces between which the screen is drawn and keys are heard, at first and whenever much has changed.
/// Says now and then how many records are left; before the first piece it is not known that none is.
pub(crate) fn read_on(store: Store, is_wanted: Signal<bool>) -> ReadSignal<usize> {
    let (left, set_left) = signal(1);
    let (turn, set_turn) = signal(0_u32);
    let said_at = StoredValue::new(0);
    let is_waiting = StoredValue::new(false);
    Effect::new(move |_| {
        turn.get();
        if !is_wanted.get() {
            return;
        }
        let begun = intl::now_ms();
        let (is_more, still) = store.with_view(|view| {
            let mut is_more = view.read_on(PIECE);
            while is_more && intl::now_ms() - begun < PIECE_MS {
                is_more = view.read_on(PIECE);
            }
            (is_more, view.unread())
        });
        let is_news = still == 0 || begun - said_at.get_value() >= SAID_EVERY_MS;
        if is_news && left.get_untracked() != still {
            said_at.set_value(begun);
            set_left.set(still);
        }
        if is_more && !is_waiting.get_value() {
            is_waiting.set_value(true);
            let next = move || {
                // The page may be gone by then.
                is_waiting.try_set_value(false);
                set_turn.try_update(|turn| *turn = turn.wrapping_add(1));
            };
            set_timeout(next, Duration::ZERO);
        }
    });
    left
}

/// Where so many are spelled as it was typed, nobody asks what else was meant.
pub(crate) const ENOUGH: usize = 3;
const LIKE_MAX: usize = 8;
const PIECE: usize = 250;
const PIECE_MS: i64 = 6;
const SAID_EVERY_MS: i64 = 300;
