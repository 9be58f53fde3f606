//! Lives that the simulator recorded, lived again by the engine as WASM over the browser's real IndexedDB: each
//! must end with the same rows on the disk and the same records on the screen.
//!
//! `cargo xtask test wasm` makes the recordings; `crates/sim/src/record.rs` says what a line holds.

use std::collections::BTreeMap;
use std::rc::Rc;

use engine::{Engine, LinkError, Place, Reply, Save, Snapshot, Step};
use protocol::message::{PullReply, PulseReply, PushReply};
use protocol::{ChangeId, DeviceId, Record, RecordId};
use satchel::device::identity;
use satchel::local::Local;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn recorded_lives_end_the_same_in_the_browser() {
    let recordings: Vec<(u64, Vec<Value>)> =
        serde_json::from_str(RECORDINGS).expect("the simulator wrote it");
    assert!(!recordings.is_empty(), "there are no recordings; cargo xtask test wasm makes them");
    for (seed, lines) in recordings {
        live_again(seed, &lines).await;
    }
}

/// The app in a window: gone, and made anew from disk, at every `open`.
struct Window {
    local: Local,
    engine: Engine,
    screen: BTreeMap<RecordId, (Rc<Record>, Place)>,
}

async fn live_again(seed: u64, lines: &[Value]) {
    let name = format!("replay-{seed}-{}", identity::name());
    let mut window: Option<Window> = None;
    for (at, line) in lines.iter().enumerate() {
        let committed = lines.get(at + 1).is_none_or(|next| next[0] != "uncommitted");
        let step = match (line[0].as_str().expect("a line begins with a word"), &mut window) {
            ("open", _) => {
                if let Some(old) = window.take() {
                    old.local.close();
                }
                let (opened, step) = open(&name, line).await;
                window = Some(opened);
                step
            }
            ("uncommitted", _) => continue,
            ("end", Some(window)) => return compare(seed, line, window).await,
            (_, Some(window)) => apply(&mut window.engine, line),
            (word, None) => panic!("seed {seed}: {word} before the app was opened"),
        };
        let window = window.as_mut().expect("it was opened");
        if committed {
            perform(window, step).await;
        }
    }
    panic!("seed {seed}: the recording has no end");
}

async fn open(name: &str, line: &Value) -> (Window, Step) {
    let mut local = Local::open(name, &identity::name().to_string()).await.expect("opens");
    let snapshot = local.load().await.expect("reads");
    let seed: String = read(&line[3]);
    let seed = seed.parse().expect("a number");
    let (engine, step) =
        Engine::open(snapshot, read(&line[2]), seed, read(&line[1])).expect("reads its rows");
    (Window { local, engine, screen: BTreeMap::new() }, step)
}

fn apply(engine: &mut Engine, line: &Value) -> Step {
    let now: i64 = read(&line[1]);
    let reply = |reply: Reply| (Ok(reply), read::<u64>(&line[2]), read::<DeviceId>(&line[3]));
    let (reply, token, fresh) = match line[0].as_str().expect("a word") {
        "save" => {
            let id: ChangeId = read(&line[2]);
            let save = Save { id, edits: read(&line[3]), settles: read(&line[4]), draft: None };
            return engine.save(save, now);
        }
        "seen" => return engine.seen(read(&line[2]), now),
        "sync_now" => return engine.sync_now(now),
        "hint" => return engine.on_hint(now),
        "offline" => return engine.on_offline(now),
        "signed_in" => return engine.on_signed_in(now),
        "wake" => return engine.on_wake(now),
        "push" => reply(Reply::Push(read::<PushReply>(&line[4]))),
        "pulse" => reply(Reply::Pulse(read::<PulseReply>(&line[4]))),
        "pull" => {
            let wire: String = read(&line[4]);
            let page: PullReply = serde_json::from_str(&wire).expect("a page");
            reply(Reply::Pull(page, wire.into_bytes()))
        }
        "failure" => (Err(failure(line)), read(&line[2]), read(&line[3])),
        word => panic!("what is {word}?"),
    };
    engine.on_reply(token, reply, fresh, now)
}

fn failure(line: &Value) -> LinkError {
    match line[4].as_str().expect("a word") {
        "no_answer" => LinkError::NoAnswer,
        "signed_out" => LinkError::SignedOut,
        "denied" => LinkError::Denied,
        "too_large" => LinkError::TooLarge,
        "too_old" => LinkError::TooOld,
        "busy" => LinkError::Busy(read(&line[5])),
        "failed" => LinkError::Failed,
        word => panic!("what failure is {word}?"),
    }
}

/// Durable, then visible. Nothing is sent: the answers are in the recording.
async fn perform(window: &mut Window, step: Step) {
    if let Some(batch) = &step.commit {
        window.local.commit(batch).await.expect("stored");
    }
    for shown in step.shown {
        match shown.record {
            Some(record) => window.screen.insert(shown.id, (record, shown.place)),
            None => window.screen.remove(&shown.id),
        };
    }
}

async fn compare(seed: u64, line: &Value, window: &mut Window) {
    let disk = window.local.load().await.expect("reads");
    let shown: Vec<Value> =
        window.screen.values().map(|(record, place)| json!([record, format!("{place:?}")])).collect();
    let ends = (fold(&disk), hash(json!(shown).to_string().as_bytes()));
    assert_eq!(ends, (read(&line[1]), read(&line[2])), "seed {seed} ends otherwise: disk, screen");
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("the recording holds what it should")
}

/// All rows of a disk as a number; the same as in `crates/sim/src/record.rs`.
fn fold(disk: &Snapshot) -> String {
    let rows = |rows: &[(u64, Vec<u8>)]| -> Vec<Value> {
        rows.iter().map(|(key, row)| json!([key, hash(row)])).collect()
    };
    let meta = disk.meta.as_deref().map(hash);
    hash(json!([meta, rows(&disk.log), rows(&disk.outbox)]).to_string().as_bytes())
}

/// FNV-1a (Fowler, Noll, Vo), in hexadecimal.
fn hash(bytes: &[u8]) -> String {
    let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", bytes.iter().fold(0xcbf2_9ce4_8422_2325, fold))
}

const RECORDINGS: &str = include_str!(env!("SATCHEL_RECORDINGS"));
