//! Bytes as what two phones push, and what the office does between: every push is answered once and for all, and the
//! feeds stay true.

use protocol::message::{Outcome, PushReply, PushRequest, Receipt};
use protocol::{ChangeId, RecordId, TerritoryId};
use serde_json::{Value, from_value};
use server::ledger::{LedgerError, own_territory};

use crate::lines;
use crate::world::World;

/// Each line is a push, or an act: `"ana"` or `"ben"` pushes from here on, `"later"`, `"epoch"`,
/// `["move", record, territory]`, `["assign", territory]`, `["unassign", territory]`, `["accept", change]`.
/// `@own` stands for the name of Ana's own territory.
pub fn run(bytes: &[u8]) {
    let mut world = World::new();
    let text = String::from_utf8_lossy(bytes).replace("@own", own_territory(world.ana).as_str());
    let mut user = world.ana;
    for value in lines::values(text.as_bytes()) {
        world.now += 1_000;
        match &value {
            Value::Object(_) => {
                let Ok(request) = from_value(value) else { continue };
                push(&mut world, user, &request);
            }
            Value::String(act) => match act.as_str() {
                "ana" => user = world.ana,
                "ben" => user = world.ben,
                "later" => world.now += protocol::limits::GRACE_MS,
                "epoch" => {
                    world.ledger.bump_epoch(world.now).expect("a new life");
                }
                _ => {}
            },
            Value::Array(words) => office(&mut world, user, words),
            _ => {}
        }
    }
    world.assert_true();
}

fn push(world: &mut World, user: uuid::Uuid, request: &PushRequest) {
    for change in &request.changes {
        let wire = serde_json::to_vec(change).expect("a change is JSON");
        let read: protocol::Change = serde_json::from_slice(&wire).expect("the server can read it");
        assert_eq!((read.fingerprint(), read.check()), (change.fingerprint(), change.check()));
    }
    let before = world.state();
    let first = match take(world, user, request) {
        Ok(reply) => reply,
        Err(LedgerError::OtherDevice | LedgerError::TooLarge) => {
            assert_eq!(world.state(), before, "what was not taken has altered something");
            return;
        }
        Err(other) => panic!("a push that parses failed: {other}"),
    };
    assert_answers_all(&first, request);
    let after = world.state();
    let second = take(world, user, request).expect("what was taken once is taken again");
    let third = take(world, user, request).expect("what was taken once is taken again");
    assert_eq!(second, third);
    assert_eq!(world.state(), after, "the same push did something again");
    assert_eq!((first.problem, &first.decided), (second.problem, &second.decided));
    for (once, again) in first.receipts.iter().zip(&second.receipts) {
        // What was refused may have gone on with a later change of the same push, which it waited for or came before.
        let refused = matches!(once.outcome, Outcome::Refused(_));
        assert!(once == again || refused, "{once:?} became {again:?}");
    }
}

fn take(world: &mut World, user: uuid::Uuid, request: &PushRequest) -> Result<PushReply, LedgerError> {
    let reply = match request.suspect && request.changes.len() == 1 {
        true => world.ledger.set_aside(user, request, world.now)?,
        false => world.ledger.push(user, request, world.now)?,
    };
    let wire = serde_json::to_vec(&reply).expect("an answer is JSON");
    let read: PushReply = serde_json::from_slice(&wire).expect("a phone can read the server's answer");
    assert_eq!(read, reply);
    Ok(reply)
}

fn assert_answers_all(reply: &PushReply, request: &PushRequest) {
    if reply.problem.is_some() {
        return assert!(reply.receipts.is_empty());
    }
    let of = |receipt: &Receipt| (receipt.number, receipt.change);
    let answered: Vec<_> = reply.receipts.iter().map(of).collect();
    let asked: Vec<_> = request.changes.iter().map(|change| (change.number, change.id)).collect();
    assert_eq!(answered, asked);
}

/// The office may refuse to do it, in a sentence.
fn office(world: &mut World, user: uuid::Uuid, words: &[Value]) {
    let text = |at: usize| words.get(at).and_then(Value::as_str).unwrap_or_default();
    let territory = |at: usize| TerritoryId::new(text(at));
    let record = text(1).parse().map(RecordId).unwrap_or(RecordId(uuid::Uuid::nil()));
    let World { ledger, org, now, .. } = world;
    let done = match text(0) {
        "move" => ledger.move_record(user, record, &territory(2), *now).map(|_| ()),
        "assign" => ledger.assign(user, &territory(1)),
        "unassign" => ledger.unassign(user, &territory(1), *now),
        "accept" => ledger.accept(*org, ChangeId(record.0), *now).map(|_| ()),
        _ => Ok(()),
    };
    if let Err(LedgerError::Database(text)) = done {
        panic!("the office's act failed: {text}");
    }
}
