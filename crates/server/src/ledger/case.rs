//! One change before the rules, inside a writing transaction: what they need is read, and what they say is done.

use std::collections::{BTreeMap, BTreeSet};

use protocol::limits::GRACE_MS;
use protocol::merge::Clash;
use protocol::message::{Outcome, Receipt, Refusal};
use protocol::{Change, ChangeId, DeviceId, How, RecordId, Settle, TerritoryId};
use rusqlite::Connection;

use super::feeds::Feeds;
use super::rules::{self, Author, Known, Verdict};
use super::sqlite::quarantine::{self, Sender};
use super::sqlite::records::Origin;
use super::sqlite::{self, changes};
use super::{LedgerError, User, own_territory};

/// The changes of one device are decided here.
pub(super) struct Case<'a> {
    pub(super) db: &'a Connection,
    pub(super) user: &'a User,
    pub(super) device: DeviceId,
    /// What the user reads, whoever answers for what is written.
    reads: BTreeSet<TerritoryId>,
    member: BTreeSet<TerritoryId>,
    /// What the rep has done with by changes that came along: it waits no more, and is not done either.
    let_go: BTreeSet<ChangeId>,
    pub(super) now: i64,
}

impl<'a> Case<'a> {
    /// For changes of this device, with what its user may write now.
    pub(super) fn new(
        db: &'a Connection,
        user: &'a User,
        device: DeviceId,
        now: i64,
    ) -> Result<Self, LedgerError> {
        let member = sqlite::feeds::member_territories(db, user.organisation, user.id)?;
        let member: BTreeSet<_> = member.into_iter().map(|territory| territory.id).collect();
        Ok(Self { db, user, device, reads: member.clone(), member, let_go: BTreeSet::new(), now })
    }

    /// The same where changes came along that let these go.
    pub(super) fn with_let_go(mut self, let_go: &BTreeSet<ChangeId>) -> Self {
        self.let_go.extend(let_go);
        self
    }

    /// The case of another device, or another author, of whose changes some may go on now.
    pub(super) fn beside(&self, author: &'a User, device: DeviceId) -> Result<Self, LedgerError> {
        Ok(Self::new(self.db, author, device, self.now)?.with_let_go(&self.let_go))
    }

    /// Whether a change that was set aside still waits for somebody.
    pub(super) fn waits(&self, change: ChangeId) -> Result<bool, LedgerError> {
        let kept = quarantine::unsettled(self.db, self.user.organisation, change)?;
        Ok(kept.is_some() && !self.let_go.contains(&change))
    }

    /// The same, in territories where somebody in the office answers for it.
    pub(super) fn with_member(mut self, member: BTreeSet<TerritoryId>) -> Self {
        self.member.extend(member);
        self
    }

    /// Decides about a change, does it or sets it aside, and lets go on what waited for what it settles.
    pub(super) fn decide(&self, change: &Change, feeds: &mut Feeds<'_>) -> Result<Receipt, LedgerError> {
        let (receipt, freed) = self.decide_alone(change, feeds)?;
        self.release(freed, feeds)?;
        if !matches!(receipt.outcome, Outcome::Refused(_)) {
            self.take_late(change, feeds)?;
        }
        Ok(receipt)
    }

    /// Answers also the devices of which something that waits may go on now.
    fn decide_alone(
        &self,
        change: &Change,
        feeds: &mut Feeds<'_>,
    ) -> Result<(Receipt, BTreeSet<DeviceId>), LedgerError> {
        let mut known = self.known(change)?;
        let author = Author { device: self.device, name: &self.user.name, now: self.now };
        match rules::decide(change, author, &mut known) {
            Ok(verdict) => {
                let receipt = self.apply(change, verdict, &known, feeds)?;
                Ok((receipt, self.settle(change)?))
            }
            Err(refusal) => Ok((self.refuse(change, refusal)?, BTreeSet::new())),
        }
    }

