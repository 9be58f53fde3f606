//! Bytes as the rows of a phone's disk: it opens or says in words why not, and a disk that opens survives a save, a
//! sync and a restart with every unsent word still on it.

use engine::{LinkError, Reply, Request, Snapshot};
use protocol::message::{Outcome, PullReply, PushReply, Receipt};
use protocol::{Change, Edit, Kind, Op, RecordId, TerritoryId};
use serde_json::Value;
use uuid::Uuid;

use crate::lines;
use crate::phone::Phone;

/// Each line is `[store, key, row, tag]`: the row as JSON, or a text that is taken as its bytes; the tag is a log
/// row's last letter.
pub fn run(bytes: &[u8]) {
    let mut phone = match Phone::open(disk(bytes), NOW) {
        Ok(phone) => phone,
        Err(sentence) => return assert!(!sentence.to_string().is_empty()),
    };
    let kept = phone.disk.outbox.len();
    phone.restart();
    phone.save(vec![account()], Vec::new());
    phone.restart();
    sync(&mut phone, Err(LinkError::Failed));
    phone.wake();
    phone.on_reply(Err(LinkError::NoAnswer));
    phone.restart();
    assert_eq!(phone.disk.outbox.len(), kept + 1, "each save keeps its row");
    pull_to_the_end(&mut phone);
    phone.restart();
}

/// Everything waiting is taken, and then nothing is left of the territories: the log is written afresh, and old saves
/// leave the journal.
fn pull_to_the_end(phone: &mut Phone) {
    for _ in 0..ROUNDS_MAX {
        let reply = match phone.flying.as_ref().map(|outgoing| &outgoing.request) {
            Some(Request::Push(push)) => {
                let receipt = |change: &Change| {
                    let (number, change) = (change.number, change.id);
                    let (at, clashes) = ([(TerritoryId::new("north"), 3)].into(), Vec::new());
                    Receipt { number, change, outcome: Outcome::Accepted, at, clashes }
                };
                let receipts = push.changes.iter().map(receipt).collect();
                Reply::Push(PushReply::new(push.epoch, NOW, receipts))
            }
            Some(Request::Pull(pull)) => {
                let page = PullReply::new(pull.epoch, NOW, Vec::new(), 0);
                let wire = serde_json::to_vec(&page).expect("a page is JSON");
                Reply::Pull(page, wire)
            }
            Some(Request::Pulse) => return,
            None => {
                phone.wake();
                continue;
            }
        };
        sync(phone, Ok(reply));
    }
}

fn sync(phone: &mut Phone, reply: Result<Reply, LinkError>) {
    let step = phone.engine.sync_now(phone.now);
    phone.perform(step);
    phone.on_reply(reply);
}

fn account() -> Edit {
    Edit {
        id: RecordId(Uuid::from_u128(99)),
        kind: Kind::Account,
        op: Op::Create(TerritoryId::new("north")),
        base: 0,
        set: [("name".to_owned(), Some("Mercy".to_owned()))].into(),
    }
}

/// Keys are whole numbers that JavaScript can hold, each once and in order: more the browser's database does not let
/// through.
fn disk(bytes: &[u8]) -> Snapshot {
    let mut disk = Snapshot::default();
    for value in lines::values(bytes) {
        let Value::Array(parts) = value else { continue };
        let part = |at: usize| parts.get(at).unwrap_or(&Value::Null);
        let key = part(1).as_u64().unwrap_or_default() & ((1 << 53) - 1);
        let mut row = match part(2) {
            Value::String(text) => text.clone().into_bytes(),
            json => serde_json::to_vec(json).expect("a value is JSON"),
        };
        row.extend(part(3).as_str().unwrap_or_default().bytes());
        match part(0).as_str() {
            Some("meta") => disk.meta = Some(row),
            Some("log") => disk.log.push((key, row)),
            Some("outbox") => disk.outbox.push((key, row)),
            _ => {}
        }
    }
    for rows in [&mut disk.log, &mut disk.outbox] {
        rows.sort();
        rows.dedup_by_key(|(key, _)| *key);
    }
    disk
}

const NOW: i64 = 1_700_000_000_000;
/// Requests until everything waiting is taken, and one pull is through.
const ROUNDS_MAX: usize = 12;
