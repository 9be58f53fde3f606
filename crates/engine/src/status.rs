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
