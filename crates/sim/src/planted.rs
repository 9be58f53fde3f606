//! Bugs of the kind that products ship, planted at the seams around engine and ledger one at a time. A judge that does
//! not find them is no judge; `sim --planted` shows how many worlds each takes.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use engine::{Batch, Place, Reply, Request, Step};
use protocol::digest::Digest;
use protocol::message::{FeedPage, Outcome, PullReply, PushProblem, PushReply, PushRequest, Receipt};
use protocol::{ChangeId, Kind, Op, Record, RecordId, TerritoryId};

use crate::dice::Dice;

/// What goes wrong in a world with a planted bug.
#[expect(missing_docs, reason = "`Planted::ALL` says each in words")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    StrictIsRelaxed,
    ForgetOnSend,
    JournalDropped,
    CommitLost,
    ToldTooEarly,
    WipedOnSwitch,
    FreshIdsOnResend,
    ReceiptWithoutServer,
    ServerForgets,
    RefusedToldAccepted,
    ClashesDropped,
    OrderSwapped,
    PoisonedAnswerShort,
    PageLosesRecord,
    CursorSkips,
    TombstoneLost,
    FeedLagsBehind,
    OldAnswerAsNew,
    MarkIgnored,
    MiddlePageAsLast,
    LostFeedKept,
    LeftIgnored,
    FiledButNotGone,
    ScreenMissesShown,
    PlaceForgotten,
    HalfChange,
    BaseTooNew,
    DeletedAnywhere,
    ClockOrders,
    FieldInvented,
    OldVersionAfterNew,
    TornCommit,
    CutWithoutPages,
    RefusedDropped,
    RuleTooStrict,
    DiskOfAnotherUser,
    SessionOfAnotherUser,
    TimerLost,
    CloneUnnoticed,
    EpochUnnoticed,
    EpochNotRaised,
}

impl Planted {
    /// All of them, with the invariant (PROTOCOL, section C) that each breaks, and what it is.
    pub const ALL: [(Self, &'static str, &'static str); 41] = [
        (Self::StrictIsRelaxed, "P1", "the disk says that a strict transaction is durable before it is"),
        (Self::ForgetOnSend, "P1", "the outbox row goes when the push leaves, not when the receipt comes"),
        (
            Self::JournalDropped,
            "P1",
            "the outbox row goes with the receipt, though the server may be restored",
        ),
        (Self::CommitLost, "P1", "a transaction fails and is told as done"),
        (Self::ToldTooEarly, "P1", "the rep is told “saved” before the transaction is complete"),
        (Self::WipedOnSwitch, "P1", "signing in as somebody else wipes what the first user had not sent"),
        (Self::FreshIdsOnResend, "P2", "a push that is sent again comes under new change ids"),
        (
            Self::ReceiptWithoutServer,
            "P3",
            "something in between answers a push that never reached the server",
        ),
        (Self::ServerForgets, "P3", "the server answers before its transaction is kept"),
        (Self::RefusedToldAccepted, "P3", "a refusal is told as accepted"),
        (Self::ClashesDropped, "P3", "a receipt loses the values that did not win"),
        (Self::OrderSwapped, "P4", "two changes of one push change places"),
        (Self::PoisonedAnswerShort, "P5", "a push is answered up to the first refusal only"),
        (Self::PageLosesRecord, "P6", "a page loses a record on its way, and the digest is made to fit"),
        (Self::CursorSkips, "P6", "a pull asks from one number too far, and the digest is made to fit"),
        (Self::TombstoneLost, "P6", "deletions are not sent, and the digest is made to fit"),
        (Self::FeedLagsBehind, "P6", "one feed of the last page is from an earlier moment than the others"),
        (Self::OldAnswerAsNew, "P7", "an answer from long ago is taken for the answer to the newest pull"),
        (Self::MarkIgnored, "P7", "a window writes though it has not seen what another one wrote"),
        (Self::MiddlePageAsLast, "P8", "a page in the middle of a pull says that nothing remains"),
        (Self::LostFeedKept, "P11", "a territory that was taken away is still served"),
        (
            Self::LeftIgnored,
            "P12",
            "records that left a territory are not told, and the digest is made to fit",
        ),
        (
            Self::FiledButNotGone,
            "P12",
            "a record that was filed at another account is still told in its old territory",
        ),
        (Self::ScreenMissesShown, "P13", "the screen misses what a receipt changed"),
        (Self::PlaceForgotten, "P13", "the screen says “on the web” of what is on the phone only"),
        (Self::HalfChange, "P14", "the last edit of a save with several is dropped"),
        (Self::BaseTooNew, "P14", "the phone claims to have seen the newest version, whatever it showed"),
        (Self::ClockOrders, "P14", "a save with an earlier clock than the last one loses its values"),
        (Self::FieldInvented, "P15", "the phone sends a field that the rep did not touch"),
        (Self::DeletedAnywhere, "P15", "a deletion is done wherever the record is"),
        (Self::OldVersionAfterNew, "P17", "a page ends with an older version of a record it brought before"),
        (Self::TornCommit, "P18", "a commit that fails half way leaves its second half on disk"),
        (Self::CutWithoutPages, "P18", "a commit that fails half way leaves only its last row on disk"),
        (Self::RefusedDropped, "P22", "a refused change goes from the phone, words and all"),
        (Self::RuleTooStrict, "P22", "a save that breaks no rule is refused for one"),
        (Self::DiskOfAnotherUser, "P23", "after a user switch the app opens the first user's disk"),
        (Self::SessionOfAnotherUser, "P23", "requests go out under whatever session the browser holds"),
        (Self::TimerLost, "P24", "nothing is tried again by itself"),
        (Self::CloneUnnoticed, "P24", "the server does not say that two devices share one image"),
        (Self::EpochUnnoticed, "P27", "the phone does not learn that the server lives again from a backup"),
        (Self::EpochNotRaised, "P27", "the operator restores a backup and does not say so"),
    ];

