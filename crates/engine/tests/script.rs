//! The little language of the scenarios: acts in, one line for each thing that came out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use engine::{Batch, Engine, LinkError, Live, Outgoing, Place, Reply, Request, Save, Shown, Snapshot, Step};
use expect_test::Expect;
use protocol::digest::Digest;
use protocol::merge::Clash;
use protocol::message::{
    FeedPage, Outcome, PullReply, PulseReply, PushProblem, PushReply, PushRequest, Receipt, Refusal, SATCHEL,
};
use protocol::{ChangeId, DeviceId, Edit, Fields, How, Kind, Op, Record, RecordId, TerritoryId};
use uuid::Uuid;

/// Plays the script and compares what came out.
#[allow(dead_code, reason = "each test binary uses a part of the language")]
pub(crate) fn check(script: &str, expect: Expect) {
    expect.assert_eq(&play(script));
}

/// Plays the script; answers what came out.
pub(crate) fn play(script: &str) -> String {
    let mut stage = Stage::open();
    for line in script.lines() {
        stage.play(line.trim());
    }
    stage.out
}

/// The rows on disk after a script, as text: the store, the key, the row.
#[allow(dead_code, reason = "each test binary uses a part of the language")]
pub(crate) fn disk_after(script: &str) -> String {
    let mut stage = Stage::open();
    script.lines().for_each(|line| stage.play(line.trim()));
    let Snapshot { meta, log, outbox } = &stage.disk;
    let text = |row: &[u8]| String::from_utf8(row.to_vec()).expect("rows are JSON and a letter");
    let mut out = String::new();
    let rows = [
        ("meta", vec![(0, meta.clone().expect("a name"))]),
        ("log", log.clone()),
        ("outbox", outbox.clone()),
    ];
    for (store, rows) in rows {
        for (key, row) in rows {
            writeln!(out, "{store} {key} {}", text(&row)).expect("a string takes all");
        }
    }
    out
}

/// Opens a disk written as [`disk_after`] writes it, and plays a script on it.
#[allow(dead_code, reason = "each test binary uses a part of the language")]
pub(crate) fn check_disk(disk: &str, script: &str, expect: Expect) {
    let mut snapshot = Snapshot::default();
    for line in disk.lines() {
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().expect("store, key and row");
        let (store, key, row) = (part(), number(part()), part().as_bytes().to_vec());
        match store {
            "meta" => snapshot.meta = Some(row),
            "log" => snapshot.log.push((key, row)),
            "outbox" => snapshot.outbox.push((key, row)),
            other => panic!("no store is called {other}"),
        }
    }
    let mut stage = Stage::open();
    let (other, _) = Engine::open(snapshot.clone(), device(8), 7, 0).expect("our own disk opens");
    (stage.disk, stage.other) = (snapshot, other);
    for line in std::iter::once("restart").chain(script.lines()) {
        stage.play(line.trim());
    }
    expect.assert_eq(&stage.out);
}

struct Stage {
    engine: Engine,
    /// Another window of the device: told what the first one commits and knows, and asked after each act whether it
    /// shows the same.
    other: Engine,
    disk: Snapshot,
    /// What the other window knew at an earlier time.
    remembered: Option<Live>,
    /// The next commit finds one before it that this window has not seen.
    too_late: bool,
    flying: Option<Outgoing>,
    last: Option<(u64, Reply)>,
    wake_at: i64,
    now: i64,
    epoch: u64,
    seq: u64,
    /// Records of pages that came before the last one.
    staged: Vec<Record>,
    /// Outbox rows of an earlier disk.
    kept: Vec<Vec<u8>>,
    names: u128,
    /// This device's clock minus the server's.
    skew: i64,
    out: String,
}

