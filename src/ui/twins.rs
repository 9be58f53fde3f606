//! While something new is typed, and once it is made: what is on this phone already and may be the same.

use std::rc::Rc;
use std::time::Duration;

use engine::Place;
use leptos::prelude::*;
use protocol::{Fields, Kind, Record, RecordId};
use view::View;
use view::filter::{Asker, Show as Which};
use view::pairs::{self, Like};

use crate::store::Store;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::open_form::OpenForm;
use crate::ui::{address, intl, line, me, name, words};

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
    let title = move || found.with(|found| (!found.is_empty()).then(|| words::twins(kind, found.len())));
    view! {
        <div class="twins" class:twins--found=move || !found.with(Vec::is_empty)>
            <p class="twins__title" role="status">
                {move || title().map(|title| view! { <Drawing icon=Icon::Merge />{title} })}
            </p>
            <ul role="list">{move || found.get().into_iter().map(line_of).collect_view()}</ul>
        </div>
    }
}

/// On the page of an account that the rep has made these days: what it may be the same as, and the way to make them
/// one. Whoever saves faster than the form warns sees it here.
#[component]
pub(crate) fn LooksLike(
    store: Store,
    /// The account.
    #[prop(into)]
    account: Signal<Option<RecordId>>,
) -> impl IntoView {
    let found = Memo::new(move |_| {
        let made = account.get().and_then(|id| store.with_view(|view| made_here(store, view, id)));
        made.map(|made| twins(store, Kind::Account, &made.fields, Some(made.id))).unwrap_or_default()
    });
    let merge = move || account.get().map(|id| format!("/accounts/{}/merge", id.0)).unwrap_or_default();
    view! {
        <Show when=move || !found.with(Vec::is_empty)>
            <div class="twins twins--found">
                <p class="twins__title" role="status">
                    <Drawing icon=Icon::Merge />
                    {words::LOOKS_LIKE}
                </p>
                <ul role="list">{move || found.get().into_iter().map(line_of).collect_view()}</ul>
                <a href=merge class="button">
                    {words::COMPARE_THEM}
                </a>
            </div>
        </Show>
    }
}

/// The account, if it was made these days, and here or by the rep.
fn made_here(store: Store, view: &View, account: RecordId) -> Option<Rc<Record>> {
    let asker = Asker::new(intl::clock(), &[]);
    let record = view.record(account).filter(|record| view.passes(record, Which::New, &asker))?;
    // Until it is pulled nobody is named as its author.
    let is_own = view.place(account) != Place::Web || record.by.is_empty() || record.by == me(store);
    is_own.then(|| record.clone())
}

fn line_of(twin: Twin) -> impl IntoView {
    view! {
        <li>
            <a href=twin.href class="twins__twin">
                <span class="twins__name" dir="auto">{twin.name}</span>
                <span class="twins__why" dir="auto">{twin.why}</span>
            </a>
        </li>
    }
}

const LOOKED_AT: &[&str] = &["name", "phone", "mobile", "email", "npi", "ccn", "city", "account"];
const TWINS_MAX: usize = 3;
const RESTS_AFTER: Duration = Duration::from_millis(300);
