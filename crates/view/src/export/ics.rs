//! Events as a file for calendars: iCalendar, RFC 5545.
//!
//! Times have no zone, as the RFC's own form of local time says: nine o'clock is nine o'clock wherever it is read. An
//! event that has no day is not in it. What stands in the place of a day of a series is an event of its own, and the
//! series leaves out that day.

use protocol::schema::{self, Date, DateTime, SKIP, WITH};
use protocol::{Kind, Record, RecordId};

use super::vcard::Card;
use super::{EPOCH, Words, known_by, moment};
use crate::View;
use crate::agenda::{Rule, Span, Step, later};

/// The file: its head, one piece an event, and its end.
pub fn ics<'a>(view: &'a View, words: &'a Words) -> impl Iterator<Item = String> + 'a {
    let events = view.of_kind(Kind::Event).filter_map(|event| piece(view, event, words));
    std::iter::once(HEAD.to_owned()).chain(events).chain([END.to_owned()])
}

fn piece(view: &View, event: &Record, words: &Words) -> Option<String> {
    let text = |name| event.fields.text(name).unwrap_or_default();
    let span = Span::read(event)?;
    let rule = view.is_series(event.id).then(|| Rule::read(&event.fields, span.start.date())).flatten();
    let span = rule.map_or(Some(span), |rule| span.on(rule.first))?;
    let mut piece = Card("BEGIN:VEVENT\r\n".to_owned());
    piece.line(&format!("UID:{}", event.id.0));
    piece.line(&format!("DTSTAMP:{}Z", time(moment(event.at).or_else(|| made(event.id)).unwrap_or(EPOCH))));
    piece.line(&format!("DTSTART{}", when(span.start, span.all_day)));
    if span.all_day {
        // Here the end is the first day that is free again.
        let end = later(span.end.date(), 1)?.at(0, 0, 0, 0);
        piece.line(&format!("DTEND{}", when(end, true)));
    } else if span.end > span.start {
        piece.line(&format!("DTEND{}", when(span.end, false)));
    }
    if let Some(rule) = rule {
        piece.line(&format!("RRULE:{}", recurs(rule, span.all_day)));
        let skips = event.fields.iter().filter_map(|(name, _)| schema::day(name.strip_prefix(SKIP)?));
        let mut out: Vec<Date> = skips.chain(view.exceptions(event.id).map(|(day, _)| day)).collect();
        out.retain(|day| rule.number(*day).is_some());
        out.sort_unstable();
        out.dedup();
        for day in out {
            piece.line(&format!("EXDATE{}", when(day.to_datetime(span.start.time()), span.all_day)));
        }
    }
    piece.texts("SUMMARY", &[known_by(event)], ',');
    let account = view.account_of(event).and_then(|id| view.record(id));
    let place = account.map(|account| {
        let parts = ["name", "address", "city", "state", "zip"].map(|name| account.fields.text(name));
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    piece.texts("LOCATION", &[&place.unwrap_or_default()], ',');
    let outcome = Some(text("outcome")).filter(|it| !it.is_empty()).map(|it| (words.value)("outcome", it));
    let about: Vec<&str> = [outcome.as_deref(), event.fields.text("purpose")].into_iter().flatten().collect();
    piece.texts("DESCRIPTION", &[&about.join("\n\n")], ',');
    for person in people(event).filter_map(|id| view.record(id)) {
        piece.texts("CONTACT", &[known_by(person)], ',');
    }
    piece.texts("CATEGORIES", &[text("type")], ',');
    match text("status") {
        "cancelled" => piece.line("STATUS:CANCELLED"),
        "done" => piece.line("STATUS:CONFIRMED"),
        _ => {}
    }
    piece.line("END:VEVENT");
    Some(piece.0)
}

fn people(event: &Record) -> impl Iterator<Item = RecordId> {
    let with = event.fields.iter().filter_map(|(name, _)| name.strip_prefix(WITH));
    event.fields.text("contact").into_iter().chain(with).filter_map(|id| id.parse().ok().map(RecordId))
}

/// The rule in the words of the RFC. Where a month is too short, the last of the days from the 28th on that it has
/// stands in, as in the app.
fn recurs(rule: Rule, all_day: bool) -> String {
    let day = rule.first.day();
    let last_of = || (28..=day).map(|day| day.to_string()).collect::<Vec<_>>().join(",");
    let mut told = match rule.step {
        Step::Days(1) => "FREQ=DAILY".to_owned(),
        Step::Days(7) => "FREQ=WEEKLY".to_owned(),
        Step::Days(days) if days % 7 == 0 => format!("FREQ=WEEKLY;INTERVAL={}", days / 7),
        Step::Days(days) => format!("FREQ=DAILY;INTERVAL={days}"),
        Step::Weekdays => "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR".to_owned(),
        Step::Months(1) if day <= 28 => "FREQ=MONTHLY".to_owned(),
        Step::Months(1) => format!("FREQ=MONTHLY;BYMONTHDAY={};BYSETPOS=-1", last_of()),
        Step::Months(12) if rule.first.month() == 2 && day == 29 => {
            format!("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY={};BYSETPOS=-1", last_of())
        }
        Step::Months(12) => "FREQ=YEARLY".to_owned(),
        Step::Months(months) => format!("FREQ=MONTHLY;INTERVAL={months}"),
    };
    if let Some(until) = rule.until {
        let until = until.at(23, 59, 59, 0);
        told.push_str(";UNTIL=");
        told.push_str(&if all_day { date(until) } else { time(until) });
    }
    told
}

fn when(time_of: DateTime, all_day: bool) -> String {
    if all_day { format!(";VALUE=DATE:{}", date(time_of)) } else { format!(":{}", time(time_of)) }
}

fn date(time: DateTime) -> String {
    time.date().to_string().replace('-', "")
}

fn time(time: DateTime) -> String {
    format!("{}T{:02}{:02}{:02}", date(time), time.hour(), time.minute(), time.second())
}

/// When a record that the web has not seen was made, as its id tells.
fn made(id: RecordId) -> Option<DateTime> {
    let (seconds, _) = id.0.get_timestamp()?.to_unix();
    moment(i64::try_from(seconds).ok()?.checked_mul(1_000)?)
}

const HEAD: &str =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Satchel//Satchel//EN\r\nCALSCALE:GREGORIAN\r\n";
const END: &str = "END:VCALENDAR\r\n";

#[cfg(test)]
mod tests {
    use super::super::testing::{WORDS, nasty};
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::Shown;
    use expect_test::{Expect, expect};

    fn file(shown: &[Shown]) -> String {
        let mut view = View::default();
        view.apply(shown);
        ics(&view, &WORDS).collect()
    }

    fn check(shown: &[Shown], expect: Expect) {
        let file = file(shown);
        let body = file.strip_prefix(HEAD).and_then(|rest| rest.strip_suffix(END)).expect("head and end");
        expect.assert_eq(&body.replace("\r\n", "\n"));
    }

    /// What a file says of one event after its start, without what all say.
    fn told(fields: &[(&str, &str)]) -> String {
        let mut all = vec![("subject", "x")];
        all.extend(fields);
        let file = file(&[shown(Kind::Event, 1, &all)]);
        let lines = file.lines().filter(|line| line.starts_with("DT") && !line.starts_with("DTSTAMP"));
        let rule = file.lines().filter(|line| line.starts_with("RRULE") || line.starts_with("EXDATE"));
        lines.chain(rule).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_event_says_when_where_with_whom_and_how_it_went() {
        let place = id(1).0.to_string();
        let ana = id(2).0.to_string();
        let with = format!("with:{}", id(3).0);
        let elm = account(1, &[("name", "Elm; House"), ("address", "1 Elm St"), ("city", "Reno")]);
        let fields = [
            ("subject", "Lunch, with all"),
            ("type", "Lunch"),
            ("account", &*place),
            ("contact", &*ana),
            (&*with, "yes"),
            ("start", "2026-11-25T09:30"),
            ("end", "2026-11-25T10:15"),
            ("purpose", "Say \\ hello\ntwice"),
            ("status", "done"),
            ("outcome", "saw"),
        ];
        check(
            &[
                elm,
                shown(Kind::Contact, 2, &[("name", "Ana")]),
                shown(Kind::Contact, 3, &[("name", "Ben")]),
                shown(Kind::Event, 7, &fields),
                shown(Kind::Event, 8, &[("subject", "no day")]),
            ],
            expect![[r#"
                BEGIN:VEVENT
                UID:00000000-0000-0000-0000-000000000007
                DTSTAMP:19700101T000000Z
                DTSTART:20261125T093000
                DTEND:20261125T101500
                SUMMARY:Lunch\, with all
                LOCATION:Elm\; House\, 1 Elm St\, Reno
                DESCRIPTION:<saw>\n\nSay \\ hello\ntwice
                CONTACT:Ana
                CONTACT:Ben
                CATEGORIES:Lunch
                STATUS:CONFIRMED
                END:VEVENT
            "#]],
        );
    }

    #[test]
    fn days_have_no_hours_and_end_with_the_day_after() {
        for (fields, said) in [
            (vec![("start", "2026-11-25")], "DTSTART;VALUE=DATE:20261125 DTEND;VALUE=DATE:20261126"),
            (
                vec![("start", "2026-11-30"), ("end", "2026-12-01")],
                "DTSTART;VALUE=DATE:20261130 DTEND;VALUE=DATE:20261202",
            ),
            (vec![("start", "2026-11-25T09:00")], "DTSTART:20261125T090000"),
        ] {
            assert_eq!(told(&fields), said);
        }
    }

    #[test]
    fn each_word_of_the_list_has_its_rule() {
        let of = |repeat, start, until: &'static str| {
            let mut fields = vec![("start", start), ("repeat", repeat)];
            if !until.is_empty() {
                fields.push(("until", until));
            }
            let told = told(&fields);
            told.split("RRULE:").nth(1).map(str::to_owned).expect("has a rule")
        };
        for (repeat, start, until, said) in [
            ("daily", "2026-11-25", "", "FREQ=DAILY"),
            ("weekdays", "2026-11-25T09:00", "", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            ("weekly", "2026-11-25T09:00", "2026-12-30", "FREQ=WEEKLY;UNTIL=20261230T235959"),
            ("biweekly", "2026-11-25", "2026-12-30", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20261230"),
            ("monthly", "2026-11-25", "", "FREQ=MONTHLY"),
            ("monthly", "2026-12-30", "", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
            ("yearly", "2026-11-25", "", "FREQ=YEARLY"),
            ("yearly", "2028-02-29", "", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
        ] {
            assert_eq!(of(repeat, start, until), said, "{repeat} {start}");
        }
        // A weekend is no weekday: the first one is the Monday after.
        assert!(
            told(&[("start", "2026-11-28"), ("repeat", "weekdays")])
                .starts_with("DTSTART;VALUE=DATE:20261130")
        );
    }

    #[test]
    fn a_series_leaves_out_its_skips_and_what_stands_for_one_of_its_days() {
        let series = id(1).0.to_string();
        let all = [
            ("subject", "x"),
            ("start", "2026-11-04T10:00"),
            ("repeat", "weekly"),
            ("skip:2026-11-11", "yes"),
        ];
        let instead = [("series", &*series), ("series_day", "2026-11-18"), ("start", "2026-11-19T15:00")];
        let file = file(&[shown(Kind::Event, 1, &all), shown(Kind::Event, 2, &instead)]);
        let found: Vec<&str> = file.lines().filter(|line| line.starts_with("EXDATE")).collect();
        assert_eq!(found, ["EXDATE:20261111T100000", "EXDATE:20261118T100000"]);
        assert!(file.contains("DTSTART:20261119T150000"));
    }

    #[test]
    fn no_line_is_longer_than_75_octets_and_none_begins_where_none_should() {
        for text in nasty(300) {
            let file = file(&[shown(
                Kind::Event,
                1,
                &[("subject", &text), ("purpose", &text), ("start", "2026-11-25")],
            )]);
            for line in file.strip_suffix("\r\n").expect("ends with a line").split("\r\n") {
                assert!(line.len() <= 75, "{line}");
                assert!(!line.contains(['\r', '\n']), "{line:?}");
            }
            assert_eq!(file.replace("\r\n ", "").matches("\r\nBEGIN:").count(), 1, "{text:?}");
        }
    }
}
