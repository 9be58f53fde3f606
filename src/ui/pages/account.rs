//! One account: what is known of it, and its call notes.

use engine::Place;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{Kind, Record, RecordId};
use view::View;

use crate::store::Store;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty, Leads, PageHead};
use crate::ui::components::chip::{self, Mark};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::components::timeline::{Moment, Timeline};
use crate::ui::{intl, title, trail, words};

/// What the page shows of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Account {
    name: String,
    place: Place,
    details: Vec<Detail>,
}

/// A field with its label, and where pressing it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Detail {
    label: String,
    text: String,
    href: Option<String>,
}

impl Account {
    fn read(view: &View, id: RecordId) -> Option<Self> {
        let record = view.record(id)?;
        Some(Self { name: crate::ui::name(record), place: view.place(id), details: details(record) })
    }
}

/// The page.
#[component]
pub(crate) fn AccountPage(
    store: Store,
    /// Which account; it changes when another row of the list is pressed.
    #[prop(into)]
    id: Signal<Option<RecordId>>,
) -> impl IntoView {
    let account = Memo::new(move |_| store.with_view(|view| Account::read(view, id.get()?)));
    let is_here = Memo::new(move |_| account.with(Option::is_some));
    let name = Memo::new(move |_| match account.get() {
        Some(account) => account.name,
        None => words::ACCOUNT_GONE.to_owned(),
    });
    title(move || name.get());
    let body = move || {
        if is_here.get() {
            view! { <Here store id account /> }.into_any()
        } else {
            view! { <Empty icon=Icon::Accounts text=words::ACCOUNT_GONE_TEXT /> }.into_any()
        }
    };
    view! {
        <article class="page">
            <PageHead title=name back=("/accounts".to_owned(), words::ACCOUNTS) />
            {body}
        </article>
    }
}

#[component]
fn Here(store: Store, id: Signal<Option<RecordId>>, account: Memo<Option<Account>>) -> impl IntoView {
    let navigate = use_navigate();
    let go = move |to: &'static str| {
        let navigate = navigate.clone();
        move || {
            if let Some(id) = id.get_untracked() {
                navigate(&format!("/accounts/{}/{to}", id.0), trail::onward());
            }
        }
    };
    let place = Memo::new(move |_| account.with(|account| account.as_ref().map(|account| account.place)));
    let details = Memo::new(move |_| account.get().map(|account| account.details).unwrap_or_default());
    let moments: Memo<Vec<Moment>> = Memo::new(move |_| {
        let notes = |id| {
            store.with_view(|view| {
                view.about(id, Kind::Note).iter().rev().map(|note| moment(view, note)).collect()
            })
        };
        id.get().map(notes).unwrap_or_default()
    });
    let needs_you = Memo::new(move |_| {
        let asks = |moment: &Moment| moment.place == words::place(Place::NeedsYou);
        place.get() == Some(Place::NeedsYou) || moments.with(|moments| moments.iter().any(asks))
    });
    view! {
        <div class="page__body">
            <div class="page__state">{move || place.get().map(state)}</div>
            <Show when=move || needs_you.get()>
                <Card>
                    <Leads
                        href="/more/outbox"
                        icon=Icon::Alert
                        urgent=true
                        text=Signal::stored(words::NEEDS_YOU_HERE.to_owned())
                    />
                </Card>
            </Show>
            <div class="page__do">
                <Button label=words::ADD_NOTE weight=Weight::Main icon=Icon::Note on_press=go("note") />
                <Button label=words::EDIT icon=Icon::Pencil on_press=go("edit") />
            </div>
            <Card>
                <dl class="details">{move || details.get().into_iter().map(detail).collect_view()}</dl>
            </Card>
            <Card title=words::CALL_NOTES>
                <Show
                    when=move || moments.with(|moments| !moments.is_empty())
                    fallback=|| view! { <p class="card__nothing">{words::NO_NOTES}</p> }
                >
                    <Timeline moments />
                </Show>
            </Card>
        </div>
    }
}

fn state(place: Place) -> impl IntoView {
    let (tone, icon) = chip::look(place);
    view! { <Mark text=words::place(place) tone icon /> }
}

fn detail(detail: Detail) -> impl IntoView {
    let Detail { label, text, href } = detail;
    let value = match href {
        Some(href) => {
            let icon = if href.starts_with("tel:") { Icon::Phone } else { Icon::Pin };
            let target = (icon == Icon::Pin).then_some("_blank");
            view! {
                <a class="details__link" href=href target=target rel="noreferrer">
                    <Drawing icon />
                    {text}
                </a>
            }
            .into_any()
        }
        None => text.into_any(),
    };
    view! {
        <div class="details__pair">
            <dt class="details__name">{label}</dt>
            <dd class="details__value" dir="auto">{value}</dd>
        </div>
    }
}

/// What is known, in the order a rep needs it; the address in one piece.
fn details(account: &Record) -> Vec<Detail> {
    let text = |name: &str| account.fields.text(name);
    let mut details = Vec::new();
    if let Some(phone) = text("phone") {
        let dialled = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>();
        details.push(Detail {
            label: words::field("phone"),
            text: words::phone_number(phone),
            href: (!dialled.is_empty()).then(|| format!("tel:{dialled}")),
        });
    }
    let town = [text("city"), text("state")].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let town = [Some(town.as_str()), text("zip")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let lines: Vec<&str> = [text("address"), Some(town.trim())].into_iter().flatten().collect();
    let address = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
    if !address.is_empty() {
        let href = text("address").map(|_| map(&format!("{}, {address}", crate::ui::name(account))));
        details.push(Detail { label: words::field("address"), text: address, href });
    }
    let others = ["type", "county", "rating", "owner", "ccn"].into_iter();
    details.extend(others.filter_map(|name| {
        Some(Detail { label: words::field(name), text: text(name)?.to_owned(), href: None })
    }));
    details
}

/// Opens the phone's own map, or a map page where there is none.
fn map(place: &str) -> String {
    let place = String::from(js_sys::encode_uri_component(place));
    format!("https://www.google.com/maps/search/?api=1&query={place}")
}

fn moment(view: &View, note: &Record) -> Moment {
    let place = view.place(note.id);
    let written = note.fields.text("written").unwrap_or_default();
    let ms = intl::read_utc(written).unwrap_or(note.at);
    Moment {
        id: note.id.0.as_u128(),
        author: if note.by.is_empty() { words::YOU.to_owned() } else { note.by.clone() },
        time: intl::time(ms),
        written: written.to_owned(),
        text: note.fields.text("text").unwrap_or_default().to_owned(),
        place: words::place(place),
        look: chip::look(place),
    }
}