    /// Does a change that was set aside, if it can be done now. Answers also the devices of which something may go on.
    pub(super) fn try_again(
        &self,
        change: &Change,
        feeds: &mut Feeds<'_>,
    ) -> Result<Option<(Receipt, BTreeSet<DeviceId>)>, LedgerError> {
        let mut known = self.known(change)?;
        let author = Author { device: self.device, name: &self.user.name, now: self.now };
        let Ok(verdict) = rules::decide(change, author, &mut known) else { return Ok(None) };
        let receipt = self.apply(change, verdict, &known, feeds)?;
        Ok(Some((receipt, self.settle(change)?)))
    }

    /// Sets a change aside: it is kept with the reason, and what the device does next about its records waits.
    pub(super) fn refuse(&self, change: &Change, refusal: Refusal) -> Result<Receipt, LedgerError> {
        self.keep(change, &refusal)?;
        let lanes = match refusal {
            // The server fails on something that this is about: none of that is read.
            Refusal::Failed => rules::named(change),
            _ => rules::lanes(change, &self.known(change)?),
        };
        quarantine::add_lanes(self.db, self.user.organisation, (self.device, change), &lanes)?;
        Ok(refused(change, refusal))
    }

    /// Keeps what a change carried; nothing waits for it.
    pub(super) fn keep(&self, change: &Change, refusal: &Refusal) -> Result<(), LedgerError> {
        let sender = Sender { device: self.device, person: self.user.id };
        quarantine::keep(self.db, self.user.organisation, sender, (change, refusal), self.now)
    }

    /// A change that was answered before came under another name of its device: what waits for it must know.
    pub(super) fn renumber(&self, change: &Change, receipt: &Receipt) -> Result<(), LedgerError> {
        match &receipt.outcome {
            Outcome::Refused(refusal)
                if quarantine::unsettled(self.db, self.user.organisation, change.id)?.is_some() =>
            {
                quarantine::widen_lanes(self.db, self.user.organisation, (self.device, change))?;
                self.keep(change, refusal)
            }
            _ => Ok(()),
        }
    }