impl Stage {
    fn open() -> Self {
        let (engine, step) = Engine::open(Snapshot::default(), device(1), 7, 0).expect("an empty disk opens");
        let (other, _) = Engine::open(Snapshot::default(), device(1), 7, 0).expect("an empty disk opens");
        let out = String::new();
        let mut stage = Self {
            engine,
            other,
            disk: Snapshot::default(),
            remembered: None,
            too_late: false,
            flying: None,
            last: None,
            wake_at: 0,
            now: 0,
            epoch: 1,
            seq: 0,
            staged: Vec::new(),
            kept: Vec::new(),
            names: 100,
            skew: 0,
            out,
        };
        stage.perform(step);
        let heads = BTreeMap::new();
        stage.answer(Ok(Reply::Pulse(stage.pulse(heads))));
        stage.out.clear();
        stage
    }

    fn play(&mut self, line: &str) {
        writeln!(self.out, "> {line}").expect("a string takes all");
        self.now += 1_000;
        let mut words = line.split_whitespace();
        let act = words.next().expect("a line has an act");
        let words: Vec<&str> = words.collect();
        match act {
            "save" => self.save(&words),
            "delete" => self.save_op(words[0], Op::Delete, &[]),
            "restore" => self.save_op(words[0], Op::Restore, &words[1..]),
            "sync" => {
                let step = self.engine.sync_now(self.now);
                self.perform(step);
            }
            "hint" => {
                let step = self.engine.on_hint(self.now);
                self.perform(step);
            }
            "signed-in" => {
                let step = self.engine.on_signed_in(self.now);
                self.perform(step);
            }
            "wake" => {
                self.now = self.now.max(self.wake_at);
                let step = self.engine.on_wake(self.now);
                self.perform(step);
            }
            "pushed" => self.push_reply(Outcome::Accepted),
            "refused" => self.push_reply(Outcome::Refused(Refusal::Denied)),
            "outcomes" => self.outcomes(&words),
            "decide" => self.decide(&words),
            "seen" => {
                let step = self.engine.seen(number(words[0]), self.now);
                self.perform(step);
            }
            "failed" => self.answer(Err(LinkError::Failed)),
            "busy" => self.answer(Err(LinkError::Busy(Some(60_000)))),
            "too-old" => self.answer(Err(LinkError::TooOld)),
            "clock" => {
                self.skew = words[0].parse().expect("ms");
                self.now += self.skew;
            }
            "seconds" => self.now += i64::try_from(number(words[0])).expect("a few") * 1_000,
            "epoch" => {
                self.epoch = words[0].parse().expect("a number");
                let reply = PushReply::new(self.epoch, self.now - self.skew, vec![]);
                self.answer(Ok(Reply::Push(reply)));
            }
            "forked" => {
                let (problem, last_number) = (Some(PushProblem::Forked), Some(number(words[0])));
                let reply = PushReply::new(self.epoch, self.now - self.skew, vec![]);
                self.answer(Ok(Reply::Push(PushReply { problem, last_number, ..reply })));
            }
            "lost" => self.answer(Err(LinkError::NoAnswer)),
            "signed-out" => self.answer(Err(LinkError::SignedOut)),
            "late-answer" => {
                let (token, reply) = self.last.clone().expect("there was an answer");
                let step = self.engine.on_reply(token, Ok(reply), device(9), self.now);
                self.perform(step);
            }
            "page" => self.page(&words),
            "pulse" => {
                let heads = words
                    .iter()
                    .map(|word| split(word))
                    .map(|(id, head)| (TerritoryId::new(id), number(head)));
                let pulse = self.pulse(heads.collect());
                self.now = self.now.max(self.wake_at);
                if self.flying.is_none() {
                    let step = self.engine.on_wake(self.now);
                    self.perform(step);
                }
                self.answer(Ok(Reply::Pulse(pulse)));
            }
            "restart" => self.restart(),
            "let-go" => {
                let step = self.engine.let_go(self.now);
                self.perform(step);
            }
            // Another disk for the same user: what lay in the outbox here is all that the new one gets.
            "new-disk" => {
                self.flying = None;
                let rows: Vec<_> = self.disk.outbox.iter().map(|(_, row)| row.clone()).collect();
                self.disk = Snapshot::default();
                self.open_other();
                self.restart();
                self.kept.extend(rows);
            }
            "open-again" => {
                self.flying = None;
                let disk = self.disk.clone();
                let (mut engine, mut step) =
                    Engine::open(disk, device(8), 7, self.now).expect("our own disk opens");
                std::mem::swap(&mut engine, &mut self.engine);
                step.shown = self.engine.keep_base(engine).unwrap_or_default();
                self.perform(step);
            }
            "spoil" => self.kept.push(b"{".to_vec()),
            "take-in" => {
                let rows = self.kept.clone();
                let (step, taken) = self.engine.take_in(&rows, self.now);
                self.perform(step);
                self.say(&format!("{taken:?}"));
            }
            "other-leads" => {
                std::mem::swap(&mut self.engine, &mut self.other);
                self.flying = None;
                self.engine.lead(self.now);
                let step = self.engine.on_hint(self.now);
                self.perform(step);
            }
            "other-opens" => {
                let disk = self.disk.clone();
                let (other, _) = Engine::open(disk, device(8), 7, self.now).expect("our own disk opens");
                self.other = other;
                self.other.on_live(self.engine.live());
                self.compare();
            }
            "other-remembers" => self.remembered = Some(self.engine.live()),
            "other-reads" => {
                // As a window that has missed commits: all from disk, but for what it knew before.
                self.open_other();
                self.other.on_live(self.remembered.take().expect("it has remembered"));
            }
            "too-late" => self.too_late = true,
            "status" => self.status(),
            "waiting" => {
                for change in self.engine.status().waiting {
                    let names = |edit: &Edit| edit.set.keys().cloned().collect::<Vec<_>>().join(" ");
                    let edit = |edit: &Edit| format!("{:?} [{}] on base {}", edit.op, names(edit), edit.base);
                    let edits: Vec<_> = change.edits.iter().map(edit).collect();
                    self.say(&format!("{}: {}", change.number, edits.join(", ")));
                }
            }
            other => panic!("no act is called {other}"),
        }
    }

