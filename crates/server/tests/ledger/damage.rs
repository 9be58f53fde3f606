//! A file that somebody damaged: what it says is told to be wrong, and never counted on.

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
