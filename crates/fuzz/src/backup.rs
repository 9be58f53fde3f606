//! Bytes as the file to restore a server from, or as damage to a good one: it is refused in a sentence and nothing is
//! touched, or the server answers from it without a panic.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use protocol::message::PushRequest;
use protocol::{Change, ChangeId, DeviceId, Edit, Kind, Op, RecordId, TerritoryId};
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params};
use serde_json::Value;
use server::backup::restore;
use server::ledger::{Ledger, check};
use tempfile::TempDir;
use uuid::Uuid;

use crate::lines;
use crate::world::World;

/// A file that begins as SQLite's do is taken as it is. Else each line damages a good one: `["set", table, column,
/// value]`, `["delete", table]`, `["drop", table]`, `["byte", at, value]`, `["cut", length]`; a value
/// `{"hex": "00ff"}` is a blob.
pub fn run(bytes: &[u8]) {
    let dir = tempfile::tempdir_in(&*ROOM).expect("a directory of our own");
    let path = dir.path().join("backup.sqlite");
    let (good, users) = &*GOOD;
    if bytes.starts_with(b"SQLite") || lines::values(bytes).next().is_none() {
        fs::write(&path, bytes).expect("the disk has room");
    } else {
        fs::write(&path, good).expect("the disk has room");
        damage(&path, bytes);
    }
    let db = dir.path().join("satchel.sqlite");
    fs::write(&db, good).expect("the disk has room");
    match restore(&db, &path, NOW) {
        Ok(restored) => {
            assert!(restored.epoch > 1, "a life that no phone has met");
            let mut ledger = Ledger::open(&db).expect("what was restored opens");
            users.iter().for_each(|user| ask(&mut ledger, *user));
        }
        Err(error) => {
            assert!(error.to_string().starts_with(char::is_uppercase), "{error}");
            assert_eq!(check(&db).map(|whole| whole.epoch), Ok(1), "what was there is untouched");
        }
    }
}

fn damage(path: &Path, bytes: &[u8]) {
    let mut file = Vec::new();
    for value in lines::values(bytes) {
        let Value::Array(words) = value else { continue };
        let text = |at: usize| words.get(at).and_then(Value::as_str).unwrap_or_default();
        let number = |at: usize| words.get(at).and_then(Value::as_u64).unwrap_or_default() as usize;
        match text(0) {
            "byte" | "cut" => file.push((text(0).to_owned(), number(1), number(2) as u8)),
            act => {
                // What SQLite does not let through is no damage that a file can have.
                let _refused = alter(path, act, (text(1), text(2)), words.get(3).unwrap_or(&Value::Null));
            }
        }
    }
    let mut whole = fs::read(path).expect("it was just written");
    for (act, at, byte) in file {
        let length = whole.len().max(1);
        match act.as_str() {
            "cut" => whole.truncate(at % length),
            _ => {
                if let Some(found) = whole.get_mut(at % length) {
                    *found = byte;
                }
            }
        }
    }
    fs::write(path, whole).expect("the disk has room");
}

fn alter(path: &Path, act: &str, (table, column): (&str, &str), value: &Value) -> rusqlite::Result<()> {
    let plain = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !plain(table) {
        return Ok(());
    }
    let db = Connection::open(path)?;
    db.pragma_update(None, "foreign_keys", false)?;
    db.pragma_update(None, "journal_mode", "DELETE")?;
    db.pragma_update(None, "synchronous", "OFF")?;
    match act {
        "set" if table == "user_version" => db.pragma_update(None, table, value.as_i64()),
        "set" if plain(column) => {
            let sql = format!("UPDATE OR IGNORE {table} SET {column} = ?1");
            db.execute(&sql, params![cell(value)]).map(|_| ())
        }
        "delete" => db.execute(&format!("DELETE FROM {table}"), []).map(|_| ()),
        "drop" => db.execute_batch(&format!("DROP TABLE {table}")),
        _ => Ok(()),
    }
}

fn cell(value: &Value) -> Cell {
    let hex = value.get("hex").and_then(Value::as_str);
    match (value, hex) {
        (_, Some(hex)) => {
            let pairs = hex.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok());
            Cell::Blob(pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect())
        }
        (Value::Null, _) => Cell::Null,
        (Value::Bool(yes), _) => Cell::Integer(i64::from(*yes)),
        (Value::Number(number), _) => match number.as_i64() {
            Some(whole) => Cell::Integer(whole),
            None => number.as_f64().map_or(Cell::Null, Cell::Real),
        },
        (Value::String(text), _) => Cell::Text(text.clone()),
        (json, _) => Cell::Text(json.to_string()),
    }
}

/// A phone pushes and pulls, and the office looks: an error is fine, a panic is not.
fn ask(ledger: &mut Ledger, user: Uuid) {
    let id = |number: u128| Uuid::from_u128(number);
    for device in [1, 7] {
        let set = [("name".to_owned(), Some("Elko".to_owned()))].into();
        let edit = Edit { id: RecordId(id(11)), kind: Kind::Account, op: Op::Patch, base: 1, set };
        let changes = vec![Change::new(ChangeId(id(500 + device)), 4, 0, vec![edit])];
        let _answer = ledger.push(user, &PushRequest::new(DeviceId(id(device)), 0, changes), NOW);
    }
    let request = protocol::message::PullRequest::new(DeviceId(id(1)), 0, [].into());
    let _page = ledger.pull(user, &request, NOW);
    let _pulse = ledger.pulse(Some(user), NOW);
    for (org, _) in ledger.organisations().unwrap_or_default() {
        let _aside = ledger.unsettled(org).map(|all| all.len());
        let _users = ledger.users(org).map(|all| all.len());
        let _accepted = ledger.accept(org, ChangeId(id(102)), NOW);
        let _keys = ledger.account_keys(org).map(|all| all.len());
        let _feeds = ledger.territories(org).map(|all| all.len());
        let _records = ledger.records(org).map(|all| all.len());
        let _moved = ledger.move_record(user, RecordId(id(11)), &TerritoryId::new("south"), NOW);
    }
}

const NOW: i64 = 1_700_000_000_000;

/// In memory where the system has such a place: thousands of files are written.
static ROOM: LazyLock<TempDir> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let room = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    room.expect("a directory for temporary files")
});

/// A ledger's file with some of everything in it, and its users.
static GOOD: LazyLock<(Vec<u8>, [Uuid; 2])> = LazyLock::new(|| {
    let path = ROOM.path().join("good.sqlite");
    let mut world = World::on(Ledger::open(&path).expect("a new file"));
    for line in lines::values(include_bytes!("../seeds/push/life.jsonl")) {
        let Ok(request) = serde_json::from_value::<PushRequest>(line) else { continue };
        world.ledger.push(world.ana, &request, NOW).expect("the push is taken");
    }
    let users = [world.ana, world.ben];
    drop(world);
    (fs::read(&path).expect("it was just written"), users)
});
