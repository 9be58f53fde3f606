//! What a rep of the practice organisation has in the book: people by their role, visits with what came of them, the
//! appointments of today and next week, referrals on their way. The same on every day, moved to that day; nobody real.

use jiff::ToSpan;
use protocol::schema::{Date, DateTime, WITH, Weekday};
use protocol::{Edit, Kind, Op, Record, RecordId, TerritoryId};

use super::NOTE;

/// The edits of each save, in their order, with the day on which it was made.
pub(super) type Saves = Vec<(Date, Vec<Edit>)>;

/// A rep, with the accounts that the rep goes to: as many as there are [`STOPS`].
pub(super) struct Book<'a> {
    pub(super) rep: usize,
    pub(super) name: &'static str,
    pub(super) today: Date,
    pub(super) stops: Vec<&'a Record>,
}

impl Book<'_> {
    /// All of it.
    pub(super) fn saves(&self) -> Saves {
        let mut saves = Vec::new();
        for stop in 0..self.stops.len() {
            saves.push((self.day(-91), vec![self.goal(stop)]));
            saves.push((self.day(-91), (0..ROLES.len()).map(|role| self.contact(stop, role)).collect()));
        }
        let visits = (0..self.stops.len()).flat_map(|stop| self.visits(stop)).collect::<Vec<_>>();
        let visits = visits.into_iter().enumerate().map(|(number, visit)| self.visit(number as u64, &visit));
        saves.extend(visits);
        saves.extend((0..REFERRALS).map(|number| self.referral(number)));
        saves.extend(self.appointments());
        saves.push((self.day(-42), vec![self.series()]));
        saves
    }

    /// How much an account is worth, how often the rep means to be there, and whose it is.
    fn goal(&self, stop: usize) -> Edit {
        let (rating, frequency, _) = STOPS[stop];
        let targeted = if matches!(rating, "A" | "B") { "yes" } else { "" };
        let account = self.stops[stop];
        // Some are nobody's yet.
        let owner = if stop % 6 == 5 { "" } else { self.name };
        let set = [("rating", rating), ("frequency", frequency), ("targeted", targeted), ("owner", owner)];
        Edit { base: account.version, ..edit(account.id, Kind::Account, Op::Patch, &set) }
    }

    fn contact(&self, stop: usize, role: usize) -> Edit {
        let home = self.is_home(stop);
        let (kind, name, matters) = if home { HOME_ROLES[role] } else { ROLES[role] };
        let channel = if role == 0 { "in_person" } else { "phone" };
        let set = [
            ("name", name),
            ("type", kind),
            ("account", &self.account(stop)),
            ("channel", channel),
            ("best_time", if role == 0 { "Tuesday to Thursday, 9 to 11" } else { "" }),
            ("matters", matters),
            ("targeted", if role == 0 { "yes" } else { "" }),
        ];
        self.create(self.contact_id(stop, role), Kind::Contact, stop, &set)
    }

    /// The days on which the rep was there: as often as was meant, but where somebody fell behind.
    fn visits(&self, stop: usize) -> Vec<Visit> {
        let (_, frequency, missed) = STOPS[stop];
        let every = protocol::schema::lists::frequency_days(frequency).unwrap_or(91);
        let first = (stop as i32 * 2) % every.min(14) + 1;
        let days = (0..).map(|time| (time, first + time * every)).take_while(|(_, days)| *days <= 91);
        let days = days.skip(missed);
        days.map(|(time, days)| Visit { stop, time: time as usize, day: workday(self.day(-days)) }).collect()
    }

    /// A visit done: the event with its outcome, the note, and sometimes what was promised.
    fn visit(&self, number: u64, visit: &Visit) -> (Date, Vec<Edit>) {
        let Visit { stop, time, day } = *visit;
        let account = self.account(stop);
        let contact = self.contact_id(stop, time % 2).0.to_string();
        let outcome = match number % 9 {
            4 => "no_see",
            6 => "left_materials",
            8 => "gatekeeper",
            _ => "saw",
        };
        let (start, end) = slot(day, stop);
        let (event, note) = (self.id(EVENT, number), self.id(NOTE, FIRST_NOTE + number));
        let place = self.name(stop);
        let mut set = vec![
            ("subject", place),
            ("type", "Visit"),
            ("account", account.as_str()),
            ("contact", contact.as_str()),
            ("start", start.as_str()),
            ("end", end.as_str()),
            ("status", "done"),
            ("outcome", outcome),
        ];
        let with = format!("{WITH}{}", self.contact_id(stop, (time + 1) % 2).0);
        if number.is_multiple_of(5) {
            set.push((&with, "yes"));
        }
        let mut edits = vec![self.create(event, Kind::Event, stop, &set)];
        let text = match outcome {
            "saw" => VISITS[(stop * 5 + time) % VISITS.len()].to_owned(),
            _ => format!("{} ({})", ATTEMPTS[number as usize % ATTEMPTS.len()], day.strftime("%b %-d")),
        };
        let written = utc(day.at(17 + (number % 5) as i8, (number % 60) as i8, 0, 0));
        let event_text = event.0.to_string();
        let channel = if number % 9 == 3 { "phone_visit" } else { "in_person" };
        let promise = if outcome == "saw" { PROMISES.get(number as usize % 8) } else { None };
        let due = workday(day.saturating_add(5.days())).to_string();
        let mut set = vec![
            ("text", text.as_str()),
            ("account", account.as_str()),
            ("contact", contact.as_str()),
            ("event", event_text.as_str()),
            ("channel", channel),
            ("outcome", outcome),
            ("written", written.as_str()),
        ];
        if let Some(promise) = promise {
            set.extend([("next", *promise), ("due", due.as_str())]);
        }
        edits.push(self.create(note, Kind::Note, stop, &set));
        if let Some(promise) = promise {
            // What was promised three weeks ago is done; the rest is open, and some of it late.
            let status = if day < self.day(-21) { "done" } else { "planned" };
            let follows = note.0.to_string();
            let set = [
                ("subject", *promise),
                ("type", "Follow-up"),
                ("account", account.as_str()),
                ("contact", contact.as_str()),
                ("start", due.as_str()),
                ("status", status),
                ("follows", follows.as_str()),
            ];
            edits.push(self.create(self.id(EVENT, FIRST_PROMISE + number), Kind::Event, stop, &set));
        }
        (day, edits)
    }

    /// Two referrals a week for 13 weeks: the older ones are decided, the newest are on their way.
    fn referral(&self, number: u64) -> (Date, Vec<Edit>) {
        let days = 90 - i32::try_from(number).unwrap_or_default() * 89 / (REFERRALS as i32 - 1);
        let referred = workday(self.day(-days));
        // Those who are visited most refer most.
        let stop = [0, 1, 2, 0, 3, 4, 1, 5, 0, 6, 2, 8, 1][number as usize % 13] % self.stops.len();
        let account = self.account(stop);
        let contact = self.contact_id(stop, 0).0.to_string();
        let (stage, decision, reason) = match days {
            ..=2 => ("new", "", ""),
            3..=6 => ("review", "", ""),
            7..=10 => ("pending", "", ""),
            11..=14 => ("scheduled", "accepted", ""),
            15..=18 => ("hold", "accepted", ""),
            _ => match number % 4 {
                1 => ("nonadmit", "declined", REASONS[(number / 4) as usize % REASONS.len()]),
                _ => ("admitted", "accepted", ""),
            },
        };
        let later = |days: i32| self.today.min(referred.saturating_add(days.days())).to_string();
        let decided = if decision.is_empty() { String::new() } else { later(1) };
        let soc = match stage {
            "admitted" => later(3),
            "scheduled" => workday(self.day(2)).to_string(),
            _ => String::new(),
        };
        let discharge = if days < 15 { self.day(1).to_string() } else { String::new() };
        let hospital = !self.is_home(stop);
        let room = if hospital { format!("3 West, {}", 310 + number) } else { String::new() };
        let referred_text = referred.to_string();
        let at = number as usize;
        let set = [
            ("patient", INITIALS[at % INITIALS.len()]),
            ("account", account.as_str()),
            ("contact", contact.as_str()),
            ("line", ["home_health", "home_health", "hospice", "home_health", "palliative"][at % 5]),
            ("referred", referred_text.as_str()),
            ("room", room.as_str()),
            (
                "payer",
                ["Medicare", "Medicare Advantage", "Medicaid", "Medicare", "Private insurance"][at % 5],
            ),
            ("stage", stage),
            ("decision", decision),
            ("reason", reason),
            ("decided", decided.as_str()),
            ("soc", soc.as_str()),
            ("discharge", discharge.as_str()),
        ];
        (referred, vec![self.create(self.id(REFERRAL, number), Kind::Referral, stop, &set)])
    }

    /// Three today, and one each working day of the next week.
    fn appointments(&self) -> Saves {
        let today = [0, 4, 7].map(|stop| (self.today, stop));
        let monday = self.day(i32::from(7 - self.today.weekday().to_monday_zero_offset()));
        let next_week =
            (0..5).map(|at| (monday.saturating_add(at.days()), (at as usize * 2 + 1) % STOPS.len()));
        let all = today.into_iter().chain(next_week).enumerate();
        let appointment = |(at, (day, stop)): (usize, (Date, usize))| {
            let (subject, kind, purpose) = APPOINTMENTS[at % APPOINTMENTS.len()];
            let (start, end) = slot(day, stop);
            let set = [
                ("subject", subject),
                ("type", kind),
                ("account", &self.account(stop)),
                ("contact", &self.contact_id(stop, 0).0.to_string()),
                ("start", &start),
                ("end", &end),
                ("status", "planned"),
                ("purpose", purpose),
            ];
            let id = self.id(EVENT, FIRST_APPOINTMENT + at as u64);
            (self.day(-3), vec![self.create(id, Kind::Event, stop, &set)])
        };
        all.map(appointment).collect()
    }

    /// Every week on one morning, since six weeks ago; one was left out.
    fn series(&self) -> Edit {
        let since = self.today.weekday().to_monday_zero_offset();
        let monday = self.day(-42 - i32::from(since));
        let skip = format!("skip:{}", monday.saturating_add(14.days()));
        let at = |hour, minute| monday.at(hour, minute, 0, 0).strftime("%Y-%m-%dT%H:%M").to_string();
        let set = [
            ("subject", "Discharge huddle"),
            ("type", "Meeting"),
            ("account", &self.account(1)),
            ("contact", &self.contact_id(1, 0).0.to_string()),
            ("start", &at(8, 15)),
            ("end", &at(8, 45)),
            ("repeat", "weekly"),
            ("status", "planned"),
            ("purpose", "Who goes home this week, and what they will need."),
            (skip.as_str(), "yes"),
        ];
        self.create(self.id(EVENT, SERIES), Kind::Event, 1, &set)
    }

    fn create(&self, id: RecordId, kind: Kind, stop: usize, set: &[(&str, &str)]) -> Edit {
        edit(id, kind, Op::Create(self.territory(stop)), set)
    }

    fn territory(&self, stop: usize) -> TerritoryId {
        self.stops[stop].territory.clone()
    }

    fn account(&self, stop: usize) -> String {
        self.stops[stop].id.0.to_string()
    }

    fn name(&self, stop: usize) -> &str {
        self.stops[stop].fields.text("name").unwrap_or("Visit")
    }

    /// Whether it is a nursing home; the others are hospitals.
    fn is_home(&self, stop: usize) -> bool {
        self.stops[stop].fields.text("type") == Some("Nursing home")
    }

    fn contact_id(&self, stop: usize, role: usize) -> RecordId {
        self.id(CONTACT, (stop * ROLES.len() + role) as u64)
    }

    fn id(&self, base: u128, number: u64) -> RecordId {
        RecordId(super::id(base, self.rep, number))
    }

    /// So many days from today.
    fn day(&self, days: i32) -> Date {
        self.today.saturating_add(days.days())
    }
}

