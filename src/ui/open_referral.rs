//! Who works on a referral that is open, and what is next: in few words, wherever it is listed.

use protocol::Record;
use view::View;
use view::pipeline::{Step, rep_of};
use view::timeline::{Clock, What};

use crate::ui::{intl, name, words};

/// Who works on it; where nobody is named, who wrote it last.
pub(crate) fn worked_by(view: &View, referral: &Record) -> String {
    words::worked_by(rep_of(view, referral), &referral.by)
}

/// What is next, with its day; or that nothing is.
pub(crate) fn next(step: Option<&Step>, clock: Clock) -> String {
    let Some(step) = step else { return words::NO_NEXT_STEP.to_owned() };
    let when = step.when();
    let is_late = step.moment.what == What::FollowUp && when.is_some_and(|it| it.date() < clock.now.date());
    let day = when.map(|when| if step.moment.day_only { intl::day(when.date()) } else { intl::wall(when) });
    words::dotted([
        is_late.then(|| words::OVERDUE.to_owned()),
        Some(day.unwrap_or_else(|| words::NO_DAY.to_owned())),
        Some(words::short(&name(&step.moment.record))),
        step.of_account.then(|| words::FOR_ITS_ACCOUNT.to_owned()),
    ])
}
