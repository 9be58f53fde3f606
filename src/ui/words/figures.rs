//! The words about figures.

/// What the chart of the weeks shows: admitted, open and not admitted, and how many came this week.
pub(crate) fn weeks_told([admitted, open, refused]: [usize; 3], this_week: usize) -> String {
    let all = admitted + open + refused;
    let all = super::counted(all, &all.to_string(), "referral", "referrals");
    format!(
        "{all} in 13 weeks: {admitted} admitted, {open} open, {refused} not admitted. {this_week} came this week."
    )
}

/// What the chart of what was done at an account or with a contact shows.
pub(crate) fn effort_told(all: usize) -> String {
    format!(
        "{} in the same weeks.",
        super::counted(all, &all.to_string(), "note or visit", "notes and visits")
    )
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

/// The accounts of a rating that are behind.
pub(crate) fn behind(rating: &str, count: &str) -> String {
    format!("Rated {rating}, not seen in time: {count}")
}

/// A reason's part of the whole.
pub(crate) fn reason_share(so_far: usize, fixable: bool) -> String {
    let so_far = Some(format!("{so_far}% with those above"));
    super::dotted([so_far, fixable.then(|| "we can do something about it".to_owned())])
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
pub(crate) const TABLE: &str = "Table";
pub(crate) const CONVERSION: &str = "Referral to admission, over 90 days";
pub(crate) const UNTIL: &str = "90 days to";
pub(crate) const REFERRED_COUNT: &str = "Referred";
pub(crate) const ADMITTED_COUNT: &str = "Admitted";
pub(crate) const PERCENT: &str = "%";
pub(crate) const TARGET: &str = "Aim: 80%";
pub(crate) const CONVERSION_NOTE: &str =
    "Hospices aim at 80%. In home care 37% is better than three of four agencies, 40% better than 19 of 20.";
pub(crate) const WHY_NOT_ADMITTED: &str = "Why patients were not admitted";
pub(crate) const OPEN_BY_AGE: &str = "How long open referrals wait";
pub(crate) const TOP_SOURCES: &str = "Where patients come from, in 13 weeks";
pub(crate) const NO_SOURCES: &str = "No account referred a patient in 13 weeks.";
pub(crate) const COVERAGE: &str = "Accounts seen in time";

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
    }
}
