//! The way around: a bar at the bottom of a phone, a rail at the side of a desk.

use leptos::prelude::*;
use leptos_router::components::A;

use super::icon::{Drawing, Icon};

/// One place of the navigation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Its address.
    pub(crate) href: &'static str,
    /// Its name.
    pub(crate) label: &'static str,
    /// Its drawing.
    pub(crate) icon: Icon,
}

/// The navigation. The place one is in, and every page below it, is marked as the current one.
#[component]
pub(crate) fn Nav(
    /// Its name.
    label: &'static str,
    /// Its places.
    places: &'static [Place],
) -> impl IntoView {
    let link = |place: &'static Place| {
        view! {
            <li class="nav__item">
                <A href=place.href exact={place.href == "/"} attr:class="nav__link">
                    <Drawing icon=place.icon />
                    <span class="nav__label">{place.label}</span>
                </A>
            </li>
        }
    };
    view! {
        <nav class="nav" aria-label=label>
            <ul class="nav__list">{places.iter().map(link).collect_view()}</ul>
        </nav>
    }
}
