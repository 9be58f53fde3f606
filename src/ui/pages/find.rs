//! One search over everything on this phone. The index is begun when this page is first opened, and read on in pieces.

use engine::Place;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use protocol::{Kind, RecordId};
use view::View;
use view::find::{Hit, Marked};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::store::Store;
use crate::ui::components::button::Button;
use crate::ui::components::card::{Empty, PageHead};
use crate::ui::components::chip::{self, Mark};
use crate::ui::components::icon::Icon;
use crate::ui::like::read_on;
use crate::ui::{attention, intl, occasion, title, words};

/// What was found of a kind, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    kind: Kind,
    count: usize,
    rows: Vec<Row>,
}

/// A record that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    id: RecordId,
    name: Marked,
    /// Each with its label, if it needs one.
    lines: Vec<(Option<String>, Marked)>,
    place: Place,
}

/// What is asked for.
#[derive(Clone, Copy)]
struct Asked {
    query: RwSignal<String>,
    /// The one kind of which all is shown.
    only: RwSignal<Option<Kind>>,
}

impl Asked {
    fn of_address() -> Self {
        let query = use_query_map();
        let text = |name: &str| query.with_untracked(|query| query.get(name));
        let only = text("kind").and_then(|name| SHOWN.into_iter().find(|kind| room(*kind) == name));
        Self { query: RwSignal::new(text("q").unwrap_or_default()), only: RwSignal::new(only) }
    }

    /// The address says what is asked for, so that coming back or a reload asks the same.
    fn to_address(self) {
        let query = js_sys::encode_uri_component(&self.query.get_untracked());
        let kind = self.only.get_untracked().map_or_else(String::new, |kind| format!("&kind={}", room(kind)));
        let address = format!("/find?q={query}{kind}");
        let Ok(history) = window().history() else { return };
        let state = history.state().unwrap_or(JsValue::NULL);
        // A browser that counts the changes lets a fast typist wait: then the address is a few letters behind.
        drop(history.replace_state_with_url(&state, "", Some(&address)));
    }

    fn ask(self, query: String, only: Option<Kind>) {
        self.query.set(query);
        self.only.set(only);
        self.to_address();
    }
}

/// The page.
#[component]
pub(crate) fn Find(store: Store) -> impl IntoView {
    title(|| words::FIND.to_owned());
    let asked = Asked::of_address();
    let left = read_on(store, Signal::stored(true));
    let found = Memo::new(move |_| {
        left.get();
        let only = asked.only.get();
        let each = if only.is_some() { ALL_MOST } else { EACH };
        let groups = asked.query.with(|query| store.with_view(|view| found(view, query, each)));
        groups.into_iter().filter(|group| only.is_none_or(|only| only == group.kind)).collect::<Vec<_>>()
    });
    let is_asked = Memo::new(move |_| asked.query.with(|query| !query.trim().is_empty()));
    let line = move || {
        let count = found.with(|groups| groups.iter().map(|group| group.count).sum());
        match (is_asked.get(), left.get()) {
            (true, left) if count > 0 => words::found_line(count, left, intl::number),
            (_, 0) => String::new(),
            (_, left) => words::reading_on(left, intl::number),
        }
    };
    let is_empty = Memo::new(move |_| found.with(Vec::is_empty));
    let state = move || match (is_asked.get(), is_empty.get()) {
        (false, _) => {
            view! { <Empty icon=Icon::Search title=words::FIND_FIRST text=words::FIND_FIRST_TEXT /> }
                .into_any()
        }
        (true, true) if left.get() == 0 => {
            let title = Signal::derive(move || words::nothing_found(&asked.query.get()));
            view! { <Empty title text=words::FIND_NONE_TEXT /> }.into_any()
        }
        _ => ().into_any(),
    };
    let back = move || {
        asked.only.get().map(|_| {
            let everything = move || {
                asked.ask(asked.query.get_untracked(), None);
                attention::take_up();
            };
            view! { <Button label=words::FIND_ALL_KINDS icon=Icon::Back on_press=everything /> }
        })
    };
    view! {
        <div class="page find" on:keydown=on_key>
            <PageHead title=words::FIND />
            <div class="page__body">
                <Ask asked />
                <p class="find__count" aria-live="polite">{line}</p>
                {state}
                {back}
                <For each=move || kinds(&found.get()) key=|kind| *kind let:kind>
                    <Hits kind found asked />
                </For>
            </div>
        </div>
    }
}

#[component]
fn Ask(asked: Asked) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            // The page takes up the attention first; a box that cannot have it is pressed.
            request_animation_frame(move || drop(input.focus()));
        }
    });
    let on_submit = move |event: web_sys::SubmitEvent| event.prevent_default();
    view! {
        <form role="search" on:submit=on_submit>
            <label class="hidden" for="find">{words::FIND_LABEL}</label>
            <input
                node_ref=input
                class="field__input"
                id="find"
                type="search"
                dir="auto"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="search"
                placeholder=words::FIND_HINT
                prop:value=move || asked.query.get()
                on:input:target=move |event| asked.ask(event.target().value(), asked.only.get_untracked())
            />
        </form>
    }
}

