//! What the engine says of itself, and when it gives something up: each fact at its edges.

use std::collections::BTreeMap;

use engine::{
    Batch, Chip, Engine, LinkError, News, Outgoing, Place, Progress, Reply, Request, RowFacts, Save,
    Snapshot, Step,
};
use protocol::digest::Digest;
use protocol::limits::{CLOCK_OFF_MS, JOURNAL_MS, REQUEST_MS_MAX};
use protocol::merge::Clash;
use protocol::message::{
    FeedPage, Outcome, PullReply, PulseReply, PushProblem, PushReply, Receipt, Refusal, SATCHEL,
};
use protocol::schema::SCHEMA;
use protocol::{ChangeId, DeviceId, Edit, Fields, How, Kind, Op, Record, RecordId, Settle, TerritoryId};
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

    /// One save that names both records.
    fn save_both(&mut self, ids: [u128; 2], name: &str) {
        self.names += 1;
        let edit = |id| {
            let set = [("name".to_owned(), Some(name.to_owned()))].into();
            Edit { id: record(id), kind: Kind::Account, op: Op::Patch, base: 0, set }
        };
        let id = ChangeId(Uuid::from_u128(1_000 + self.names));
        let save = Save { id, edits: ids.map(edit).into(), settles: Vec::new(), draft: None };
        let step = self.engine.save(save, self.now);
        self.take(step);
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

    /// The push on its way is answered so.
    fn pushed(&mut self, outcome: Outcome) {
        self.answered(&outcome, &[], &[]);
    }

    /// The same, each change with these numbers of the north and these clashes.
    fn answered(&mut self, outcome: &Outcome, at: &[u64], clashes: &[Clash]) {
        let Some(Outgoing { request: Request::Push(push), .. }) = &self.flying else { panic!("no push") };
        let receipt = |change: &protocol::Change| Receipt {
            number: change.number,
            change: change.id,
            outcome: outcome.clone(),
            at: at.iter().map(|seq| (north(), *seq)).collect(),
            clashes: clashes.to_vec(),
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
        let mut held: BTreeMap<_, _> = self.base().into_iter().map(|it| (it.id, it)).collect();
        self.staged.extend(records.clone());
        held.extend(self.staged.iter().map(|it| (it.id, it.clone())));
        if left == 0 {
            self.staged.clear();
        }
        let feed = FeedPage { records, ..page_of(north(), cursor, held.into_values().collect()) };
        self.told(PullReply::new(1, self.now, vec![feed], left));
    }

    /// The last page, of a server in this life, with what it has decided meanwhile.
    fn pulled(&mut self, epoch: u64, feeds: Vec<FeedPage>, decided: Vec<Receipt>) {
        self.told(PullReply { decided, ..PullReply::new(epoch, self.now, feeds, 0) });
    }

    fn told(&mut self, reply: PullReply) {
        let wire = serde_json::to_vec(&reply).expect("a page is JSON");
        self.answer(Ok(Reply::Pull(reply, wire)));
    }

    /// A page of the north that brings nothing but the way to this number.
    fn nothing_until(&self, cursor: u64) -> FeedPage {
        FeedPage { records: Vec::new(), ..page_of(north(), cursor, self.base()) }
    }

    /// What news waits when the server has come to this number, asked as the window comes to the front.
    fn hears_of_head(&mut self, head: u64) -> u64 {
        let step = self.engine.on_hint(self.now);
        self.take(step);
        let heads = [(north(), head)].into();
        let pulse = PulseReply { satchel: SATCHEL, epoch: 1, now: 0, signed_in: true, heads, schema_min: 1 };
        self.answer(Ok(Reply::Pulse(pulse)));
        self.engine.status().updates_ready
    }

    fn base(&self) -> Vec<Record> {
        self.engine.base().map(|it| (**it).clone()).collect()
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

fn south() -> TerritoryId {
    TerritoryId::new("south")
}

fn create() -> Op {
    Op::Create(north())
}

fn denied() -> Outcome {
    Outcome::Refused(Refusal::Denied)
}

/// What has become of a refused change: the office lets it in.
fn accepted(change: ChangeId, territory: TerritoryId) -> Receipt {
    let at = [(territory, 7)].into();
    Receipt { number: 0, change, outcome: Outcome::Accepted, at, clashes: Vec::new() }
}

fn replaced(id: u128) -> Clash {
    Clash {
        record: record(id),
        field: "name".into(),
        theirs: Some("Ben's".into()),
        by: "Ben".into(),
        version: 2,
        mine: Some("mine".into()),
        parked: false,
    }
}

/// A page that brings these records, and says that the feed has no others.
fn page_of(territory: TerritoryId, cursor: u64, records: Vec<Record>) -> FeedPage {
    let Digest { live, sum } = Digest::of(records.iter());
    let (name, digest) = (territory.to_string(), format!("{sum:x}"));
    FeedPage { territory, name, own: false, cursor, live, digest, records, left: Vec::new() }
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

/// Whatever a server says.
#[test]
fn no_clock_is_too_far_off_to_be_told() {
    let mut phone = Phone::new();
    phone.save(1, create(), "A");
    phone.now = -2;
    phone.answer(Ok(Reply::Push(PushReply::new(1, i64::MAX, Vec::new()))));
    assert_eq!(phone.engine.status().clock_off, Some(i64::MIN));
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
    phone.save_both([1, 2], "X");
    assert_eq!(phone.bases(), [3, 9]);
    phone.pushed(Outcome::Merged);
    phone.settle(vec![(1, How::Done)], Some((1, Op::Patch, "Y")));
    assert_eq!(phone.bases(), [3]);
}

#[test]
fn a_pull_says_which_territories_there_are_and_which_is_ones_own() {
    let mut phone = Phone::new();
    phone.sync();
    let feed = |name: &str, own| {
        let page = page_of(TerritoryId::new(name), 1, Vec::new());
        FeedPage { own, name: name.to_uppercase(), ..page }
    };
    phone.pulled(1, vec![feed("mine", true), feed("north", false)], Vec::new());
    let status = phone.engine.status();
    assert_eq!(status.territories, [(north(), "NORTH".to_owned())]);
    assert_eq!(status.own, Some(TerritoryId::new("mine")));
}

#[test]
fn ones_own_saves_are_no_news_until_a_pull_has_read_past_them() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 1)], 0);
    phone.save(2, create(), "B");
    phone.answered(&Outcome::Accepted, &[2], &[]);
    assert_eq!(phone.hears_of_head(2), 0, "what it has saved itself");
    assert_eq!(phone.hears_of_head(3), 1, "and one of a colleague's");
    phone.sync();
    phone.page(2, &[(2, 1)], 0);
    assert_eq!(phone.hears_of_head(3), 1, "its own was read, and counts no more");
}

