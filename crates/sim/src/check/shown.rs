//! What a device holds and shows.

use std::collections::BTreeMap;
use std::rc::Rc;

use engine::{Batch, Status};
use protocol::message::{Outcome, Receipt};
use protocol::{ChangeId, Op, Record, RecordId};

use super::{Judge, Sum, Verdict, print};
use crate::device::{Device, Window};
use crate::disk::{Disk, Row};

impl Judge {
    /// P1, P22: what must be on this disk is.
    ///
    /// # Errors
    /// Names the save.
    pub fn saves_are_held(&self, index: usize, disk: &Disk) -> Verdict {
        let held = |change: &ChangeId| disk.outbox().values().any(|row| row.change.id == *change);
        match self.held[index].iter().find(|change| !held(change)) {
            Some(change) => Err(format!("P1: device {index} lost save {}", change.0)),
            None => Ok(()),
        }
    }

    /// P3: every receipt that goes to disk is one that the server gave.
    ///
    /// # Errors
    /// Names the save.
    pub fn receipts_are_true(&self, index: usize, disk: &Disk, batch: &Batch) -> Verdict {
        for row in batch.outbox_put.iter().filter_map(|(number, _)| disk.outbox().get(number)) {
            let Some(receipt) = &row.receipt else { continue };
            let given = |given: &Receipt| {
                (&given.outcome, &given.clashes, &given.at)
                    == (&receipt.outcome, &receipt.clashes, &receipt.at)
            };
            let saved = self.saves.get(&row.change.id);
            if !saved.is_some_and(|saved| saved.receipts.iter().any(given)) {
                let change = row.change.id.0;
                return Err(format!(
                    "P3: device {index} has a receipt for {change} that the server never gave"
                ));
            }
        }
        Ok(())
    }

    /// P6 to P8, P11 to P13, P17, P22, P23 for the window that works.
    ///
    /// # Errors
    /// Says what it shows and should not, or the other way round.
    pub fn window_is_true(&self, index: usize, device: &mut Device, life: u64, pulled: bool) -> Verdict {
        let user = device.user;
        let Some(at) = device.windows.iter().position(|window| window.life == life) else { return Ok(()) };
        let window = &mut device.windows[at];
        let status = window.engine.status();
        // The window that pulled may have died before anybody looked at it.
        let pulled =
            pulled | (std::mem::replace(&mut device.pulled_at, status.pulled_at) != status.pulled_at);
        device.cut = self.base_is_one_moment((index, user), device.cut, window, &status, pulled)?;
        // Before the first pull is through the phone has nothing, and half a pull may be on its disk.
        if status.pulled_at.is_some() {
            let held = self.held(&status);
            let lost = std::mem::replace(&mut device.territories, held) & !held;
            self.no_byte_stays(index, lost, &device.disk)?;
        }
        self.own_saves_are_seen(index, window, &device.disk, device.cut.1)?;
        status_is_true(index, &status, &device.disk)
    }

    /// P24 and P25, once faults have stopped: nothing waits, and the device shows the server as it is now.
    ///
    /// # Errors
    /// Names the device.
    pub fn converged(&self, index: usize, device: &mut Device) -> Verdict {
        let Some(window) = device.front() else { return Err(format!("P24: device {index} has no window")) };
        let life = window.life;
        if window.engine.unsent() > 0 {
            return Err(format!("P24: device {index} still holds saves that nothing keeps from leaving"));
        }
        let last = self.moments.len() - 1;
        let before = std::mem::replace(&mut device.cut, (last, last));
        let verdict = self.window_is_true(index, device, life, true);
        if verdict.is_err() {
            device.cut = before;
        }
        verdict.map_err(|verdict| format!("P25: device {index} does not show the newest state ({verdict})"))
    }

    /// P6, P7, P8, P12, P17: the base is exactly what the user could see at one moment of the server, never an
    /// earlier one than before.
    fn base_is_one_moment(
        &self,
        (index, user): (usize, usize),
        (cut, last): (usize, usize),
        window: &mut Window,
        status: &Status,
        pulled: bool,
    ) -> Result<(usize, usize), String> {
        let opened = !std::mem::replace(&mut window.looked_at, true);
        if status.pulled_at.is_none() {
            window.judged.clear();
            window.judged.extend(window.engine.base().cloned());
            return Ok((cut, last));
        }
        let held = self.held(status);
        let same = window.engine.base().eq_by_pointer(&window.judged);
        if !same {
            window.judged = window.engine.base().cloned().collect();
        } else if !pulled && !opened && self.moments[cut].members[user] == held {
            return Ok((cut, last));
        }
        let mut sums = vec![Sum::default(); self.feeds.len()];
        for record in &window.judged {
            sums[self.feed(&record.territory)].add(print(record));
        }
        let equals = |at: &usize| {
            let moment = &self.moments[*at];
            let seen = |feed: usize| if held >> feed & 1 == 1 { moment.sums[feed] } else { Sum::default() };
            moment.members[user] == held && sums.iter().enumerate().all(|(feed, sum)| *sum == seen(feed))
        };
        let newest = |from: usize| (from..self.moments.len()).rev().find(equals);
        // A window that was just opened may show the end of a pull that nobody was told of.
        window.perhaps = if opened && !pulled { newest(cut).unwrap_or(0) } else { window.perhaps };
        match (cut..self.moments.len()).find(equals) {
            // What came and went in between is seen too, so the newest moment that looks like this counts as well.
            Some(at) if pulled || !equals(&last) => Ok((at, newest(at).unwrap_or(at))),
            Some(at) => Ok((at, last)),
            None if (0..cut).any(|at| equals(&at)) => {
                Err(format!("P7: device {index} went back to a moment before {cut}"))
            }
            None => Err(format!("P6/P8/P17: device {index} shows what the server never was")),
        }
    }

