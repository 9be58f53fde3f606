//! What the engine says of itself, and when it gives something up: each fact at its edges.

use std::collections::BTreeMap;

use engine::{
    Batch, Chip, Engine, LinkError, News, Outgoing, Progress, Reply, Request, Save, Snapshot, Step,
};
use protocol::digest::Digest;
use protocol::limits::{CLOCK_OFF_MS, REQUEST_MS_MAX};
use protocol::message::{FeedPage, Outcome, PullReply, PulseReply, PushReply, Receipt, SATCHEL};
use protocol::schema::SCHEMA;
use protocol::{ChangeId, DeviceId, Edit, Fields, How, Kind, Op, Record, RecordId, TerritoryId};
use uuid::Uuid;

/// A device whose server answers as the test says. Its clock stands still unless it is told to move.
struct Phone {
    engine: Engine,
    disk: Snapshot,
    flying: Option<Outgoing>,
    last: Step,
    /// Records of pages that came before the last one.
    staged: Vec<Record>,
    now: i64,
    names: u128,
}

impl Phone {
    /// One that has asked for the first pulse and is told that nothing is new.
    fn new() -> Self {
        let (engine, step) = Engine::open(Snapshot::default(), device(), 7, 0).expect("an empty disk opens");
        let last = Step::default();
        let mut phone = Self {
            engine,
            disk: Snapshot::default(),
            flying: None,
            last,
            staged: Vec::new(),
            now: 0,
            names: 0,
        };
        phone.take(step);
        phone.pulse(true, 1);
        phone
    }

    fn take(&mut self, mut step: Step) {
        if let Some(batch) = &step.commit {
            write(&mut self.disk, batch);
        }
        self.flying = step.send.take().or_else(|| self.flying.take());
        self.last = step;
    }

    fn save(&mut self, id: u128, op: Op, name: &str) -> ChangeId {
        self.settle(Vec::new(), Some((id, op, name)))
    }

    fn settle(&mut self, settles: Vec<(u64, How)>, edit: Option<(u128, Op, &str)>) -> ChangeId {
        self.names += 1;
        let edit = edit.map(|(id, op, name)| {
            let set = [("name".to_owned(), Some(name.to_owned()))].into();
            Edit { id: record(id), kind: Kind::Account, op, base: 0, set }
        });
        let id = ChangeId(Uuid::from_u128(1_000 + self.names));
        let save = Save { id, edits: edit.into_iter().collect(), settles, draft: Some("a form".to_owned()) };
        let step = self.engine.save(save, self.now);
        self.take(step);
        id
    }

    fn sync(&mut self) {
        let step = self.engine.sync_now(self.now);
        self.take(step);
    }

    fn wake(&mut self) {
        let step = self.engine.on_wake(self.now);
        self.take(step);
    }

    fn answer(&mut self, reply: Result<Reply, LinkError>) {
        let Outgoing { token, .. } = self.flying.take().expect("something is on its way");
        let step = self.engine.on_reply(token, reply, device(), self.now);
        self.take(step);
    }

    fn pulse(&mut self, signed_in: bool, schema_min: u32) {
        let (epoch, now, heads) = (1, self.now, BTreeMap::new());
        self.answer(Ok(Reply::Pulse(PulseReply {
            satchel: SATCHEL,
            epoch,
            now,
            signed_in,
            heads,
            schema_min,
        })));
    }

    /// The push on its way is taken, with these clashes in its first receipt.
    fn pushed(&mut self, outcome: Outcome) {
        let Some(Outgoing { request: Request::Push(push), .. }) = &self.flying else { panic!("no push") };
        let receipt = |change: &protocol::Change| Receipt {
            number: change.number,
            change: change.id,
            outcome: outcome.clone(),
            at: [].into(),
            clashes: Vec::new(),
        };
        let receipts = push.changes.iter().map(receipt).collect();
        self.answer(Ok(Reply::Push(PushReply::new(1, self.now, receipts))));
    }

    /// A page of accounts, each with its version; so many records are still to come.
    fn page(&mut self, cursor: u64, accounts: &[(u128, u64)], left: u64) {
        let record = |(id, version): &(u128, u64)| Record {
            id: record(*id),
            kind: Kind::Account,
            territory: north(),
            version: *version,
            deleted: false,
            by: "Ana".into(),
            at: 0,
            fields: [("name", format!("{id} {version}").as_str())].into_iter().collect::<Fields>(),
        };
        let records: Vec<Record> = accounts.iter().map(record).collect();
        let mut held: BTreeMap<_, _> = self.engine.base().map(|it| (it.id, (**it).clone())).collect();
        self.staged.extend(records.clone());
        held.extend(self.staged.iter().map(|it| (it.id, it.clone())));
        let Digest { live, sum } = Digest::of(held.values());
        if left == 0 {
            self.staged.clear();
        }
        let feed = FeedPage {
            territory: north(),
            name: "North".into(),
            own: false,
            cursor,
            live,
            digest: format!("{sum:x}"),
            records,
            left: Vec::new(),
        };
        let reply = PullReply::new(1, self.now, vec![feed], left);
        let wire = serde_json::to_vec(&reply).expect("a page is JSON");
        self.answer(Ok(Reply::Pull(reply, wire)));
    }