#[test]
fn a_window_that_has_not_read_a_pull_yet_knows_how_much_it_misses() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 1)], 0);
    let before = phone.disk.clone();
    phone.sync();
    phone.page(3, &[(2, 1), (3, 1)], 0);
    let (mut other, _) = Engine::open(before, device(), 7, 0).expect("our own disk opens");
    other.on_live(phone.engine.live());
    assert_eq!(other.status().updates_ready, 2);
}

#[test]
fn an_outbox_row_says_which_change_it_holds_and_whether_the_web_has_answered() {
    let mut phone = Phone::new();
    let change = phone.save(1, create(), "A");
    assert!(phone.engine.knows(change));
    assert!(!phone.engine.knows(ChangeId(Uuid::from_u128(7))));
    let rows: Vec<_> = phone.engine.unsent_rows().collect();
    assert_eq!(rows, [(1, change, phone.disk.outbox[0].1.clone())]);
    assert_eq!(engine::row_facts(&rows[0].2), Some(RowFacts { change, is_unsent: true }));
    phone.pushed(Outcome::Accepted);
    assert_eq!(phone.engine.unsent_rows().count(), 0);
    let answered = engine::row_facts(&phone.disk.outbox[0].1);
    assert_eq!(answered, Some(RowFacts { change, is_unsent: false }));
    assert_eq!(engine::row_facts(b"half a row"), None);
}

