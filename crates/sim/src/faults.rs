//! Everything that may go wrong in a world. Each world draws which of them do, and how often (swarm testing, Groce et
//! al. 2012): a world in which everything fails at once never gets far enough to fail in an interesting way.

use std::collections::BTreeSet;

use crate::dice::Dice;

/// One thing that may go wrong.
#[expect(missing_docs, reason = "`Fault::ALL` says each in words")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    RequestLost,
    RequestTwice,
    AnswerLost,
    AnswerTwice,
    AnswerLate,
    AnswerCut,
    Slow,
    Offline,
    Portal,
    HalfOpen,
    Busy,
    Failed,
    TooLarge,
    Poison,
    SignedOut,
    Restart,
    Restore,
    Killed,
    KilledInCommit,
    PowerLost,
    DiskFull,
    CommitFailed,
    CommitUnsure,
    Evicted,
    LogBroken,
    Cloned,
    ClockOff,
    ClockJump,
    LongPause,
    SecondWindow,
    Frozen,
    UserSwitch,
    OtherSession,
    Gained,
    Lost,
    Moved,
    Split,
    Imported,
    Accepted,
    BadSave,
    DeadSave,
    NewerApp,
    Churn,
}

impl Fault {
    /// All of them: what the report calls each, and how often it happens at most where it may, in percent of its
    /// occasions.
    pub const ALL: [(Self, &'static str, u64); 43] = [
        (Self::RequestLost, "request lost", 40),
        (Self::RequestTwice, "request delivered twice", 30),
        (Self::AnswerLost, "answer lost", 40),
        (Self::AnswerTwice, "answer delivered twice", 30),
        (Self::AnswerLate, "answer after its time-out", 15),
        (Self::AnswerCut, "answer cut or garbled", 20),
        (Self::Slow, "slow, so that messages overtake", 40),
        (Self::Offline, "phone offline for a while", 100),
        (Self::Portal, "captive portal for a while", 100),
        (Self::HalfOpen, "half-open: nothing comes back", 100),
        (Self::Busy, "server busy (503)", 20),
        (Self::Failed, "server failed once (500)", 15),
        (Self::TooLarge, "push too large (413)", 30),
        (Self::Poison, "server fails on one change for ever", 6),
        (Self::SignedOut, "session over for a long time (401)", 100),
        (Self::Restart, "server restarted", 100),
        (Self::Restore, "server restored from a backup", 100),
        (Self::Killed, "app killed", 100),
        (Self::KilledInCommit, "app killed around a commit", 8),
        (Self::PowerLost, "battery out", 100),
        (Self::DiskFull, "disk full for a while", 100),
        (Self::CommitFailed, "commit failed", 8),
        (Self::CommitUnsure, "commit done but told failed", 6),
        (Self::Evicted, "disk evicted by the browser", 60),
        (Self::LogBroken, "pulled data unreadable on disk", 60),
        (Self::Cloned, "phone image cloned, both live", 60),
        (Self::ClockOff, "phone clock wrong by years", 40),
        (Self::ClockJump, "phone clock jumps", 100),
        (Self::LongPause, "nobody does anything for days", 100),
        (Self::SecondWindow, "second window opened", 100),
        (Self::Frozen, "window frozen", 100),
        (Self::UserSwitch, "another user signs in", 100),
        (Self::OtherSession, "session of another user under an open window", 60),
        (Self::Gained, "territory gained", 100),
        (Self::Lost, "territory lost", 100),
        (Self::Moved, "account moved", 100),
        (Self::Split, "territory split", 60),
        (Self::Imported, "accounts imported", 60),
        (Self::Accepted, "office accepts what was refused", 100),
        (Self::BadSave, "save that breaks a rule", 12),
        (Self::DeadSave, "save about what is deleted", 12),
        (Self::NewerApp, "save with a field of a newer app", 20),
        (Self::Churn, "others write while one pulls", 60),
    ];

    /// What the report calls it.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The fault of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(fault, ..)| *fault)
    }
}

/// How often each fault strikes in one world, in percent of its occasions.
#[derive(Clone, Debug)]
pub struct Faults([u64; Fault::ALL.len()]);

impl Faults {
    /// What this world draws, without those taken away.
    pub fn draw(seed: u64, without: &BTreeSet<Fault>) -> Self {
        // Calm worlds show what storms hide.
        let calm = Dice::new(seed, CALM).below(4) == 0;
        Self(Fault::ALL.map(|(fault, _, most)| {
            let mut dice = Dice::new(seed, FAULTS + fault as u64);
            let on = dice.percent(if calm { 12 } else { 45 });
            let percent = 1 + dice.below(most);
            if on && !without.contains(&fault) { percent } else { 0 }
        }))
    }

    /// A world in which nothing goes wrong any more.
    pub const fn none() -> Self {
        Self([0; Fault::ALL.len()])
    }

    /// How often this one strikes.
    pub const fn percent(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }

    /// Those that may strike.
    pub fn on(&self) -> impl Iterator<Item = Fault> {
        Fault::ALL.iter().map(|(fault, ..)| *fault).filter(|fault| self.percent(*fault) > 0)
    }
}

const CALM: u64 = 1 << 40;
const FAULTS: u64 = 1 << 41;
