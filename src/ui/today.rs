//! What Home draws of a day: everything in words, so that only what changed is drawn anew.

use std::rc::Rc;

use engine::Place;
use protocol::schema::{self, Date};
use protocol::{Kind, Record, RecordId};
use view::View;
use view::agenda::Occurrence;
use view::brief::{self, Brief, Counts, Day, Next};
use view::timeline::{self, Clock, Moment, What};

use crate::ui::components::chip::{self, Tone};
use crate::ui::components::icon::Icon;
use crate::ui::reach::{self, Way};
use crate::ui::{address, due, intl, line, name, occasion, words};

/// A word with its colour and its drawing.
type Mark = (String, Tone, Icon);

/// The day; what another page lists as well is drawn in part, and the rest of it is counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Today {
    pub(crate) next: Option<NextStop>,
    pub(crate) stops: Vec<StopLine>,
    pub(crate) stops_left: usize,
    pub(crate) not_logged: Vec<StopLine>,
    pub(crate) promises: Vec<Promise>,
    pub(crate) due: Vec<DueLine>,
    pub(crate) due_left: usize,
    pub(crate) counts: Counts,
    pub(crate) unfiled: usize,
}

/// Where to go next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NextStop {
    pub(crate) when: String,
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) what: String,
    pub(crate) account: Option<RecordId>,
    pub(crate) ways: Vec<Way>,
    /// What to know before it: a drawing, the words, and whether it presses.
    pub(crate) facts: Vec<(Icon, String, bool)>,
    /// Where its note is written.
    pub(crate) note: String,
    pub(crate) due: Option<Mark>,
}

/// A stop in the list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StopLine {
    pub(crate) href: String,
    pub(crate) when: String,
    pub(crate) name: String,
    pub(crate) what: String,
    pub(crate) mark: Option<Mark>,
    /// Where its note is written, while nobody has said what came of it.
    pub(crate) note: Option<String>,
}

/// A promise in the list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Promise {
    pub(crate) event: RecordId,
    pub(crate) href: String,
    pub(crate) when: String,
    pub(crate) subject: String,
    pub(crate) who: String,
    pub(crate) late: bool,
}

/// An account that a visit is due at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DueLine {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) what: String,
    pub(crate) mark: Mark,
}

impl Today {
    /// Reads what is drawn.
    pub(crate) fn read(view: &View, day: &Day, clock: Clock) -> Self {
        let due = day.due.iter().take(SHOWN).filter_map(|(id, due)| {
            let account = view.record(*id)?;
            let (href, what) = (address(Kind::Account, *id), line(view, account));
            Some(DueLine { href, name: name(account), what, mark: due::mark(*due)? })
        });
        let stop = |stop: &Occurrence| stop_line(view, stop, clock.now.date());
        Self {
            next: day.next.as_ref().and_then(|next| next_stop(view, next, clock)),
            stops: day.stops.iter().take(STOPS_SHOWN).filter_map(stop).collect(),
            stops_left: day.stops.len().saturating_sub(STOPS_SHOWN),
            not_logged: day.not_logged.iter().filter_map(stop).collect(),
            promises: day.promises.iter().map(|it| promise(view, it, clock)).collect(),
            due: due.collect(),
            due_left: day.due.len().saturating_sub(SHOWN),
            counts: day.counts,
            unfiled: day.unfiled.len(),
        }
    }
}

fn next_stop(view: &View, next: &Next, clock: Clock) -> Option<NextStop> {
    let (stop, account) = match next {
        Next::Stop(stop) => (Some(stop), view.record(stop.event).and_then(|event| view.account_of(event))),
        Next::Account(id, _) => (None, Some(*id)),
    };
    let event = stop.and_then(|stop| view.record(stop.event));
    let about = account.or_else(|| event.and_then(contact));
    let known = about.and_then(|id| view.record(id));
    let shown = known.or(event)?;
    let subject = event.filter(|_| known.is_some()).map(|event| name(event));
    let purpose = event.and_then(|event| event.fields.text("purpose"));
    let mut facts = Vec::new();
    facts.extend(purpose.map(|purpose| (Icon::About, purpose.to_owned(), false)));
    if let Some(about) = about.filter(|_| known.is_some()) {
        facts.extend(brief_facts(&brief::brief(view, about, clock), clock));
    }
    let standing = account.map(|id| view.due(id, clock));
    Some(NextStop {
        when: stop.map_or_else(|| words::NEXT_BY_FREQUENCY.to_owned(), hours),
        name: name(shown),
        href: address(shown.kind, shown.id),
        what: words::dotted([subject, Some(line(view, shown))]),
        account,
        ways: known.map(|record| reach::ways(record)).unwrap_or_default(),
        facts,
        note: match (stop, account) {
            (Some(stop), _) => occasion::note_address(stop),
            (None, Some(account)) => format!("/accounts/{}/note", account.0),
            (None, None) => "/notes/new".to_owned(),
        },
        due: standing.and_then(due::mark),
    })
}

