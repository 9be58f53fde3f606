//! Taking a device's changes: each applied once, answered once, and never blocking the next.

use std::collections::{BTreeMap, BTreeSet};

use protocol::limits::PUSH_CHANGES_MAX;
use protocol::message::{Outcome, PushProblem, PushReply, PushRequest, Receipt, Refusal, SATCHEL};
use protocol::{Change, Op, TerritoryId};
use rusqlite::Connection;
use uuid::Uuid;

use super::feeds::Feeds;
use super::rules::{self, Author, Known, Verdict};
use super::sqlite::changes::{self, Device};
use super::sqlite::records::Origin;
use super::sqlite::{self};
use super::{Ledger, LedgerError, User, words};

impl Ledger {
    /// Takes the changes in their order, in one transaction, and answers each with its receipt.
    ///
    /// # Errors
    /// When the request cannot be read as this user's, or the database cannot write now. Nothing was applied
    /// then.
    pub fn push(&mut self, user: Uuid, request: &PushRequest, now: i64) -> Result<PushReply, LedgerError> {
        if request.changes.len() > PUSH_CHANGES_MAX {
            return Err(LedgerError::TooLarge);
        }
        self.write(|db| {
            let user = sqlite::people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            Push { db, user: &user, request, now }.run()
        })
    }
}

struct Push<'a> {
    db: &'a Connection,
    user: &'a User,
    request: &'a PushRequest,
    now: i64,
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
        Ok(PushReply { satchel: SATCHEL, epoch, now: self.now, receipts, problem })
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
        let member = sqlite::feeds::member_territories(self.db, self.user.organisation, self.user.id)?;
        let member: BTreeSet<_> = member.into_iter().map(|territory| territory.id).collect();
        let mut receipts = Vec::with_capacity(self.request.changes.len());
        for change in &self.request.changes {
            receipts.push(match self.answered(change)? {
                Some((fingerprint, receipt)) => self.again(change, fingerprint, receipt)?,
                None => self.answer(change, &member, &mut feeds)?,
            });
            last_number = last_number.max(change.number);
        }
        let device = Device { person: self.user.id, last_number };
        let seen = (self.now, self.request.schema);
        changes::put_device(self.db, self.user.organisation, self.request.device, &device, seen)?;
        feeds.save()?;
        Ok(receipts)
    }

    /// The receipt of a change that was answered before. Should its id come with other content, that is
    /// neither applied nor lost: it is refused and kept.
    fn again(&self, change: &Change, fingerprint: u64, receipt: Receipt) -> Result<Receipt, LedgerError> {
        if fingerprint == change.fingerprint() {
            return Ok(Receipt { number: change.number, ..receipt });
        }
        let refusal = Refusal::Invalid(words::OTHER_CONTENT.to_owned());
        self.set_aside(change, &refusal)?;
        Ok(refused(change, refusal))
    }

    fn answer(
        &self,
        change: &Change,
        member: &BTreeSet<TerritoryId>,
        feeds: &mut Feeds<'_>,
    ) -> Result<Receipt, LedgerError> {
        let mut known = self.known(change, member)?;
        let author = Author { device: self.request.device, name: &self.user.name, now: self.now };
        let receipt = match rules::decide(change, author, &mut known) {
            Ok(verdict) => self.apply(change, verdict, &known, feeds)?,
            Err(refusal) => {
                self.set_aside(change, &refusal)?;
                for edit in change.edits.iter().filter(|edit| matches!(edit.op, Op::Create(_))) {
                    changes::add_refused(self.db, self.user.organisation, edit.id, change.id)?;
                }
                refused(change, refusal)
            }
        };
        changes::add_mutation(
            self.db,
            self.user.organisation,
            self.request.device,
            (change, &receipt),
            self.now,
        )?;
        Ok(receipt)
    }

    fn known(&self, change: &Change, member: &BTreeSet<TerritoryId>) -> Result<Known, LedgerError> {
        let mut known = Known { member: member.clone(), ..Known::default() };
        for id in rules::named(change) {
            match sqlite::records::record(self.db, self.user.organisation, id)? {
                Some(row) => {
                    known.rows.insert(id, row);
                }
                None if changes::is_refused(self.db, self.user.organisation, id)? => {
                    known.refused.insert(id);
                }
                None => {}
            }
        }
        Ok(known)
    }

    fn apply(
        &self,
        change: &Change,
        verdict: Verdict,
        known: &Known,
        feeds: &mut Feeds<'_>,
    ) -> Result<Receipt, LedgerError> {
        let origin = Origin {
            change: Some(change.id),
            device: Some(self.request.device),
            person: Some(self.user.id),
            made_at: change.made_at,
        };
        let mut at = BTreeMap::new();
        for version in &verdict.versions {
            let seq = feeds.write(version, origin)?;
            at.insert(version.row.record.territory.clone(), seq);
        }
        for id in &verdict.unaltered {
            let territory = &known.rows[id].record.territory;
            let seq = sqlite::feeds::entry_seq(self.db, self.user.organisation, territory, *id)?;
            let reached = at.entry(territory.clone()).or_insert(0);
            *reached = seq.unwrap_or_default().max(*reached);
        }
        let outcome = if verdict.clashes.iter().any(|clash| clash.parked) {
            Outcome::Conflicted
        } else if verdict.stale {
            Outcome::Merged
        } else {
            Outcome::Accepted
        };
        Ok(Receipt { number: change.number, change: change.id, outcome, at, clashes: verdict.clashes })
    }

    fn answered(&self, change: &Change) -> Result<Option<(u64, Receipt)>, LedgerError> {
        changes::mutation(self.db, self.user.organisation, change.id)
    }

    fn set_aside(&self, change: &Change, refusal: &Refusal) -> Result<(), LedgerError> {
        let sender = (self.request.device, self.user.id);
        changes::quarantine(self.db, self.user.organisation, sender, (change, refusal), self.now)
    }
}

fn refused(change: &Change, refusal: Refusal) -> Receipt {
    let outcome = Outcome::Refused(refusal);
    Receipt { number: change.number, change: change.id, outcome, at: BTreeMap::new(), clashes: Vec::new() }
}
