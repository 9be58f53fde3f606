//! The way around: a bar at the bottom of a phone, a rail at the side of a desk.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::{Drawing, Icon};

/// One place of the navigation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Its address.
    pub(crate) href: &'static str,
    /// The first part of each address that belongs to it.
    pub(crate) rooms: &'static [&'static str],
    /// Its name.
    pub(crate) label: &'static str,
    /// Its drawing.
    pub(crate) icon: Icon,
}

impl Place {
    /// Whether the page at this address belongs to this place.
    fn holds(&self, path: &str) -> bool {
        self.rooms.contains(&path.split('/').nth(1).unwrap_or_default())
    }
}

/// The navigation. The place whose page is open is marked as the current one.
#[component]
pub(crate) fn Nav(
    /// Its name.
    label: &'static str,
    /// Its places.
    places: &'static [Place],
) -> impl IntoView {
    let path = use_location().pathname;
    let link = |place: &'static Place| {
        let current = move || path.with(|path| place.holds(path)).then_some("page");
        view! {
            <li class="nav__item">
                <a href=place.href class="nav__link" aria-current=current>
                    <Drawing icon=place.icon />
                    <span class="nav__label">{place.label}</span>
                </a>
            </li>
        }
    };
    view! {
        <nav class="nav" aria-label=label>
            <ul class="nav__list">{places.iter().map(link).collect_view()}</ul>
        </nav>
    }
}
