//! The words about figures.

use crate::ui::components::chart::TableWords;

/// What the chart of the weeks shows: admitted, open and not admitted, and how many came this week.
pub(crate) fn weeks_told([admitted, open, refused]: [usize; 3], this_week: usize) -> String {
    let all = admitted + open + refused;
    let all = super::counted(all, &all.to_string(), "referral", "referrals");
    format!(
        "{all} in 13 weeks: {admitted} admitted, {open} open, {refused} not admitted. {this_week} came this week."
    )
}

/// A week of a chart and how many came in it, for who cannot see it.
pub(crate) fn week_bar(monday: &str, count: usize, number: &str) -> String {
    format!("{WEEK_OF} {monday}: {}", super::counted(count, number, "referral", "referrals"))
}

/// The same of the patients whose care began in it.
pub(crate) fn week_began(monday: &str, number: &str) -> String {
    format!("{WEEK_OF} {monday}: {number} admitted")
}

/// The end of 90 days, how many were referred in them and how many of these are admitted, for who cannot see it.
pub(crate) fn rate_point(last: &str, percent: usize, referred: usize, number: &str) -> String {
    let referrals = super::counted(referred, number, "referral", "referrals");
    format!("{UNTIL} {last}: {percent}% of {referrals}")
}

/// What the chart of what was done at an account or with a contact shows, and what came of it.
pub(crate) fn effort_told(visits: usize, tries: usize, referred: usize, admitted: usize) -> String {
    let visits = super::counted(visits, &visits.to_string(), "visit", "visits");
    let tries = super::counted(tries, &tries.to_string(), "other contact", "other contacts");
    let referred = super::counted(referred, &referred.to_string(), "patient", "patients");
    format!("{visits} and {tries} in 13 weeks; {referred} referred, {admitted} admitted.")
}

/// How often a referral led to an admission.
pub(crate) fn conversion_told(
    referred: usize,
    accepted: usize,
    admitted: usize,
    percent: Option<usize>,
) -> String {
    let Some(percent) = percent else { return "Nobody was referred in the last 90 days.".to_owned() };
    let patients = super::counted(referred, &referred.to_string(), "patient", "patients");
    format!(
        "Of {patients} referred in the last 90 days, {accepted} were accepted and {admitted} are admitted by now: \
        {percent}%."
    )
}

/// How many of the patients of a group were admitted, in a line of its chart.
pub(crate) fn rate_line(admitted: usize, referred: usize) -> String {
    format!("{admitted} of {referred} admitted")
}

/// The groups that a chart leaves to its table.
pub(crate) fn more_in_table(count: usize) -> Option<String> {
    (count > 0).then(|| format!("{count} more in the table"))
}

/// Why patients were not admitted.
pub(crate) fn reasons_told(all: usize, fixable: usize) -> String {
    match all {
        0 => "No patient referred in the last 90 days was turned away.".to_owned(),
        1 => format!("1 patient referred in the last 90 days was not admitted; {fixable} {WE_CAN}"),
        _ => format!("{all} patients referred in the last 90 days were not admitted; {fixable} {WE_CAN}"),
    }
}

/// How long the open referrals have waited.
pub(crate) fn aging_told(open: usize, oldest: Option<i32>) -> String {
    let Some(oldest) = oldest else { return "No referral is open.".to_owned() };
    let open = super::counted(open, &open.to_string(), "referral is open", "referrals are open");
    match oldest {
        0 => format!("{open}; all came today."),
        days => format!("{open}; the oldest has waited {}.", super::waited(days)),
    }
}

/// A step of the wait.
pub(crate) fn days_waited(least: u32, most: Option<u32>) -> String {
    match most {
        Some(most) => format!("{least} to {most} days"),
        None => format!("{least} days and more"),
    }
}

/// How many accounts are seen as often as is meant.
pub(crate) fn coverage_told(seen: usize, all: usize) -> String {
    match all {
        0 => "No rated account has a visit frequency yet.".to_owned(),
        _ => format!("{seen} of {all} rated accounts with a visit frequency are seen in time."),
    }
}

