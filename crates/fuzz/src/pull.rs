//! Bytes as what a phone lives through: what the server answers, and what the rep does between. The engine must take
//! any answer that parses, and what it writes must open again and show the same.

use engine::{LinkError, Snapshot};
use protocol::{Edit, How};
use serde_json::{Value, from_value};

use crate::lines;
use crate::phone::{CLOCK_MS_MAX, Phone};

/// Each line is an answer to the request on its way (an object), the clock (a number), or an act: `"sync"`, `"wake"`,
/// `"restart"` and the like, `["save", edit…]`, `["decide", number, "done" or "ask", edit…]`, `["seen", number]`.
pub fn run(bytes: &[u8]) {
    let mut phone = Phone::open(Snapshot::default(), 1_700_000_000_000).expect("an empty disk opens");
    for value in lines::values(bytes) {
        phone.now = (phone.now + 1_000).min(CLOCK_MS_MAX);
        match value {
            Value::Object(_) => phone.answer(&value),
            Value::Number(ms) => {
                phone.now = ms.as_i64().unwrap_or(i64::MAX).clamp(-CLOCK_MS_MAX, CLOCK_MS_MAX);
            }
            Value::String(act) => play(&mut phone, &act),
            Value::Array(words) => decide(&mut phone, words),
            Value::Null | Value::Bool(_) => {}
        }
    }
    phone.restart();
}

fn play(phone: &mut Phone, act: &str) {
    let error = match act {
        "sync" => {
            let step = phone.engine.sync_now(phone.now);
            return phone.perform(step);
        }
        "hint" => {
            let step = phone.engine.on_hint(phone.now);
            return phone.perform(step);
        }
        "offline" => {
            let step = phone.engine.on_offline(phone.now);
            return phone.perform(step);
        }
        "signed-in" => {
            let step = phone.engine.on_signed_in(phone.now);
            return phone.perform(step);
        }
        "wake" => return phone.wake(),
        "restart" => return phone.restart(),
        "again" => return phone.answer_again(),
        "lost" => LinkError::NoAnswer,
        "signed-out" => LinkError::SignedOut,
        "denied" => LinkError::Denied,
        "too-large" => LinkError::TooLarge,
        "too-old" => LinkError::TooOld,
        "busy" => LinkError::Busy(Some(i64::MAX)),
        "failed" => LinkError::Failed,
        _ => return,
    };
    phone.on_reply(Err(error));
}

fn decide(phone: &mut Phone, words: Vec<Value>) {
    let number = words.get(1).and_then(Value::as_u64).unwrap_or_default();
    let how = if words.get(2).is_some_and(|how| how == "ask") { How::Ask } else { How::Done };
    let act = words.first().cloned();
    let edits: Vec<Edit> = words.into_iter().filter_map(|word| from_value(word).ok()).collect();
    // The form checks before it saves.
    let sound = protocol::Change::new(protocol::ChangeId(uuid::Uuid::nil()), 0, 0, edits.clone()).check();
    match act.as_ref().and_then(Value::as_str) {
        Some("save") if sound.is_ok() => phone.save(edits, Vec::new()),
        Some("decide") if sound.is_ok() || edits.is_empty() => phone.save(edits, vec![(number, how)]),
        Some("seen") => {
            let step = phone.engine.seen(number, phone.now);
            phone.perform(step);
        }
        _ => {}
    }
}