    fn has_sent(&self) -> &'static str {
        match self.flying.as_ref().map(|it| &it.request) {
            Some(Request::Push(_)) => "push",
            Some(Request::Pull(_)) => "pull",
            Some(Request::Pulse) => "pulse",
            None => "nothing",
        }
    }

    /// The versions that the edits of the last save build on.
    fn bases(&self) -> Vec<u64> {
        let waiting = self.engine.status().waiting;
        waiting.last().map(|save| save.edits.iter().map(|edit| edit.base).collect()).unwrap_or_default()
    }
}

fn write(disk: &mut Snapshot, batch: &Batch) {
    if let Some(meta) = &batch.meta {
        disk.meta = Some(meta.clone());
    }
    disk.log.extend(batch.append.clone());
    disk.outbox.retain(|(key, _)| !batch.outbox_put.iter().any(|(put, _)| put == key));
    disk.outbox.extend(batch.outbox_put.clone());
    disk.outbox.sort();
}

fn device() -> DeviceId {
    DeviceId(Uuid::from_u128(1))
}

fn record(id: u128) -> RecordId {
    RecordId(Uuid::from_u128(id))
}

fn north() -> TerritoryId {
    TerritoryId::new("north")
}

fn create() -> Op {
    Op::Create(north())
}

#[test]
fn a_save_takes_its_draft_along_and_counts_as_unsent_until_its_receipt() {
    let mut phone = Phone::new();
    assert_eq!(phone.engine.unsent(), 0);
    phone.save(1, create(), "A");
    let draft = phone.last.commit.as_ref().and_then(|batch| batch.draft_delete.clone());
    assert_eq!(draft.as_deref(), Some("a form"));
    phone.save(2, create(), "B");
    assert_eq!(phone.engine.unsent(), 2);
    phone.pushed(Outcome::Accepted);
    phone.pushed(Outcome::Accepted);
    assert_eq!((phone.engine.unsent(), phone.engine.status().chip), (0, Chip::UpToDate));
}

#[test]
fn the_chip_says_sending_while_a_first_push_or_a_pull_is_under_way_and_only_then() {
    let mut phone = Phone::new();
    assert_eq!(phone.engine.status().chip, Chip::UpToDate);
    phone.save(1, create(), "A");
    assert_eq!((phone.has_sent(), phone.engine.status().chip), ("push", Chip::Sending));
    phone.answer(Err(LinkError::NoAnswer));
    assert_eq!(phone.engine.status().chip, Chip::WaitingForSignal(1));
    // A push that is tried once more is not called sending: it may fail like the one before.
    phone.now = phone.engine.status().retry_at.expect("a pause");
    phone.wake();
    assert_eq!((phone.has_sent(), phone.engine.status().chip), ("push", Chip::WaitingForSignal(1)));
    phone.pushed(Outcome::Accepted);
    assert_eq!((phone.engine.is_pulling(), phone.engine.status().pulling), (false, None));
    phone.sync();
    assert_eq!((phone.has_sent(), phone.engine.status().chip), ("pull", Chip::Sending));
    assert!(phone.engine.is_pulling());
    assert_eq!(phone.engine.status().pulling, Some(Progress { received: 0, total: 0 }));
    phone.page(1, &[(1, 1)], 3);
    assert_eq!(phone.engine.status().pulling, Some(Progress { received: 1, total: 4 }));
    phone.page(2, &[(2, 1), (3, 1), (4, 1)], 0);
    assert_eq!((phone.engine.is_pulling(), phone.engine.status().pulling), (false, None));
    assert_eq!(phone.engine.status().chip, Chip::UpToDate);
}

#[test]
fn when_it_was_pulled_is_said_of_an_empty_book_and_not_of_one_that_was_let_go() {
    let mut phone = Phone::new();
    assert_eq!(phone.engine.status().pulled_at, None);
    phone.now = 5_000;
    phone.sync();
    phone.page(1, &[], 0);
    assert_eq!((phone.engine.status().records, phone.engine.status().pulled_at), (0, Some(5_000)));
    phone.sync();
    phone.page(2, &[(1, 1)], 0);
    let step = phone.engine.let_go(phone.now);
    phone.take(step);
    // The screen still has them; a start finds none.
    assert_eq!((phone.engine.status().let_go, phone.engine.status().pulled_at), (true, Some(5_000)));
    let disk = Snapshot { log: Vec::new(), ..phone.disk.clone() };
    let (engine, _) = Engine::open(disk, device(), 7, phone.now).expect("our own disk opens");
    let status = engine.status();
    assert_eq!((status.let_go, status.records, status.pulled_at), (true, 0, None));
}

