//! What happened at an account, with a contact or for a referral, and what is still to come: as their pages show it.

use engine::Place;
use leptos::prelude::*;
use protocol::schema::WITH;
use protocol::{Kind, Record, RecordId};
use view::View;
use view::timeline::{self, Clock, Filter, What};

use crate::store::Store;
use crate::ui::components::button::Button;
use crate::ui::components::card::{Card, Leads};
use crate::ui::components::chip;
use crate::ui::components::filters::Filters;
use crate::ui::components::icon::Icon;
use crate::ui::components::timeline::{Moment, Timeline};
use crate::ui::{address, changes_address, intl, name, words};

/// What is drawn of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Drawn {
    /// How many moments each filter lets through.
    counts: [usize; FILTERS.len()],
    /// The newest of those that the chosen one lets through.
    moments: Vec<Moment>,
    /// Whether anything of it needs the rep.
    needs_you: bool,
}

impl Drawn {
    fn read(view: &View, about: RecordId, filter: Filter, most: usize) -> Self {
        let clock = intl::clock();
        let mut all = timeline::moments(view, about, clock);
        let counts = FILTERS.map(|filter| all.iter().filter(|moment| filter.takes(moment.what)).count());
        let needs_you = all.iter().any(|moment| view.place(moment.record.id) == Place::NeedsYou);
        all.retain(|moment| filter.takes(moment.what));
        let moments = timeline::newest(all, most).iter().map(|moment| drawn(view, about, moment)).collect();
        Self { counts, moments, needs_you }
    }
}

/// The stream with its filters. Its newest part is drawn; the rest comes when it is asked for.
#[component]
pub(crate) fn History(
    store: Store,
    /// Whose it is.
    #[prop(into)]
    about: Signal<Option<RecordId>>,
) -> impl IntoView {
    let (chosen, most) = (RwSignal::new(0_usize), RwSignal::new(DRAWN));
    Effect::new(move |before: Option<Option<RecordId>>| {
        let now = about.get();
        // At first nothing is reset: whoever reads it would read the whole history once more.
        if before.is_some_and(|before| before != now) {
            chosen.set(0);
            most.set(DRAWN);
        }
        now
    });
    let drawn = Memo::new(move |_| {
        let filter = FILTERS[chosen.get() % FILTERS.len()];
        let read = |id| store.with_view(|view| Drawn::read(view, id, filter, most.get()));
        about.get().map(read).unwrap_or_default()
    });
    let moments = Signal::derive(move || drawn.with(|drawn| drawn.moments.clone()));
    let count = move |at: usize| drawn.with(|drawn| drawn.counts[at]);
    let on_choose = Callback::new(move |at| chosen.set(at));
    let choices = (0..FILTERS.len())
        .map(|at| Signal::derive(move || words::filter(FILTERS[at], &intl::number(count(at)))))
        .collect::<Vec<_>>();
    let left = Memo::new(move |_| count(chosen.get() % FILTERS.len()).saturating_sub(most.get()));
    let is_empty = Memo::new(move |_| count(0) == 0);
    let needs_you = Memo::new(move |_| drawn.with(|drawn| drawn.needs_you));
    view! {
        <Show when=move || needs_you.get()>
            <NeedsYou />
        </Show>
        <Card title=words::HISTORY>
            <Show
                when=move || !is_empty.get()
                fallback=|| view! { <p class="card__nothing">{words::NO_HISTORY}</p> }
            >
                <Filters label=words::SHOW_WHAT name="history" choices=choices.clone() chosen on_choose />
            </Show>
            <Show when=move || !is_empty.get() && moments.with(Vec::is_empty)>
                <p class="card__nothing">{words::NONE_OF_THESE}</p>
            </Show>
            <Show when=move || !moments.with(Vec::is_empty)>
                <Timeline moments />
            </Show>
            <Show when=move || { left.get() > 0 }>
                <Button label=words::SHOW_MORE on_press=move || most.update(|most| *most += DRAWN_MORE) />
            </Show>
        </Card>
    }
}

/// A save waits for the rep, in the outbox.
#[component]
pub(crate) fn NeedsYou() -> impl IntoView {
    view! {
        <Card>
            <Leads
                href="/more/outbox"
                icon=Icon::Alert
                urgent=true
                text=Signal::stored(words::NEEDS_YOU_HERE.to_owned())
            />
        </Card>
    }
}

/// Open promises, and what is planned.
#[component]
pub(crate) fn Coming(
    store: Store,
    /// Whose they are.
    #[prop(into)]
    about: Signal<Option<RecordId>>,
) -> impl IntoView {
    let lines = move |is_promise: bool| {
        let read = |id| {
            store.with_view(|view| {
                let clock = intl::clock();
                let moments = timeline::coming(view, id, clock).into_iter();
                let meant = moments.filter(|moment| (moment.what == What::FollowUp) == is_promise);
                meant.map(|moment| line(&moment, clock)).collect::<Vec<_>>()
            })
        };
        about.get().map(read).unwrap_or_default()
    };
    let (promises, plans) = (Memo::new(move |_| lines(true)), Memo::new(move |_| lines(false)));
    let card = |title, lines: Memo<Vec<Line>>| {
        let leads = move || {
            let lead = |(href, text, urgent): Line| {
                let icon = if urgent { Icon::Alert } else { Icon::Calendar };
                view! { <Leads href icon urgent text=Signal::stored(text) /> }
            };
            lines.get().into_iter().map(lead).collect_view()
        };
        view! {
            <Show when=move || !lines.with(Vec::is_empty)>
                <Card title>{leads}</Card>
            </Show>
        }
    };
    view! {
        {card(words::OPEN_PROMISES, promises)}
        {card(words::PLANNED, plans)}
    }
}

