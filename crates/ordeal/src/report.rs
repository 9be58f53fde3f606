//! What a client tells its judge: one line each, written before anything else happens, so that a kill takes nothing
//! back that was said.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{ChangeId, RecordId};
use uuid::Uuid;

/// A line from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// This change, about these records, is about to be saved.
    Trying(ChangeId, Vec<RecordId>),
    /// It is: the rep would read "On this phone".
    Saved(ChangeId),
    /// The server's receipt for it is here: the rep will read "On the web".
    Acked(ChangeId),
    /// The server refused it for now, for this reason.
    Refused(ChangeId, String),
    /// A pull was published.
    Pulled,
    /// A pull was given up.
    PullFailed,
    /// The user is signed in.
    SignedIn,
    /// The answer to `status`: the number it was asked with, saves that wait, and saves that need the rep.
    Status(u64, usize, usize),
    /// The records are written to the file for the judge.
    Dumped,
    /// Something that must not happen.
    Wrong(String),
}

impl Line {
    /// The line without its end.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Trying(change, records) => {
                let records: Vec<_> = records.iter().map(|id| id.0.to_string()).collect();
                format!("trying {} {}", change.0, records.join(","))
            }
            Self::Saved(change) => format!("saved {}", change.0),
            Self::Acked(change) => format!("acked {}", change.0),
            Self::Refused(change, why) => format!("refused {} {}", change.0, why.replace('\n', " ")),
            Self::Pulled => "pulled".to_owned(),
            Self::PullFailed => "pull-failed".to_owned(),
            Self::SignedIn => "signed-in".to_owned(),
            Self::Status(serial, waiting, needs_you) => format!("status {serial} {waiting} {needs_you}"),
            Self::Dumped => "dumped".to_owned(),
            Self::Wrong(why) => format!("wrong {}", why.replace('\n', " ")),
        }
    }

    /// Reads a line.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let change = |text: &str| text.parse::<Uuid>().ok().map(ChangeId);
        Some(match word {
            "trying" => {
                let (id, records) = rest.split_once(' ')?;
                let records = records.split(',').map(|text| text.parse().ok().map(RecordId));
                Self::Trying(change(id)?, records.collect::<Option<_>>()?)
            }
            "saved" => Self::Saved(change(rest)?),
            "acked" => Self::Acked(change(rest)?),
            "refused" => {
                let (id, why) = rest.split_once(' ')?;
                Self::Refused(change(id)?, why.to_owned())
            }
            "pulled" => Self::Pulled,
            "pull-failed" => Self::PullFailed,
            "signed-in" => Self::SignedIn,
            "status" => {
                let (serial, rest) = rest.split_once(' ')?;
                let (waiting, needs_you) = rest.split_once(' ')?;
                Self::Status(serial.parse().ok()?, waiting.parse().ok()?, needs_you.parse().ok()?)
            }
            "dumped" => Self::Dumped,
            "wrong" => Self::Wrong(rest.to_owned()),
            _ => return None,
        })
    }
}

/// What a client said of its outbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Status {
    /// The number it was asked with.
    pub(crate) serial: u64,
    /// Saves that wait.
    pub(crate) waiting: usize,
    /// Saves that need the rep.
    pub(crate) needs_you: usize,
}

/// All that a client said, over all its lives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// Changes it began to save, with their records.
    pub(crate) tried: BTreeMap<ChangeId, Vec<RecordId>>,
    /// Changes it said are saved.
    pub(crate) saved: BTreeSet<ChangeId>,
    /// Changes whose receipt it had.
    pub(crate) acked: BTreeSet<ChangeId>,
    /// Changes that the server refused, for what reason.
    pub(crate) refused: BTreeMap<ChangeId, String>,
    /// What must not happen.
    pub(crate) wrong: Vec<String>,
    /// Pulls published.
    pub(crate) pulled: u64,
    /// Pulls given up.
    pub(crate) pull_failed: u64,
    /// Whether it is signed in.
    pub(crate) signed_in: bool,
    /// The last answer to `status`.
    pub(crate) status: Option<Status>,
    /// Whether its records are in the file for the judge.
    pub(crate) dumped: bool,
}

impl Heard {
    /// Takes a line in.
    pub(crate) fn take(&mut self, line: Line) {
        match line {
            Line::Trying(change, records) => {
                self.tried.insert(change, records);
            }
            Line::Saved(change) => {
                self.saved.insert(change);
            }
            Line::Acked(change) => {
                self.acked.insert(change);
            }
            Line::Refused(change, why) => {
                self.refused.insert(change, why);
            }
            Line::Pulled => self.pulled += 1,
            Line::PullFailed => self.pull_failed += 1,
            Line::SignedIn => self.signed_in = true,
            Line::Status(serial, waiting, needs_you) => {
                self.status = Some(Status { serial, waiting, needs_you });
            }
            Line::Dumped => self.dumped = true,
            Line::Wrong(why) => self.wrong.push(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_reads_as_it_was_written_and_half_a_line_is_none() {
        let (change, record) = (ChangeId(Uuid::from_u128(7)), RecordId(Uuid::from_u128(9)));
        let lines = [
            Line::Trying(change, vec![record, record]),
            Line::Saved(change),
            Line::Acked(change),
            Line::Refused(change, "for a reason".to_owned()),
            Line::Pulled,
            Line::PullFailed,
            Line::SignedIn,
            Line::Status(3, 12, 1),
            Line::Dumped,
            Line::Wrong("all of it".to_owned()),
        ];
        for line in lines {
            assert_eq!(Line::parse(&line.text()), Some(line));
        }
        for half in [
            "",
            "try",
            "saved 0000",
            "status 3",
            "status 3 12",
            "trying 00000000-0000-0000-0000-000000000007",
        ] {
            assert_eq!(Line::parse(half), None, "{half}");
        }
    }
}
