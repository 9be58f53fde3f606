//! How often somebody means to be somewhere, and how that stands.

use view::cadence::Due;

/// How a record stands to its visit frequency, in a few words; none where it has no frequency.
pub(crate) fn due(due: Due) -> Option<String> {
    Some(match due {
        Due::NoGoal => return None,
        Due::Never => NEVER_VISITED.to_owned(),
        Due::OnTrack { .. } => "On track".to_owned(),
        Due::FollowUp { days: 0 } => "Due today".to_owned(),
        Due::FollowUp { days: 1 } => "Due tomorrow".to_owned(),
        Due::FollowUp { days } => format!("Due in {days} days"),
        Due::Overdue { days: 1 } => "Overdue by 1 day".to_owned(),
        Due::Overdue { days } => format!("Overdue by {days} days"),
    })
}

/// Nobody has been there.
pub(crate) const NEVER_VISITED: &str = "Never visited";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_people_count_them() {
        for (of, said) in [
            (Due::Never, "Never visited"),
            (Due::OnTrack { days: 20 }, "On track"),
            (Due::FollowUp { days: 0 }, "Due today"),
            (Due::FollowUp { days: 1 }, "Due tomorrow"),
            (Due::FollowUp { days: 7 }, "Due in 7 days"),
            (Due::Overdue { days: 1 }, "Overdue by 1 day"),
            (Due::Overdue { days: 25 }, "Overdue by 25 days"),
        ] {
            assert_eq!(due(of).as_deref(), Some(said));
        }
        assert_eq!(due(Due::NoGoal), None);
    }
}
