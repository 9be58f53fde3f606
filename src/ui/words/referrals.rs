//! The words about referrals.

use view::pipeline::{Became, Which};

/// How long a referral has waited, in the fewest words.
pub(crate) fn waited(days: i32) -> String {
    match days {
        0 => "Today".to_owned(),
        1 => "1 day".to_owned(),
        _ => format!("{days} days"),
    }
}

/// The line above the pipeline.
pub(crate) fn referrals_line(shown: usize, all: usize, number: impl Fn(usize) -> String) -> String {
    let counted = super::counted(all, &number(all), "referral", "referrals");
    if shown == all { counted } else { format!("{} of {counted}", number(shown)) }
}

/// A stage and how many stand there, for the screen reader.
pub(crate) fn in_stage(stage: &str, count: &str) -> String {
    format!("{stage}, {count}")
}

/// Those of a closed stage that are older than what is shown.
pub(crate) fn earlier(count: &str) -> String {
    format!("Show {count} closed earlier")
}

/// What is asked when a referral is moved.
pub(crate) fn move_to(patient: &str) -> String {
    format!("Move {} to\u{2026}", super::short(patient))
}

/// The button of a card, told apart from those of the other cards.
pub(crate) fn move_card(patient: &str) -> String {
    format!("{MOVE_TO}, {patient}")
}

/// What stands beside the offer to move it back.
pub(crate) fn stage_moved(patient: &str, stage: &str) -> String {
    format!("{} moved to \u{201c}{stage}\u{201d}.", super::short(patient))
}

/// What became of a referral.
pub(crate) const fn became(became: Became) -> &'static str {
    match became {
        Became::Admitted => "Admitted",
        Became::Waiting => "Open",
        Became::NonAdmit => "Non-admit",
    }
}

/// Which referrals a figure has counted; the days come in as text.
pub(crate) fn which(
    which: &Which,
    from: Option<String>,
    to: Option<String>,
    about: Option<String>,
) -> String {
    let came = if which.by_start { "Care began" } else { "Referred" };
    let days = match (from, to) {
        (Some(from), Some(to)) => Some(format!("{came} {from} to {to}")),
        (Some(from), None) => Some(format!("{came} since {from}")),
        (None, Some(to)) => Some(format!("{came} until {to}")),
        (None, None) => which.by_start.then(|| came.to_owned()),
    };
    let reason = which.reason.as_deref().map(reason_said);
    let fixable = which.fixable.map(|fixable| if fixable { FIXABLE } else { NOT_FIXABLE }.to_owned());
    let named = |name: &Option<String>, nobody: &str| {
        name.as_ref().map(|name| if name.is_empty() { nobody.to_owned() } else { super::short(name) })
    };
    super::dotted([
        days,
        which.became.map(|it| became(it).to_owned()),
        reason,
        fixable,
        named(&which.payer, NO_PAYER),
        which.physician.as_deref().map(super::short),
        named(&which.rep, NO_REP),
        about,
        which.placeless.then(|| NO_ACCOUNT_NAMED.to_owned()),
    ])
}

/// Who works on an open referral: its rep, or nobody, and then who wrote it last.
pub(crate) fn worked_by(rep: Option<&str>, wrote: &str) -> String {
    match (rep, wrote) {
        (Some(rep), _) => super::short(rep),
        (None, "") => NO_REP.to_owned(),
        (None, wrote) => format!("{NO_REP}; {} wrote it last", super::short(wrote)),
    }
}

/// The line of a card that says who works on it.
pub(crate) fn rep_line(rep: Option<&str>, wrote: &str) -> String {
    let said = worked_by(rep, wrote);
    if rep.is_some() { format!("Rep: {said}") } else { said }
}

/// The line of a card that says what is next.
pub(crate) fn next_line(next: &str) -> String {
    format!("Next: {next}")
}

/// A reason in plain words; nobody gave one for the empty one.
pub(crate) fn reason_said(reason: &str) -> String {
    if reason.is_empty() { NO_REASON.to_owned() } else { super::value("reason", reason) }
}

