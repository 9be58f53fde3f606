//! How a record's standing to its visit frequency looks: word, drawing and colour, the same wherever it is shown.

use view::cadence::Due;

use crate::ui::components::chip::Tone;
use crate::ui::components::icon::Icon;
use crate::ui::words;

/// The mark; none for a record without a visit frequency.
pub(crate) fn mark(due: Due) -> Option<(String, Tone, Icon)> {
    let (tone, icon) = match due {
        Due::NoGoal | Due::OnTrack { .. } => (Tone::Calm, Icon::Check),
        Due::Never => (Tone::News, Icon::Pin),
        Due::FollowUp { .. } => (Tone::Waiting, Icon::Waiting),
        Due::Overdue { .. } => (Tone::Urgent, Icon::Alert),
    };
    Some((words::due(due)?, tone, icon))
}
