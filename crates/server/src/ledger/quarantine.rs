//! What the office does about refused changes: it sees them, and it can accept one.

use protocol::message::{Outcome, PullRequest, Receipt, Refusal};
use protocol::{Change, ChangeId};
use uuid::Uuid;

use super::case::Case;
use super::feeds::Feeds;
use super::sqlite::{self, changes, quarantine};
use super::{Ledger, LedgerError};

/// A refused change that waits for somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct SetAside {
    /// The change with all it carried.
    pub change: Change,
    /// Who saved it.
    pub name: String,
    /// Why it was refused.
    pub reason: Refusal,
    /// Whether the rep has asked the office to accept it.
    pub asked: bool,
    /// When it was refused, ms since 1970 by the server's clock.
    pub at: i64,
}

impl Ledger {
    /// Every refused change of the organisation that nobody has settled, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unsettled(&mut self, org: Uuid) -> Result<Vec<SetAside>, LedgerError> {
        self.read(|db| {
            let mut all = Vec::new();
            for kept in quarantine::all_unsettled(db, org)? {
                let person = sqlite::people::person(db, kept.person)?;
                let name = person.map(|person| person.name).unwrap_or_default();
                let quarantine::Kept { change, reason, asked, at, .. } = kept;
                all.push(SetAside { change, name, reason, asked, at });
            }
            Ok(all)
        })
    }

    /// Accepts a refused change for its author, wherever its records are now, and lets go on what waited for it.
    /// The author's phone hears of it at its next contact.
    ///
    /// # Errors
    /// When there is no such change, or it cannot be accepted; the sentence says why.
    pub fn accept(&mut self, org: Uuid, change: ChangeId, now: i64) -> Result<Receipt, LedgerError> {
        self.write(|db| {
            let missing = || LedgerError::Refused("No such change waits for anybody.".to_owned());
            let kept = quarantine::unsettled(db, org, change)?.ok_or_else(missing)?;
            let author = sqlite::people::person(db, kept.person)?.ok_or(LedgerError::UnknownUser)?;
            let all = sqlite::feeds::territories(db, org)?.into_iter().map(|territory| territory.id);
            let case = Case::new(db, &author, kept.device, now)?.with_member(all.collect());
            let mut feeds = Feeds::new(db, org);
            let receipt = case.decide(&kept.change, &mut feeds)?;
            if let Outcome::Refused(reason) = &receipt.outcome {
                return Err(LedgerError::Refused(format!("It cannot be accepted: {reason:?}.")));
            }
            let freed = quarantine::settle(db, org, change, true)?;
            changes::set_receipt(db, org, &receipt)?;
            Case::new(db, &author, kept.device, now)?.release(freed, &mut feeds)?;
            feeds.save()?;
            Ok(receipt)
        })
    }

    /// Keeps what a device says of feeds that did not add up.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn add_divergence(&mut self, user: Uuid, request: &PullRequest, now: i64) -> Result<(), LedgerError> {
        self.write(|db| {
            let user = sqlite::people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            for diverged in request.diverged.iter().take(DIVERGED_MAX) {
                quarantine::add_divergence(db, user.organisation, request.device, diverged, now)?;
            }
            Ok(())
        })
    }
}

/// Reports taken from one request; a device has no more feeds than this.
const DIVERGED_MAX: usize = 100;
