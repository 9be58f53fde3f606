//! The referrals: how long each has waited, which of them are meant, and how far they have come.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use protocol::schema::{Date, day, lists};
use protocol::{Kind, Record, RecordId};

use crate::timeline::{Clock, made_at};
use crate::{View, fold};

/// What became of a referral. Its stage says so; the decision is apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Became {
    /// It is open.
    Waiting,
    /// The patient is in care, or was.
    Admitted,
    /// It came to nothing.
    NonAdmit,
}

/// A referral with what its dates mean today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The record.
    pub record: Rc<Record>,
    /// The day it came; of one that does not say, the day it was written down.
    pub referred: Date,
    /// Days since then.
    pub days: i32,
    /// What became of it.
    pub became: Became,
}

/// Which referrals are meant. A figure says it of those it has counted, so that the list shows the same ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// Came on this day or later.
    pub from: Option<Date>,
    /// Came on this day or earlier.
    pub to: Option<Date>,
    /// What became of them.
    pub became: Option<Became>,
    /// Why they were not admitted; empty where nobody said.
    pub reason: Option<String>,
    /// The account or the person they speak of.
    pub about: Option<RecordId>,
}

/// The referrals of a stage, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The stage, as the field holds it.
    pub stage: String,
    /// Its referrals.
    pub cases: Vec<Case>,
    /// How many were closed longer ago than is shown.
    pub earlier: usize,
}

impl Became {
    /// By the stage of a referral.
    pub fn of(referral: &Record) -> Self {
        match referral.fields.text("stage") {
            Some("admitted") => Self::Admitted,
            Some("nonadmit") => Self::NonAdmit,
            _ => Self::Waiting,
        }
    }

    /// Its name in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Admitted => "admitted",
            Self::NonAdmit => "nonadmit",
        }
    }
}

/// All that can become of a referral, in the order in which it is told.
pub const BECAME: [Became; 3] = [Became::Admitted, Became::Waiting, Became::NonAdmit];

impl Case {
    fn of(record: &Rc<Record>, clock: Clock) -> Self {
        let said = record.fields.text("referred").and_then(day);
        let referred = said.unwrap_or_else(|| clock.wall_of_ms(made_at(record)).date());
        let days = (clock.now.date() - referred).get_days().max(0);
        Self { referred, days, became: Became::of(record), record: Rc::clone(record) }
    }

    /// How far it has come.
    pub fn stage(&self) -> &str {
        self.record.fields.text("stage").unwrap_or(lists::STAGES[0])
    }

    /// The day on which it was closed, as far as anybody said.
    fn closed(&self) -> Date {
        let said = |name| self.record.fields.text(name).and_then(day);
        said("decided").or_else(|| said("soc")).unwrap_or(self.referred)
    }

    /// Whether every word is found in what people know it by: patient, physician, account, contact.
    fn is_found(&self, view: &View, words: &[&str]) -> bool {
        let named = |id: RecordId| view.record(id)?.fields.text("name");
        let text = |name| self.record.fields.text(name);
        let contact = text("contact").and_then(|id| id.parse().ok()).map(RecordId);
        let account = view.account_of(&self.record).and_then(named);
        let known = [text("patient"), text("token"), text("physician"), account, contact.and_then(named)];
        let known = fold(&known.into_iter().flatten().collect::<Vec<_>>().join("\n"));
        let bare = known.replace('.', "");
        words.iter().all(|word| known.contains(word) || bare.contains(word))
    }
}

impl Which {
    /// Whether all are meant.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// As an address carries it.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("became", self.became.map(|became| became.name().to_owned())),
            ("reason", self.reason.clone()),
            ("about", self.about.map(|id| id.0.to_string())),
        ];
        pairs.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
    }

    /// Out of an address. What does not read is left out.
    pub fn of_pairs(text: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            from: text("from").as_deref().and_then(day),
            to: text("to").as_deref().and_then(day),
            became: text("became").and_then(|name| BECAME.into_iter().find(|became| became.name() == name)),
            reason: text("reason"),
            about: text("about").and_then(|id| id.parse().ok()).map(RecordId),
        }
    }

    /// Whether it is meant, as far as it says so itself.
    pub(crate) fn takes(&self, case: &Case) -> bool {
        let reason = || case.record.fields.text("reason").unwrap_or_default();
        self.from.is_none_or(|from| case.referred >= from)
            && self.to.is_none_or(|to| case.referred <= to)
            && self.became.is_none_or(|became| case.became == became)
            && self.reason.as_ref().is_none_or(|wanted| *wanted == reason())
    }

    /// Those that are meant and found.
    pub fn choose(&self, view: &View, mut cases: Vec<Case>, query: &str) -> Vec<Case> {
        let about: Option<BTreeSet<RecordId>> =
            self.about.map(|id| view.about(id, Kind::Referral).iter().map(|record| record.id).collect());
        let query = fold(query);
        let words: Vec<&str> = query.split_whitespace().collect();
        cases.retain(|case| {
            about.as_ref().is_none_or(|about| about.contains(&case.record.id))
                && self.takes(case)
                && (words.is_empty() || case.is_found(view, &words))
        });
        cases
    }
}