/// The empty answer of a search among referrals.
pub(crate) fn no_referral_match(query: &str) -> String {
    match query.trim() {
        "" => "No referral is like this.".to_owned(),
        query => format!("No referral matches \u{201c}{query}\u{201d}."),
    }
}

pub(crate) const NEW_REFERRAL: &str = "New referral";
pub(crate) const EDIT_REFERRAL: &str = "Edit referral";
pub(crate) const SEARCH_REFERRALS: &str = "Search referrals";
pub(crate) const SEARCH_REFERRALS_HINT: &str = "Account, physician, initials\u{2026}";
pub(crate) const NO_REFERRALS: &str = "No referrals here yet";
pub(crate) const NO_REFERRALS_TEXT: &str = "Write one down as soon as you hear of it: it works without a signal. Or sync now to bring your territory's.";
pub(crate) const NONE_IN_STAGE: &str = "None";
pub(crate) const SHOW_ALL: &str = "Show all";
pub(crate) const MOVE_TO: &str = "Move to\u{2026}";
pub(crate) const IS_HERE: &str = "It is here now";
pub(crate) const WHY_NOT: &str = "Why was the patient not admitted?";
pub(crate) const WHEN_ADMITTED: &str = "When does care begin?";
pub(crate) const ADMIT: &str = "Admit";
pub(crate) const MAY_BE_EMPTY: &str = "May be left empty, and added later.";
pub(crate) const OTHER_STAGE: &str = "Another stage";
pub(crate) const FIXABLE: &str = "We can change it";
pub(crate) const NOT_FIXABLE: &str = "Not in our hands";
pub(crate) const NO_PAYER: &str = "No payer named";
pub(crate) const NO_REP: &str = "No rep named";
pub(crate) const NO_ACCOUNT_NAMED: &str = "No account named";
pub(crate) const NO_NEXT_STEP: &str = "nothing promised or planned";
pub(crate) const FOR_ITS_ACCOUNT: &str = "for its account";
pub(crate) const NO_REASON: &str = "No reason given";
pub(crate) const REFERRAL_GONE: &str = "This referral is not on this phone";
pub(crate) const REFERRAL_GONE_TEXT: &str =
    "It may have moved to another territory or been deleted. Sync now to see the newest.";
pub(crate) const PATIENT_HINT: &str = "Initials only, such as J.D. Never a name or a birth date: a phone can be lost. The reference number is the one \
    your intake team knows.";
pub(crate) const WHERE_FROM: &str = "Where it came from";
pub(crate) const THE_PATIENT: &str = "The patient";
pub(crate) const HOW_IT_STANDS: &str = "How it stands";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_counts_are_said_as_people_say_them() {
        assert_eq!([0, 1, 20].map(waited), ["Today", "1 day", "20 days"]);
        let number = |count: usize| count.to_string();
        assert_eq!(referrals_line(1, 1, number), "1 referral");
        assert_eq!(referrals_line(2, 30, number), "2 of 30 referrals");
    }

    #[test]
    fn a_filter_says_all_that_it_asks_for() {
        let staffing =
            Which { became: Some(Became::NonAdmit), reason: Some("staffing".into()), ..Default::default() };
        let said = which(&staffing, Some("Nov 1".into()), None, Some("Oak House".into()));
        assert_eq!(said, "Referred since Nov 1 \u{b7} Non-admit \u{b7} No staff for it \u{b7} Oak House");
        assert_eq!(reason_said(""), NO_REASON);
        let began = Which {
            by_start: true,
            became: Some(Became::Admitted),
            payer: Some("Medicare".into()),
            rep: Some(String::new()),
            ..Default::default()
        };
        let said = which(&began, Some("Nov 2".into()), Some("Nov 8".into()), None);
        assert_eq!(said, "Care began Nov 2 to Nov 8 \u{b7} Admitted \u{b7} Medicare \u{b7} No rep named");
        assert_eq!(worked_by(None, "Ana"), "No rep named; Ana wrote it last");
        assert_eq!([rep_line(Some("Ana"), "Ben"), rep_line(None, "")], ["Rep: Ana", "No rep named"]);
    }
}
