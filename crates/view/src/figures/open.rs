//! The open referrals: how long they have waited, and what is next.

use protocol::schema::Date;

use crate::View;
use crate::pipeline::{Became, Case, Step, Which, days_before, next_step};
use crate::timeline::Clock;

/// Open referrals that have waited about as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// Days waited, at least.
    pub least: u32,
    /// Days waited, at most.
    pub most: Option<u32>,
    /// How many.
    pub count: usize,
    from: Option<Date>,
    to: Date,
}

/// An open referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The referral.
    pub case: Case,
    /// What is next.
    pub next: Option<Step>,
}

impl Age {
    /// Those it has counted.
    pub fn which(&self) -> Which {
        Which { from: self.from, to: Some(self.to), became: Some(Became::Waiting), ..Which::default() }
    }
}

/// How long the open referrals have waited.
pub fn aging(cases: &[Case], today: Date) -> Vec<Age> {
    let ends = AGES.iter().skip(1).map(|least| Some(least - 1)).chain([None]);
    let age = |(least, most): (&u32, Option<u32>)| {
        // One that is to come has not waited at all.
        let to = if *least == 0 { Date::MAX } else { days_before(today, *least) };
        let mut age =
            Age { least: *least, most, count: 0, from: most.map(|most| days_before(today, most)), to };
        let which = age.which();
        age.count = cases.iter().filter(|case| which.takes(case)).count();
        age
    };
    AGES.iter().zip(ends).map(age).collect()
}

/// The open referrals, the longest waiting first.
pub fn pending(view: &View, cases: &[Case], clock: Clock) -> Vec<Pending> {
    let open = cases.iter().filter(|case| case.became == Became::Waiting);
    let told = |case: &Case| Pending { next: next_step(view, &case.record, clock), case: case.clone() };
    open.map(told).collect()
}

/// Days waited from which the next bar counts. After two days a referral seldom comes to anything.
const AGES: [u32; 6] = [0, 3, 8, 15, 31, 91];