/// All referrals, the oldest first.
pub fn cases(view: &View, clock: Clock) -> Vec<Case> {
    sorted(view.of_kind(Kind::Referral), clock)
}

/// The referrals of one account or contact, the oldest first: no other one is looked at.
pub fn cases_of(view: &View, about: RecordId, clock: Clock) -> Vec<Case> {
    sorted(view.about(about, Kind::Referral).into_iter(), clock)
}

fn sorted<'a>(referrals: impl Iterator<Item = &'a Rc<Record>>, clock: Clock) -> Vec<Case> {
    let mut cases: Vec<Case> = referrals.map(|record| Case::of(record, clock)).collect();
    cases.sort_unstable_by_key(|case| (case.referred, case.record.id));
    cases
}

/// The referrals by stage, in the order of the list; a stage of another list stands before the closed ones. Those
/// closed before `since` are only counted. The newest of the closed ones come first.
pub fn columns(cases: &[Case], since: Option<Date>) -> Vec<Column> {
    let mut columns: Vec<Column> = lists::STAGES.iter().map(|stage| Column::new(stage)).collect();
    for case in cases {
        let at = columns.iter().position(|column| column.stage == case.stage()).unwrap_or_else(|| {
            let closed = columns.iter().position(|column| column.is_closed()).unwrap_or(columns.len());
            columns.insert(closed, Column::new(case.stage()));
            closed
        });
        if columns[at].is_closed() && since.is_some_and(|since| case.closed() < since) {
            columns[at].earlier += 1;
        } else {
            columns[at].cases.push(case.clone());
        }
    }
    for column in columns.iter_mut().filter(|column| column.is_closed()) {
        column.cases.sort_by_key(|case| std::cmp::Reverse((case.closed(), case.record.id)));
    }
    columns
}

impl Column {
    fn new(stage: &str) -> Self {
        Self { stage: stage.to_owned(), cases: Vec::new(), earlier: 0 }
    }

    /// Whether its referrals are over.
    pub fn is_closed(&self) -> bool {
        is_closed(&self.stage)
    }
}

/// Whether a referral at this stage is over.
pub fn is_closed(stage: &str) -> bool {
    matches!(stage, "admitted" | "nonadmit")
}

/// The day so many days before.
pub fn days_before(day: Date, days: u32) -> Date {
    day.checked_sub(Duration::from_secs(u64::from(days) * DAY_S)).unwrap_or(Date::MIN)
}

/// The day so many days after.
pub fn days_after(day: Date, days: u32) -> Date {
    day.checked_add(Duration::from_secs(u64::from(days) * DAY_S)).unwrap_or(Date::MAX)
}

/// How long closed referrals stay in sight.
pub const CLOSED_DAYS: u32 = 90;

