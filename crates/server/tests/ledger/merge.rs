//! Merge, as the ledger does it: whatever two reps write, nothing is dropped in silence.

use expect_test::{Expect, expect};
use protocol::message::{Outcome, Receipt, Refusal};

use crate::world::{World, create, delete, new_id, note, patch, t};

/// Ana and Ben hold version 1 of an account; Ben writes `theirs`, then Ana's `mine` arrives, based on version
/// 1.
#[track_caller]
fn check_merge(theirs: &[(&str, &str)], mine: &[(&str, &str)], expected: Expect) {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = new_id();
    let start = [("name", "A"), ("phone", "1"), ("owner", "Ana")];
    world.save(&mut ana, vec![create(id, "central", &start)]);
    world.save(&mut ben, vec![patch(id, 1, theirs)]);
    let receipt = world.save(&mut ana, vec![patch(id, 1, mine)]);
    let record = world.record(id);
    expected.assert_eq(&format!("{} v{} {:?}", told(&receipt), record.version, record.fields));
    world.assert_feeds_are_true();
    let versions = world.ledger.history(id).expect("the ledger reads").len() as u64;
    assert_eq!(versions, record.version, "history has a line for every version");
}

fn told(receipt: &Receipt) -> String {
    let clashes = receipt.clashes.iter().map(|clash| {
        let kind = if clash.parked { "parked" } else { "replaced" };
        format!(" {kind} {}: {:?} / {:?}", clash.field, clash.theirs, clash.mine)
    });
    format!("{:?}{}", receipt.outcome, clashes.collect::<String>())
}

#[test]
fn fields_nobody_else_touched_merge() {
    check_merge(
        &[("phone", "2")],
        &[("name", "B")],
        expect![[r#"Merged v3 {"name": "B", "owner": "Ana", "phone": "2"}"#]],
    );
}

#[test]
fn the_same_value_is_no_clash_and_no_version() {
    check_merge(
        &[("phone", "2")],
        &[("phone", "2")],
        expect![[r#"Merged v2 {"name": "A", "owner": "Ana", "phone": "2"}"#]],
    );
}

#[test]
fn a_text_takes_the_later_arrival_and_tells_the_other() {
    check_merge(
        &[("phone", "2")],
        &[("phone", "3")],
        expect![[
            r#"Merged replaced phone: Some("2") / Some("3") v3 {"name": "A", "owner": "Ana", "phone": "3"}"#
        ]],
    );
}

#[test]
fn an_owner_waits_for_a_person_and_the_rest_applies() {
    check_merge(
        &[("owner", "Ben")],
        &[("owner", "Cem"), ("phone", "3")],
        expect![[
            r#"Conflicted parked owner: Some("Ben") / Some("Cem") v3 {"name": "A", "owner": "Ben", "phone": "3"}"#
        ]],
    );
}

#[test]
fn a_change_that_is_parked_whole_makes_no_version() {
    check_merge(
        &[("owner", "Ben")],
        &[("owner", "")],
        expect![[
            r#"Conflicted parked owner: Some("Ben") / None v2 {"name": "A", "owner": "Ben", "phone": "1"}"#
        ]],
    );
}

#[test]
fn a_device_never_clashes_with_what_it_wrote_before() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id = world.account(&mut ana, "north", "A");
    for owner in ["Ana", "Ben", "Cem"] {
        let receipt = world.save(&mut ana, vec![patch(id, 1, &[("owner", owner)])]);
        assert_eq!(receipt.outcome, Outcome::Accepted);
    }
    assert_eq!(world.record(id).version, 4);
}

#[test]
fn a_deletion_leaves_a_tombstone_and_edits_of_it_are_told_so() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = world.account(&mut ana, "central", "A");
    assert_eq!(world.save(&mut ana, vec![delete(id, 1)]).outcome, Outcome::Accepted);
    let record = world.record(id);
    assert!(record.deleted && record.fields == protocol::Fields::new() && record.version == 2);
    let gone = Outcome::Refused(Refusal::Gone);
    let tablet = &mut world.phone_of(world.ben);
    assert_eq!(world.save(&mut ben, vec![patch(id, 1, &[("name", "B")])]).outcome, gone);
    assert_eq!(world.save(tablet, vec![note(new_id(), "central", id, "Hello")]).outcome, gone);
    let again = world.save(&mut ana, vec![delete(id, 1)]);
    assert_eq!((again.outcome, again.at[&t("central")]), (Outcome::Accepted, 2), "both wanted it gone");
    assert_eq!(world.record(id).version, 2);
    let last = world.ledger.history(id).expect("reads").pop().expect("two versions");
    assert_eq!((last.op.as_str(), last.before["name"].as_str()), ("delete", "A"), "nothing is lost");
    world.assert_feeds_are_true();
}

#[test]
fn a_deletion_against_a_newer_edit_waits_for_a_person() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = world.account(&mut ana, "central", "A");
    world.save(&mut ben, vec![patch(id, 1, &[("phone", "2")])]);
    let receipt = world.save(&mut ana, vec![delete(id, 1)]);
    assert_eq!(told(&receipt), r#"Conflicted parked deleted: None / Some("true")"#);
    assert_eq!(receipt.at[&t("central")], 2);
    assert!(!world.record(id).deleted);
    assert_eq!(world.save(&mut ana, vec![delete(id, 2)]).outcome, Outcome::Accepted, "now she has seen it");
}
