//! While something new is typed: what is on this phone already and may be the same.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::components::A;
use protocol::{Fields, Kind, RecordId};
use view::pairs::{self, Like};

use crate::store::Store;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::open_form::OpenForm;
use crate::ui::{address, line, name, words};

/// One that may be the same, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Twin {
    /// It.
    pub(crate) id: RecordId,
    /// Where it is shown.
    pub(crate) href: String,
    /// Its name.
    pub(crate) name: String,
    /// What it has in common, and what tells it from others.
    pub(crate) why: String,
}

/// The likeliest ones for these fields, few.
pub(crate) fn twins(store: Store, kind: Kind, fields: &Fields, but: Option<RecordId>) -> Vec<Twin> {
    store.with_view(|view| {
        let twin = |like: Like| {
            let record = view.record(like.id)?;
            let reasons = like.reasons.iter().map(|reason| words::reason_alike(*reason));
            let why = [Some(reasons.collect::<Vec<_>>().join(", ")), Some(line(view, record))];
            let href = address(kind, like.id);
            Some(Twin { id: like.id, href, name: name(record), why: words::dotted(why) })
        };
        pairs::like(view, kind, fields, but).into_iter().take(TWINS_MAX).filter_map(twin).collect()
    })
}

/// The warning in a form of something new. It is said once the rep rests, and stops nobody.
#[component]
pub(crate) fn Twins(open: OpenForm, kind: Kind) -> impl IntoView {
    let texts: Vec<_> = LOOKED_AT.iter().map(|field| (*field, open.text(field))).collect();
    let typed = Memo::new(move |_| {
        texts.iter().map(|(field, text)| (*field, text.get())).collect::<Vec<(&str, String)>>()
    });
    let found = RwSignal::new(Vec::<Twin>::new());
    let look = move || {
        let fields: Option<Fields> =
            typed.try_with_untracked(|typed| typed.iter().map(|(name, text)| (*name, text.trim())).collect());
        if let Some(fields) = fields {
            found.try_set(untrack(|| twins(open.store(), kind, &fields, None)));
        }
    };
    Effect::new(move |before: Option<Option<TimeoutHandle>>| {
        typed.track();
        before.flatten().inspect(TimeoutHandle::clear);
        set_timeout_with_handle(look, RESTS_AFTER).ok()
    });
    let lines = move || {
        let line = |twin: Twin| {
            view! {
                <li>
                    <A href=twin.href attr:class="twins__twin">
                        <span class="twins__name" dir="auto">{twin.name}</span>
                        <span class="twins__why" dir="auto">{twin.why}</span>
                    </A>
                </li>
            }
        };
        found.get().into_iter().map(line).collect_view()
    };
    let title = move || found.with(|found| (!found.is_empty()).then(|| words::twins(kind, found.len())));
    view! {
        <div class="twins" class:twins--found=move || !found.with(Vec::is_empty)>
            <p class="twins__title" role="status">
                {move || title().map(|title| view! { <Drawing icon=Icon::Merge />{title} })}
            </p>
            <ul role="list">{lines}</ul>
        </div>
    }
}

const LOOKED_AT: &[&str] = &["name", "phone", "mobile", "email", "npi", "ccn", "city", "account"];
const TWINS_MAX: usize = 3;
const RESTS_AFTER: Duration = Duration::from_millis(300);