const DAY_S: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::Shown;
    use expect_test::expect;
    use std::fmt::Write as _;

    fn clock() -> Clock {
        Clock { now: "2026-11-25T12:00".parse().expect("a time"), ahead_minutes: 0 }
    }

    fn view(more: &[Shown]) -> View {
        let mut view = View::default();
        view.apply(&[account(1, &[("name", "Oak House")])]);
        view.apply(more);
        view
    }

    fn referral(n: u128, fields: &[(&str, &str)]) -> Shown {
        shown(Kind::Referral, n, &[&[("patient", "J.D.")], fields].concat())
    }

    fn ids(cases: &[Case]) -> Vec<u128> {
        cases.iter().map(|case| case.record.id.0.as_u128()).collect()
    }

    #[test]
    fn referrals_stand_in_their_stages_the_oldest_first() {
        let view = view(&[
            referral(10, &[("referred", "2026-11-20")]),
            referral(11, &[("referred", "2026-11-01"), ("stage", "new")]),
            referral(12, &[("referred", "2026-11-24"), ("stage", "a later word")]),
            referral(13, &[("referred", "2026-11-02"), ("stage", "nonadmit"), ("decided", "2026-11-05")]),
            referral(14, &[("referred", "2026-11-01"), ("stage", "nonadmit"), ("decided", "2026-11-06")]),
            referral(15, &[("referred", "2026-01-02"), ("stage", "nonadmit"), ("reason", "staffing")]),
            referral(16, &[("referred", "2026-01-02"), ("stage", "admitted"), ("soc", "2026-09-02")]),
            referral(17, &[("referred", "2026-12-24"), ("stage", "hold")]),
        ]);
        let mut told = String::new();
        for column in columns(&cases(&view, clock()), Some(days_before(clock().now.date(), CLOSED_DAYS))) {
            let days: Vec<_> = column.cases.iter().map(|case| case.days).collect();
            let Column { stage, cases, earlier } = column;
            writeln!(told, "{stage}: {:?} {days:?}, {earlier} earlier", ids(&cases)).expect("takes all");
        }
        expect![[r#"
            new: [11, 10] [24, 5], 0 earlier
            review: [] [], 0 earlier
            pending: [] [], 0 earlier
            scheduled: [] [], 0 earlier
            hold: [17] [0], 0 earlier
            a later word: [12] [1], 0 earlier
            admitted: [16] [327], 0 earlier
            nonadmit: [14, 13] [24, 23], 1 earlier
        "#]]
        .assert_eq(&told);
    }

    #[test]
    fn one_is_as_old_as_the_day_it_came_or_was_written_down() {
        for (fields, days) in [
            (vec![("referred", "2026-11-25")], 0),
            (vec![("referred", "2026-11-24")], 1),
            (vec![("referred", "2025-11-25")], 365),
            (vec![("referred", "soon")], 20_782),
            (vec![], 20_782),
        ] {
            assert_eq!(cases(&view(&[referral(10, &fields)]), clock())[0].days, days, "{fields:?}");
        }
    }

    #[test]
    fn those_that_are_meant_are_chosen_and_an_address_carries_which() {
        let place = id(1).0.to_string();
        let person = id(2).0.to_string();
        let view = view(&[
            shown(Kind::Contact, 2, &[("name", "Ana Patel"), ("account", &place)]),
            referral(10, &[("referred", "2026-11-20"), ("account", &place), ("physician", "Dr. Ode")]),
            referral(11, &[("referred", "2026-11-21"), ("stage", "nonadmit"), ("reason", "staffing")]),
            referral(12, &[("referred", "2026-11-22"), ("stage", "admitted"), ("contact", &person)]),
            referral(13, &[("referred", "2026-11-23"), ("stage", "nonadmit"), ("decision", "declined")]),
        ]);
        let of = |pairs: &[(&str, &str)]| {
            let find = |name: &str| pairs.iter().find(|(key, _)| *key == name);
            Which::of_pairs(|name| find(name).map(|(_, text)| (*text).to_owned()))
        };
        for (pairs, query, found) in [
            (vec![], "", vec![10, 11, 12, 13]),
            (vec![("from", "2026-11-21"), ("to", "2026-11-22")], "", vec![11, 12]),
            (vec![("became", "waiting")], "", vec![10]),
            (vec![("became", "nonadmit"), ("reason", "")], "", vec![13]),
            (vec![("reason", "staffing")], "", vec![11]),
            (vec![("about", &*place)], "", vec![10]),
            (vec![("about", &*person)], "", vec![12]),
            (vec![("from", "soon"), ("became", "rich")], "", vec![10, 11, 12, 13]),
            (vec![], "oak", vec![10]),
            (vec![], "jd ode", vec![10]),
            (vec![], "j.d. PATEL", vec![12]),
            (vec![("became", "admitted")], "oak", vec![]),
        ] {
            let which = of(&pairs);
            assert_eq!(ids(&which.choose(&view, cases(&view, clock()), query)), found, "{pairs:?} {query}");
            let carried: Vec<_> = which.to_pairs();
            let again = of(&carried.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>());
            assert_eq!(again, which);
            assert_eq!(which.is_all(), carried.is_empty());
        }
        for about in [id(1), id(2)] {
            let which = Which { about: Some(about), ..Which::default() };
            let chosen = which.choose(&view, cases(&view, clock()), "");
            assert_eq!(ids(&cases_of(&view, about, clock())), ids(&chosen));
        }
    }
}
