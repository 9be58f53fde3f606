//! What happens to the server: an admin's acts, restarts, and life again from a backup.

use std::collections::HashMap;

use engine::LinkError;
use protocol::limits::REQUEST_MS_MAX;
use protocol::{Fields, Kind, RecordId, TerritoryId};
use server::ledger::{AccountRow, LedgerError};

use crate::check::Verdict;
use crate::dice::Dice;
use crate::faults::Fault;
use crate::planted::Planted;
use crate::spare::{self, Lent};
use crate::wire::Body;
use crate::world::World;

/// The ledger as it was, and the judge's knowledge of who had which territory.
pub struct Backup {
    ledger: Lent,
    members: Vec<u64>,
    at: i64,
}

impl World {
    /// Something happens at the office.
    pub(crate) fn at_office(&mut self, fault: Fault) -> Verdict {
        let failed = |error| format!("P24: the ledger failed: {error:?}");
        let user = self.dice.below(self.users.len() as u64) as usize;
        let id = self.users[user].0;
        let territory = self.dice.one(&self.territories).clone();
        match fault {
            Fault::Restart => self.restart(),
            Fault::Restore => return self.back_up_or_restore(),
            Fault::Accepted => return self.accept(),
            Fault::Gained => {
                self.ledger.assign(id, &territory).map_err(failed)?;
                self.judge.on_member(user, &territory, true, self.now);
            }
            Fault::Lost => {
                self.ledger.unassign(id, &territory, self.now).map_err(failed)?;
                self.judge.on_member(user, &territory, false, self.now);
            }
            Fault::Moved => {
                let live = self.live_accounts();
                if live.is_empty() {
                    return Ok(());
                }
                let record = *self.dice.one(&live);
                self.tell(|| format!("  {} to {territory}", record.0));
                self.ledger.move_record(id, record, &territory, self.now).map_err(failed)?;
            }
            Fault::Split => {
                let to = self.dice.one(&self.territories).clone();
                let cities = ["reno".to_owned(), self.dice.below(5).to_string()];
                let pair = (&territory, &to);
                self.ledger.split_territory(id, pair, ("city", &cities), self.now).map_err(failed)?;
            }
            _ => self.import(&territory)?,
        }
        self.count(fault.name());
        self.tell(|| format!("office: {} (user {user}, {territory})", fault.name()));
        self.judge.on_written(&mut self.ledger, self.organisation)
    }

    fn live_accounts(&mut self) -> Vec<RecordId> {
        let records = self.ledger.records(self.organisation).unwrap_or_default();
        let live = records.into_iter().filter(|it| !it.deleted && it.kind == Kind::Account);
        live.filter(|it| self.territories.contains(&it.territory)).map(|it| it.id).collect()
    }

    /// Somebody at the office sees at once what was set aside. The dice are its own: a world in which the office
    /// accepts nothing is not touched.
    pub(crate) fn look_at_refused(&mut self) -> Verdict {
        let percent = self.faults.percent(Fault::Accepted);
        let looks = Dice::new(self.plan.seed, OFFICE + self.now as u64).percent(percent);
        if looks { self.accept() } else { Ok(()) }
    }

    /// The office accepts one of the changes that were set aside, where one can be.
    fn accept(&mut self) -> Verdict {
        let set_aside = self.ledger.unsettled(self.organisation).map_err(|error| format!("{error:?}"))?;
        let first = self.dice.roll() as usize;
        for at in 0..set_aside.len() {
            let change = set_aside[(first + at) % set_aside.len()].change.id;
            match self.ledger.accept(self.organisation, change, self.now) {
                Ok(receipt) => {
                    self.count(Fault::Accepted.name());
                    self.tell(|| format!("office: accepted {} {:?}", change.0, receipt.outcome));
                    self.judge.on_accepted(receipt);
                    return self.judge.on_written(&mut self.ledger, self.organisation);
                }
                Err(LedgerError::Refused(_)) => {}
                Err(error) => return Err(format!("P22: the office cannot accept {}: {error:?}", change.0)),
            }
        }
        Ok(())
    }

    /// A file of accounts, some of them known from an earlier one.
    fn import(&mut self, territory: &TerritoryId) -> Verdict {
        let count = 1 + self.dice.below(6);
        let rows: Vec<AccountRow> = (0..count)
            .map(|_| {
                let ccn = format!("29{:04}", self.dice.below(12));
                let name = format!("Clinic {}", self.dice.below(3));
                let fields = [("ccn", &*ccn), ("name", &*name), ("city", "Elko")].into_iter();
                AccountRow::new(fields.collect::<Fields>())
            })
            .collect();
        let known = HashMap::new();
        let mut names: Vec<RecordId> = rows.iter().map(|_| RecordId(self.dice.uuid())).collect();
        let fresh = &mut || names.pop().expect("a name for each row");
        self.ledger
            .import_accounts(self.organisation, territory, &rows, &known, fresh, self.now)
            .map_err(|error| format!("P24: the import failed: {error:?}"))?;
        Ok(())
    }

    /// What was on its way to the server, or from it, is lost.
    fn restart(&mut self) {
        let at = self.now + i64::from(REQUEST_MS_MAX);
        let on_the_line = self.wire.iter_mut().filter(|message| !matches!(message.body, Body::Told(_)));
        for message in on_the_line {
            message.at = at;
            message.body = Body::Answer(Err(LinkError::NoAnswer));
        }
    }

    /// Keeps a copy of the ledger, or lives again from one of the last days.
    fn back_up_or_restore(&mut self) -> Verdict {
        let newest = self.now - BACKUP_MS_MAX;
        self.backups.retain(|backup| backup.at > newest);
        if self.backups.is_empty() || self.dice.percent(50) {
            let (ledger, members) = (spare::copy(&self.ledger), self.judge.members());
            self.backups.push(Backup { ledger, members, at: self.now });
            self.count("backup made");
            return Ok(());
        }
        self.count(Fault::Restore.name());
        self.tell(|| "office: restored from a backup".to_owned());
        let at = self.dice.below(self.backups.len() as u64) as usize;
        self.ledger.spoil();
        let backup = &self.backups[at];
        self.ledger.become_copy_of(&backup.ledger).map_err(|error| format!("P27: {error:?}"))?;
        if !self.saboteur.is(Planted::EpochNotRaised) {
            self.now += 1;
            self.ledger.bump_epoch(self.now).map_err(|error| format!("P27: {error:?}"))?;
        }
        self.judge.on_restored(&mut self.ledger, self.organisation, &backup.members)
    }
}

/// No backup older than the devices' journal is restored: that is what the journal promises.
const BACKUP_MS_MAX: i64 = protocol::limits::JOURNAL_MS - 3_600_000;
const OFFICE: u64 = 1 << 46;
