//! What can happen to a connection, how likely, and how often it did.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::dice::Dice;

/// What happens to one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing.
    Fair,
    /// The port is closed: the system refuses the connection.
    Closed,
    /// The connection is made and cut at once.
    Refused,
    /// Nothing that is sent arrives, and nothing says so.
    Blackhole,
    /// Every piece takes this many milliseconds longer, each way.
    Delay(u64),
    /// After so many bytes of the request, both ends see it closed.
    CutRequest(usize),
    /// After so many bytes of the answer, both ends see it closed.
    CutAnswer(usize),
    /// After so many bytes of the request, both ends see it reset.
    ResetRequest(usize),
    /// After so many bytes of the answer, both ends see it reset.
    ResetAnswer(usize),
    /// Half open: after so many bytes, the server hears no more, and the client is not told.
    StallRequest(usize),
    /// Half open: after so many bytes, the client hears no more; the server heard everything.
    StallAnswer(usize),
    /// The server gets everything twice, at the same time.
    Twice,
    /// The server gets everything a second time, this many milliseconds after the connection ended.
    TwiceLate(u64),
    /// A hotel's sign-in page answers, with status 200, a redirect, or JSON of its own.
    Portal(u8),
}

/// The names of the fates that are faults.
pub(crate) const KINDS: [&str; 13] = [
    "closed",
    "refused",
    "blackhole",
    "delay",
    "cut request",
    "cut answer",
    "reset request",
    "reset answer",
    "stalled request",
    "stalled answer",
    "duplicated",
    "duplicated late",
    "captive portal",
];

impl Fate {
    /// Its place in [`KINDS`].
    const fn kind(self) -> Option<usize> {
        match self {
            Self::Fair => None,
            Self::Closed => Some(0),
            Self::Refused => Some(1),
            Self::Blackhole => Some(2),
            Self::Delay(_) => Some(3),
            Self::CutRequest(_) => Some(4),
            Self::CutAnswer(_) => Some(5),
            Self::ResetRequest(_) => Some(6),
            Self::ResetAnswer(_) => Some(7),
            Self::StallRequest(_) => Some(8),
            Self::StallAnswer(_) => Some(9),
            Self::Twice => Some(10),
            Self::TwiceLate(_) => Some(11),
            Self::Portal(_) => Some(12),
        }
    }

    fn any(dice: &mut Dice) -> Self {
        // Small numbers cut within the head of a message, larger ones within its body.
        let (request, answer) = (*dice.one(&[300, 6_000]), *dice.one(&[300, 4_000]));
        let (request, answer) = (dice.below(request) as usize, dice.below(answer) as usize);
        match dice.below(12) {
            0 => Self::Refused,
            1 => Self::Blackhole,
            2 => Self::Delay(2 + dice.below(60)),
            3 => Self::CutRequest(request),
            4 => Self::CutAnswer(answer),
            5 => Self::ResetRequest(request),
            6 => Self::ResetAnswer(answer),
            7 => Self::StallRequest(request),
            8 => Self::StallAnswer(answer),
            9 => Self::Twice,
            10 => Self::TwiceLate(dice.below(400)),
            _ => Self::Portal(dice.below(3) as u8),
        }
    }
}

/// How connections fare for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weather {
    /// Nobody listens.
    pub(super) closed: bool,
    /// So many in a hundred connections meet one of the fates below.
    percent: u64,
    fates: Vec<Fate>,
}

impl Weather {
    /// Nothing happens to anybody.
    pub(crate) const fn fair() -> Self {
        Self { closed: false, percent: 0, fates: Vec::new() }
    }

    /// Nobody gets through: refused by the system, or into a black hole.
    pub(crate) fn none(dice: &mut Dice) -> Self {
        if dice.percent(60) {
            Self { closed: true, ..Self::fair() }
        } else {
            Self { closed: false, percent: 100, fates: vec![Fate::Blackhole] }
        }
    }

    /// A few fates and how likely they are.
    pub(crate) fn any(dice: &mut Dice) -> Self {
        if dice.percent(12) {
            return Self::none(dice);
        }
        let percent = *dice.one(&[30, 60, 100]);
        let fates = (0..=dice.below(4)).map(|_| Fate::any(dice)).collect();
        Self { closed: false, percent, fates }
    }

    pub(super) fn draw(&self, dice: &mut Dice) -> Fate {
        if !self.fates.is_empty() && dice.percent(self.percent) { *dice.one(&self.fates) } else { Fate::Fair }
    }
}

/// How often each kind of fault did happen; shared by all proxies.
#[derive(Debug, Default)]
pub(crate) struct Tally([AtomicU64; KINDS.len()]);

impl Tally {
    pub(super) fn count(&self, fate: Fate) {
        if let Some(kind) = fate.kind() {
            self.0[kind].fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.iter().map(|count| count.load(Ordering::Relaxed));
        let parts: Vec<_> = KINDS.iter().zip(counts).map(|(kind, count)| format!("{kind} {count}")).collect();
        f.write_str(&parts.join(", "))
    }
}