    /// The bug of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().map(|(bug, ..)| bug).find(|bug| format!("{bug:?}") == name)
    }
}

/// Does one bug's harm wherever the world lets it.
#[derive(Debug, Default)]
pub struct Saboteur {
    bug: Option<Planted>,
    pulls: Vec<PullReply>,
    /// By territory and number: count and digest, as once told.
    told: BTreeMap<(TerritoryId, u64), (u64, String)>,
    sent: BTreeSet<ChangeId>,
    filed: BTreeSet<RecordId>,
    clocks: BTreeMap<RecordId, i64>,
}

impl Saboteur {
    /// Of this bug, if any.
    pub fn new(bug: Option<Planted>) -> Self {
        Self { bug, ..Self::default() }
    }

    /// Whether this is the bug.
    pub fn is(&self, bug: Planted) -> bool {
        self.bug == Some(bug)
    }

    /// A step before it is performed.
    pub fn before_commit(&self, step: &mut Step) {
        let Some(batch) = &mut step.commit else { return };
        match self.bug {
            Some(Planted::JournalDropped) => {
                drop_rows(batch, |outcome| !matches!(outcome, Outcome::Refused(_)));
            }
            Some(Planted::RefusedDropped) => {
                drop_rows(batch, |outcome| matches!(outcome, Outcome::Refused(_)));
            }
            Some(Planted::PlaceForgotten) => step.shown.iter_mut().for_each(|shown| shown.place = Place::Web),
            _ => {}
        }
    }

    /// What a half-done commit leaves on disk.
    pub fn torn(&self, step: &Step) -> Option<Batch> {
        let mut half = step.commit.clone()?;
        match self.bug {
            Some(Planted::TornCommit) => {
                half.outbox_put.clear();
                half.append = half.append.split_off(half.append.len().min(1));
            }
            Some(Planted::CutWithoutPages) => {
                half.outbox_put.clear();
                half.append = half.append.split_off(half.append.len().saturating_sub(1));
            }
            _ => return None,
        }
        Some(half)
    }

    /// Whether this transaction is not done though it is told.
    pub fn loses_commit(&self, dice: &mut Dice) -> bool {
        self.is(Planted::CommitLost) && dice.percent(5)
    }

    /// Whether the screen hears of this step.
    pub fn shows(&self, step: &Step) -> bool {
        let receipts_only = step.commit.as_ref().is_some_and(|batch| batch.append.is_empty());
        !(self.is(Planted::ScreenMissesShown) && receipts_only)
    }