    fn held(&self, status: &Status) -> u64 {
        let ids = status.territories.iter().map(|(id, _)| id).chain(&status.own);
        ids.map(|territory| 1 << self.feed(territory)).sum()
    }

    /// P11: of a territory that was just lost, nothing pulled is on the disk.
    fn no_byte_stays(&self, index: usize, lost: u64, disk: &Disk) -> Verdict {
        for (_, territory) in self.feeds.iter().enumerate().filter(|(feed, _)| lost >> feed & 1 == 1) {
            let mark = format!("\"territory\":\"{territory}\"");
            let on_disk =
                disk.snapshot().log.iter().any(|(_, row)| String::from_utf8_lossy(row).contains(&mark));
            if on_disk {
                return Err(format!("P11: device {index} lost {territory}, and still has it on its disk"));
            }
        }
        Ok(())
    }

    /// P13: what the rep saved is on the screen until the web's answer is; P11: nothing is there that is neither
    /// pulled nor saved here; and the screen, told only differences, is what the engine would draw afresh.
    fn own_saves_are_seen(&self, index: usize, window: &Window, disk: &Disk, last: usize) -> Verdict {
        let based = |id: RecordId| window.judged.binary_search_by_key(&id, |record| record.id).is_ok();
        let mut expected: BTreeMap<RecordId, Expected> = BTreeMap::new();
        let mut rows: Vec<&Rc<Row>> = disk.outbox().values().collect();
        rows.sort_by_cached_key(|row| self.saves.get(&row.change.id).map(|saved| (saved.place, saved.order)));
        for row in rows {
            let saved = self.saves.get(&row.change.id);
            // The rep let it go on the phone that this one is an image of: the web has nothing of it to show.
            let let_go = saved.is_some_and(|saved| saved.settled) && row.wrote_nothing();
            let seen = let_go || self.is_seen(row, last) || self.is_seen(row, window.perhaps);
            for edit in &row.change.edits {
                let made = matches!(edit.op, Op::Create(_));
                let it = expected.entry(edit.id).or_default();
                it.made |= made;
                if row.parked(edit.id, "deleted") {
                    // The web has it still, and the rep is asked.
                    continue;
                }
                it.took |= edit.op == Op::Delete;
                // Whether or not the deletion is out of sight: until the record is back, a patch of it is not shown.
                it.may_be_taken = match edit.op {
                    Op::Delete => !based(edit.id),
                    Op::Restore => false,
                    _ => it.may_be_taken,
                };
                if seen {
                    // The screen may show this or what came later, also over an earlier save that a restored server is
                    // only being told again.
                    it.fields.retain(|name, _| !edit.set.contains_key(*name));
                    it.may_be_gone |= made || matches!(edit.op, Op::Delete | Op::Restore);
                    it.gone &= edit.op != Op::Restore;
                }
                if seen || row.care == "done" {
                    continue;
                }
                it.must_show |= made;
                if made && it.gone {
                    // Made anew: nothing of what it was.
                    (it.gone, it.fields) = (false, BTreeMap::new());
                }
                it.gone = edit.op == Op::Delete || it.gone && edit.op != Op::Restore;
                // What this device deleted itself is back at once; what others deleted comes with a pull.
                it.may_be_gone |= edit.op == Op::Restore;
                // Nothing is laid over what is not there, or what the rep has deleted: it comes back as it was.
                let is_there = based(edit.id) || it.must_show;
                if (it.gone || it.may_be_taken || !is_there) && edit.op == Op::Patch {
                    it.fields.retain(|name, _| !edit.set.contains_key(*name));
                    continue;
                }
                it.fields.retain(|name, _| !row.parked(edit.id, name));
                let set = edit.set.iter().filter(|(name, _)| !row.parked(edit.id, name));
                it.fields
                    .extend(set.map(|(name, text)| (name, text.as_deref().filter(|text| !text.is_empty()))));
            }
        }
        for (id, it) in &expected {
            let wrong = match window.screen.get(id) {
                None if based(*id) => !it.took,
                None => it.must_show && !it.gone && !it.may_be_gone,
                Some(_) if it.gone => true,
                Some((record, _)) => it.fields.iter().any(|(name, text)| record.fields.text(name) != *text),
            };
            if wrong {
                let shown = window.screen.get(id).map(|(record, _)| &record.fields);
                let expected = (!it.gone).then_some(&it.fields);
                let told = format!("it shows {shown:?}, saved was {expected:?}");
                return Err(format!("P13: device {index} does not show its own save of {}: {told}", id.0));
            }
        }
        for record in window.judged.iter().filter(|record| !expected.contains_key(&record.id)) {
            if !window.screen.get(&record.id).is_some_and(|(shown, _)| shown == record) {
                let id = record.id.0;
                return Err(format!("P13: device {index} does not show {id} as it was pulled"));
            }
        }
        for id in window.screen.keys().filter(|id| !based(**id)) {
            if !expected.get(id).is_some_and(|it| it.made) {
                return Err(format!("P11: device {index} shows {}, which is not there", id.0));
            }
        }
        let drawn = window.judged.iter().map(|record| record.id);
        for id in drawn.chain(window.screen.keys().copied().filter(|id| !based(*id))) {
            let afresh = window.engine.shown_record(id);
            let same = match (window.screen.get(&id), &afresh.record) {
                (Some((screen, place)), Some(record)) => screen == record && *place == afresh.place,
                (screen, record) => screen.is_none() && record.is_none(),
            };
            if !same {
                return Err(format!("P13: device {index} draws {} unlike it would afresh", id.0));
            }
        }
        Ok(())
    }