    /// As a window does in the middle of a pull, whose commit came too late.
    fn read_anew(&mut self) {
        let (mut engine, _) =
            Engine::open(self.disk.clone(), device(8), 7, self.now).expect("our own disk opens");
        engine.on_live(self.engine.live().pulling());
        engine.lead(self.now);
        self.engine = engine;
        let step = self.engine.on_wake(self.now);
        self.perform(step);
    }

    /// The other window is opened from disk too.
    fn open_other(&mut self) {
        let (other, _) = Engine::open(self.disk.clone(), device(8), 7, self.now).expect("our own disk opens");
        self.other = other;
    }

    fn restart(&mut self) {
        self.flying = None;
        if self.engine.status().let_go {
            self.open_other();
        }
        let disk = self.disk.clone();
        let (engine, mut step) = Engine::open(disk, device(8), 7, self.now).expect("our own disk opens");
        self.engine = engine;
        if let Some(batch) = step.commit.take() {
            // An app that writes at its start was updated, and so is the other window.
            self.commit(&batch);
            self.open_other();
        }
        self.perform(step);
    }

    fn save(&mut self, words: &[&str]) {
        let id = record(words[0]);
        let new = self.engine.shown_record(id).record.is_none();
        let op = if new { Op::Create(TerritoryId::new("north")) } else { Op::Patch };
        self.save_op(words[0], op, &words[1..]);
    }

    fn save_op(&mut self, id: &str, op: Op, fields: &[&str]) {
        let set = fields
            .iter()
            .map(|word| split(word))
            .map(|(name, text)| (name.into(), Some(text.replace('_', " "))));
        let edits = vec![Edit { id: record(id), kind: Kind::Account, op, base: 0, set: set.collect() }];
        self.names += 1;
        let id = ChangeId(Uuid::from_u128(self.names));
        let save = Save { id, edits, settles: Vec::new(), draft: None };
        let step = self.engine.save(save, self.now);
        self.perform(step);
    }

