//! The judge: what must be true after every step, said in sets and independent of how engine and ledger work.
//! The names are those of PROTOCOL, section C.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{Change, ChangeId, Op, Record, RecordId, TerritoryId};
use serde_json::Value;
use uuid::Uuid;

use crate::device::Device;

/// A broken promise, in a sentence.
pub type Verdict = Result<(), String>;

/// The server after one of its writes.
#[derive(Clone, Debug)]
pub struct Moment {
    records: BTreeMap<TerritoryId, BTreeMap<RecordId, Record>>,
    members: BTreeMap<Uuid, BTreeSet<TerritoryId>>,
}

/// All that ever happened, as the judge saw it.
#[derive(Default)]
pub struct Judge {
    moments: Vec<Moment>,
    /// Every save whose transaction completed, with its device.
    saved: BTreeMap<ChangeId, usize>,
    /// Changes that the server has an outcome for.
    known: BTreeSet<ChangeId>,
}

impl Judge {
    /// A save is durable: from now on it must never be lost.
    pub fn on_saved(&mut self, device: usize, change: ChangeId) {
        self.saved.insert(change, device);
    }

    /// Whether this save completed.
    pub fn saved(&self, change: ChangeId) -> bool {
        self.saved.contains_key(&change)
    }

    /// The server has an outcome for this change.
    pub fn on_known(&mut self, change: ChangeId) {
        self.known.insert(change);
    }

    /// The server wrote.
    pub fn on_written(&mut self, records: Vec<Record>, members: BTreeMap<Uuid, BTreeSet<TerritoryId>>) {
        let mut by_territory: BTreeMap<TerritoryId, BTreeMap<RecordId, Record>> = BTreeMap::new();
        for record in records.into_iter().filter(|record| !record.deleted) {
            by_territory.entry(record.territory.clone()).or_default().insert(record.id, record);
        }
        self.moments.push(Moment { records: by_territory, members });
    }

    /// P1 and P3, from what is on the device's disk.
    pub fn saves_are_somewhere(&self, index: usize, device: &Device) -> Verdict {
        let rows = outbox(device);
        let held: BTreeSet<ChangeId> = rows.iter().map(|(change, _)| change.id).collect();
        let own = self.saved.iter().filter(|(_, owner)| **owner == index);
        for (change, _) in own {
            if !held.contains(change) && !self.known.contains(change) {
                return Err(format!("P1: device {index} lost save {}", change.0));
            }
        }
        match rows.iter().find(|(change, confirmed)| *confirmed && !self.known.contains(&change.id)) {
            Some((change, _)) => {
                Err(format!("P3: save {} has a receipt, the server knows nothing of it", change.id.0))
            }
            None => Ok(()),
        }
    }

    /// P2: each save has at most one effect a record, and nothing has an effect that nobody saved.
    ///
    /// # Errors
    /// Names the change.
    pub fn applied_at_most_once(&self, record: RecordId, history: &[ChangeId]) -> Verdict {
        let mut seen = BTreeSet::new();
        for change in history {
            if !seen.insert(change) {
                return Err(format!("P2: change {} was applied twice to {}", change.0, record.0));
            }
            if !self.saved.contains_key(change) {
                return Err(format!("P2: change {} is on the web, nobody saved it", change.0));
            }
        }
        Ok(())
    }

