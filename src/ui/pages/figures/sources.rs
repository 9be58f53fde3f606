//! Where patients come from: the accounts, contacts and physicians that refer most.

use leptos::prelude::*;
use view::pipeline::Became;

use super::{Counted, LINES_MAX, Named, more};
use crate::ui::components::chart::{Cell, Figure, Fill, Line, Lines, Table};
use crate::ui::components::filters::Filters;
use crate::ui::counted::{address, count_cell};
use crate::ui::{intl, words};

/// The most frequent first.
#[component]
pub(super) fn Sources(counted: Memo<Counted>) -> impl IntoView {
    let chosen = RwSignal::new(0_usize);
    let sources = Memo::new(move |_| {
        let at = chosen.get();
        counted.with(|counted| counted.sources.get(at).cloned().unwrap_or_default())
    });
    let at = move |said: &'static [&'static str]| said.get(chosen.get()).copied().unwrap_or_default();
    let title = Signal::derive(move || at(&words::TOP_SOURCES).to_owned());
    let summary = Signal::derive(move || {
        if sources.with(Vec::is_empty) { at(&words::NO_SOURCES).to_owned() } else { String::new() }
    });
    let lines = Signal::derive(move || {
        sources.with(|sources| {
            let most = sources.first().map_or(1, |first| first.group.rate.referred);
            let line = |Named { name, group }: &Named| Line {
                label: name.clone(),
                text: words::rate_line(group.rate.admitted, group.rate.referred),
                number: intl::number(group.rate.referred),
                share: group.rate.referred * 100 / most,
                fill: Fill::Full,
                href: Some(address(&group.which(None))),
            };
            sources.iter().take(LINES_MAX).map(line).collect::<Vec<_>>()
        })
    });
    let rows = Signal::derive(move || {
        let row = |Named { name, group }: &Named| {
            vec![
                Cell::said(name).leading(Some(address(&group.which(None)))),
                count_cell(group.rate.referred, &group.which(None)),
                count_cell(group.rate.admitted, &group.which(Some(Became::Admitted))),
            ]
        };
        sources.with(|sources| sources.iter().map(row).collect::<Vec<_>>())
    });
    let head = Signal::derive(move || {
        vec![at(&words::REFERRER_HEADS), words::REFERRED_COUNT, words::ADMITTED_COUNT]
    });
    let choices = words::REFERRERS.map(|word| Signal::stored(word.to_owned())).to_vec();
    let on_choose = Callback::new(move |at| chosen.set(at));
    view! {
        <Figure title summary note=words::TOP_SOURCES_NOTE>
            <Filters label=words::WHO_REFERS name="who-refers" choices chosen on_choose />
            <Lines label=title lines />
            {move || more(sources.with(Vec::len))}
            <Show when=move || !sources.with(Vec::is_empty)>
                <Table words=&words::TABLE caption=title head rows />
            </Show>
        </Figure>
    }
}