    /// `decide 1 done a name=B`: settles change 1 (`done` or `ask`), here with an edit in its place.
    fn decide(&mut self, words: &[&str]) {
        let how = if words[1] == "ask" { How::Ask } else { How::Done };
        let edit = words.get(2).map(|id| {
            let fields = words[3..].iter().map(|word| split(word));
            let set = fields.map(|(name, text)| (name.into(), Some(text.into()))).collect();
            Edit { id: record(id), kind: Kind::Account, op: Op::Patch, base: 0, set }
        });
        self.names += 1;
        let id = ChangeId(Uuid::from_u128(self.names));
        let settles = vec![(number(words[0]), how)];
        let save = Save { id, edits: edit.into_iter().collect(), settles, draft: None };
        let step = self.engine.save(save, self.now);
        self.perform(step);
    }

    /// `outcomes 1=held 2=accepted 101:accepted`: what became of the changes on their way, by number; and of one
    /// that was open, by its id.
    fn outcomes(&mut self, words: &[&str]) {
        let Some(Outgoing { request: Request::Push(push), .. }) = self.flying.clone() else {
            panic!("no push is on its way");
        };
        let mut reply = PushReply::new(self.epoch, self.now - self.skew, Vec::new());
        for word in words {
            if let Some((id, outcome)) = word.split_once(':') {
                let change = ChangeId(Uuid::from_u128(number(id).into()));
                reply.decided.push(self.receipt(0, change, outcome));
                continue;
            }
            let (at, outcome) = split(word);
            let change = push.changes.iter().find(|it| it.number == number(at)).expect("it is on its way");
            reply.receipts.push(self.receipt(change.number, change.id, outcome));
        }
        self.answer(Ok(Reply::Push(reply)));
    }

    fn receipt(&mut self, number: u64, change: ChangeId, outcome: &str) -> Receipt {
        self.seq += 1;
        let at: BTreeMap<_, _> = [(TerritoryId::new("north"), self.seq)].into();
        let clash = |field: &str, parked| Clash {
            record: record("a"),
            field: field.into(),
            theirs: Some("theirs".into()),
            by: "Ana".into(),
            version: 7,
            mine: Some("mine".into()),
            parked,
        };
        let (outcome, at, clashes) = match outcome {
            "accepted" => (Outcome::Accepted, at, vec![]),
            "merged" => (Outcome::Merged, at, vec![clash("city", false)]),
            "parked" => (Outcome::Conflicted, at, vec![clash("owner", true)]),
            "kept" => (Outcome::Conflicted, at, vec![clash("deleted", true)]),
            "held" => (Outcome::Refused(Refusal::Held), BTreeMap::new(), vec![]),
            "denied" => (Outcome::Refused(Refusal::Denied), BTreeMap::new(), vec![]),
            "failed" => (Outcome::Refused(Refusal::Failed), BTreeMap::new(), vec![]),
            other => panic!("no outcome is called {other}"),
        };
        Receipt { number, change, outcome, at, clashes }
    }

    fn push_reply(&mut self, outcome: Outcome) {
        let Some(Outgoing { request: Request::Push(push), .. }) = &self.flying else {
            panic!("no push is on its way");
        };
        let receipts = self.receipts(&push.clone(), &outcome);
        let reply = PushReply::new(self.epoch, self.now - self.skew, receipts);
        self.answer(Ok(Reply::Push(reply)));
    }

    fn receipts(&mut self, push: &PushRequest, outcome: &Outcome) -> Vec<Receipt> {
        let mut receipts = Vec::new();
        for change in &push.changes {
            self.seq += 1;
            let at = match outcome {
                Outcome::Refused(_) => BTreeMap::new(),
                _ => [(TerritoryId::new("north"), self.seq)].into(),
            };
            let (number, change, outcome) = (change.number, change.id, outcome.clone());
            receipts.push(Receipt { number, change, outcome, at, clashes: Vec::new() });
        }
        receipts
    }

