//! The referrals: how long each has waited, how far they have come, whose they are, and what is to be done next.

mod step;
mod which;

use std::rc::Rc;
use std::time::Duration;

use protocol::schema::{Date, day, lists};
use protocol::{Kind, Record, RecordId};

use crate::timeline::{Clock, made_at};
use crate::{View, fold};

pub use step::{Step, next_step};
pub use which::Which;
pub(crate) use which::alike;

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

    /// The day on which it was closed, as far as anybody said. What was accepted long before care began is closed by
    /// the care.
    fn closed(&self) -> Date {
        let care = self.said("soc").filter(|_| self.became == Became::Admitted);
        self.said("decided").max(care).or_else(|| self.said("soc")).unwrap_or(self.referred)
    }

    /// The day on which care began, as far as anybody said; none of a patient who was not admitted.
    pub fn began(&self) -> Option<Date> {
        let day = || self.said("soc").or_else(|| self.said("decided")).unwrap_or(self.referred);
        (self.became == Became::Admitted).then(day)
    }

    fn said(&self, name: &str) -> Option<Date> {
        self.record.fields.text(name).and_then(day)
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

/// Whose a referral is: its owner's, or where nobody is named, that of its account.
pub fn rep_of<'a>(view: &'a View, referral: &'a Record) -> Option<&'a str> {
    let owner =
        |record: &'a Record| record.fields.text("owner").map(str::trim).filter(|name| !name.is_empty());
    owner(referral).or_else(|| owner(view.record(view.account_of(referral)?)?))
}

/// Whether the agency itself could do something about this reason.
pub fn is_fixable(reason: &str) -> bool {
    FIXABLE.contains(&reason)
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

/// Staff, supplies, papers and contracts are the agency's own; where a patient lives, what they need and what they
/// choose is not.
const FIXABLE: [&str; 7] = [
    "exceeds_capability",
    "program_not_offered",
    "supplies",
    "staffing",
    "no_physician",
    "no_face_to_face",
    "insurance",
];

const DAY_S: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, shown};
    use engine::Shown;
    use expect_test::expect;
    use std::fmt::Write as _;

    fn clock() -> Clock {
        Clock::fixed("2026-11-25T12:00".parse().expect("a time"), 0)
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
}
