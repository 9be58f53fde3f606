//! How much one push carries: whole saves in their order, as many as fit, and one that is too large alone by itself.

use engine::{Engine, Outgoing, Reply, Request, Save, Snapshot, Step};
use protocol::limits::{NOTE_BYTES_MAX, PUSH_BYTES_MAX, PUSH_CHANGES_MAX};
use protocol::message::{Outcome, PushReply, Receipt};
use protocol::{Change, ChangeId, DeviceId, Edit, Kind, Op, RecordId, TerritoryId};
use uuid::Uuid;

struct Phone {
    engine: Engine,
    flying: Option<Outgoing>,
    names: u128,
}

impl Phone {
    fn new() -> Self {
        let (mut engine, _) = Engine::open(Snapshot::default(), device(), 7, 0).expect("an empty disk opens");
        engine.lead(0);
        Self { engine, flying: None, names: 0 }
    }

    fn take(&mut self, step: Step) {
        self.flying = step.send.or_else(|| self.flying.take());
    }

    /// Saves notes of so many bytes each, all together in one change.
    fn save(&mut self, notes: &[usize]) {
        let edit = |bytes: &usize| {
            self.names += 1;
            let set = [("text".to_owned(), Some("x".repeat(*bytes)))].into();
            let id = RecordId(Uuid::from_u128(self.names));
            Edit { id, kind: Kind::Note, op: Op::Create(TerritoryId::new("north")), base: 0, set }
        };
        let edits = notes.iter().map(edit).collect();
        let id = ChangeId(Uuid::from_u128(1_000_000 + self.names));
        let step = self.engine.save(Save { id, edits, settles: Vec::new(), draft: None }, 0);
        self.take(step);
    }

    /// The changes on their way.
    fn push(&self) -> &[Change] {
        match self.flying.as_ref().map(|outgoing| &outgoing.request) {
            Some(Request::Push(push)) => &push.changes,
            _ => &[],
        }
    }

    /// They are taken, all but the answers that `receipt` spoils.
    fn answer(&mut self, receipt: impl Fn(Receipt) -> Receipt) {
        let accepted = |change: &Change| {
            let (number, change) = (change.number, change.id);
            receipt(Receipt {
                number,
                change,
                outcome: Outcome::Accepted,
                at: [].into(),
                clashes: Vec::new(),
            })
        };
        let receipts = self.push().iter().map(accepted).collect();
        let token = self.flying.take().expect("a push is on its way").token;
        let reply = Ok(Reply::Push(PushReply::new(1, 0, receipts)));
        let step = self.engine.on_reply(token, reply, device(), 0);
        self.take(step);
    }

    /// How many changes each push carries until nothing waits.
    fn pushes(&mut self) -> Vec<usize> {
        let mut counts = Vec::new();
        while !self.push().is_empty() {
            counts.push(self.push().len());
            self.answer(|receipt| receipt);
        }
        counts
    }
}

fn device() -> DeviceId {
    DeviceId(Uuid::from_u128(1))
}

fn bytes(changes: &[Change]) -> usize {
    changes.iter().map(|change| serde_json::to_vec(change).expect("plain fields").len()).sum()
}

#[test]
fn a_push_carries_as_many_saves_as_fit_and_never_more() {
    let mut phone = Phone::new();
    phone.save(&[1]);
    let each = PUSH_BYTES_MAX / 10;
    (0..25).for_each(|_| phone.save(&[each]));
    phone.answer(|receipt| receipt);
    let (sent, one) = (bytes(phone.push()), bytes(&phone.push()[..1]));
    assert!(sent <= PUSH_BYTES_MAX && sent + one > PUSH_BYTES_MAX, "{sent} of {PUSH_BYTES_MAX}");
    let numbers: Vec<u64> = phone.push().iter().map(|change| change.number).collect();
    assert_eq!(numbers, (2..=10).collect::<Vec<_>>());
    assert_eq!(phone.pushes(), [9, 9, 7]);
}

/// What is exactly as long as a push may be goes in one.
#[test]
fn the_limit_itself_is_allowed() {
    let mut phone = Phone::new();
    phone.save(&[1]);
    (0..9).for_each(|_| phone.save(&[NOTE_BYTES_MAX - 1_000]));
    phone.answer(|receipt| receipt);
    let full = phone.push().len();
    let room = PUSH_BYTES_MAX - bytes(phone.push());

    let mut phone = Phone::new();
    phone.save(&[1]);
    (1..full).for_each(|_| phone.save(&[NOTE_BYTES_MAX - 1_000]));
    phone.save(&[NOTE_BYTES_MAX - 1_000 + room]);
    phone.save(&[1]);
    phone.answer(|receipt| receipt);
    assert_eq!((phone.push().len(), bytes(phone.push())), (full, PUSH_BYTES_MAX));
}

#[test]
fn a_save_that_alone_is_longer_than_a_push_goes_by_itself() {
    let mut phone = Phone::new();
    phone.save(&[1]);
    phone.save(&[NOTE_BYTES_MAX; PUSH_BYTES_MAX / NOTE_BYTES_MAX + 1]);
    phone.save(&[1]);
    phone.answer(|receipt| receipt);
    assert!(bytes(phone.push()) > PUSH_BYTES_MAX);
    assert_eq!(phone.pushes(), [1, 1]);
}

#[test]
fn a_push_carries_no_more_saves_than_the_server_takes() {
    let mut phone = Phone::new();
    (0..PUSH_CHANGES_MAX + 7).for_each(|_| phone.save(&[1]));
    assert_eq!(phone.pushes(), [1, PUSH_CHANGES_MAX, 6]);
}

/// A receipt is for a change, under its number: neither alone is enough, and none is taken twice.
#[test]
fn a_receipt_for_another_change_is_none() {
    for spoil in [
        |receipt: Receipt| Receipt { change: ChangeId(Uuid::nil()), ..receipt },
        |receipt: Receipt| Receipt { number: receipt.number + 7, ..receipt },
    ] {
        let mut phone = Phone::new();
        phone.save(&[1]);
        phone.answer(spoil);
        assert_eq!(phone.engine.unsent(), 1);
    }
}
