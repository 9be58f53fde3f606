//! A file that somebody damaged: what it says is told to be wrong, and never counted on.

use std::sync::Barrier;

use protocol::message::{Outcome, PushRequest, Refusal};
use server::ledger::{Ledger, LedgerError};

use super::world::{World, patch};

#[test]
fn a_number_below_zero_is_told_and_stops_nothing_else() {
    for damage in [
        "UPDATE device SET last_number = -1",
        "UPDATE territory SET head = -1 WHERE id = 'north'",
        "UPDATE record SET version = -1",
    ] {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("ledger.sqlite");
        let mut world = World::on(Ledger::open(&path).expect("a new file"));
        let mut phone = world.phone_of(world.ana);
        let id = world.account(&mut phone, "north", "Mercy");
        rusqlite::Connection::open(&path).expect("opens").execute(damage, []).expect("it is damaged");
        let change = phone.change(vec![patch(id, 1, &[("city", "Elko")])]);
        let answer = world.push(&phone, &[change]);
        assert!(matches!(answer, Err(LedgerError::Database(_))), "{damage}: {answer:?}");
        world.ledger.pulse(None, 7).expect("the rest still reads");
    }
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ledger.sqlite");
    drop(Ledger::open(&path).expect("a new file"));
    let file = rusqlite::Connection::open(&path).expect("opens");
    file.pragma_update(None, "user_version", 1_000).expect("it is of a later version");
    let sentence = "This database was written by a newer version of Satchel.";
    assert_eq!(Ledger::open(&path).err(), Some(LedgerError::Refused(sentence.to_owned())));
}

/// The 19th and 20th byte say how the file is written: 2 for ahead in a log beside it, 1 for all in one file (the
/// SQLite file format, 1.3.3).
#[test]
fn a_ledger_is_put_into_its_one_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ledger.sqlite");
    let ledger = Ledger::open(&path).expect("opens");
    let how = || std::fs::read(&path).expect("reads")[18..20].to_vec();
    assert_eq!(how(), [2, 2]);
    assert_eq!(ledger.fold(), Ok(()));
    assert_eq!(how(), [1, 1]);
}

#[test]
fn of_all_errors_three_say_that_the_ledger_as_a_whole_cannot_be_used() {
    let text = || "why".to_owned();
    let trouble = [LedgerError::Busy, LedgerError::Full, LedgerError::Disk(text())];
    let others = [
        LedgerError::UnknownUser,
        LedgerError::OtherDevice,
        LedgerError::TooLarge,
        LedgerError::SchemaOld,
        LedgerError::Refused(text()),
        LedgerError::Database(text()),
    ];
    assert!(trouble.iter().all(LedgerError::is_trouble));
    assert!(!others.iter().any(LedgerError::is_trouble));
}

#[test]
fn several_that_open_a_new_file_at_once_make_it_once() {
    for _ in 0..8 {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("ledger.sqlite");
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    Ledger::open(&path).expect("opens");
                });
            }
        });
    }
}

#[test]
fn a_change_about_a_record_that_cannot_be_read_is_set_aside_and_others_go_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ledger.sqlite");
    let mut world = World::on(Ledger::open(&path).expect("a new file"));
    let mut phone = world.phone_of(world.ana);
    let (id, other) =
        (world.account(&mut phone, "north", "Mercy"), world.account(&mut phone, "north", "Vista"));
    let damage = rusqlite::Connection::open(&path).expect("opens");
    damage.execute("UPDATE record SET version = -1 WHERE id = ?1", [id.0]).expect("it is damaged");
    let change = phone.change(vec![patch(id, 1, &[("city", "Elko")])]);
    let next = phone.change(vec![patch(other, 1, &[("city", "Elko")])]);
    let both = [change.clone(), next];
    assert!(matches!(world.push(&phone, &both), Err(LedgerError::Database(_))));
    let request = PushRequest { suspect: true, ..PushRequest::new(phone.id, 0, vec![change]) };
    let reply = world.ledger.set_aside(world.ana, &request, 7).expect("set aside");
    assert_eq!(reply.receipts[0].outcome, Outcome::Refused(Refusal::Failed));
    // The phone never heard of it, and sends it once more with the next one: it is not looked into again.
    let receipts = world.push(&phone, &both).expect("taken").receipts;
    let outcomes: Vec<Outcome> = receipts.into_iter().map(|receipt| receipt.outcome).collect();
    assert_eq!(outcomes, [Outcome::Refused(Refusal::Failed), Outcome::Accepted]);
}