#[test]
fn a_pause_is_told_only_while_something_waits_for_it() {
    let mut phone = Phone::new();
    phone.sync();
    phone.answer(Err(LinkError::NoAnswer));
    assert_eq!(phone.engine.status().retry_at, None, "nobody waits for the next attempt");
    phone.save(1, create(), "A");
    phone.answer(Err(LinkError::NoAnswer));
    assert!(phone.engine.status().retry_at.is_some_and(|at| at > phone.now));
}

#[test]
fn a_clock_is_off_beyond_the_limit_and_not_at_it() {
    for (ahead, told) in [
        (CLOCK_OFF_MS, None),
        (CLOCK_OFF_MS + 1, Some(CLOCK_OFF_MS + 1)),
        (-CLOCK_OFF_MS, None),
        (-CLOCK_OFF_MS - 1, Some(-CLOCK_OFF_MS - 1)),
    ] {
        let mut phone = Phone::new();
        phone.save(1, create(), "A");
        phone.answer(Ok(Reply::Push(PushReply::new(1, phone.now - ahead, Vec::new()))));
        assert_eq!(phone.engine.status().clock_off, told, "{ahead}");
    }
}

#[test]
fn a_pulse_says_who_is_signed_out_and_which_version_is_too_old() {
    let mut phone = Phone::new();
    assert_eq!((phone.engine.signed_out(), phone.engine.status().too_old), (false, false));
    let ask = |phone: &mut Phone, signed_in, schema_min| {
        let step = phone.engine.on_hint(phone.now);
        phone.take(step);
        assert_eq!(phone.has_sent(), "pulse");
        phone.pulse(signed_in, schema_min);
        (phone.engine.signed_out(), phone.engine.status().too_old)
    };
    assert_eq!(ask(&mut phone, true, SCHEMA), (false, false), "the newest that there is may pull");
    assert_eq!(ask(&mut phone, true, SCHEMA + 1), (false, true));
    assert_eq!(ask(&mut phone, false, SCHEMA), (true, false));
    let step = phone.engine.on_signed_in(phone.now);
    phone.take(step);
    assert!(!phone.engine.signed_out());
}

#[test]
fn what_is_on_its_way_is_given_up_at_its_time_and_not_before() {
    let mut phone = Phone::new();
    phone.save(1, create(), "A");
    let sent_at = phone.now;
    phone.now = sent_at + 2 * REQUEST_MS_MAX as i64 - 1;
    phone.wake();
    assert_eq!((phone.has_sent(), phone.engine.status().retry_at), ("push", None));
    phone.now += 1;
    phone.wake();
    assert!(phone.engine.status().retry_at.is_some_and(|at| at > phone.now), "an attempt that failed");
}

#[test]
fn a_browser_that_thinks_it_is_offline_changes_no_pace() {
    let mut phone = Phone::new();
    phone.save(1, create(), "A");
    phone.answer(Err(LinkError::NoAnswer));
    let due = phone.engine.status().retry_at.expect("a pause");
    let step = phone.engine.on_offline(phone.now);
    assert_eq!((step.wake_at, step.send), (Some(due), None), "the pause goes on");
    phone.now = due;
    let step = phone.engine.on_offline(phone.now);
    phone.take(step);
    assert_eq!(phone.has_sent(), "push", "its time has come all the same");
}

#[test]
fn a_pull_that_has_begun_is_tried_four_times() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 1)], 2);
    for tried in 1..=4 {
        phone.answer(Err(LinkError::NoAnswer));
        let news = phone.last.news.clone();
        let failed = (tried == 4).then_some(News::PullFailed(LinkError::NoAnswer));
        assert_eq!((news, phone.engine.is_pulling()), (failed, tried < 4), "after {tried}");
        if tried < 4 {
            phone.now += 300_000;
            phone.wake();
            assert_eq!(phone.has_sent(), "pull");
        }
    }
}

#[test]
fn a_correction_builds_on_what_its_own_record_was_told_and_on_no_other() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 3), (2, 9)], 0);
    // One save about two records is set aside in part; its correction is about the first.
    phone.names += 1;
    let edit = |id, base| {
        let set = [("name".to_owned(), Some("X".to_owned()))].into();
        Edit { id: record(id), kind: Kind::Account, op: Op::Patch, base, set }
    };
    let save = Save {
        id: ChangeId(Uuid::from_u128(5_000)),
        edits: vec![edit(1, 0), edit(2, 0)],
        settles: Vec::new(),
        draft: None,
    };
    let step = phone.engine.save(save, phone.now);
    phone.take(step);
    assert_eq!(phone.bases(), [3, 9]);
    phone.pushed(Outcome::Merged);
    phone.settle(vec![(1, How::Done)], Some((1, Op::Patch, "Y")));
    assert_eq!(phone.bases(), [3]);
}