/// One visit to a stop: which of them, counted back from the last, and when.
struct Visit {
    stop: usize,
    time: usize,
    day: Date,
}

/// The day itself, or the Friday before.
fn workday(day: Date) -> Date {
    let back = match day.weekday() {
        Weekday::Saturday => 1,
        Weekday::Sunday => 2,
        _ => 0,
    };
    day.saturating_sub(back.days())
}

/// The hours that a stop has in a day.
fn slot(day: Date, stop: usize) -> (String, String) {
    let (hour, minute) = [(9, 0), (10, 15), (11, 30), (13, 0), (14, 15), (15, 30)][stop % 6];
    let start = day.at(hour, minute, 0, 0);
    let text = |time: DateTime| time.strftime("%Y-%m-%dT%H:%M").to_string();
    (text(start), text(start.saturating_add(45.minutes())))
}

/// The text of a moment in UTC, as fields keep it.
pub(super) fn utc(time: DateTime) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

fn edit(id: RecordId, kind: Kind, op: Op, set: &[(&str, &str)]) -> Edit {
    let set = set.iter().filter(|(_, text)| !text.is_empty());
    let set = set.map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned()))).collect();
    Edit { id, kind, op, base: 0, set }
}

/// Rating, visit frequency, and how many of the last visits fell out: those accounts are overdue.
pub(super) const STOPS: [(&str, &str, usize); 12] = [
    ("A", "weekly", 0),
    ("A", "weekly", 2),
    ("B", "biweekly", 0),
    ("B", "biweekly", 2),
    ("A", "biweekly", 0),
    ("B", "monthly", 0),
    ("B", "monthly", 0),
    ("C", "monthly", 1),
    ("C", "monthly", 0),
    ("C", "quarterly", 0),
    ("D", "quarterly", 1),
    ("C", "quarterly", 0),
];