    /// `page north a=1 b=2 cursor=3 remaining=4 last=5`: record a in version 1, b in version 2; the server has this
    /// device's changes to 5.
    fn page(&mut self, words: &[&str]) {
        let territory = TerritoryId::new(words[0]);
        let (mut cursor, mut remaining, mut bad, mut records) = (0, 0, false, Vec::new());
        let mut last_number = None;
        for (name, value) in words[1..].iter().map(|word| split(word)) {
            match name {
                "cursor" => cursor = number(value),
                "remaining" => remaining = number(value),
                "digest" => bad = true,
                "last" => last_number = Some(number(value)),
                name => records.push(Record {
                    id: record(name),
                    kind: Kind::Account,
                    territory: territory.clone(),
                    version: number(value),
                    deleted: false,
                    by: "Ana".into(),
                    at: 0,
                    fields: [("name", format!("{name} {value}").as_str())].into_iter().collect::<Fields>(),
                }),
            }
        }
        let mut held: BTreeMap<_, _> =
            self.engine.base().map(|record| (record.id, (**record).clone())).collect();
        held.extend(self.staged.iter().map(|record| (record.id, record.clone())));
        held.extend(records.iter().map(|record| (record.id, record.clone())));
        self.staged = if remaining > 0 { records.clone() } else { Vec::new() };
        let digest = Digest::of(held.values().filter(|record| record.territory == territory));
        let sum = digest.sum.wrapping_add(u64::from(bad));
        let name = words[0].to_owned();
        let (live, digest) = (digest.live, format!("{sum:x}"));
        let left = Vec::new();
        let feeds = vec![FeedPage { territory, name, own: false, cursor, live, digest, records, left }];
        let reply = PullReply::new(self.epoch, self.now - self.skew, feeds, remaining);
        let reply = PullReply { last_number, ..reply };
        let wire = serde_json::to_vec(&reply).expect("a page is JSON");
        self.answer(Ok(Reply::Pull(reply, wire)));
    }

    fn pulse(&self, heads: BTreeMap<TerritoryId, u64>) -> PulseReply {
        PulseReply {
            satchel: SATCHEL,
            epoch: self.epoch,
            now: self.now - self.skew,
            signed_in: true,
            heads,
            schema_min: 1,
        }
    }

    fn answer(&mut self, reply: Result<Reply, LinkError>) {
        let Outgoing { token, .. } = self.flying.take().expect("something is on its way");
        if let Ok(reply) = &reply {
            self.last = Some((token, reply.clone()));
        }
        let step = self.engine.on_reply(token, reply, device(9), self.now);
        self.perform(step);
    }

    fn perform(&mut self, step: Step) {
        if std::mem::take(&mut self.too_late) {
            return self.read_anew();
        }
        if let Some(batch) = &step.commit {
            self.commit(batch);
        }
        for shown in &step.shown {
            let fields = shown
                .record
                .as_ref()
                .map_or_else(|| "gone".to_owned(), |record| format!("{:?}", record.fields));
            let place = match shown.place {
                Place::Web => "on the web",
                Place::Phone => "on this phone",
                Place::NeedsYou => "needs you",
            };
            self.say(&format!("show {} {fields} {place}", letter(shown.id)));
        }
        if let Some(news) = &step.news {
            self.say(&format!("news {news:?}"));
        }
        if let Some(outgoing) = &step.send {
            let what = match &outgoing.request {
                Request::Push(push) => {
                    let changes: Vec<_> =
                        push.changes.iter().map(|change| (change.number, change.id.0.as_u128())).collect();
                    let device = push.device.0.as_u128();
                    let mut line = format!("push from device {device} of (number, id) {changes:?}");
                    for change in &push.changes {
                        let settles = change.settles.iter();
                        let settles: Vec<_> = settles.map(|it| (it.how, it.change.0.as_u128())).collect();
                        let bases: Vec<_> = change.edits.iter().map(|edit| edit.base).collect();
                        if !settles.is_empty() {
                            let _ = write!(line, " {} settles {settles:?} on base {bases:?}", change.number);
                        } else if bases.iter().any(|base| *base > 0) {
                            let _ = write!(line, " {} on base {bases:?}", change.number);
                        }
                    }
                    if !push.open.is_empty() {
                        let open: Vec<_> = push.open.iter().map(|id| id.0.as_u128()).collect();
                        let _ = write!(line, " open {open:?}");
                    }
                    if push.suspect {
                        line.push_str(" suspect");
                    }
                    line
                }
                Request::Pull(pull) => format!("pull after {:?}", pull.cursors.values().collect::<Vec<_>>()),
                Request::Pulse => "pulse".to_owned(),
            };
            self.say(&format!("send {what}"));
            self.flying = step.send.clone();
        }
        self.wake_at = step.wake_at.unwrap_or(i64::MAX);
        self.follow(step.commit.as_ref(), &step.shown);
    }

