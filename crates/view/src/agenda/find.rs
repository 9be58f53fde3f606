//! Looking for an event by what is said in it, by where it is and by who takes part, across all days.

use std::cmp::Reverse;

use memchr::memmem::Finder;
use protocol::schema::{Date, WITH};
use protocol::{Kind, Record, RecordId};

use crate::View;
use crate::fold;

/// A search that keeps the texts it looks through until a record changes.
#[derive(Debug, Default)]
pub struct EventSearch {
    /// Of which state of the records, and of which day.
    read: Option<(u64, Date)>,
    /// The latest first.
    entries: Vec<(RecordId, Box<str>)>,
}

impl EventSearch {
    /// The events in which every word of the query occurs, whatever its case; the latest first, a series by its next
    /// day, those without a day last. A query without words finds nothing.
    pub fn find(&mut self, view: &View, query: &str, today: Date) -> Vec<RecordId> {
        let query = fold(query);
        let finders: Vec<Finder<'_>> = query.split_whitespace().map(Finder::new).collect();
        if finders.is_empty() {
            return Vec::new();
        }
        let read = Some((view.generation(), today));
        if self.read != read {
            self.read = read;
            self.entries = entries(view, today);
        }
        let meets = |text: &str| finders.iter().all(|finder| finder.find(text.as_bytes()).is_some());
        self.entries.iter().filter(|(_, text)| meets(text)).map(|(id, _)| *id).collect()
    }
}

fn entries(view: &View, today: Date) -> Vec<(RecordId, Box<str>)> {
    let mut events: Vec<_> = view
        .of_kind(Kind::Event)
        .map(|event| (Reverse(view.next_of(event.id, today).map(|at| at.start)), event))
        .collect();
    events.sort_by_key(|(start, event)| (*start, Reverse(event.id)));
    events.into_iter().map(|(_, event)| (event.id, haystack(view, event).into())).collect()
}

fn haystack(view: &View, event: &Record) -> String {
    let mut haystack = String::new();
    let mut put = |text: &str| {
        haystack.push_str(&fold(text));
        haystack.push('\n');
    };
    ["subject", "type", "purpose"].iter().filter_map(|name| event.fields.text(name)).for_each(&mut put);
    let account = view.account_of(event).and_then(|id| view.record(id));
    let people = event.fields.iter().filter_map(|(name, text)| match name {
        "contact" => Some(text),
        _ => name.strip_prefix(WITH),
    });
    let people = people.filter_map(|id| view.record(RecordId(id.parse().ok()?)));
    for record in people.chain(account) {
        ["name", "city"].iter().filter_map(|name| record.fields.text(name)).for_each(&mut put);
    }
    haystack
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::{Place, Shown};

    fn found(search: &mut EventSearch, view: &View, query: &str) -> Vec<u128> {
        search
            .find(view, query, "2026-11-25".parse().expect("a day"))
            .iter()
            .map(|id| id.0.as_u128())
            .collect()
    }

    #[test]
    fn an_event_is_found_by_what_where_and_who_newest_first() {
        let (place, with) = (id(1).0.to_string(), format!("with:{}", id(2).0));
        let mut view = View::default();
        view.apply(&[
            account(1, &[("name", "St. Mary\u{2019}s"), ("city", "Reno")]),
            shown(Kind::Contact, 2, &[("name", "Ana Lopez")]),
            shown(Kind::Event, 11, &[("subject", "Lunch"), ("account", &place), ("start", "2026-01-01")]),
            shown(Kind::Event, 12, &[("subject", "Call"), (&with, "yes"), ("start", "2027-01-01T10:00")]),
            shown(Kind::Event, 13, &[("subject", "Call back"), ("purpose", "Referral of LUNCH")]),
            shown(Kind::Event, 14, &[("subject", "Again"), ("start", "2026-11-26")]),
            shown(
                Kind::Event,
                15,
                &[("subject", "Again"), ("start", "2026-01-02T10:00"), ("repeat", "weekly")],
            ),
            shown(
                Kind::Event,
                16,
                &[
                    ("subject", "Again"),
                    ("start", "2026-02-03"),
                    ("repeat", "daily"),
                    ("until", "2026-03-01"),
                ],
            ),
        ]);
        let mut search = EventSearch::default();
        for (query, ids) in [
            ("mary's reno", vec![11]),
            ("lopez", vec![12]),
            ("lunch", vec![11, 13]),
            ("CALL", vec![12, 13]),
            ("call lunch", vec![13]),
            ("nobody", vec![]),
            ("  ", vec![]),
            ("again", vec![15, 14, 16]),
        ] {
            assert_eq!(found(&mut search, &view, query), ids, "{query}");
        }
        view.apply(&[Shown { id: id(12), record: None, place: Place::Web }]);
        assert_eq!(found(&mut search, &view, "call"), [13]);
    }
}