/// A rating in a line of its chart.
pub(crate) fn rated(rating: &str) -> String {
    format!("Rated {rating}")
}

/// A part of a whole.
pub(crate) fn of_all(part: &str, all: &str) -> String {
    format!("{part} of {all}")
}

/// The accounts of a rating without a frequency.
pub(crate) fn no_goal(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "1 more has no visit frequency".to_owned(),
        _ => format!("{count} more have no visit frequency"),
    }
}

/// A link to some accounts of a rating.
pub(crate) fn of_rating(what: &str, number: &str, rating: &str) -> String {
    format!("{what}, rated {rating}: {number}")
}

/// A reason's part of the whole.
pub(crate) fn reason_share(so_far: usize, fixable: bool) -> String {
    let so_far = Some(format!("{so_far}% with those above"));
    super::dotted([so_far, fixable.then(|| super::FIXABLE.to_lowercase())])
}

const WE_CAN: &str = "for a reason that we can do something about.";

pub(crate) const FIGURES: &str = "Figures";
pub(crate) const ALL_FIGURES: &str = "All figures";
pub(crate) const NO_FIGURES: &str = "Nothing to count yet";
pub(crate) const NO_FIGURES_TEXT: &str =
    "The charts grow with your referrals and visits. Sync now to bring what is there.";
pub(crate) const WEEKLY: &str = "Referrals by week";
pub(crate) const WEEK_OF: &str = "Week of";
pub(crate) const TOGETHER: &str = "All";
pub(crate) const TABLE: TableWords = TableWords {
    unfold: "Table, files and print",
    save: "Save as CSV",
    picture: Some("Save as picture"),
    print: "Print",
    failed: "This browser did not make the file. Print the chart, or take a screenshot.",
};
pub(crate) const WEEKLY_NOTE: &str =
    "A referral counts in the week in which it came, with what has become of it by now.";
pub(crate) const EFFORT: &str = "Effort and result";
pub(crate) const EFFORT_NOTE: &str = "A visit is a talk with somebody there. Other contacts are calls, messages and visits without one. \
    A referral counts when it came, an admission when care began.";
pub(crate) const WORK_DONE: &str = "Visits and other contacts by week";
pub(crate) const VISITS_DONE: &str = "Visits";
pub(crate) const TRIES: &str = "Other contacts";
pub(crate) const CAME: &str = "Referrals by week";
pub(crate) const BEGAN: &str = "Admissions by week";
pub(crate) const CONVERSION: &str = "Referral to admission, over 90 days";
pub(crate) const UNTIL: &str = "90 days to";
pub(crate) const REFERRED_COUNT: &str = "Referred";
pub(crate) const ACCEPTED_COUNT: &str = "Accepted";
pub(crate) const ADMITTED_COUNT: &str = "Admitted";
pub(crate) const PERCENT: &str = "%";
pub(crate) const TARGET: &str = "Aim: 80%";
pub(crate) const CONVERSION_NOTE: &str = "Admitted by now, of all referred in the 90 days; open ones count as not admitted yet. Hospices aim at 80% \
    (hospiceadvisors.com). In home care 37% is better than three of four agencies, 40% better than 19 of 20 \
    (enquiresolutions.com).";
pub(crate) const CONVERSION_BY: [&str; 3] =
    ["Admission by account, 90 days", "Admission by payer, 90 days", "Admission by rep, 90 days"];
pub(crate) const BY_WHAT: &str = "By what";
pub(crate) const BY: [&str; 3] = ["By account", "By payer", "By rep"];
pub(crate) const BY_HEADS: [&str; 3] = [FROM_ACCOUNT, PAYER, REP];
pub(crate) const PAYER: &str = "Payer";
pub(crate) const CONVERSION_BY_NOTE: &str = "The same 90 days, most referrals first; the mark is the aim of 80%. A rep is who owns the referral, or else who \
    owns its account.";
pub(crate) const WHY_NOT_ADMITTED: &str = "Why patients were not admitted";
pub(crate) const WHY_NOT_NOTE: &str = "Of the patients referred in the last 90 days. Full bars are reasons that we can change: staff, supplies, papers and \
    contracts.";