    /// A request before it leaves.
    pub fn on_request(&mut self, request: &mut Request, dice: &mut Dice) {
        match (self.bug, request) {
            (Some(Planted::FreshIdsOnResend), Request::Push(push)) => {
                for change in &mut push.changes {
                    if !self.sent.insert(change.id) {
                        change.id = ChangeId(dice.uuid());
                    }
                }
            }
            (Some(Planted::OrderSwapped), Request::Push(push)) if push.changes.len() > 1 => {
                let at = dice.below(push.changes.len() as u64 - 1) as usize;
                let numbers = [push.changes[at].number, push.changes[at + 1].number];
                push.changes.swap(at, at + 1);
                (push.changes[at].number, push.changes[at + 1].number) = (numbers[0], numbers[1]);
            }
            (Some(Planted::BaseTooNew), Request::Push(push)) => {
                push.changes
                    .iter_mut()
                    .flat_map(|change| &mut change.edits)
                    .for_each(|edit| edit.base = 1_000);
            }
            (Some(Planted::FieldInvented), Request::Push(push)) => {
                for edit in push.changes.iter_mut().flat_map(|change| &mut change.edits) {
                    if edit.op == Op::Patch {
                        edit.set.entry("city".to_owned()).or_insert_with(|| Some("?".to_owned()));
                    }
                }
            }
            (Some(Planted::CursorSkips), Request::Pull(pull)) => {
                pull.cursors.values_mut().for_each(|cursor| *cursor += 1);
            }
            (Some(Planted::EpochUnnoticed), Request::Push(push)) => push.epoch = 0,
            (Some(Planted::EpochUnnoticed), Request::Pull(pull)) => pull.epoch = 0,
            _ => {}
        }
    }

    /// What goes from the disk when a push leaves.
    pub fn forgets(&self, request: &Request) -> Option<Batch> {
        let Request::Push(push) = request else { return None };
        let outbox_delete = push.changes.iter().map(|change| change.number).collect();
        let batch = Batch { outbox_delete, strict: true, ..Batch::default() };
        self.is(Planted::ForgetOnSend).then_some(batch)
    }

    /// What a helpful machine in between answers in the server's place.
    pub fn forge(&self, request: &Request) -> Option<Reply> {
        let Request::Push(push) = request else { return None };
        let receipt = |change: &protocol::Change| Receipt {
            number: change.number,
            change: change.id,
            outcome: Outcome::Accepted,
            at: BTreeMap::new(),
            clashes: Vec::new(),
        };
        let receipts = push.changes.iter().map(receipt).collect();
        let reply = PushReply::new(push.epoch.max(1), 0, receipts);
        self.is(Planted::ReceiptWithoutServer).then_some(Reply::Push(reply))
    }

    /// A push before the ledger sees it.
    pub fn on_push(&mut self, push: &mut PushRequest) {
        match self.bug {
            Some(Planted::HalfChange) => {
                for change in push.changes.iter_mut().filter(|change| change.edits.len() > 1) {
                    change.edits.pop();
                }
            }
            Some(Planted::ClockOrders) => {
                for change in &mut push.changes {
                    for edit in &mut change.edits {
                        let newest = self.clocks.entry(edit.id).or_insert(change.made_at);
                        if change.made_at < *newest && edit.op == Op::Patch {
                            edit.set.clear();
                        }
                        *newest = change.made_at.max(*newest);
                    }
                }
            }
            Some(Planted::FiledButNotGone) => {
                let edits = push.changes.iter().flat_map(|change| &change.edits);
                let filed = edits.filter(|edit| edit.op == Op::Patch && edit.set.contains_key("account"));
                self.filed.extend(filed.map(|edit| edit.id));
            }
            Some(Planted::RuleTooStrict) => {
                let edits = push.changes.iter_mut().flat_map(|change| &mut change.edits);
                for edit in edits.filter(|edit| edit.kind == Kind::Contact && edit.op == Op::Patch) {
                    edit.set.insert("name".to_owned(), None);
                }
            }
            _ => {}
        }
    }

    /// The ledger's answer to a push before it leaves.
    pub fn on_receipts(&self, reply: &mut PushReply) {
        match self.bug {
            Some(Planted::RefusedToldAccepted) => {
                reply.receipts.iter_mut().for_each(|receipt| receipt.outcome = Outcome::Accepted);
            }
            Some(Planted::ClashesDropped) => {
                reply.receipts.iter_mut().for_each(|receipt| receipt.clashes.clear());
            }
            Some(Planted::CloneUnnoticed) if reply.problem == Some(PushProblem::Forked) => {
                reply.problem = None;
            }
            Some(Planted::EpochUnnoticed) => reply.epoch = 1,
            _ => {}
        }
    }

    /// The receipts of the ledger, before the judge looks at them.
    pub fn cuts_answer(&self, reply: &mut PushReply) {
        if self.is(Planted::PoisonedAnswerShort) {
            let refused = |receipt: &Receipt| matches!(receipt.outcome, Outcome::Refused(_));
            if let Some(at) = reply.receipts.iter().position(refused) {
                reply.receipts.truncate(at + 1);
            }
        }
    }