/// Who is seen in a hospital: what they are, how the rep calls them, what matters to them.
const ROLES: [(&str, &str, &str); 2] = [
    ("Discharge planner", "Discharge planner, 3 West", "An answer within two hours, also on Fridays."),
    ("Case manager", "Case manager, orthopedics", "Start of care the day after discharge."),
];
/// Who is seen in a nursing home.
const HOME_ROLES: [(&str, &str, &str); 2] = [
    ("Director of nursing", "Director of nursing", "Nurses who read the wound notes before they come."),
    ("Social worker", "Social worker, short stay", "Families get a call before the first visit."),
];

/// What was said. As many as no account has visits in 13 weeks, so that none says the same twice.
const VISITS: [&str; 16] = [
    "Two discharges expected before the weekend; they will call when the orders are signed.",
    "Went through the checklist for face-to-face papers. One form was new to them.",
    "They like that we confirm the start of care by phone. Asked us to keep it up.",
    "A new colleague starts on Monday; introduced myself and left my direct number.",
    "Asked about evening admissions. Told them until when our nurses can come.",
    "They had trouble reaching the office on Sunday; gave them the on-call number again.",
    "Talked about therapy at home after knee surgery. They want numbers on readmissions.",
    "Census is low this week. Agreed to look at the waiting list together next time.",
    "They send more to a competitor who answers by text. Asked whether that would help here too.",
    "Wound care came up again; they would like to see our nurse once.",
    "Reviewed last month's referrals together. Two were lost to insurance.",
    "The team moved to the second floor; the side entrance is closer now.",
    "They asked who covers the northern villages. Sent them the list while there.",
    "Good talk about hospice; the medical director wants to hear more.",
    "Budget talks keep everyone busy. Short, but friendly.",
    "They praised the quick start last week. Passed it on to the team.",
];
const ATTEMPTS: [&str; 3] = [
    "Nobody of the team was free; left my card.",
    "Left the new folder at the desk.",
    "The front desk took a message.",
];
/// What was promised, after three visits in eight.
const PROMISES: [&str; 3] =
    ["Send the readmission figures", "Call about the in-service date", "Bring the wound-care folder"];
