//! The program as an admin types it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use server::hold::Hold;
use server::ledger::Ledger;

/// A directory of its own to type commands in.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    /// With an organisation and its two territories.
    fn set_up() -> Self {
        let desk = Self::new();
        desk.done("organisation add World");
        desk.done("territory add north North");
        desk.done("territory add south South");
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Whether it was done, and all that was said. Words end at blanks.
    fn run(&self, line: &str) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_satchel-server"))
            .args(line.split(' '))
            .current_dir(self.path())
            .stdin(Stdio::null())
            .output()
            .expect("runs");
        let Output { status, stdout, stderr } = output;
        (status.success(), String::from_utf8([stdout, stderr].concat()).expect("text"))
    }

    #[track_caller]
    fn done(&self, line: &str) -> String {
        let (ok, said) = self.run(line);
        assert!(ok, "{line}: {said}");
        said
    }

    #[track_caller]
    fn refused(&self, line: &str) -> String {
        let (ok, said) = self.run(line);
        assert!(!ok, "{line}: {said}");
        said
    }
}

#[test]
fn a_user_with_a_mistyped_territory_is_not_added() {
    let desk = Desk::set_up();
    let said = desk.refused("user add --email ana@world.example --name Ana --territories north,suoth");
    assert_eq!(said, "There is no territory “suoth”. Nothing was done.\n");
    assert_eq!(desk.done("user list"), "");
    let said = desk.done("user add --email ana@world.example --name Ana --territories north,south");
    assert!(said.starts_with("ana@world.example has north, south; the password is "), "{said}");
}

#[test]
fn who_is_there_already_keeps_name_and_role_and_that_is_said() {
    let desk = Desk::set_up();
    desk.done("user add --email ana@world.example --name Ana --role manager --territories north");
    let there = "ana@world.example was there already, with the same password, and has north";
    let kept = "Name and role were not changed: Ana, manager";
    let again = |more: &str| desk.done(&format!("user add --email ana@world.example {more}"));
    assert_eq!(again("--name Ana"), format!("{there}\n"));
    assert_eq!(again("--name Ana --role manager"), format!("{there}\n"));
    assert_eq!(again("--name Ana --role admin"), format!("{there}\n{kept}\n"));
    assert_eq!(again("--name Anna"), format!("{there}\n{kept}\n"));
    assert_eq!(desk.done("user list"), "ana@world.example: Ana, manager, north\n");
    desk.done("user close ana@world.example");
    let closed = "ana@world.example is closed and has no territory; user password opens the account again";
    assert_eq!(again("--name Anna"), format!("{closed}\n{kept}\n"));
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let desk = Desk::set_up();
    let plain = std::fs::File::create(desk.path().join("nppes.csv")).expect("made");
    // A hole: it takes no room on the disk.
    plain.set_len(256 * 1024 * 1024 + 1).expect("made longer");
    for kind in ["accounts", "contacts"] {
        let (ok, said) = desk.run(&format!("import {kind} nppes.csv --territory north"));
        // It would be said back as a header.
        let said: String = said.chars().take(200).collect();
        assert_eq!(
            (ok, said.as_str()),
            (false, "nppes.csv: The file is larger than 256 MiB. Cut it to your states first.\n")
        );
    }
    let missing = desk.refused("import accounts nppes.txt --territory north");
    assert!(missing.starts_with("nppes.txt: No such file"), "{missing}");
}

#[test]
fn a_mistyped_ledger_is_not_made() {
    let desk = Desk::new();
    let missing = "There is no ledger mistyped.sqlite. Make one with: organisation add NAME\n";
    for line in [
        "organisation list",
        "territory add north North",
        "user list",
        "user password ana@world.example",
        "import accounts hospitals.csv --territory north",
        "aside list",
        "epoch bump",
        "backup copy.sqlite",
        // An address that is nobody's, so that it ends in any case.
        "serve --listen 192.0.2.1:0",
    ] {
        assert_eq!(desk.refused(&format!("{line} --db mistyped.sqlite")), missing, "{line}");
    }
    assert_eq!(std::fs::read_dir(desk.path()).expect("reads").count(), 0, "nothing was made");
    desk.done("organisation add World --db right.sqlite");
    assert_eq!(desk.done("organisation list --db right.sqlite"), "World\n");
}

#[test]
fn a_ledger_that_holds_the_practice_organisation_is_not_served_without_it() {
    let desk = Desk::new();
    // An address that is nobody's, so that it ends in any case.
    let serve = "serve --listen 192.0.2.1:0";
    let mut ledger = Ledger::open(&desk.path().join("satchel.sqlite")).expect("opens");
    server::practice::set_up(&mut ledger, 1_767_225_600_000).expect("set up");
    let said = desk.refused(serve);
    assert!(said.starts_with("satchel.sqlite holds the practice organisation"), "{said}");
    for who in ["rep1", "rep2", "manager"] {
        desk.done(&format!("user close {who}@practice.example"));
        assert_eq!(desk.refused(serve), said);
    }
    desk.done("user close admin@practice.example");
    assert!(desk.refused(serve).starts_with("192.0.2.1:0: "), "nobody of it can sign in");
}

#[test]
fn nothing_is_practised_in_a_ledger_that_is_being_replaced() {
    let desk = Desk::new();
    let db = desk.path().join("satchel.sqlite");
    let alone = Hold::alone(&db).expect("nobody else");
    let said = desk.refused("serve --practice --listen 127.0.0.1:0");
    assert!(said.contains("being replaced"), "{said}");
    assert!(!db.exists(), "nothing was written");
    drop(alone);
}

#[test]
fn nothing_is_practised_in_another_organisations_ledger() {
    let desk = Desk::set_up();
    // An address that is taken, so that it ends in any case.
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = taken.local_addr().expect("it has one");
    let said = desk.refused(&format!("serve --practice --listen {address}"));
    assert!(said.starts_with("The ledger is another organisation's"), "{said}");
    assert_eq!(desk.done("organisation list"), "World\n");
    assert_eq!(desk.done("user list"), "");
}

#[test]
fn a_file_that_cannot_be_used_is_named_and_no_disk_is_blamed() {
    let desk = Desk::set_up();
    std::fs::write(desk.path().join("notes.txt"), "Words that somebody wrote.").expect("writes");
    desk.done("backup copy.sqlite");
    let no_ledger = "notes.txt cannot be used: file is not a database.";
    let nowhere = "missing/a.sqlite cannot be used: unable to open database file";
    for (line, expected) in [
        ("backup missing/copy.sqlite", "missing/copy.sqlite: No such file or directory"),
        ("organisation list --db .", ".: Is a directory"),
        ("serve --listen 192.0.2.1:0 --db .", ".: Is a directory"),
        ("organisation list --db notes.txt", no_ledger),
        ("serve --listen 192.0.2.1:0 --db notes.txt", no_ledger),
        ("serve --practice --listen 127.0.0.1:0 --db notes.txt", no_ledger),
        ("backup other.sqlite --db notes.txt", no_ledger),
        ("restore notes.txt --db other.sqlite", "notes.txt: The file is not a ledger"),
        ("organisation add World --db missing/a.sqlite", nowhere),
        ("serve --practice --listen 127.0.0.1:0 --db missing/a.sqlite", nowhere),
        (
            "restore copy.sqlite --db missing/a.sqlite",
            "The ledger cannot be locked: missing/a.sqlite.lock: No such",
        ),
    ] {
        let said = desk.refused(line);
        assert!(said.lines().last().is_some_and(|line| line.starts_with(expected)), "{line}: {said}");
    }
}