    /// Whether the base shows the web as of this save's receipt, or later, so that the save may be out of sight.
    fn is_seen(&self, row: &Row, last: usize) -> bool {
        row.receipt.is_some() && !row.refused() && {
            let known_at = self.saves.get(&row.change.id).and_then(|saved| saved.known_at);
            known_at.is_some_and(|known_at| known_at <= last)
        }
    }
}

/// What a record must look like by the saves on this device.
#[derive(Default)]
struct Expected<'a> {
    made: bool,
    must_show: bool,
    gone: bool,
    may_be_gone: bool,
    may_be_taken: bool,
    /// Whether a save of this device deleted it, and the web has not kept it for the rep to decide.
    took: bool,
    fields: BTreeMap<&'a String, Option<&'a str>>,
}

impl Row {
    /// Whether the device knows that the server refused it.
    pub(crate) fn refused(&self) -> bool {
        self.receipt.as_ref().is_some_and(|receipt| matches!(receipt.outcome, Outcome::Refused(_)))
    }

    /// Whether the screen certainly shows this and not what the web has.
    pub(crate) fn lies_over(&self) -> bool {
        self.care != "done" && (self.receipt.is_none() || self.refused())
    }

    fn wrote_nothing(&self) -> bool {
        !self.refused() && self.receipt.as_ref().is_some_and(|receipt| receipt.at.is_empty())
    }

    fn is_over(&self) -> bool {
        matches!(&*self.care, "seen" | "done")
    }

    fn parked(&self, record: RecordId, field: &str) -> bool {
        let clashes = self.receipt.iter().flat_map(|receipt| &receipt.clashes);
        clashes.into_iter().any(|clash| clash.parked && clash.record == record && clash.field == field)
    }
}

/// P22: what the rep is told to wait for, and to look at, is what is on the disk.
fn status_is_true(index: usize, status: &Status, disk: &Disk) -> Verdict {
    let rows = disk.outbox().values();
    let waiting: Vec<u64> =
        rows.clone().filter(|row| row.receipt.is_none()).map(|row| row.change.number).collect();
    let conflicted = |row: &Row| row.receipt.as_ref().is_some_and(|it| it.outcome == Outcome::Conflicted);
    let needs_you: Vec<u64> = rows
        .filter(|row| !row.is_over() && (row.refused() || conflicted(row)))
        .map(|row| row.change.number)
        .collect();
    if status.waiting.iter().map(|it| it.number).ne(waiting) {
        return Err(format!("P22: device {index} tells of other saves that wait than it has"));
    }
    if status.needs_you.iter().map(|it| it.number).ne(needs_you) {
        return Err(format!("P22: device {index} tells of other saves that need a person than it has"));
    }
    Ok(())
}

/// Whether two lists hold the very same records.
trait SameRecords {
    fn eq_by_pointer(self, other: &[Rc<Record>]) -> bool;
}

impl<'a, I: Iterator<Item = &'a Rc<Record>>> SameRecords for I {
    fn eq_by_pointer(mut self, other: &[Rc<Record>]) -> bool {
        other.iter().all(|record| self.next().is_some_and(|it| Rc::ptr_eq(it, record)))
            && self.next().is_none()
    }
}