#[test]
fn a_page_of_another_life_of_the_server_is_not_shown() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 1)], 0);
    phone.sync();
    phone.pulled(2, vec![page_of(north(), 9, phone.base())], Vec::new());
    assert_eq!((phone.last.news.clone(), phone.engine.is_pulling()), (None, true), "it is asked anew");
}

#[test]
fn many_changed_records_have_the_log_written_afresh() {
    let mut phone = Phone::new();
    let accounts = |version| (1..=1_600).map(|id| (id, version)).collect::<Vec<_>>();
    phone.sync();
    phone.page(1, &accounts(1), 0);
    assert_eq!(phone.last.commit.as_ref().and_then(|batch| batch.delete_upto), None);
    phone.sync();
    phone.page(2, &accounts(2)[..1_500], 0);
    assert_eq!(phone.last.commit.as_ref().and_then(|batch| batch.delete_upto), None, "not yet");
    phone.sync();
    phone.page(3, &accounts(3)[..1_000], 0);
    assert!(phone.last.commit.as_ref().is_some_and(|batch| batch.delete_upto.is_some()));
}

#[test]
fn a_number_is_never_given_twice_though_the_save_that_had_it_is_forgotten() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 1)], 0);
    for name in ["A", "B"] {
        phone.save(1, Op::Patch, name);
        phone.answered(&Outcome::Accepted, &[], &[]);
    }
    phone.now += JOURNAL_MS + 1;
    phone.sync();
    phone.page(2, &[(1, 2)], 0);
    phone.save(1, Op::Patch, "C");
    assert_eq!(phone.engine.status().waiting[0].number, 3);
}

#[test]
fn who_asks_about_a_correction_asks_about_what_it_corrects() {
    let mut phone = Phone::new();
    let first = phone.save(1, create(), "A");
    phone.answered(&denied(), &[], &[]);
    let second = phone.settle(vec![(1, How::Done)], Some((1, create(), "B")));
    phone.answered(&denied(), &[], &[]);
    phone.settle(vec![(2, How::Ask)], None);
    let Some(Outgoing { request: Request::Push(push), .. }) = &phone.flying else { panic!("no push") };
    let ask = |change| Settle { change, how: How::Ask };
    assert_eq!(push.changes[0].settles, [ask(second), ask(first)]);
}

#[test]
fn what_was_decided_keeps_the_number_that_this_device_gave_it_and_is_kept_from_then_on() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 1)], 0);
    let change = phone.save(1, Op::Patch, "A");
    phone.answered(&denied(), &[], &[]);
    // The server knew it under another name of the device. The office accepts it a week later.
    phone.now += JOURNAL_MS / 2;
    phone.sync();
    let clash = Clash { parked: true, ..replaced(1) };
    let receipt = |number| Receipt {
        number,
        change,
        outcome: Outcome::Conflicted,
        at: [(north(), 2)].into(),
        clashes: vec![clash.clone()],
    };
    phone.pulled(1, vec![phone.nothing_until(2)], vec![receipt(99)]);
    assert_eq!(phone.engine.status().needs_you[0].receipt, receipt(1));
    let step = phone.engine.seen(1, phone.now);
    phone.take(step);
    // Two weeks from its decision on it is known, though it was answered first much earlier.
    phone.now += JOURNAL_MS / 2 + 1;
    phone.sync();
    phone.pulled(1, vec![phone.nothing_until(3)], Vec::new());
    assert!(phone.engine.knows(change));
}

#[test]
fn what_a_save_replaced_is_told_by_itself_only_where_nothing_else_of_the_save_waits() {
    let mut phone = Phone::new();
    phone.save(1, create(), "A");
    phone.answered(&Outcome::Merged, &[], &[replaced(1)]);
    let told = |phone: &Phone| {
        let status = phone.engine.status();
        (status.replaced.len(), status.needs_you.len())
    };
    assert_eq!(told(&phone), (1, 0));
    phone.save(2, create(), "B");
    let parked = Clash { parked: true, field: "owner".into(), ..replaced(2) };
    phone.answered(&Outcome::Conflicted, &[], &[replaced(2), parked]);
    assert_eq!(told(&phone), (1, 1));
    phone.save(3, create(), "C");
    phone.answered(&Outcome::Accepted, &[], &[]);
    assert_eq!(told(&phone), (1, 1));
}

