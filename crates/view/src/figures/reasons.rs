//! Why patients were not admitted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use protocol::schema::Date;

use super::between;
use crate::pipeline::{Became, Case, Which, is_fixable};

/// Why patients were not admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The reason as the field holds it; empty where nobody said.
    pub reason: String,
    /// How often.
    pub count: usize,
    /// Per cent of all, with those that come more often.
    pub so_far: usize,
    /// Whether the agency itself could do something about it.
    pub fixable: bool,
}

impl Reason {
    /// Those it has counted, of the patients referred on these days.
    pub fn which(&self, from: Date, to: Date) -> Which {
        Which { reason: Some(self.reason.clone()), ..of_days(from, to) }
    }
}

/// Why the patients referred on these days were not admitted, the most frequent reason first.
pub fn reasons(cases: &[Case], from: Date, to: Date) -> Vec<Reason> {
    let mut counts = BTreeMap::<&str, usize>::new();
    let refused = between(cases, from, to).iter().filter(|case| case.became == Became::NonAdmit);
    for case in refused {
        *counts.entry(case.record.fields.text("reason").unwrap_or_default()).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let mut so_far = 0;
    let reason = |(reason, count): (&str, usize)| {
        so_far += count;
        let (reason, fixable) = (reason.to_owned(), is_fixable(reason));
        Reason { reason, count, so_far: (so_far * 100 + all / 2) / all, fixable }
    };
    counts.into_iter().map(reason).collect()
}

/// Those of the patients referred on these days that were not admitted for reasons about which the agency could do
/// something, or could not.
pub fn refused(from: Date, to: Date, fixable: bool) -> Which {
    Which { fixable: Some(fixable), ..of_days(from, to) }
}

fn of_days(from: Date, to: Date) -> Which {
    Which { from: Some(from), to: Some(to), became: Some(Became::NonAdmit), ..Which::default() }
}