    /// Whether an earlier change of the device about the same records is set aside and not settled.
    fn is_held(&self, change: &Change, known: &Known) -> Result<bool, LedgerError> {
        let org = self.user.organisation;
        // One that stands in another's place comes before all that waited for that one.
        let mut place = change.number;
        let settled: BTreeSet<ChangeId> = done(change).collect();
        for earlier in &settled {
            if quarantine::unsettled(self.db, org, *earlier)?.is_some() {
                place = place.min(quarantine::number(self.db, org, self.device, *earlier)?.unwrap_or(place));
            }
        }
        for record in rules::lanes(change, known) {
            let before = quarantine::before(self.db, org, self.device, place, record)?;
            if before.iter().any(|earlier| !settled.contains(earlier)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets held changes of these devices go on, in their order, as far as nothing holds them any more.
    pub(super) fn release(
        &self,
        mut devices: BTreeSet<DeviceId>,
        feeds: &mut Feeds<'_>,
    ) -> Result<(), LedgerError> {
        let org = self.user.organisation;
        while let Some(device) = devices.pop_first() {
            // Nobody answers for what waits but its author, whoever let it go on.
            let case = self.beside(self.user, device)?;
            for kept in quarantine::held(self.db, org, device)? {
                if !self.waits(kept.change.id)? || case.known(&kept.change)?.held {
                    continue;
                }
                let (receipt, freed) = case.decide_alone(&kept.change, feeds)?;
                devices.extend(freed);
                if !matches!(receipt.outcome, Outcome::Refused(_)) {
                    let waiting = quarantine::settle(self.db, org, kept.change.id, true)?;
                    // Its own later ones are looked at anyway.
                    devices.extend(waiting.into_iter().filter(|other| *other != device));
                }
                changes::set_receipt(self.db, org, &receipt)?;
            }
        }
        Ok(())
    }

    /// What the rules need to know about the records that a change names.
    fn known(&self, change: &Change) -> Result<Known, LedgerError> {
        let (org, own) = (self.user.organisation, own_territory(self.user.id));
        let mut known = Known { member: self.member.clone(), ..Known::default() };
        for id in rules::named(change) {
            let Some(row) = sqlite::records::record(self.db, org, id)? else { continue };
            if !self.member.contains(&row.record.territory) && self.is_in_grace(id, &row.record.territory)? {
                known.grace.insert(id);
                self.follow(rules::account_of(&row.record).unwrap_or(id), &mut known.merged)?;
            }
            let edits = || change.edits.iter().filter(|edit| edit.id == id);
            if edits().any(rules::names_no_account)
                && sqlite::feeds::entry_seq(self.db, org, &own, id)?.is_some()
                && sqlite::records::is_made_by(self.db, org, self.user.id, id)?
            {
                known.begun.insert(id, own.clone());
            }
            if edits().next().is_some()
                && let Some(before) = sqlite::records::before(self.db, org, self.user.id, &row.record)?
            {
                known.before.insert(id, before);
            }
            known.rows.insert(id, row);
        }
        known.held = self.is_held(change, &known)?;
        Ok(known)
    }

    /// Adds what the account was merged into, and that one, and so on.
    fn follow(
        &self,
        mut account: RecordId,
        merged: &mut BTreeMap<RecordId, RecordId>,
    ) -> Result<(), LedgerError> {
        while !merged.contains_key(&account) && merged.len() < MERGES_MAX {
            let row = sqlite::records::record(self.db, self.user.organisation, account)?;
            let Some(into) = row.and_then(|row| rules::merged_into(&row.record)) else { break };
            merged.insert(account, into);
            account = into;
        }
        Ok(())
    }

    fn is_in_grace(&self, id: RecordId, territory: &TerritoryId) -> Result<bool, LedgerError> {
        let (org, since) = (self.user.organisation, self.now - GRACE_MS);
        sqlite::people::was_within_reach(self.db, org, self.user.id, (id, territory), since)
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
            device: Some(self.device),
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
        let clashes = self.told(verdict.clashes, known);
        Ok(Receipt { number: change.number, change: change.id, outcome, at, clashes })
    }

    /// What the author hears of values that lost. Of a record that the author does not read: no value, no name, and
    /// nothing of what was replaced, since it could not be put back.
    fn told(&self, clashes: Vec<Clash>, known: &Known) -> Vec<Clash> {
        let tell = |clash: Clash| match self.reads.contains(&known.rows[&clash.record].record.territory) {
            true => Some(clash),
            false => clash.parked.then(|| Clash { theirs: None, by: String::new(), ..clash }),
        };
        clashes.into_iter().filter_map(tell).collect()
    }

    /// Does what the rep decided about earlier changes; answers the devices of which something may go on now.
    fn settle(&self, change: &Change) -> Result<BTreeSet<DeviceId>, LedgerError> {
        let org = self.user.organisation;
        let mut freed = BTreeSet::new();
        for Settle { change: earlier, how } in &change.settles {
            let kept = quarantine::unsettled(self.db, org, *earlier)?;
            if kept.is_none_or(|kept| kept.person != self.user.id) {
                continue;
            }
            match how {
                How::Ask => quarantine::ask(self.db, org, *earlier)?,
                How::Done => {
                    freed.insert(self.device);
                    freed.extend(quarantine::settle(self.db, org, *earlier, false)?);
                }
            }
        }
        Ok(freed)
    }
}

/// Merges that one change may lead through.
const MERGES_MAX: usize = 1_000;

/// The receipt of a refused change.
pub(super) fn refused(change: &Change, refusal: Refusal) -> Receipt {
    let outcome = Outcome::Refused(refusal);
    Receipt { number: change.number, change: change.id, outcome, at: BTreeMap::new(), clashes: Vec::new() }
}

/// The changes that the rep has done with by this one.
pub(super) fn done(change: &Change) -> impl Iterator<Item = ChangeId> {
    change.settles.iter().filter(|settle| settle.how == How::Done).map(|settle| settle.change)
}
