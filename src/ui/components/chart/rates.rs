//! A line of per cents over time.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::{Ends, Link, percent, pressed, role};

/// One time of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// Per cent; none where there is nothing to count.
    pub(crate) rate: Option<usize>,
    /// Where pressing it leads; none where it leads nowhere.
    pub(crate) link: Option<Link>,
}

/// The line, with the band that is aimed at.
#[component]
pub(crate) fn Rates(
    /// What it shows, for who cannot see it.
    #[prop(into)]
    told: Signal<String>,
    /// The times.
    points: Signal<Vec<Point>>,
    /// From how much on it is as it should be, and how that is said.
    target: (usize, &'static str),
    /// What the first and the last stand for.
    ends: Signal<(String, String)>,
) -> impl IntoView {
    let navigate = use_navigate();
    let places = move || {
        points.with(|points| {
            let slot = 100.0 / points.len().max(1) as f64;
            let place = |(at, point): (usize, &Point)| {
                point.rate.map(|rate| (slot * (at as f64 + 0.5), 100.0 - rate.min(100) as f64))
            };
            points.iter().enumerate().filter_map(place).collect::<Vec<_>>()
        })
    };
    let path = move || places().iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect::<Vec<_>>().join(" ");
    let dots = move || {
        let dot = |(x, y)| view! { <circle class="chart__dot" cx=percent(x) cy=percent(y) r="4" /> };
        places().into_iter().map(dot).collect_view()
    };
    let hits = move || {
        let points = points.get();
        let slot = 100.0 / points.len().max(1) as f64;
        let hit = |(at, point): (usize, Point)| {
            point.link.map(|link| pressed(link, slot * at as f64, slot, navigate.clone()))
        };
        points.into_iter().enumerate().map(hit).collect_view()
    };
    let has_links = move || points.with(|points| points.iter().any(|point| point.link.is_some()));
    let aim = percent(100.0 - target.0 as f64);
    view! {
        <div class="chart__plot chart__plot--rates">
            <p class="chart__aim" aria-hidden="true">{target.1}</p>
            <svg class="chart__bars" role=move || role(has_links()) aria-label=move || told.get()>
                <rect class="chart__band" width="100%" height=aim.clone() />
                <line class="chart__target" x1="0" x2="100%" y1=aim.clone() y2=aim />
                <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">
                    <polyline class="chart__line" points=path />
                </svg>
                {dots}
                {hits}
            </svg>
            <Ends ends />
        </div>
    }
}