pub(crate) const IN_WHOSE_HANDS: &str = "What we can change";
pub(crate) const REASON: &str = "Reason";
pub(crate) const COUNT: &str = "Patients";
pub(crate) const SO_FAR: &str = "% with those above";
pub(crate) const WHOSE_HANDS: &str = "Ours to change";
pub(crate) const OPEN_BY_AGE: &str = "How long open referrals wait";
pub(crate) const OPEN_BY_AGE_NOTE: &str = "Whole days since the referral came. The next step is what was promised about it, or else what is next at its account.";
pub(crate) const WAITED: &str = "Waited";
pub(crate) const OPEN_COUNT: &str = "Open referrals";
pub(crate) const EACH_OPEN_TABLE: TableWords =
    TableWords { unfold: "Each with its rep and next step", picture: None, ..TABLE };

/// The small print of a chart's picture.
pub(crate) fn picture_of(day: &str) -> String {
    format!("Satchel, {day}")
}

pub(crate) const EACH_OPEN: &str = "Open referrals with rep and next step";
pub(crate) const WAITED_DAYS: &str = "Days waited";
pub(crate) const PATIENT: &str = "Patient";
pub(crate) const FROM_ACCOUNT: &str = "Account";
pub(crate) const REP: &str = "Rep";
pub(crate) const NEXT_STEP: &str = "Next step";
pub(crate) const TOP_SOURCES: [&str; 3] = [
    "Accounts that refer most, in 13 weeks",
    "Contacts who refer most, in 13 weeks",
    "Physicians who refer most, in 13 weeks",
];
pub(crate) const WHO_REFERS: &str = "Who refers";
pub(crate) const REFERRERS: [&str; 3] = ["Accounts", "Contacts", "Physicians"];
pub(crate) const REFERRER_HEADS: [&str; 3] = [FROM_ACCOUNT, "Contact", "Physician"];
pub(crate) const TOP_SOURCES_NOTE: &str =
    "Referrals that came in the 13 weeks and name the account, the contact or the physician.";
pub(crate) const NO_SOURCES: [&str; 3] = [
    "No account referred a patient in 13 weeks.",
    "No referral of 13 weeks names a contact.",
    "No referral of 13 weeks names a physician.",
];
pub(crate) const COVERAGE: &str = "Accounts seen in time";
pub(crate) const COVERAGE_NOTE: &str = "In time is while the next visit by the visit frequency is not late. Never visited counts accounts without a visit \
    frequency too.";
pub(crate) const RATING: &str = "Rating";
pub(crate) const ALL_OF_RATING: &str = "All";
pub(crate) const WITH_FREQUENCY: &str = "With a visit frequency";
pub(crate) const SEEN_IN_TIME: &str = "Seen in time";
pub(crate) const YES_WORD: &str = "Yes";
pub(crate) const NO_WORD: &str = "No";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_told_in_a_sentence() {
        assert_eq!(
            weeks_told([1, 0, 0], 0),
            "1 referral in 13 weeks: 1 admitted, 0 open, 0 not admitted. 0 came this week."
        );
        assert_eq!(aging_told(2, Some(1)), "2 referrals are open; the oldest has waited 1 day.");
        assert_eq!(aging_told(0, None), "No referral is open.");
        assert_eq!([days_waited(0, Some(2)), days_waited(91, None)], ["0 to 2 days", "91 days and more"]);
        assert_eq!(reason_share(60, false), "60% with those above");
        assert_eq!(reason_share(60, true), "60% with those above \u{b7} we can change it");
        assert_eq!(
            effort_told(1, 2, 1, 0),
            "1 visit and 2 other contacts in 13 weeks; 1 patient referred, 0 admitted."
        );
        assert_eq!(week_bar("Nov 23", 1, "1"), "Week of Nov 23: 1 referral");
        assert_eq!(rate_point("Nov 26", 33, 1_200, "1,200"), "90 days to Nov 26: 33% of 1,200 referrals");
        assert_eq!((more_in_table(0), more_in_table(3)), (None, Some("3 more in the table".to_owned())));
    }
}