    /// A page before it leaves for a device with this base.
    pub fn on_pull<'a>(
        &mut self,
        reply: &mut PullReply,
        base: impl Iterator<Item = &'a Rc<Record>>,
        dice: &mut Dice,
    ) {
        let base = || base.map(|record| (record.id, Rc::clone(record))).collect();
        match self.bug {
            Some(Planted::PageLosesRecord)
                if reply.feeds.iter_mut().any(|feed| feed.records.pop().is_some()) =>
            {
                fit(reply, base());
            }
            Some(Planted::CursorSkips) => fit(reply, base()),
            Some(Planted::TombstoneLost) => {
                reply.feeds.iter_mut().for_each(|feed| feed.records.retain(|record| !record.deleted));
                fit(reply, base());
            }
            Some(Planted::LeftIgnored) => {
                reply.feeds.iter_mut().for_each(|feed| feed.left.clear());
                fit(reply, base());
            }
            Some(Planted::FiledButNotGone) => {
                reply.feeds.iter_mut().for_each(|feed| feed.left.retain(|id| !self.filed.contains(id)));
                fit(reply, base());
            }
            Some(Planted::MiddlePageAsLast) if reply.remaining > 0 => {
                reply.remaining = 0;
                fit(reply, base());
            }
            Some(Planted::OldVersionAfterNew) => {
                for feed in &mut reply.feeds {
                    if let Some(old) = feed.records.iter().find(|it| it.version > 1 && !it.deleted).cloned() {
                        let version = old.version - 1;
                        feed.records.push(Record { version, ..old });
                    }
                }
                fit(reply, base());
            }
            Some(Planted::OldAnswerAsNew) => {
                self.pulls.push(reply.clone());
                if dice.percent(30) {
                    *reply = dice.one(&self.pulls).clone();
                }
            }
            Some(Planted::LostFeedKept) => {
                let served: BTreeSet<_> = reply.feeds.iter().map(|feed| feed.territory.clone()).collect();
                let mut old = self.pulls.iter().flat_map(|pull| &pull.feeds);
                let lost = old.rfind(|feed| !served.contains(&feed.territory)).cloned();
                self.pulls.push(reply.clone());
                reply.feeds.extend(lost);
                reply.feeds.sort_by(|a, b| a.territory.cmp(&b.territory));
            }
            Some(Planted::FeedLagsBehind) => self.lag(reply),
            Some(Planted::EpochUnnoticed) => reply.epoch = 1,
            _ => {}
        }
    }

    /// The feed with news is served as of an earlier moment, with the digest of then.
    fn lag(&mut self, reply: &mut PullReply) {
        let last = reply.remaining == 0;
        for feed in &mut reply.feeds {
            let FeedPage { territory, cursor, live, digest, records, left, .. } = feed;
            let before = *cursor - (records.len() + left.len()).min(1) as u64;
            let known = self.told.get(&(territory.clone(), before)).cloned();
            if last {
                self.told.insert((territory.clone(), *cursor), (*live, digest.clone()));
            }
            if let Some(known) = known.filter(|_| last && records.len() + left.len() == 1) {
                (*cursor, (*live, *digest)) = (before, known);
                records.clear();
                left.clear();
                return;
            }
        }
    }
}

fn drop_rows(batch: &mut Batch, which: impl Fn(&Outcome) -> bool) {
    let gone = |row: &[u8]| {
        let row: crate::disk::Row = serde_json::from_slice(row).expect("an outbox row");
        row.receipt.is_some_and(|receipt| which(&receipt.outcome))
    };
    let (dropped, kept): (Vec<_>, Vec<_>) =
        std::mem::take(&mut batch.outbox_put).into_iter().partition(|(_, row)| gone(row));
    batch.outbox_put = kept;
    batch.outbox_delete.extend(dropped.into_iter().map(|(number, _)| number));
}

/// Makes digests fit what the device will hold after this page, so that only the judge can tell.
fn fit(reply: &mut PullReply, base: BTreeMap<RecordId, Rc<Record>>) {
    let mut held = base;
    for feed in &reply.feeds {
        for id in &feed.left {
            if held.get(id).is_some_and(|record| record.territory == feed.territory) {
                held.remove(id);
            }
        }
        held.extend(feed.records.iter().map(|record| (record.id, Rc::new(record.clone()))));
    }
    for feed in &mut reply.feeds {
        let of_feed = held.values().filter(|record| record.territory == feed.territory);
        let digest = Digest::of(of_feed.map(|record| &**record));
        (feed.live, feed.digest) = (digest.live, format!("{:x}", digest.sum));
    }
}