fn brief_facts(brief: &Brief, clock: Clock) -> Vec<(Icon, String, bool)> {
    let last = brief.last_visit.map(intl::day);
    let mut facts = vec![(Icon::Pin, words::last_visit(last.as_deref()), false)];
    for moment in brief.promises.iter().take(BRIEF_PROMISES) {
        let due = (moment.when != timeline::NO_DAY).then(|| intl::day(moment.when.date()));
        let late = moment.when.date() < clock.now.date();
        let text = words::promised(&name(&moment.record), due.as_deref());
        facts.push((if late { Icon::Alert } else { Icon::Calendar }, text, late));
    }
    for moment in &brief.referrals {
        let record = &moment.record;
        let value = |field: &str| record.fields.text(field).map(|text| words::value(field, text));
        let what = match moment.what {
            What::Admitted => Some(words::value("stage", "admitted")),
            What::Decided => value("decision").or_else(|| value("stage")),
            _ => Some(value("stage").unwrap_or_else(|| words::value("stage", "new"))),
        };
        let what = words::dotted([what, Some(intl::day(moment.when.date()))]);
        facts.push((Icon::Referral, words::referral_news(&name(record), &what), false));
    }
    for moment in &brief.notes {
        let text = moment.record.fields.text("text").unwrap_or_default();
        let who = Some(moment.record.by.clone()).filter(|by| !by.is_empty());
        let day = words::dotted([Some(intl::day(moment.when.date())), who]);
        facts.push((Icon::Note, words::talk(&day, &head(text)), false));
    }
    facts
}

/// As much of a text as a few lines show.
fn head(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(HEAD_CHARS).collect()
}

fn stop_line(view: &View, stop: &Occurrence, today: Date) -> Option<StopLine> {
    let event = view.record(stop.event)?;
    let is_open = timeline::is_open(event);
    let about = view.account_of(event).or_else(|| contact(event)).and_then(|id| view.record(id));
    let place = view.place(stop.event);
    let status = || event.fields.text("status").map(|status| words::value("status", status));
    let mark = if place != Place::Web {
        let (tone, icon) = chip::look(place);
        Some((words::place(place).to_owned(), tone, icon))
    } else {
        let (tone, icon) = match event.fields.text("status") {
            Some("done") => (Tone::Calm, Icon::Check),
            _ => (Tone::Waiting, Icon::Waiting),
        };
        status().filter(|_| !is_open).map(|text| (text, tone, icon))
    };
    let when = if stop.last_day() >= today { time_of(stop) } else { intl::day(stop.day) };
    // What is done says so even while it is only on this phone.
    let state = status().filter(|_| !is_open && place != Place::Web);
    let (name, what) = match about {
        Some(about) => (name(about), Some(name(event))),
        None => (name(event), None),
    };
    Some(StopLine {
        href: event_address(stop),
        when,
        name,
        what: words::dotted([state, what]),
        mark,
        note: is_open.then(|| occasion::note_address(stop)),
    })
}

fn promise(view: &View, moment: &Moment, clock: Clock) -> Promise {
    let event = &moment.record;
    let today = clock.now.date();
    let when = match moment.when {
        timeline::NO_DAY => words::NO_DAY.to_owned(),
        when if when.date() == today => words::TODAY.to_owned(),
        when => intl::day(when.date()),
    };
    let who = view.account_of(event).or_else(|| contact(event)).and_then(|id| view.record(id));
    Promise {
        event: event.id,
        href: address(Kind::Event, event.id),
        when,
        subject: name(event),
        who: who.map(|record| name(record)).unwrap_or_default(),
        late: moment.when.date() < today,
    }
}

fn contact(event: &Rc<Record>) -> Option<RecordId> {
    let with = event.fields.iter().find_map(|(name, _)| name.strip_prefix(schema::WITH)?.parse().ok());
    event.fields.text("contact").and_then(|text| text.parse().ok()).or(with).map(RecordId)
}

fn hours(stop: &Occurrence) -> String {
    match stop.all_day {
        true => words::ALL_DAY.to_owned(),
        false if stop.end > stop.start => {
            format!("{} \u{2013} {}", intl::hour(stop.start), intl::hour(stop.end))
        }
        false => intl::hour(stop.start),
    }
}

fn time_of(stop: &Occurrence) -> String {
    if stop.all_day { words::ALL_DAY.to_owned() } else { intl::hour(stop.start) }
}

fn event_address(stop: &Occurrence) -> String {
    let address = address(Kind::Event, stop.event);
    if stop.is_series { format!("{address}?day={}", stop.day) } else { address }
}

/// As many as are drawn of a list before more is asked for, of today's stops, and of the promises before a visit.
pub(crate) const SHOWN: usize = 5;
const STOPS_SHOWN: usize = 12;
const BRIEF_PROMISES: usize = 3;
const HEAD_CHARS: usize = 240;
