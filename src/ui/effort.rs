//! What was done for an account or with a contact, above what came of it: small charts on one axis of time.

use leptos::prelude::*;
use protocol::RecordId;
use view::figures::{self, Work};

use crate::store::Store;
use crate::ui::components::card::Leads;
use crate::ui::components::chart::{Bar, Bars, Figure, Fill, Legend, Table};
use crate::ui::components::icon::Icon;
use crate::ui::counted::{FILLS, became_parts, count_cell, day_cell, ends, link, number_cell};
use crate::ui::{intl, words};

/// The last 13 weeks; nothing where nothing happened.
#[component]
pub(crate) fn Effort(
    store: Store,
    /// Whose.
    #[prop(into)]
    about: Signal<Option<RecordId>>,
) -> impl IntoView {
    let weeks = Memo::new(move |_| {
        let read = |id| store.with_view(|view| figures::effort(view, id, intl::clock()));
        about.get().map(|id| (id, read(id)))
    });
    let is_empty = Memo::new(move |_| {
        let is_idle = |week: &Work| week.visits + week.tries + week.total() + week.admitted == 0;
        weeks.with(|weeks| weeks.as_ref().is_none_or(|(_, weeks)| weeks.iter().all(is_idle)))
    });
    view! {
        <Show when=move || !is_empty.get()>
            <Drawn weeks />
        </Show>
    }
}

#[component]
fn Drawn(weeks: Memo<Option<(RecordId, Vec<Work>)>>) -> impl IntoView {
    let sum = move |count: fn(&Work) -> usize| {
        weeks.with(|weeks| weeks.iter().flat_map(|(_, weeks)| weeks).map(count).sum::<usize>())
    };
    let summary = Signal::derive(move || {
        let (visits, tries) = (sum(|week| week.visits), sum(|week| week.tries));
        words::effort_told(visits, tries, sum(Work::total), sum(|week| week.admitted))
    });
    let bars = move |bar: fn(RecordId, &Work) -> Bar| {
        Signal::derive(move || {
            let all = |(id, weeks): &(RecordId, Vec<Work>)| weeks.iter().map(|week| bar(*id, week)).collect();
            weeks.with(|weeks| weeks.as_ref().map(all).unwrap_or_default())
        })
    };
    let work = bars(|_, week| Bar { counts: vec![week.visits, week.tries], link: None });
    let came = bars(|id, week| {
        let name = words::week_bar(&intl::day(week.monday), week.total(), &intl::number(week.total()));
        Bar { counts: week.referred.to_vec(), link: link(week.total(), &week.which_referred(id), name) }
    });
    let began = bars(|id, week| {
        let name = words::week_began(&intl::day(week.monday), &intl::number(week.admitted));
        Bar { counts: vec![week.admitted], link: link(week.admitted, &week.which_admitted(id), name) }
    });
    let ends = Signal::derive(move || {
        weeks.with(|weeks| ends(weeks.iter().flat_map(|(_, weeks)| weeks).map(|week| week.monday)))
    });
    let rows = Signal::derive(move || {
        let row = |id: RecordId, week: &Work| {
            vec![
                day_cell(week.monday),
                number_cell(week.visits),
                number_cell(week.tries),
                count_cell(week.total(), &week.which_referred(id)),
                count_cell(week.admitted, &week.which_admitted(id)),
            ]
        };
        weeks.with(|weeks| {
            let weeks = weeks.iter().flat_map(|(id, weeks)| weeks.iter().rev().map(|week| (*id, week)));
            weeks.map(|(id, week)| row(id, week)).collect::<Vec<_>>()
        })
    });
    view! {
        <Figure title=words::EFFORT summary note=words::EFFORT_NOTE>
            <div class="chart__stack">
                <p class="chart__key">{words::WORK_DONE}</p>
                <Legend id="work" parts=vec![(Fill::Full, words::VISITS_DONE), (Fill::Hatched, words::TRIES)] />
                <Bars id="work" told=words::WORK_DONE fills=FILLS bars=work low=true />
            </div>
            <div class="chart__stack">
                <p class="chart__key">{words::CAME}</p>
                <Legend id="came" parts=became_parts() />
                <Bars id="came" told=words::CAME fills=FILLS bars=came low=true />
            </div>
            <div class="chart__stack">
                <p class="chart__key">{words::BEGAN}</p>
                <Bars id="began" told=words::BEGAN fills=FILLS bars=began low=true ends />
            </div>
            <Table words=&words::TABLE caption=words::EFFORT head=Signal::stored(HEAD.to_vec()) rows />
            <Leads href="/figures" icon=Icon::Chart text=Signal::stored(words::ALL_FIGURES.to_owned()) />
        </Figure>
    }
}

const HEAD: [&str; 5] =
    [words::WEEK_OF, words::VISITS_DONE, words::TRIES, words::REFERRED_COUNT, words::ADMITTED_COUNT];
