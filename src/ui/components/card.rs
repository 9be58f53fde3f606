//! Pieces of pages: a group with a heading, a pair of name and value, an empty place that says what to do.

use leptos::prelude::*;

use super::icon::{Drawing, Icon};

/// A group of things with its heading.
#[component]
pub(crate) fn Card(
    /// The heading; none when the page's own says it.
    #[prop(optional)]
    title: Option<&'static str>,
    /// The things.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card">
            {title.map(|title| view! { <h2 class="card__title">{title}</h2> })} {children()}
        </section>
    }
}

/// A line of a card that leads somewhere.
#[component]
pub(crate) fn Leads(
    /// Where to.
    #[prop(into)]
    href: String,
    /// Its drawing.
    icon: Icon,
    /// What it says.
    #[prop(into)]
    text: Signal<String>,
    /// Whether it waits for the rep.
    #[prop(optional)]
    urgent: bool,
) -> impl IntoView {
    let class = if urgent { "card__line card__line--urgent" } else { "card__line" };
    view! {
        <a href=href class=class>
            <Drawing icon />
            <span class="card__words">{move || text.get()}</span>
            <Drawing icon=Icon::Forward />
        </a>
    }
}

/// Names with their values, below each other.
#[component]
pub(crate) fn Pairs(
    /// Each name with its value.
    pairs: Vec<(String, String)>,
) -> impl IntoView {
    let pair = |(name, value): (String, String)| {
        view! {
            <div class="details__pair">
                <dt class="details__name">{name}</dt>
                <dd class="details__value" dir="auto">{value}</dd>
            </div>
        }
    };
    view! { <dl class="details">{pairs.into_iter().map(pair).collect_view()}</dl> }
}

/// A place with nothing in it, and what to do about it.
#[component]
pub(crate) fn Empty(
    /// Its drawing.
    #[prop(optional)]
    icon: Option<Icon>,
    /// What is so; none when the page's heading says it.
    #[prop(optional, into)]
    title: MaybeProp<String>,
    /// What it means.
    #[prop(optional)]
    text: Option<&'static str>,
    /// What to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon.map(|icon| view! { <Drawing icon /> })}
            {move || title.get().map(|title| view! { <p class="empty__title" dir="auto">{title}</p> })}
            {text.map(|text| view! { <p class="empty__text">{text}</p> })}
            {children.map(|children| view! { <div class="empty__do">{children()}</div> })}
        </div>
    }
}

/// The head of a page: the way back on a phone, the heading, and what can be done here.
#[component]
pub(crate) fn PageHead(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// The way back: where to, and its name.
    #[prop(optional)]
    back: Option<(String, &'static str)>,
    /// What can be done here.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            {back
                .map(|(href, name)| {
                    view! {
                        <a href=href class="page-head__back" data-back="">
                            <Drawing icon=Icon::Back />
                            {name}
                        </a>
                    }
                })}
            <h1 class="page-head__title" dir="auto">{move || title.get()}</h1>
            {children.map(|children| view! { <div class="page-head__do">{children()}</div> })}
        </header>
    }
}