/// Where it leads, what it says, and whether it is late.
type Line = (String, String, bool);

fn line(moment: &timeline::Moment, clock: Clock) -> Line {
    let event = &*moment.record;
    let late = moment.when.date() < clock.now.date() && moment.what == What::FollowUp;
    let day = (moment.when != timeline::NO_DAY).then(|| when(moment));
    let late = late.then(|| words::OVERDUE.to_owned());
    let again = event.fields.text("repeat").map(|text| words::value("repeat", text));
    let urgent = late.is_some();
    let text = words::dotted([late, day, again, Some(name(event))]);
    let address = address(Kind::Event, event.id);
    let is_series = event.fields.text("repeat").is_some();
    let href = if is_series { format!("{address}?day={}", moment.when.date()) } else { address };
    (href, text, urgent)
}

fn when(moment: &timeline::Moment) -> String {
    if moment.day_only { intl::day(moment.when.date()) } else { intl::wall(moment.when) }
}

fn drawn(view: &View, about: RecordId, moment: &timeline::Moment) -> Moment {
    let record = &*moment.record;
    let text = |field: &str| record.fields.text(field).map(str::to_owned);
    let value = |field: &str| record.fields.text(field).map(|text| words::value(field, text));
    let place = view.place(record.id);
    let (tone, icon) = chip::look(place);
    let (kind, title, facts, text) = match moment.what {
        What::Note => {
            let next = text("next").map(|next| words::next_step(&next, due(record).as_deref()));
            let facts = [value("channel"), value("outcome"), others(view, about, record), next];
            ((words::NOTE, Icon::Note), String::new(), facts, text("text"))
        }
        What::Visit | What::FollowUp => {
            let kind = text("type").map_or(words::EVENT, |kind| words::event_type(&kind));
            // What was planned and is past is neither done nor missed until somebody says so.
            let status = value("status").filter(|_| !timeline::is_open(record));
            let status = status.unwrap_or_else(|| words::NOT_LOGGED.to_owned());
            let facts = [Some(status), value("outcome"), others(view, about, record), None];
            // Whose history it is stands above it.
            let own = view.record(about).map(|about| name(about));
            let title = Some(name(record)).filter(|title| Some(title) != own.as_ref());
            ((kind, Icon::Calendar), title.unwrap_or_default(), facts, text("purpose"))
        }
        What::Referred => {
            let stage = value("stage").unwrap_or_else(|| words::value("stage", "new"));
            let facts = [Some(stage), value("line"), others(view, about, record), None];
            ((words::REFERRED, Icon::Referral), name(record), facts, text("about"))
        }
        What::Decided => {
            let decision = value("decision").or_else(|| value("stage"));
            ((words::DECIDED, Icon::Referral), name(record), [decision, value("reason"), None, None], None)
        }
        What::Admitted => {
            ((words::CARE_BEGAN, Icon::Referral), name(record), [value("line"), None, None, None], None)
        }
        What::Added => ((words::ADDED, Icon::Plus), String::new(), [None, None, None, None], None),
        What::Changed => {
            ((words::DETAILS_CHANGED, Icon::Pencil), String::new(), [None, None, None, None], None)
        }
    };
    // The record names who changed it before; when this phone changed it the outbox says.
    let is_own_change = moment.what == What::Changed && place != Place::Web;
    let is_own = is_own_change || record.by.is_empty();
    Moment {
        // A referral has several moments.
        id: record.id.0.as_u128() ^ moment.what as u128,
        kind,
        href: match moment.what {
            What::Added | What::Changed => changes_address(record.id),
            _ => address(record.kind, record.id),
        },
        author: if is_own { words::YOU.to_owned() } else { record.by.clone() },
        time: if is_own_change { String::new() } else { when(moment) },
        written: if moment.day_only { moment.when.date().to_string() } else { moment.when.to_string() },
        title,
        facts: words::dotted(facts),
        text: text.unwrap_or_default(),
        mark: (place != Place::Web).then(|| (words::place(place), tone, icon)),
    }
}

fn due(note: &Record) -> Option<String> {
    note.fields.text("due").and_then(protocol::schema::day).map(intl::day)
}

/// Who and what else took part, beside the one whose history it is.
fn others(view: &View, about: RecordId, record: &Record) -> Option<String> {
    let link = |field: &str| record.fields.text(field).and_then(|text| text.parse().ok()).map(RecordId);
    let with = record.fields.iter().filter_map(|(field, _)| field.strip_prefix(WITH)?.parse().ok());
    let people = link("contact").into_iter().chain(with.map(RecordId)).filter(|id| *id != about);
    let mut people: Vec<RecordId> = people.collect();
    people.dedup();
    let is_about_account = view.record(about).is_none_or(|about| about.kind == Kind::Account);
    let account = view.account_of(record).filter(|_| !is_about_account);
    let named = |id: RecordId| view.record(id).map(|record| name(record));
    let account = account.map(|id| named(id).unwrap_or_else(|| words::ACCOUNT_NOT_HERE.to_owned()));
    let people: Vec<String> = people.into_iter().filter_map(named).collect();
    let people = (!people.is_empty()).then(|| words::with(&people));
    Some(words::dotted([people, account]))
}

const FILTERS: [Filter; 5] =
    [Filter::All, Filter::Notes, Filter::Visits, Filter::Referrals, Filter::FollowUps];

/// As many moments as are drawn at first, and how many more each time.
const DRAWN: usize = 20;
const DRAWN_MORE: usize = 100;