const APPOINTMENTS: [(&str, &str, &str); 8] = [
    ("Rounds with the discharge team", "Visit", "Who goes home this week."),
    ("Wound-care in-service", "In-service", "Half an hour for the nurses of both shifts."),
    ("Catch up on open referrals", "Visit", ""),
    ("Lunch with case management", "Lunch", "Fifteen people; ask about allergies first."),
    ("Introduce the new nurse", "Visit", ""),
    ("Quarterly review", "Meeting", "Referrals, admissions, and what was lost."),
    ("Visit", "Visit", ""),
    ("Call about weekend coverage", "Call", ""),
];
const INITIALS: [&str; 13] =
    ["A.M.", "B.K.", "C.R.", "D.L.", "E.S.", "F.T.", "G.W.", "H.B.", "I.N.", "J.P.", "K.V.", "L.D.", "M.O."];
const REASONS: [&str; 5] = ["chose_other", "insurance", "outside_area", "not_homebound", "staffing"];
/// Two a week.
const REFERRALS: u64 = 26;

const CONTACT: u128 = 0x5a7c_8e13_0000_8000_8000_0000_0000_0000;
const REFERRAL: u128 = 0x5a7c_8e14_0000_8000_8000_0000_0000_0000;
const EVENT: u128 = 0x5a7c_8e15_0000_8000_8000_0000_0000_0000;
/// Numbers of the notes of visits; those before are the practice organisation's first ones.
const FIRST_NOTE: u64 = 101;
/// Numbers of events: visits from 0, then these.
const FIRST_PROMISE: u64 = 1_000;
const FIRST_APPOINTMENT: u64 = 2_000;
const SERIES: u64 = 3_000;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use protocol::{Fields, schema};

    use uuid::Uuid;

    use super::*;

    fn account(number: u128) -> Record {
        let kind = if number.is_multiple_of(3) { "Acute Care Hospitals" } else { "Nursing home" };
        let fields = [("name", "Mercy"), ("type", kind)].into_iter().collect();
        let (id, territory) = (RecordId(Uuid::from_u128(number)), TerritoryId::new("north"));
        Record {
            id,
            kind: Kind::Account,
            territory,
            version: 1,
            deleted: false,
            by: String::new(),
            at: 0,
            fields,
        }
    }

    fn saves(today: Date, accounts: &[Record]) -> Saves {
        Book { rep: 0, name: "Rep One", today, stops: accounts.iter().collect() }.saves()
    }

    /// Whatever the day, weekends and leap days among them.
    #[test]
    fn every_day_has_the_same_book_and_every_record_of_it_holds_together() {
        let accounts: Vec<Record> = (0..STOPS.len() as u128).map(account).collect();
        let first = Date::constant(2028, 2, 20);
        let count = saves(first, &accounts).len();
        for day in 0..14 {
            let today = first.saturating_add(day.days());
            let saves = saves(today, &accounts);
            assert_eq!(saves.len(), count, "{today}");
            let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
            let edits = saves.iter().flat_map(|(_, edits)| edits);
            for edit in edits {
                *kinds.entry(edit.kind).or_default() += 1;
                for (name, text) in &edit.set {
                    assert_eq!(schema::check(edit.kind, name, text.as_deref()), Ok(()), "{name} {text:?}");
                }
                let given =
                    edit.set.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_deref()?)));
                let fields: Fields = given.collect();
                assert_eq!(schema::check_whole(edit.kind, &fields), Ok(()), "{fields:?}");
                for (name, list) in
                    ["type", "stage", "reason", "outcome", "status", "channel", "line", "rating"]
                        .map(|name| (name, schema::lists::of(edit.kind, name)))
                {
                    let text = fields.text(name);
                    assert!(
                        list.is_empty() || text.is_none_or(|text| list.contains(&text)),
                        "{name} {text:?}"
                    );
                }
            }
            assert!(saves.iter().all(|(day, _)| *day <= today), "nothing was saved tomorrow");
            let today_text = today.to_string();
            let starts = saves.iter().flat_map(|(_, edits)| edits).filter(|edit| edit.kind == Kind::Event);
            let starts = starts.filter_map(|edit| edit.set.get("start")?.clone());
            assert!(starts.filter(|start| start.starts_with(&today_text)).count() >= 3, "{today}");
            assert!(kinds[&Kind::Contact] == 24 && kinds[&Kind::Referral] == 26, "{kinds:?}");
        }
    }

    #[test]
    fn no_account_has_two_notes_of_the_same_words() {
        let accounts: Vec<Record> = (0..STOPS.len() as u128).map(account).collect();
        let mut seen = std::collections::BTreeSet::new();
        for (_, edits) in saves(Date::constant(2026, 11, 26), &accounts) {
            for note in edits.into_iter().filter(|edit| edit.kind == Kind::Note) {
                let words = (note.set["account"].clone(), note.set["text"].clone());
                assert!(seen.insert(words.clone()), "{words:?}");
            }
        }
        assert!(seen.len() > 40, "{}", seen.len());
    }
}
