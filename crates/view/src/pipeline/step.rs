//! What is to be done next about a referral.

use protocol::schema::DateTime;
use protocol::{Kind, Record};

use crate::View;
use crate::timeline::{Clock, Moment, NO_DAY, ahead, coming, is_follow_up, is_open};

/// What is to be done next about a referral: a promise, or something in the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The event.
    pub moment: Moment,
    /// Whether it is about the account, and not about the referral itself.
    pub of_account: bool,
}

impl Step {
    /// When it is meant to be; none for a promise without a day.
    pub fn when(&self) -> Option<DateTime> {
        (self.moment.when != NO_DAY).then_some(self.moment.when)
    }
}

/// The next step of a referral: what was promised in a note about it, or else what is next at its account.
pub fn next_step(view: &View, referral: &Record, clock: Clock) -> Option<Step> {
    let notes = view.about(referral.id, Kind::Note);
    let promised = notes.iter().flat_map(|note| view.about(note.id, Kind::Event));
    let promised = promised.filter(|event| is_follow_up(event) && is_open(event));
    let own = promised
        .filter_map(|event| ahead(view, event, clock))
        .min_by_key(|moment| (moment.when, moment.record.id));
    if let Some(moment) = own {
        return Some(Step { moment, of_account: false });
    }
    let account = view.account_of(referral)?;
    let moment = coming(view, account, clock).into_iter().next()?;
    Some(Step { moment, of_account: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::Shown;

    #[test]
    fn the_referrals_own_promise_comes_first_and_then_what_is_next_at_its_account() {
        let of = |n: u128| id(n).0.to_string();
        let (oak, elm, referral, note, other) = (of(1), of(2), of(10), of(20), of(21));
        let clock = Clock::fixed("2026-11-25T12:00".parse().expect("a time"), 0);
        let event =
            |n, fields: &[(&str, &str)]| shown(Kind::Event, n, &[&[("subject", "x")], fields].concat());
        let promise = |n, fields: &[(&str, &str)]| event(n, &[&[("type", "Follow-up")], fields].concat());
        let told = |events: &[Shown]| {
            let mut view = View::default();
            view.apply(&[
                account(1, &[("name", "Oak")]),
                account(2, &[("name", "Elm"), ("merged_into", &oak)]),
                shown(Kind::Referral, 10, &[("patient", "J.D."), ("account", &elm)]),
                shown(Kind::Note, 20, &[("text", "x"), ("account", &oak), ("referral", &referral)]),
                shown(Kind::Note, 21, &[("text", "x"), ("account", &oak)]),
            ]);
            view.apply(events);
            let step = next_step(&view, view.record(id(10)).expect("is here"), clock);
            step.map(|step| {
                let when = step.when().map(|when| when.date().to_string()).unwrap_or_default();
                (step.moment.record.id.0.as_u128(), when, step.of_account)
            })
        };
        let visit = || event(30, &[("type", "Visit"), ("account", &oak), ("start", "2026-11-26T09:00")]);
        let own = || promise(31, &[("account", &oak), ("follows", &note), ("start", "2026-12-01")]);
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[visit()]), Some((30, "2026-11-26".into(), true)));
        assert_eq!(told(&[visit(), own()]), Some((31, "2026-12-01".into(), false)));
        let late = promise(32, &[("account", &oak), ("follows", &other), ("start", "2026-11-01")]);
        assert_eq!(told(&[visit(), late]), Some((32, "2026-11-01".into(), true)));
        let no_day = || promise(33, &[("follows", &note)]);
        assert_eq!(told(&[visit(), own(), no_day()]), Some((31, "2026-12-01".into(), false)));
        assert_eq!(told(&[visit(), no_day()]), Some((33, String::new(), false)));
        let kept = promise(31, &[("follows", &note), ("start", "2026-12-01"), ("status", "done")]);
        assert_eq!(told(&[kept]), None);
        let weekly = |until| {
            let set =
                [("account", &*elm), ("start", "2026-11-16T09:00"), ("repeat", "weekly"), ("until", until)];
            event(34, &set)
        };
        assert_eq!(told(&[weekly("2027-01-01")]), Some((34, "2026-11-30".into(), true)));
        let on_wednesdays = |hour: &str| {
            let start = format!("2026-11-18T{hour}:00");
            event(35, &[("account", &elm), ("start", &start), ("repeat", "weekly")])
        };
        assert_eq!(
            told(&[on_wednesdays("09")]),
            Some((35, "2026-12-02".into(), true)),
            "this morning is over"
        );
        assert_eq!(told(&[on_wednesdays("15")]), Some((35, "2026-11-25".into(), true)));
        assert_eq!(told(&[weekly("2026-11-27")]), None);
    }
}