#[component]
fn Hits(kind: Kind, found: Memo<Vec<Group>>, asked: Asked) -> impl IntoView {
    let group =
        Memo::new(move |_| found.with(|groups| groups.iter().find(|group| group.kind == kind).cloned()));
    let count = Memo::new(move |_| group.with(|group| group.as_ref().map_or(0, |group| group.count)));
    let rows = Memo::new(move |_| {
        group.with(|group| group.as_ref().map_or_else(Vec::new, |group| group.rows.clone()))
    });
    let more = move || {
        let (count, shown) = (count.get(), rows.with(Vec::len));
        if count <= shown {
            return ().into_any();
        }
        if asked.only.get().is_some() {
            let text = words::best_of(&intl::number(shown), &intl::number(count));
            return view! { <p class="find__count">{text}</p> }.into_any();
        }
        let all = move || {
            asked.ask(asked.query.get_untracked(), Some(kind));
            attention::take_up();
        };
        view! {
            <button type="button" class="button" on:click=move |_| all()>
                {words::show_all(kind, &intl::number(count))}
            </button>
        }
        .into_any()
    };
    let heading = format!("find-{}", room(kind));
    let labelled = heading.clone();
    view! {
        <section class="card find__group" aria-labelledby=labelled>
            <h2 class="card__title" id=heading>
                {words::kinds(kind)} " (" {move || intl::number(count.get())} ")"
            </h2>
            <ul class="find__hits" role="list">
                <For each=move || rows.get() key=|row| (row.id, format!("{row:?}")) let:row>
                    <HitRow kind row />
                </For>
            </ul>
            {more}
        </section>
    }
}

#[component]
fn HitRow(kind: Kind, row: Row) -> impl IntoView {
    let place = row.place;
    let mark = (place != Place::Web).then(|| {
        let (tone, icon) = chip::look(place);
        view! { <Mark text=words::place(place) tone icon /> }
    });
    let line = |(label, text): (Option<String>, Marked)| {
        view! {
            <span class="find__line">
                {label.map(|label| view! { <span class="find__label">{label} ": "</span> })}
                <bdi>{marked(&text)}</bdi>
            </span>
        }
    };
    view! {
        <li>
            <a class="find__hit" href=crate::ui::address(kind, row.id)>
                <span class="find__words">
                    <bdi class="find__name">{marked(&row.name)}</bdi>
                    {row.lines.into_iter().map(line).collect_view()}
                </span>
                {mark}
            </a>
        </li>
    }
}

/// A text with what was found in it.
fn marked(text: &Marked) -> impl IntoView + use<> {
    let piece = |(piece, is_found): (&str, bool)| {
        let piece = piece.to_owned();
        if is_found { view! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() }
    };
    text.pieces().into_iter().map(piece).collect_view()
}

fn found(view: &View, query: &str, each: usize) -> Vec<Group> {
    let groups = view.find(query, each).groups.into_iter();
    let shown = groups.map(|group| {
        let rows = group.hits.into_iter().map(|hit| row(view, group.kind, hit)).collect();
        Group { kind: group.kind, count: group.count, rows }
    });
    shown.collect()
}

fn row(view: &View, kind: Kind, hit: Hit) -> Row {
    let plain = |text: &str| Marked { text: text.to_owned(), marks: Vec::new() };
    let name = match hit.name {
        name if !name.text.is_empty() => name,
        _ if kind == Kind::Note => plain(words::NOTE_OF_NOBODY),
        _ => plain(words::NO_NAME),
    };
    let label = |field| (!matches!(field, "text" | "type" | "title")).then(|| words::field(field));
    let mut lines: Vec<_> = hit.fields.into_iter().map(|(field, text)| (label(field), text)).collect();
    if lines.is_empty()
        && let Some(record) = view.record(hit.id)
    {
        lines.extend(
            Some((None, plain(&crate::ui::line(view, record)))).filter(|(_, line)| !line.text.is_empty()),
        );
    }
    if kind == Kind::Event {
        let when = view.next_of(hit.id, intl::today());
        let when = when.map_or_else(|| words::NO_DAY_YET.to_owned(), |at| occasion::when(&at));
        lines.insert(0, (None, plain(&when)));
    }
    lines.truncate(LINES_MOST);
    Row { id: hit.id, name, lines, place: view.place(hit.id) }
}

fn kinds(groups: &[Group]) -> Vec<Kind> {
    groups.iter().map(|group| group.kind).collect()
}

/// The kind's name in an address.
const fn room(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "accounts",
        Kind::Contact => "contacts",
        Kind::Referral => "referrals",
        Kind::Event => "events",
        Kind::Note => "notes",
        Kind::SavedView | Kind::Unknown => "others",
    }
}

/// Arrow keys go from the box to the first hit and from hit to hit.
fn on_key(event: KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowUp" => -1,
        "ArrowDown" => 1,
        _ => return,
    };
    let Ok(stops) = document().query_selector_all("#find, .find__hit") else { return };
    let stops: Vec<Element> = (0..stops.length()).filter_map(|at| stops.get(at)?.dyn_into().ok()).collect();
    let Some(active) = document().active_element() else { return };
    let Some(at) = stops.iter().position(|stop| *stop == active) else { return };
    let next = at.checked_add_signed(step).and_then(|at| stops.get(at));
    if let Some(next) = next.and_then(|next| next.dyn_ref::<HtmlElement>()) {
        event.prevent_default();
        drop(next.focus());
    }
}

const SHOWN: [Kind; 5] = [Kind::Account, Kind::Contact, Kind::Referral, Kind::Event, Kind::Note];
/// So many of each kind stand together.
const EACH: usize = 5;
/// So many of one kind; nobody reads further.
const ALL_MOST: usize = 100;
const LINES_MOST: usize = 3;