#[test]
fn a_save_over_a_refused_one_builds_on_what_that_one_built_on_of_the_same_record() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 3), (2, 9)], 0);
    phone.save_both([1, 2], "X");
    phone.answered(&denied(), &[], &[]);
    phone.sync();
    phone.page(2, &[(1, 5)], 0);
    phone.save(1, Op::Patch, "Y");
    assert_eq!(phone.bases(), [3]);
}

#[test]
fn of_two_records_of_a_save_only_the_one_with_a_value_that_waits_needs_the_rep() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 3), (2, 9)], 0);
    phone.save_both([1, 2], "X");
    let parked = Clash { parked: true, ..replaced(1) };
    phone.answered(&Outcome::Conflicted, &[2], &[parked]);
    let place = |id| phone.engine.shown_record(record(id)).place;
    assert_eq!([place(1), place(2)], [Place::NeedsYou, Place::Web]);
}

#[test]
fn what_the_office_is_asked_about_stays_asked_when_a_device_gets_another_name() {
    let mut phone = Phone::new();
    phone.save(1, create(), "A");
    phone.answered(&denied(), &[], &[]);
    phone.settle(vec![(1, How::Ask)], None);
    phone.answered(&Outcome::Accepted, &[], &[]);
    assert!(phone.engine.status().needs_you[0].asked);
    phone.save(2, create(), "B");
    let forked = PushReply { problem: Some(PushProblem::Forked), ..PushReply::new(1, 0, Vec::new()) };
    phone.answer(Ok(Reply::Push(forked)));
    phone.now = phone.engine.status().retry_at.expect("a pause");
    phone.wake();
    phone.answered(&denied(), &[], &[]);
    assert!(phone.engine.status().needs_you[0].asked);
}

#[test]
fn what_leaves_counts_in_the_progress_of_a_pull_as_what_comes_does() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 1), (2, 1)], 0);
    phone.sync();
    let page = FeedPage { left: vec![record(1), record(2)], ..phone.nothing_until(3) };
    phone.told(PullReply::new(1, 0, vec![page], 5));
    assert_eq!(phone.engine.status().pulling, Some(Progress { received: 2, total: 7 }));
}

/// What stands in its place has its place among the others; asking about it afterwards must not move that.
#[test]
fn what_was_corrected_is_not_asked_about_any_more() {
    let mut phone = Phone::new();
    phone.save(1, create(), "A");
    phone.save(2, create(), "B");
    phone.answered(&denied(), &[], &[]);
    phone.settle(vec![(1, How::Done)], Some((2, Op::Patch, "C")));
    let shown = |phone: &Phone| phone.engine.shown_record(record(2)).record;
    let before = shown(&phone);
    phone.settle(vec![(1, How::Ask)], None);
    assert_eq!(shown(&phone), before);
    assert!(phone.engine.status().needs_you.is_empty());
}

#[test]
fn a_pull_asks_about_what_was_refused_and_reports_a_feed_that_did_not_add_up() {
    let mut phone = Phone::new();
    let change = phone.save(1, create(), "A");
    phone.answered(&denied(), &[], &[]);
    phone.sync();
    let asked = |phone: &Phone| {
        let Some(Outgoing { request: Request::Pull(pull), .. }) = &phone.flying else { panic!("no pull") };
        let diverged = pull.diverged.iter().map(|it| (it.territory.clone(), it.cursor, it.live));
        (pull.open.clone(), diverged.collect::<Vec<_>>())
    };
    assert_eq!(asked(&phone), (vec![change], vec![]));
    phone.pulled(1, vec![FeedPage { live: 7, ..phone.nothing_until(2) }], Vec::new());
    assert_eq!(asked(&phone), (vec![change], vec![(north(), 2, 0)]));
}

