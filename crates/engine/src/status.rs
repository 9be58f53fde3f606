//! What the engine says of itself: the one place where the chip's word is chosen.

use crate::step::Chip;

/// What the chip's word depends on.
pub(crate) struct Facts {
    /// A push is on its way for the first time, or a pull that the rep asked for is under way.
    pub(crate) busy: bool,
    pub(crate) signed_out: bool,
    pub(crate) pull_wanted: bool,
    pub(crate) waiting: usize,
    pub(crate) needs_you: usize,
    pub(crate) updates: u64,
}

impl Facts {
    pub(crate) const fn chip(&self) -> Chip {
        match self {
            Self { signed_out: true, waiting: 1.., .. }
            | Self { signed_out: true, pull_wanted: true, .. } => Chip::SignInToSend,
            Self { busy: true, .. } => Chip::Sending,
            Self { waiting: waiting @ 1.., .. } => Chip::WaitingForSignal(*waiting),
            Self { needs_you: needs_you @ 1.., .. } => Chip::NeedsYou(*needs_you),
            Self { updates: updates @ 1.., .. } => Chip::UpdatesReady(*updates),
            _ => Chip::UpToDate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chip_says_what_matters_most() {
        let quiet = || Facts {
            busy: false,
            signed_out: false,
            pull_wanted: false,
            waiting: 0,
            needs_you: 0,
            updates: 0,
        };
        let cases = [
            (quiet(), Chip::UpToDate),
            (Facts { updates: 3, ..quiet() }, Chip::UpdatesReady(3)),
            (Facts { updates: 3, needs_you: 1, ..quiet() }, Chip::NeedsYou(1)),
            (Facts { needs_you: 1, waiting: 1, ..quiet() }, Chip::WaitingForSignal(1)),
            (Facts { waiting: 2, busy: true, ..quiet() }, Chip::Sending),
            (Facts { waiting: 1, busy: true, signed_out: true, ..quiet() }, Chip::SignInToSend),
            (Facts { pull_wanted: true, busy: true, signed_out: true, ..quiet() }, Chip::SignInToSend),
            (Facts { signed_out: true, updates: 1, ..quiet() }, Chip::UpdatesReady(1)),
            (Facts { pull_wanted: true, ..quiet() }, Chip::UpToDate),
        ];
        for (facts, chip) in cases {
            assert_eq!(facts.chip(), chip);
        }
    }
}
