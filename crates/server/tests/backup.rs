//! Backup while serving and restore with consequences: devices, which are the real engine over the real ledger, send
//! again what the restored file lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use engine::{Engine, Reply, Request, Save, Snapshot, Step};
use protocol::message::PushRequest;
use protocol::{Change, ChangeId, DeviceId, Edit, Kind, Op, RecordId, TerritoryId};
use server::backup::{BackupError, backup, restore};
use server::hold::{Hold, HoldError};
use server::ledger::{Ledger, LedgerError, check};
use uuid::Uuid;

struct Place {
    dir: tempfile::TempDir,
    org: Uuid,
    ana: Uuid,
    ben: Uuid,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mut ledger = Ledger::open(&dir.path().join("satchel.sqlite")).expect("opens");
        let org = ledger.add_organisation("World").expect("new");
        let north = TerritoryId::new("north");
        ledger.add_territory(org, &north, "North").expect("new");
        let mut user = |name: &str| {
            let email = format!("{name}@world.example");
            let user = ledger.add_user(org, &email, name, "rep", "-").expect("new");
            ledger.assign(user, &north).expect("known");
            user
        };
        let (ana, ben) = (user("Ana"), user("Ben"));
        Self { dir, org, ana, ben }
    }

    fn db(&self) -> PathBuf {
        self.dir.path().join("satchel.sqlite")
    }

    fn copy(&self) -> PathBuf {
        self.dir.path().join("yesterday.sqlite")
    }

    fn ledger(&self) -> Ledger {
        Ledger::open(&self.db()).expect("opens")
    }

    /// How often each change is in the history of the records.
    fn applied(&self) -> BTreeMap<ChangeId, usize> {
        let mut ledger = self.ledger();
        let mut applied = BTreeMap::new();
        for record in ledger.records(self.org).expect("reads") {
            for row in ledger.history(record.id).expect("reads") {
                *applied.entry(row.change.expect("devices made them")).or_default() += 1;
            }
        }
        applied
    }

    /// The command, as an admin types it.
    fn run(&self, words: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_satchel-server"))
            .args(words)
            .current_dir(self.dir.path())
            .output()
            .expect("runs");
        let Output { status, stdout, stderr } = output;
        let said = [stdout, stderr].concat();
        (status.success(), String::from_utf8(said).expect("text"))
    }
}

/// A device with its engine; whatever it sends is answered at once.
struct Phone {
    user: Uuid,
    engine: Engine,
    now: i64,
    saved: Vec<ChangeId>,
}

impl Phone {
    fn new(user: Uuid) -> Self {
        let (engine, step) = Engine::open(Snapshot::default(), fresh(), 7, 0).expect("an empty disk");
        let mut phone = Self { user, engine, now: 0, saved: Vec::new() };
        phone.perform(None, step);
        phone
    }

    fn save(&mut self, ledger: Option<&mut Ledger>, edit: Edit) {
        let id = ChangeId(Uuid::now_v7());
        self.saved.push(id);
        let step =
            self.engine.save(Save { id, edits: vec![edit], settles: Vec::new(), draft: None }, self.now);
        self.perform(ledger, step);
    }

    fn sync(&mut self, ledger: &mut Ledger) {
        self.now += 400_000;
        let step = self.engine.sync_now(self.now);
        self.perform(Some(ledger), step);
        // A new life of the server is met by asking once more.
        for _ in 0..5 {
            self.now += 400_000;
            let step = self.engine.on_wake(self.now);
            self.perform(Some(ledger), step);
        }
    }

    /// Without a ledger there is no connection.
    fn perform(&mut self, mut ledger: Option<&mut Ledger>, mut step: Step) {
        while let Some(outgoing) = step.send {
            let reply = match &mut ledger {
                Some(ledger) => Ok(answer(ledger, self.user, &outgoing.request, self.now)),
                None => Err(engine::LinkError::NoAnswer),
            };
            step = self.engine.on_reply(outgoing.token, reply, fresh(), self.now);
        }
    }

    fn base(&self) -> Vec<protocol::Record> {
        self.engine.base().map(|record| (**record).clone()).collect()
    }
}

fn answer(ledger: &mut Ledger, user: Uuid, request: &Request, now: i64) -> Reply {
    match request {
        Request::Push(push) => Reply::Push(ledger.push(user, push, now).expect("taken")),
        Request::Pull(pull) => {
            let reply = ledger.pull(user, pull, now).expect("read");
            let wire = serde_json::to_vec(&reply).expect("plain");
            Reply::Pull(reply, wire)
        }
        Request::Pulse => Reply::Pulse(ledger.pulse(Some(user), now).expect("read")),
    }
}