#[test]
fn what_the_office_lets_in_to_a_territory_yet_to_come_stays_on_the_screen_until_the_next_pull() {
    let mut phone = Phone::new();
    phone.sync();
    phone.pulled(1, vec![page_of(south(), 1, Vec::new())], Vec::new());
    let change = phone.save(1, create(), "A");
    phone.answered(&denied(), &[], &[]);
    phone.save(2, create(), "B");
    let decided = vec![accepted(change, north())];
    phone.answer(Ok(Reply::Push(PushReply { decided, ..PushReply::new(1, 0, Vec::new()) })));
    let shown = |phone: &Phone| phone.engine.shown_record(record(1)).record.is_some();
    assert_eq!((phone.engine.status().needs_you.len(), shown(&phone)), (0, true));
    phone.sync();
    phone.answered(&Outcome::Accepted, &[], &[]);
    phone.pulled(1, vec![page_of(south(), 2, Vec::new())], Vec::new());
    assert!(!shown(&phone), "the territory has not come");
}

#[test]
fn what_a_pull_says_of_a_save_is_kept_with_what_it_brings_each_row_once() {
    let mut phone = Phone::new();
    phone.sync();
    phone.pulled(1, vec![page_of(south(), 1, Vec::new())], Vec::new());
    let changes = [phone.save(1, create(), "A"), phone.save(2, create(), "B")];
    phone.answered(&denied(), &[], &[]);
    phone.answered(&denied(), &[], &[]);
    phone.sync();
    let decided = vec![accepted(changes[0], north()), accepted(changes[1], south())];
    phone.pulled(1, vec![page_of(south(), 7, Vec::new())], decided);
    let put = phone.last.commit.as_ref().map(|batch| batch.outbox_put.iter().map(|(number, _)| *number));
    assert_eq!(put.map(Iterator::collect::<Vec<_>>), Some(vec![2, 1]));
    let (engine, _) = Engine::open(phone.disk.clone(), device(), 7, 0).expect("our own disk opens");
    assert_eq!((engine.status(), engine.status().needs_you.len()), (phone.engine.status(), 0));
}

#[test]
fn a_feed_that_did_not_add_up_is_read_from_the_start_whoever_leads_and_a_start_shows_the_same() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 1), (2, 1)], 0);
    let (mut other, _) = Engine::open(phone.disk.clone(), device(), 7, 0).expect("our own disk opens");
    // The server has the first alone.
    let all = page_of(north(), 2, phone.base()[..1].to_vec());
    phone.sync();
    phone.pulled(1, vec![FeedPage { records: Vec::new(), ..all.clone() }], Vec::new());
    let batch = phone.last.commit.clone().unwrap_or_default();
    other.on_batch(&batch).expect("our own rows read");
    other.on_live(phone.engine.live());
    other.lead(phone.now);
    phone.engine = other;
    phone.wake();
    let Some(Outgoing { request: Request::Pull(pull), .. }) = &phone.flying else { panic!("no pull") };
    assert_eq!(pull.cursors, [].into());
    phone.pulled(1, vec![all.clone()], Vec::new());
    assert_eq!(phone.base(), all.records);
    let (engine, _) = Engine::open(phone.disk.clone(), device(), 7, 0).expect("our own disk opens");
    assert_eq!(engine.base().map(|it| it.id).collect::<Vec<_>>(), [record(1)]);
}

/// The feeds of a page come in any order: what has left one may be in another by now.
#[test]
fn what_has_left_a_feed_leaves_the_phone_unless_another_feed_has_it() {
    let mut phone = Phone::new();
    phone.sync();
    phone.page(1, &[(1, 1), (2, 1), (3, 1)], 0);
    let mut held = phone.base();
    let moved = Record { territory: south(), version: 2, ..held.remove(0) };
    let left = vec![moved.id, held.remove(0).id];
    let from = FeedPage { left, records: Vec::new(), ..page_of(north(), 2, held.clone()) };
    phone.sync();
    phone.pulled(1, vec![page_of(south(), 2, vec![moved.clone()]), from], Vec::new());
    assert_eq!(phone.last.news, Some(News::Pulled { new: 0, changed: 1, gone: 1 }));
    assert_eq!(phone.base(), [moved, held.remove(0)]);
    let afresh = phone.last.commit.as_ref().and_then(|batch| batch.delete_upto);
    assert!(afresh.is_some(), "no byte of what is gone stays");
}
