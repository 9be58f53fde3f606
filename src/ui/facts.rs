//! What is known of a record, in groups; what is not known takes no room.

use leptos::prelude::*;
use protocol::schema::{self, AT, Shape};
use protocol::{Kind, Record, RecordId};
use view::View;

use crate::ui::components::card::Card;
use crate::ui::{address, intl, reach, said, words};

/// Fields that are looked at together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    title: &'static str,
    facts: Vec<Fact>,
}

/// A field with its label, and where pressing it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fact {
    label: String,
    text: String,
    href: Option<String>,
}

/// The groups in which anything is known, and who changed the record last.
pub(crate) fn groups(view: &View, record: &Record) -> Vec<Group> {
    let groups = match record.kind {
        Kind::Contact => CONTACT,
        Kind::Referral => REFERRAL,
        _ => ACCOUNT,
    };
    let group = |(title, names): &(&'static str, &[&str])| {
        let facts: Vec<Fact> = names.iter().filter_map(|name| fact(view, record, name)).collect();
        Group { title, facts }
    };
    let mut groups: Vec<Group> = groups.iter().map(group).collect();
    let changed = (record.version > 0).then(|| Fact {
        label: words::CHANGED_BY.to_owned(),
        text: words::dotted([Some(record.by.clone()), Some(intl::time(record.at))]),
        href: None,
    });
    if let Some(last) = groups.last_mut() {
        last.facts.extend(changed);
    }
    groups.retain(|group| !group.facts.is_empty());
    groups
}

fn fact(view: &View, record: &Record, field: &str) -> Option<Fact> {
    let label = words::field(field);
    if field == "address" {
        let text = reach::address(&record.fields)?;
        return Some(Fact { label, text, href: None });
    }
    let text = record.fields.text(field)?;
    let href = match schema::field(record.kind, field).map(|field| field.shape) {
        Some(Shape::Link(kind)) => {
            let id = RecordId(text.parse().ok()?);
            Some(address(kind, if kind == Kind::Account { view.survivor(id) } else { id }))
        }
        _ if field == "web" => web(text),
        _ => None,
    };
    let text = said::value(view, record.kind, field, text);
    Some(Fact { label, text, href })
}

/// A page of the web may be written without its beginning; anything else than a page is no link.
fn web(text: &str) -> Option<String> {
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let is_page = full.starts_with("https://") || full.starts_with("http://");
    (is_page && !full.contains(char::is_whitespace)).then_some(full)
}

/// The accounts at which a contact is seen, the contact's own first, each with the role there.
pub(crate) fn places(view: &View, contact: &Record) -> Vec<(RecordId, String)> {
    let own = view.account_of(contact).map(|id| (id, words::MAIN_PLACE.to_owned()));
    let far = contact.fields.iter().filter_map(|(name, role)| {
        let id = view.survivor(RecordId(name.strip_prefix(AT)?.parse().ok()?));
        Some((id, words::role(role).to_owned()))
    });
    let mut places: Vec<(RecordId, String)> = own.into_iter().chain(far).collect();
    let mut seen = Vec::new();
    places.retain(|(id, _)| {
        !seen.contains(id) && {
            seen.push(*id);
            true
        }
    });
    places
}

/// The groups, one card.
#[component]
pub(crate) fn Facts(
    /// What is known.
    #[prop(into)]
    groups: Signal<Vec<Group>>,
) -> impl IntoView {
    let group = |Group { title, facts }: Group| {
        view! {
            <div class="facts">
                <h3 class="facts__title">{title}</h3>
                <dl class="details">{facts.into_iter().map(pair).collect_view()}</dl>
            </div>
        }
    };
    view! {
        <Show when=move || !groups.with(Vec::is_empty)>
            <Card title=words::DETAILS>{move || groups.get().into_iter().map(group).collect_view()}</Card>
        </Show>
    }
}

fn pair(Fact { label, text, href }: Fact) -> impl IntoView {
    let value = match href {
        Some(href) if href.starts_with('/') => {
            view! { <a href=href class="details__link">{text}</a> }.into_any()
        }
        Some(href) => {
            view! { <a class="details__link" href=href target="_blank" rel="noreferrer">{text}</a> }
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

const ACCOUNT: &[(&str, &[&str])] = &[
    (
        words::REACHED,
        &["phone", "fax", "email", "web", "address", "county", "hours", "best_time", "administrator"],
    ),
    (words::WORTH, &["type", "specialty", "rating", "targeted", "frequency", "owner", "tags", "about"]),
    (words::NUMBERS, &["npi", "ccn", "stars"]),
];

const REFERRAL: &[(&str, &[&str])] = &[
    (words::WHERE_FROM, &["account", "contact", "physician", "referred"]),
    (words::THE_PATIENT, &["line", "token", "room", "payer", "diagnosis", "about"]),
    (words::HOW_IT_STANDS, &["stage", "decision", "reason", "decided", "soc", "discharge", "owner"]),
];

const CONTACT: &[(&str, &[&str])] = &[
    (words::REACHED_THEM, &["phone", "mobile", "fax", "email", "channel", "best_time", "address"]),
    (
        words::WHO,
        &[
            "type",
            "title",
            "credentials",
            "specialty",
            "rating",
            "targeted",
            "frequency",
            "owner",
            "tags",
            "about",
        ],
    ),
    (words::NUMBERS, &["npi", "birthday"]),
];