fn fresh() -> DeviceId {
    DeviceId(Uuid::now_v7())
}

fn account(id: RecordId, name: &str) -> Edit {
    let set = BTreeMap::from([("name".to_owned(), Some(name.to_owned()))]);
    Edit { id, kind: Kind::Account, op: Op::Create(TerritoryId::new("north")), base: 0, set }
}

fn note(account: RecordId, text: &str) -> Edit {
    let set = [("account", account.0.to_string()), ("text", text.to_owned())];
    let set = set.map(|(name, text)| (name.to_owned(), Some(text))).into();
    Edit {
        id: RecordId(Uuid::now_v7()),
        kind: Kind::Note,
        op: Op::Create(TerritoryId::new("north")),
        base: 0,
        set,
    }
}

fn renamed(id: RecordId, name: &str) -> Edit {
    Edit { op: Op::Patch, ..account(id, name) }
}

#[test]
fn after_restoring_yesterdays_file_nothing_acknowledged_is_missing_and_nothing_is_doubled() {
    live_through_yesterdays_file(|place| {
        let restored = restore(&place.db(), &place.copy(), 0).expect("nobody has it open");
        assert_eq!(restored.epoch, 2);
        let kept = restored.kept.expect("there was one");
        assert_eq!(check(&kept).expect("kept whole").epoch, 1);
    });
}

/// As an admin in a hurry does it: no command says that this is another life of the server.
#[test]
fn a_file_that_was_put_in_its_place_by_hand_is_known_by_its_numbers() {
    live_through_yesterdays_file(|place| {
        std::fs::copy(place.copy(), place.db()).expect("the server is not running");
        assert_eq!(place.ledger().pulse(None, 0).expect("reads").epoch, 1);
    });
}

/// Devices save, before the backup and after it; then the server has yesterday's file again.
fn live_through_yesterdays_file(put_back: fn(&Place)) {
    let place = Place::new();
    let mut ledger = place.ledger();
    let mut phones = [Phone::new(place.ana), Phone::new(place.ana), Phone::new(place.ben)];
    let made: Vec<RecordId> = (0..3).map(|_| RecordId(Uuid::now_v7())).collect();
    for (phone, id) in phones.iter_mut().zip(&made) {
        phone.save(Some(&mut ledger), account(*id, "Before the backup"));
    }
    phones.iter_mut().for_each(|phone| phone.sync(&mut ledger));
    phones[2].save(Some(&mut ledger), renamed(made[0], "In the backup"));

    let whole = backup(&place.db(), &place.copy(), false).expect("while it is open");
    assert_eq!(whole.epoch, 1);

    // What the backup lacks: new records, changes to old ones, changes to new ones, and one that nobody sent yet.
    let late: Vec<RecordId> = (0..3).map(|_| RecordId(Uuid::now_v7())).collect();
    for (phone, id) in phones.iter_mut().zip(&late) {
        phone.save(Some(&mut ledger), account(*id, "After the backup"));
        phone.sync(&mut ledger);
    }
    phones[0].save(Some(&mut ledger), renamed(made[0], "After the backup"));
    phones[1].save(Some(&mut ledger), renamed(late[1], "Once more"));
    // Phones send again one after another: these come before the records that they are about.
    phones.iter_mut().for_each(|phone| phone.sync(&mut ledger));
    phones[0].save(Some(&mut ledger), renamed(late[2], "By a colleague"));
    phones[0].save(Some(&mut ledger), note(late[2], "About a colleague's account"));
    phones[1].save(None, renamed(made[1], "Not sent"));
    let acknowledged = place.applied().len();
    assert_eq!(acknowledged, 3 + 1 + 3 + 4);

    assert_eq!(restore(&place.db(), &place.copy(), 0).err(), Some(BackupError::Hold(HoldError::InUse)));
    drop(ledger);
    put_back(&place);
    assert_eq!(place.applied().len(), 4, "yesterday");

    let mut ledger = place.ledger();
    for _ in 0..2 {
        phones.iter_mut().for_each(|phone| phone.sync(&mut ledger));
    }
    let saved: BTreeSet<ChangeId> = phones.iter().flat_map(|phone| phone.saved.clone()).collect();
    let applied = place.applied();
    assert_eq!(applied.keys().copied().collect::<BTreeSet<_>>(), saved, "all of them");
    assert!(applied.values().all(|times| *times == 1), "once: {applied:?}");
    let truth = ledger.records(place.org).expect("reads");
    assert_eq!(truth.len(), 7);
    for phone in &phones {
        assert_eq!((phone.engine.unsent(), phone.base()), (0, truth.clone()));
        assert_eq!(phone.engine.status().needs_you, []);
    }
}

