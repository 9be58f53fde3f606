//! Taking a device's changes: each applied once, answered once, and never blocking the next.

use std::collections::BTreeSet;

use protocol::limits::{OPEN_MAX, PUSH_CHANGES_MAX};
use protocol::message::{PushProblem, PushReply, PushRequest, Receipt, Refusal, SATCHEL};
use protocol::{Change, ChangeId};
use rusqlite::Connection;
use uuid::Uuid;

use super::case::{Case, done, refused};
use super::feeds::Feeds;
use super::sqlite::changes::{self, Device};
use super::sqlite::{self};
use super::{Ledger, LedgerError, User, words};

impl Ledger {
    /// Takes the changes in their order, in one transaction, and answers each with its receipt.
    ///
    /// # Errors
    /// When the request cannot be read as this user's, or the database cannot write now. Nothing was applied
    /// then.
    pub fn push(&mut self, user: Uuid, request: &PushRequest, now: i64) -> Result<PushReply, LedgerError> {
        self.take(user, request, now, false)
    }

    /// Sets the one change of this request aside unread: the server has failed on it again and again, and the
    /// device's next changes must not wait for its makers.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn set_aside(
        &mut self,
        user: Uuid,
        request: &PushRequest,
        now: i64,
    ) -> Result<PushReply, LedgerError> {
        self.take(user, request, now, true)
    }

    fn take(
        &mut self,
        user: Uuid,
        request: &PushRequest,
        now: i64,
        unread: bool,
    ) -> Result<PushReply, LedgerError> {
        if request.changes.len() > PUSH_CHANGES_MAX || request.open.len() > OPEN_MAX {
            return Err(LedgerError::TooLarge);
        }
        self.write(|db| {
            let user = sqlite::people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            Push { db, user: &user, request, now, unread }.run()
        })
    }
}

/// What has become of these changes of the user's; those that were never answered are left out.
pub(super) fn decided(db: &Connection, user: &User, open: &[ChangeId]) -> Result<Vec<Receipt>, LedgerError> {
    let mut receipts = Vec::new();
    for change in open.iter().take(OPEN_MAX) {
        receipts.extend(changes::receipt_of(db, user.organisation, user.id, *change)?);
    }
    Ok(receipts)
}

struct Push<'a> {
    db: &'a Connection,
    user: &'a User,
    request: &'a PushRequest,
    now: i64,
    unread: bool,
}

impl Push<'_> {
    fn run(&self) -> Result<PushReply, LedgerError> {
        let device = changes::device(self.db, self.user.organisation, self.request.device)?;
        if device.as_ref().is_some_and(|device| device.person != self.user.id) {
            return Err(LedgerError::OtherDevice);
        }
        let last_number = device.map_or(0, |device| device.last_number);
        let epoch = sqlite::people::epoch(self.db)?;
        let problem = if self.request.epoch != 0 && self.request.epoch != epoch {
            Some(PushProblem::Epoch)
        } else if self.is_forked(last_number)? {
            Some(PushProblem::Forked)
        } else {
            None
        };
        let receipts = if problem.is_none() { self.take(last_number)? } else { Vec::new() };
        let decided = decided(self.db, self.user, &self.request.open)?;
        let last_number = Some(last_number);
        Ok(PushReply { satchel: SATCHEL, epoch, now: self.now, receipts, decided, problem, last_number })
    }

    /// Whether the numbers cannot be those of one device that counts 1, 2, 3, …. A change that was answered
    /// before may come under any number already reached.
    fn is_forked(&self, mut last_number: u64) -> Result<bool, LedgerError> {
        let mut seen = BTreeSet::new();
        for change in &self.request.changes {
            let next = change.number == last_number + 1;
            let answered = !seen.insert(change.id) || self.answered(change)?.is_some();
            let again = answered && change.number <= last_number;
            if !next && !again {
                return Ok(true);
            }
            last_number = last_number.max(change.number);
        }
        Ok(false)
    }

    fn take(&self, mut last_number: u64) -> Result<Vec<Receipt>, LedgerError> {
        let mut feeds = Feeds::new(self.db, self.user.organisation);
        // What a change of this push lets go must not be done because an earlier one has freed it.
        let let_go: BTreeSet<ChangeId> = self.request.changes.iter().flat_map(done).collect();
        let case = Case::new(self.db, self.user, self.request.device, self.now)?.with_let_go(&let_go);
        let mut receipts = Vec::with_capacity(self.request.changes.len());
        for change in &self.request.changes {
            receipts.push(match self.answered(change)? {
                Some((fingerprint, receipt)) => self.again(&case, change, fingerprint, receipt)?,
                None => self.answer(&case, change, &mut feeds)?,
            });
            last_number = last_number.max(change.number);
        }
        let device = Device { person: self.user.id, last_number };
        let seen = (self.now, self.request.schema);
        changes::put_device(self.db, self.user.organisation, self.request.device, &device, seen)?;
        feeds.save()?;
        Ok(receipts)
    }

    fn answer(
        &self,
        case: &Case<'_>,
        change: &Change,
        feeds: &mut Feeds<'_>,
    ) -> Result<Receipt, LedgerError> {
        let receipt =
            if self.unread { case.refuse(change, Refusal::Failed)? } else { case.decide(change, feeds)? };
        let sender = self.request.device;
        changes::add_mutation(self.db, self.user.organisation, sender, (change, &receipt), self.now)?;
        Ok(receipt)
    }

    /// The receipt of a change that was answered before. Should its id come with other content, that is
    /// neither applied nor lost: it is refused and kept.
    fn again(
        &self,
        case: &Case<'_>,
        change: &Change,
        fingerprint: u64,
        receipt: Receipt,
    ) -> Result<Receipt, LedgerError> {
        // One that comes without its edits was settled by the rep meanwhile; there is nothing to lose.
        if fingerprint == change.fingerprint() || change.edits.is_empty() {
            case.renumber(change, &receipt)?;
            return Ok(Receipt { number: change.number, ..receipt });
        }
        let refusal = Refusal::Invalid(words::OTHER_CONTENT.to_owned());
        case.keep(change, &refusal)?;
        Ok(refused(change, refusal))
    }

    fn answered(&self, change: &Change) -> Result<Option<(u64, Receipt)>, LedgerError> {
        changes::mutation(self.db, self.user.organisation, change.id)
    }
}