    /// P6, P7, P8, P17: the base is exactly what the user could see at one moment of the server, never an earlier
    /// one than before.
    ///
    /// # Errors
    /// Says which device shows a state that never was, or one from the past.
    pub fn base_is_one_moment(&self, index: usize, device: &mut Device) -> Verdict {
        let Some(engine) = device.engine.as_ref().filter(|engine| engine.status().pulled_at.is_some()) else {
            return Ok(());
        };
        let mut base: BTreeMap<TerritoryId, BTreeMap<RecordId, &Record>> = BTreeMap::new();
        for record in engine.base() {
            base.entry(record.territory.clone()).or_default().insert(record.id, record);
        }
        let status = engine.status();
        let held: BTreeSet<_> = status.territories.into_iter().map(|(id, _)| id).chain(status.own).collect();
        let empty = BTreeMap::new();
        let equals = |moment: &Moment| {
            moment.members.get(&device.user).is_some_and(|members| *members == held)
                && base.keys().all(|territory| held.contains(territory))
                && held.iter().all(|territory| {
                    let shown = base.get(territory);
                    let there = moment.records.get(territory).unwrap_or(&empty);
                    shown.map_or(0, BTreeMap::len) == there.len()
                        && there
                            .iter()
                            .all(|(id, record)| shown.is_some_and(|shown| shown.get(id) == Some(&record)))
                })
        };
        match (device.cut..self.moments.len()).find(|at| equals(&self.moments[*at])) {
            Some(at) => {
                device.cut = at;
                Ok(())
            }
            None if self.moments[..device.cut].iter().any(equals) => {
                Err(format!("P7: device {index} went back to a moment before {}", device.cut))
            }
            None => Err(format!("P6/P8/P17: device {index} shows what the server never was")),
        }
    }

    /// P13: every value the rep saved and the web has not confirmed is on the screen; and the screen, told only
    /// differences, is what the engine would draw afresh.
    ///
    /// # Errors
    /// Names the device, the record and the field.
    pub fn own_saves_are_seen(&self, index: usize, device: &Device) -> Verdict {
        let Some(engine) = &device.engine else { return Ok(()) };
        let mut expected: BTreeMap<RecordId, Option<BTreeMap<String, Option<String>>>> = BTreeMap::new();
        let mut made_here = BTreeSet::new();
        for (change, _) in outbox(device).into_iter().filter(|(_, confirmed)| !confirmed) {
            for edit in change.edits {
                if matches!(edit.op, Op::Create(_)) {
                    made_here.insert(edit.id);
                }
                match (edit.op, expected.entry(edit.id).or_insert_with(|| Some(BTreeMap::new()))) {
                    (Op::Delete, fields) => *fields = None,
                    (_, Some(fields)) => fields.extend(edit.set),
                    (_, None) => {}
                }
            }
        }
        for (id, fields) in expected {
            let screen = device.screen.get(&id).map(|(record, _)| record);
            let wrong = match (fields, screen) {
                (None, screen) => screen.is_some(),
                (Some(_), None) => made_here.contains(&id),
                (Some(fields), Some(record)) => fields.iter().any(|(name, text)| {
                    record.fields.text(name) != text.as_deref().filter(|text| !text.is_empty())
                }),
            };
            if wrong {
                return Err(format!("P13: device {index} does not show its own save of {}", id.0));
            }
        }
        let drawn = engine.base().map(|record| record.id).chain(device.screen.keys().copied());
        for id in drawn.collect::<BTreeSet<_>>() {
            let afresh = engine.shown_record(id);
            let screen = device.screen.get(&id).cloned();
            if screen != afresh.record.map(|record| (record, afresh.place)) {
                return Err(format!("P13: device {index} draws {} unlike it would afresh", id.0));
            }
        }
        Ok(())
    }

    /// P24 and P25, once faults have stopped: nothing waits, and the device shows the server as it is now.
    ///
    /// # Errors
    /// Names the device.
    pub fn converged(&self, index: usize, device: &mut Device) -> Verdict {
        if device.engine.as_ref().is_none_or(|engine| engine.unsent() > 0) {
            return Err(format!("P24: device {index} still holds saves that nothing keeps from leaving"));
        }
        self.base_is_one_moment(index, device)?;
        let last = self.moments.len() - 1;
        device.cut = last;
        self.base_is_one_moment(index, device)
            .map_err(|_| format!("P25: device {index} does not show the newest state"))
    }
}

/// The saves on a device's disk, in order, and whether each has a receipt.
fn outbox(device: &Device) -> Vec<(Change, bool)> {
    let rows = device.disk.snapshot().outbox.iter();
    let read = |row: &[u8]| {
        let row: Value = serde_json::from_slice(row).expect("an outbox row is JSON");
        let change = serde_json::from_value(row["change"].clone()).expect("an outbox row holds a change");
        (change, !row["receipt"].is_null())
    };
    rows.map(|(_, row)| read(row)).collect()
}
