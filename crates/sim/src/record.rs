//! A recording of all that one device's engine was given, so that the same can be given to it in a browser.

use engine::{LinkError, Reply};
use protocol::DeviceId;
use serde_json::{Value, json};

use crate::device::Device;
use crate::input::Input;

/// The recording, line by line; each a JSON array that begins with a word.
#[derive(Debug, Default)]
pub struct Recorder {
    lines: Vec<Value>,
}

impl Recorder {
    /// The app was started.
    pub(crate) fn on_open(&mut self, fresh: DeviceId, seed: u64, now: i64) {
        self.lines.push(json!(["open", now, fresh, seed.to_string()]));
    }

    /// The engine was given this.
    pub(crate) fn on_input(&mut self, input: &Input, now: i64) {
        self.lines.push(match input {
            Input::Save(save) => json!(["save", now, save.id, save.edits, save.settles]),
            Input::Seen(number) => json!(["seen", now, number]),
            Input::SyncNow => json!(["sync_now", now]),
            Input::Hint => json!(["hint", now]),
            Input::Offline => json!(["offline", now]),
            Input::SignedIn => json!(["signed_in", now]),
            Input::Wake => json!(["wake", now]),
            Input::Reply(token, Ok(Reply::Push(reply)), fresh) => json!(["push", now, token, fresh, reply]),
            Input::Reply(token, Ok(Reply::Pull(_, wire)), fresh) => {
                json!(["pull", now, token, fresh, String::from_utf8_lossy(wire)])
            }
            Input::Reply(token, Ok(Reply::Pulse(reply)), fresh) => json!(["pulse", now, token, fresh, reply]),
            Input::Reply(token, Err(error), fresh) => {
                let (name, wait) = match error {
                    LinkError::NoAnswer => ("no_answer", None),
                    LinkError::SignedOut => ("signed_out", None),
                    LinkError::Denied => ("denied", None),
                    LinkError::TooLarge => ("too_large", None),
                    LinkError::TooOld => ("too_old", None),
                    LinkError::Busy(wait) => ("busy", *wait),
                    LinkError::Failed => ("failed", None),
                };
                json!(["failure", now, token, fresh, name, wait])
            }
        });
    }

    /// What the engine wanted to commit for its last input never came to disk.
    pub(crate) fn on_uncommitted(&mut self) {
        self.lines.push(json!(["uncommitted"]));
    }

    /// The whole recording, with what the device must look like after it.
    pub fn finish(mut self, device: &Device) -> Vec<Value> {
        let screen = device.front().map(|window| &window.screen);
        let shown: Vec<Value> = screen
            .into_iter()
            .flatten()
            .map(|(_, (record, place))| json!([record, format!("{place:?}")]))
            .collect();
        let disk = device.disk.snapshot();
        self.lines.push(json!(["end", fold(disk), hash(json!(shown).to_string().as_bytes())]));
        self.lines
    }
}

/// All rows of a disk as a number.
fn fold(disk: &engine::Snapshot) -> String {
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
