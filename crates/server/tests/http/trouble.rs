//! When the ledger cannot take a change: the answer says so at once, nothing of it is applied, and once the trouble is
//! over the same request is taken.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::server::{Answer, Server};

/// A device's first push: this many accounts with all the text one may have.
fn push(accounts: u64) -> Value {
    let change = |number: u64| {
        let set = json!({ "name": format!("Account {number}"), "notes": "x".repeat(4_000) });
        let op = json!({ "create": "central" });
        let edit = json!({ "id": Uuid::now_v7(), "kind": "account", "op": op, "set": set });
        json!({ "id": Uuid::now_v7(), "number": number, "made_at": 1, "edits": [edit] })
    };
    let changes: Vec<_> = (1..=accounts).map(change).collect();
    json!({ "device": Uuid::now_v7(), "epoch": 0, "schema": 1, "changes": changes })
}

fn is_told_to_come_back(answer: &Answer, error: &str) {
    assert_eq!(answer.error(), (503, error.to_owned()));
    let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=30).contains(&seconds), "{seconds}");
}

/// How often the change is in the history: what "applied" means.
fn applied(db: &Path, push: &Value) -> usize {
    let mut ledger = server::ledger::Ledger::open(db).expect("opens");
    let changes = push["changes"].as_array().expect("changes").iter();
    let id = |value: &Value| value.as_str().expect("text").parse::<Uuid>().expect("an id");
    changes
        .map(|change| {
            let record = protocol::RecordId(id(&change["edits"][0]["id"]));
            let by = Some(protocol::ChangeId(id(&change["id"])));
            ledger.history(record).expect("reads").iter().filter(|row| row.change == by).count()
        })
        .sum()
}

#[test]
fn many_pushes_to_a_held_ledger_are_all_answered_while_it_is_held() {
    let server = Server::start();
    let cookie = server.sign_in("rep1");
    let holder = rusqlite::Connection::open(&server.db).expect("opens");
    holder.execute_batch("BEGIN IMMEDIATE").expect("holds the pen");
    let pushes: Vec<Value> = (0..12).map(|_| push(1)).collect();
    std::thread::scope(|scope| {
        for body in &pushes {
            scope.spawn(|| is_told_to_come_back(&server.post("/api/push", &cookie, body), "busy"));
        }
    });
    is_told_to_come_back(&server.get("/api/health", &[]), "busy");
    assert_eq!(server.get("/api/pulse", &[("cookie", &cookie)]).status, 200, "reading goes on");
    assert_eq!(pushes.iter().map(|body| applied(&server.db, body)).sum::<usize>(), 0);
    holder.execute_batch("ROLLBACK").expect("lets go");
    assert_eq!(server.get("/api/health", &[]).status, 200);
    for body in &pushes {
        assert_eq!(server.post("/api/push", &cookie, body).status, 200);
        assert_eq!(applied(&server.db, body), 1);
    }
}

#[test]
fn more_writers_than_there_are_places_are_told_at_once() {
    let server = Server::start();
    let cookie = server.sign_in("rep1");
    let holder = rusqlite::Connection::open(&server.db).expect("opens");
    holder.execute_batch("BEGIN IMMEDIATE").expect("holds the pen");
    // While all places are taken by requests that wait, one more does not wait.
    std::thread::scope(|scope| {
        for _ in 0..300 {
            scope.spawn(|| is_told_to_come_back(&server.post("/api/push", &cookie, &push(1)), "busy"));
        }
    });
    holder.execute_batch("ROLLBACK").expect("lets go");
    assert_eq!(server.post("/api/push", &cookie, &push(1)).status, 200);
}

/// A server process of its own.
struct Process {
    child: Child,
    url: Server,
}

impl Process {
    /// `before` is what the shell does first, such as to limit what the process may write.
    fn start(db: &Path, before: &str) -> Self {
        Self::start_by(&mut Command::new("sh"), db, before)
    }

