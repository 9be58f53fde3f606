//! Changes that came before the record they are about: refused then, done once the record is there.
//!
//! A device sends only changes to records that it has seen on the web, so this happens after a restore: the record was
//! made since the backup, and the device that made it sends it again later than others send what they did to it.

use std::collections::BTreeSet;

use protocol::message::Refusal;
use protocol::{Change, Op, RecordId};

use super::case::Case;
use super::feeds::Feeds;
use super::sqlite::{changes, people, quarantine};
use super::{LedgerError, User};

impl Case<'_> {
    /// Does what waits, whoever saved it, for the records that this change has made.
    pub(super) fn take_late(&self, change: &Change, feeds: &mut Feeds<'_>) -> Result<(), LedgerError> {
        let org = self.user.organisation;
        let mut arrived: BTreeSet<RecordId> = made_by(change).collect();
        // One that waits for another may be looked at before that one: while something was done, all are looked at.
        loop {
            let mut done = false;
            for record in arrived.clone() {
                for kept in quarantine::about(self.db, org, record)? {
                    let unread = kept.reason == Refusal::Failed;
                    // An earlier one of these may have let this one go on.
                    let open = self.waits(kept.change.id)?;
                    if unread || !open || made_by(&kept.change).any(|made| made == record) {
                        continue;
                    }
                    let Some(author) = people::person(self.db, kept.person)? else { continue };
                    if let Some(made) = self.take_late_one(&author, &kept, feeds)? {
                        arrived.extend(made);
                        done = true;
                    }
                }
            }
            if !done {
                return Ok(());
            }
        }
    }

    /// Answers the records that were made by it, and by what it held; none when it still cannot be done.
    fn take_late_one(
        &self,
        author: &User,
        kept: &quarantine::Kept,
        feeds: &mut Feeds<'_>,
    ) -> Result<Option<Vec<RecordId>>, LedgerError> {
        let org = self.user.organisation;
        let case = self.beside(author, kept.device)?;
        let Some((receipt, mut freed)) = case.try_again(&kept.change, feeds)? else { return Ok(None) };
        freed.extend(quarantine::settle(self.db, org, kept.change.id, true)?);
        changes::set_receipt(self.db, org, &receipt)?;
        let mut held = Vec::new();
        for device in &freed {
            held.extend(quarantine::held(self.db, org, *device)?);
        }
        case.release(freed, feeds)?;
        let mut made: Vec<RecordId> = made_by(&kept.change).collect();
        for freed in held {
            if quarantine::unsettled(self.db, org, freed.change.id)?.is_none() {
                made.extend(made_by(&freed.change));
            }
        }
        Ok(Some(made))
    }
}

fn made_by(change: &Change) -> impl Iterator<Item = RecordId> {
    change.edits.iter().filter(|edit| matches!(edit.op, Op::Create(_))).map(|edit| edit.id)
}