#[test]
fn a_backup_made_while_changes_arrive_is_one_moment() {
    let place = Place::new();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut ledger = place.ledger();
            let device = fresh();
            let mut number = 0;
            while !done.load(Ordering::Relaxed) || number < 100 {
                number += 1;
                // Two records in one change: a copy that is not one moment could have one of them.
                let id = ChangeId(Uuid::now_v7());
                let edits =
                    vec![account(RecordId(Uuid::now_v7()), "A"), account(RecordId(Uuid::now_v7()), "B")];
                let request = PushRequest::new(device, 0, vec![Change::new(id, number, 0, edits)]);
                ledger.push(place.ana, &request, 1).expect("taken while the backup runs");
            }
            number
        });
        let mut counts = Vec::new();
        for _ in 0..10 {
            backup(&place.db(), &place.copy(), true).expect("while changes arrive");
            let mut copy = Ledger::open(&place.copy()).expect("opens");
            let records = copy.records(place.org).expect("reads").len();
            let row = copy.territories(place.org).expect("reads").remove(0);
            assert_eq!((records % 2, row.head, row.digest.live), (0, records as u64, records as u64));
            copy.fold().expect("nobody else has it");
            counts.push(records);
        }
        done.store(true, Ordering::Relaxed);
        let pushed = writer.join().expect("ends well") as usize;
        assert!(counts.is_sorted() && counts[9] <= 2 * pushed, "{counts:?} of {pushed}");
    });
}

#[test]
fn what_is_no_whole_ledger_is_not_restored_and_the_one_there_is_stays() {
    let place = Place::new();
    let mut phone = Phone::new(place.ana);
    for at in 0..200 {
        let edit = account(RecordId(Uuid::now_v7()), &format!("Account {at} {}", "x".repeat(500)));
        phone.save(Some(&mut place.ledger()), edit);
    }
    backup(&place.db(), &place.copy(), false).expect("whole");
    let whole = std::fs::read(place.copy()).expect("reads");
    let refused = |bytes: &[u8], sentence: &str| {
        let file = place.dir.path().join("other.sqlite");
        std::fs::write(&file, bytes).expect("writes");
        match restore(&place.db(), &file, 0) {
            Err(BackupError::Ledger(error)) => {
                assert!(error.to_string().contains(sentence), "{error} is not {sentence}");
            }
            other => panic!("{sentence}: {other:?}"),
        }
        assert_eq!(place.applied().len(), 200);
    };
    refused(b"not a database at all, only words that somebody wrote", "not a ledger");
    refused(b"", "not a ledger");
    let mut torn = whole.clone();
    torn.truncate(whole.len() / 2);
    refused(&torn, "damaged");
    // A page of records as zeros.
    let mut holed = whole.clone();
    let middle = whole.len() / 2 / 4096 * 4096;
    holed[middle..middle + 4096].fill(0);
    refused(&holed, "damaged");
    let altered = |sql: &str| {
        let file = place.dir.path().join("altered.sqlite");
        std::fs::write(&file, &whole).expect("writes");
        rusqlite::Connection::open(&file).expect("opens").execute_batch(sql).expect("alters");
        std::fs::read(&file).expect("reads")
    };
    refused(&altered("PRAGMA user_version = 99"), "newer version");
    refused(&altered("DROP TABLE quarantine"), "not a ledger");
    let missing = place.dir.path().join("missing.sqlite");
    assert_eq!(restore(&place.db(), &missing, 0).err(), Some(BackupError::Missing(missing)));
    assert_eq!(restore(&place.db(), &place.db(), 0).err(), Some(BackupError::Itself));
}

#[test]
fn a_new_life_is_past_both_and_a_damaged_ledger_is_kept_as_it_is() {
    let place = Place::new();
    backup(&place.db(), &place.copy(), false).expect("whole");
    for expected in 2..5 {
        place.ledger().bump_epoch(0).expect("writes");
        assert_eq!(place.ledger().pulse(None, 0).expect("reads").epoch, expected);
    }
    let first = restore(&place.db(), &place.copy(), 3).expect("restores");
    assert_eq!((first.epoch, first.signed_in), (5, true), "past the replaced one");

    std::fs::write(place.db(), b"what a dying disk left of it").expect("writes");
    let second = restore(&place.db(), &place.copy(), 1_700_000_000_000).expect("restores");
    assert_eq!((second.epoch, second.signed_in), (1_700_000_000_000, false), "past any that was");
    let kept = second.kept.expect("kept");
    assert_eq!(
        kept.file_name().and_then(|name| name.to_str()),
        Some("satchel.sqlite.replaced-20231114-221320")
    );
    assert_eq!(std::fs::read(kept).expect("reads"), b"what a dying disk left of it");
    let third = restore(&place.db(), &place.copy(), 1_000).expect("restores");
    assert_eq!(third.epoch, 1_700_000_000_001, "also when the clock was set back");
}