    fn start_by(shell: &mut Command, db: &Path, before: &str) -> Self {
        let mut child = shell
            .args(["-c", &format!("{before}\nexec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_satchel-server"))
            .args(["serve", "--practice", "--listen", "127.0.0.1:0", "--db"])
            .arg(db)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("asked for");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on http://").expect("the address");
        Self { url: Server::elsewhere(address.parse().expect("an address"), db), child }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

#[test]
fn a_disk_that_takes_no_more_loses_nothing_it_took_and_half_of_nothing_else() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = dir.path().join("satchel.sqlite");
    let mut ledger = server::ledger::Ledger::open(&db).expect("opens");
    server::practice::set_up(&mut ledger, 1_767_225_600_000).expect("set up");
    drop(ledger);
    // No file may grow past a megabyte; a write beyond fails, as on a failing disk.
    let limited = Process::start(&db, "trap '' XFSZ; ulimit -f 2048");
    let cookie = limited.url.sign_in("rep1");
    assert_eq!(limited.url.get("/api/health", &[]).status, 200);
    let mut taken = Vec::new();
    let refused = loop {
        let body = push(20);
        let answer = limited.url.post("/api/push", &cookie, &body);
        if answer.status != 200 {
            is_told_to_come_back(&answer, "disk");
            break body;
        }
        taken.push(body);
        assert!(taken.len() < 100, "a megabyte is full some time");
    };
    assert!(!taken.is_empty());
    is_told_to_come_back(&limited.url.post("/api/push", &cookie, &refused), "disk");
    // A page may still have room where a push has none: health does not take that for good.
    is_told_to_come_back(&limited.url.get("/api/health", &[]), "disk");
    assert_eq!(limited.url.get("/api/pulse", &[("cookie", &cookie)]).status, 200, "reading goes on");
    drop(limited);

    let free = Process::start(&db, "");
    assert_eq!(applied(&db, &refused), 0);
    assert_eq!(taken.iter().map(|body| applied(&db, body)).collect::<Vec<_>>(), vec![20; taken.len()]);
    assert_eq!(free.url.get("/api/health", &[]).status, 200);
    for body in taken.iter().chain([&refused]) {
        assert_eq!(free.url.post("/api/push", &cookie, body).status, 200);
        assert_eq!(applied(&db, body), 20);
    }
}

#[test]
fn a_ledger_whose_file_is_gone_is_said_to_be_out_of_reach_and_no_empty_one_is_made() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = dir.path().join("satchel.sqlite");
    let mut ledger = server::ledger::Ledger::open(&db).expect("opens");
    server::practice::set_up(&mut ledger, 1_767_225_600_000).expect("set up");
    drop(ledger);
    let process = Process::start(&db, "");
    // No request has been answered yet, so no connection that reads is open.
    std::fs::rename(&db, dir.path().join("elsewhere")).expect("renamed");
    is_told_to_come_back(&process.url.get("/api/pulse", &[]), "disk");
    is_told_to_come_back(&process.url.get("/api/health", &[]), "disk");
    assert!(!db.exists());
}

#[test]
fn two_servers_on_one_ledger_are_one_server() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = dir.path().join("satchel.sqlite");
    let mut ledger = server::ledger::Ledger::open(&db).expect("opens");
    server::practice::set_up(&mut ledger, 1_767_225_600_000).expect("set up");
    let (one, two) = (Process::start(&db, ""), Process::start(&db, ""));
    let cookie = one.url.sign_in("rep1");
    let body = push(3);
    let first = one.url.post("/api/push", &cookie, &body).json();
    assert_eq!(two.url.post("/api/push", &cookie, &body).json()["receipts"], first["receipts"]);
    assert_eq!(applied(&db, &body), 3);
    // A new life is met at both at once: none of them answers for an earlier one.
    let epoch = ledger.bump_epoch(0).expect("writes");
    let mut late = push(1);
    late["epoch"] = first["epoch"].clone();
    for server in [&one, &two] {
        let answer = server.url.post("/api/push", &cookie, &late).json();
        assert_eq!((&answer["problem"], &answer["epoch"]), (&json!("epoch"), &json!(epoch)));
    }
    assert_eq!(applied(&db, &late), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_to_be_full_and_takes_what_it_refused_once_there_is_room() {
    let unshare = || {
        let mut command = Command::new("unshare");
        command.arg("--map-root-user").arg("--mount");
        command
    };
    if !unshare().arg("true").status().is_ok_and(|status| status.success()) {
        eprintln!("not run: this machine lets nobody mount a small disk");
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let (seed, disk) = (dir.path().join("seed.sqlite"), dir.path().join("disk"));
    let mut ledger = server::ledger::Ledger::open(&seed).expect("opens");
    server::practice::set_up(&mut ledger, 1_767_225_600_000).expect("set up");
    ledger.fold().expect("nobody else has it");
    std::fs::create_dir(&disk).expect("made");
    let (at, from) = (disk.display(), seed.display());
    let before = format!(
        "set -e; mount -t tmpfs -o size=4m tmpfs '{at}'; cp '{from}' '{at}/satchel.sqlite';
         head -c 1000000 /dev/zero > '{at}/ballast'"
    );
    let full = Process::start_by(unshare().arg("sh"), &disk.join("satchel.sqlite"), &before);
    // The disk as that process sees it; nobody else does. SQLite would take the path for one of this process.
    let seen = std::path::PathBuf::from(format!("/proc/{}/root{}", full.child.id(), disk.display()));
    let applied = |push: &Value| {
        let copy = tempfile::tempdir().expect("a directory");
        for name in ["satchel.sqlite", "satchel.sqlite-wal"] {
            std::fs::copy(seen.join(name), copy.path().join(name)).expect("the server is at rest");
        }
        applied(&copy.path().join("satchel.sqlite"), push)
    };
    let cookie = full.url.sign_in("rep1");
    let mut taken = Vec::new();
    let refused = loop {
        let body = push(20);
        let answer = full.url.post("/api/push", &cookie, &body);
        if answer.status != 200 {
            is_told_to_come_back(&answer, "full");
            break body;
        }
        taken.push(body);
        assert!(taken.len() < 100, "four megabytes are full some time");
    };
    is_told_to_come_back(&full.url.get("/api/health", &[]), "full");
    assert_eq!(full.url.get("/api/pulse", &[("cookie", &cookie)]).status, 200, "reading goes on");
    assert_eq!(applied(&refused), 0);

    std::fs::remove_file(seen.join("ballast")).expect("there is room");
    assert_eq!(full.url.post("/api/push", &cookie, &refused).status, 200);
    assert_eq!(full.url.get("/api/health", &[]).status, 200);
    for body in taken.iter().chain([&refused]) {
        assert_eq!(applied(body), 20);
    }
}