    /// The other window hears of the step, as the driver tells it: the batch as it went to disk, then the rest.
    fn follow(&mut self, batch: Option<&Batch>, shown: &[Shown]) {
        if let Some(batch) = batch {
            let seen = self.other.on_batch(batch).expect("our own rows read");
            let seen: BTreeSet<RecordId> = seen.iter().map(|shown| shown.id).collect();
            let missed = shown.iter().find(|shown| !seen.contains(&shown.id));
            assert!(missed.is_none(), "the other window's screen is not told of {missed:?}");
        }
        self.other.on_live(self.engine.live());
        self.compare();
    }

    fn compare(&self) {
        assert_eq!(self.other.status(), self.engine.status(), "both windows say the same");
        assert_eq!(self.other.device(), self.engine.device(), "both windows are the same device");
        let base: Vec<_> = self.engine.base().collect();
        assert_eq!(self.other.base().collect::<Vec<_>>(), base, "both windows hold the same");
        for id in (0..=255).map(|n| RecordId(Uuid::from_u128(n))) {
            let (this, that) = (self.engine.shown_record(id), self.other.shown_record(id));
            assert_eq!((this.record, this.place), (that.record, that.place), "both windows show the same");
        }
    }

    fn commit(&mut self, batch: &Batch) {
        let kind = if batch.strict { "strict" } else { "relaxed" };
        let tags: String =
            batch.append.iter().filter_map(|(_, row)| row.last()).map(|tag| char::from(*tag)).collect();
        let put: Vec<u64> = batch.outbox_put.iter().map(|(number, _)| *number).collect();
        let meta = if batch.meta.is_some() { " meta" } else { "" };
        let afresh = if batch.delete_upto.is_some() { " afresh" } else { "" };
        let forgets = &batch.outbox_delete;
        let forgets = if forgets.is_empty() { String::new() } else { format!(" forgets {forgets:?}") };
        self.say(&format!("commit {kind} outbox {put:?} log {tags:?}{afresh}{meta}{forgets}"));
        if let Some(meta) = &batch.meta {
            self.disk.meta = Some(meta.clone());
        }
        self.disk.log.retain(|(key, _)| batch.delete_upto.is_none_or(|upto| *key > upto));
        self.disk.log.extend(batch.append.iter().cloned());
        self.disk.outbox.retain(|(number, _)| !put.contains(number) && !batch.outbox_delete.contains(number));
        self.disk.outbox.extend(batch.outbox_put.iter().cloned());
        self.disk.outbox.sort_by_key(|(number, _)| *number);
    }

    fn status(&mut self) {
        let status = self.engine.status();
        let (waiting, needs_you) = (status.waiting.len(), status.needs_you.len());
        let chip = status.chip;
        let records = status.records;
        let let_go = if status.let_go { ", let go" } else { "" };
        self.say(&format!("{chip:?}; waiting {waiting}, needs you {needs_you}, records {records}{let_go}"));
        for replaced in status.replaced {
            let Clash { field, theirs, by, mine, .. } = replaced.clash;
            self.say(&format!("{field}: {mine:?} replaced {theirs:?} by {by}"));
        }
        for asked in status.needs_you.iter().filter(|save| save.asked) {
            self.say(&format!("asked about {}", asked.number));
        }
        if let Some(ms) = status.clock_off {
            self.say(&format!("the clock is off by {ms} ms"));
        }
        if status.too_old {
            self.say("too old to pull");
        }
    }

    fn say(&mut self, what: &str) {
        writeln!(self.out, "  {what}").expect("a string takes all");
    }
}

fn split(word: &str) -> (&str, &str) {
    word.split_once('=').expect("name=value")
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

fn device(n: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(n))
}

fn record(name: &str) -> RecordId {
    RecordId(Uuid::from_u128(u128::from(name.as_bytes()[0])))
}

fn letter(id: RecordId) -> char {
    char::from(id.0.as_u128() as u8)
}