#[test]
fn who_signed_out_since_the_backup_stays_signed_out() {
    let place = Place::new();
    let mut ledger = place.ledger();
    let (lost, kept, new) = ([1; 32], [2; 32], [3; 32]);
    ledger.add_session(&lost, place.ana, 0, 1_000).expect("new");
    ledger.add_session(&kept, place.ben, 0, 1_000).expect("new");
    backup(&place.db(), &place.copy(), false).expect("whole");
    ledger.remove_session(&lost).expect("ends");
    ledger.add_session(&new, place.ana, 0, 1_000).expect("new");
    drop(ledger);
    restore(&place.db(), &place.copy(), 0).expect("restores");
    let mut ledger = place.ledger();
    let mut user = |token| ledger.find_session(token, 5).expect("reads").map(|session| session.user.id);
    assert_eq!((user(&lost), user(&kept), user(&new)), (None, Some(place.ben), Some(place.ana)));
}

#[test]
fn the_commands_say_what_they_did_and_what_stands_in_the_way() {
    let place = Place::new();
    let (ok, said) = place.run(&["backup", "copy.sqlite"]);
    assert_eq!((ok, said.as_str()), (true, "copy.sqlite: whole, of life number 1\n"));
    let (ok, said) = place.run(&["backup", "copy.sqlite"]);
    assert!(!ok && said.contains("add --replace"), "{said}");
    assert!(place.run(&["backup", "copy.sqlite", "--replace"]).0);
    let (ok, said) = place.run(&["backup", "copy.sqlite", "--replace", "--db", "mistyped.sqlite"]);
    assert!(!ok && said.contains("There is no ledger mistyped.sqlite"), "{said}");
    assert!(!place.dir.path().join("mistyped.sqlite").exists());

    let mut served = Command::new(env!("CARGO_BIN_EXE_satchel-server"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(place.dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut line = String::new();
    BufReader::new(served.stdout.take().expect("asked for")).read_line(&mut line).expect("it listens");
    assert!(place.run(&["backup", "while-serving.sqlite"]).0);
    let (ok, said) = place.run(&["restore", "copy.sqlite"]);
    assert!(!ok && said.contains("Stop satchel-server first"), "{said}");
    served.kill().expect("it runs");
    served.wait().expect("it ends");

    let (ok, said) = place.run(&["restore", "copy.sqlite"]);
    assert!(
        ok && said.contains("is kept as satchel.sqlite.replaced-") && said.contains("Restored."),
        "{said}"
    );
    let names = std::fs::read_dir(place.dir.path()).expect("reads");
    let left = |name: &str| name.ends_with(".part") || name.ends_with(".restoring");
    assert!(!names.flatten().any(|entry| left(&entry.file_name().to_string_lossy())));
    assert!(check(&place.db()).is_ok_and(|whole| whole.epoch > 1_700_000_000_000));
}

#[test]
fn a_server_does_not_start_while_its_ledger_is_replaced() {
    let place = Place::new();
    let alone = Hold::alone(&place.db()).expect("nobody else");
    let (ok, said) = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!ok && said.contains("being replaced"), "{said}");
    let (ok, said) = place.run(&["user", "list"]);
    assert!(!ok && said.contains("being replaced"), "{said}");
    drop(alone);
    assert!(place.run(&["user", "list"]).0);
}

#[test]
fn a_copy_of_nothing_is_an_error() {
    let place = Place::new();
    let nothing = Path::new("/nowhere/satchel.sqlite");
    assert!(matches!(server::ledger::copy(nothing, &place.copy()), Err(LedgerError::Disk(_))));
    assert_eq!(backup(nothing, &place.copy(), false), Err(BackupError::Missing(nothing.to_owned())));
}

#[test]
fn a_ledger_is_one_file_once_it_is_folded_and_is_not_while_somebody_reads_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ledger.sqlite");
    let mode = || {
        let file = rusqlite::Connection::open(&path).expect("opens");
        file.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).expect("a mode")
    };
    let ledger = Ledger::open(&path).expect("a new file");
    let reader = rusqlite::Connection::open(&path).expect("opens");
    reader.execute_batch("BEGIN; SELECT count(*) FROM record").expect("it reads");
    assert_eq!(ledger.fold(), Err(LedgerError::Busy));
    drop(reader);
    assert_eq!(mode(), "wal");
    Ledger::open(&path).expect("opens").fold().expect("nobody reads");
    assert_eq!(mode(), "delete");
}
