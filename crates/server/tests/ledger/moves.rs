//! Records that are filed at another account, and accounts that become one: both feeds stay true, and so do the phones.

use protocol::message::{Outcome, Refusal};
use protocol::{Edit, Kind, Op, RecordId};
use server::ledger::own_territory;

use crate::world::{Held, Phone, World, create, edit, new_id, note, patch, t};

fn file(id: RecordId, kind: Kind, op: Op, base: u64, account: RecordId) -> Edit {
    edit(id, kind, op, base, &[("account", &account.0.to_string())])
}

/// Both phones pull, from where they were and from nothing, and hold what the ledger does.
#[track_caller]
fn assert_all_is_true(world: &mut World, helds: &mut [(uuid::Uuid, Held)]) {
    world.assert_feeds_are_true();
    for (user, held) in helds {
        world.pull(*user, held, 2);
        assert_eq!(held.records, world.truth(*user));
        let mut fresh = Held::default();
        world.pull(*user, &mut fresh, 2);
        assert_eq!(fresh.records, held.records);
    }
}

/// An account in north and one in central, with Ana's phone and what Ana and Ben hold.
fn two_accounts() -> (World, Phone, [RecordId; 2], [(uuid::Uuid, Held); 2]) {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let accounts = [world.account(&mut ana, "north", "A"), world.account(&mut ana, "central", "B")];
    let mut helds = [(world.ana, Held::default()), (world.ben, Held::default())];
    assert_all_is_true(&mut world, &mut helds);
    (world, ana, accounts, helds)
}

#[test]
fn each_kind_goes_where_its_account_is_and_back_again() {
    let (mut world, mut ana, [north, central], mut helds) = two_accounts();
    let kinds = [
        (Kind::Contact, "name"),
        (Kind::Referral, "patient"),
        (Kind::Event, "subject"),
        (Kind::Note, "text"),
    ];
    for (kind, first) in kinds {
        let id = new_id();
        let account = north.0.to_string();
        let set = [(first, "x"), ("account", account.as_str())];
        world.save(&mut ana, vec![edit(id, kind, Op::Create(t("north")), 0, &set)]);
        assert_all_is_true(&mut world, &mut helds);
        for (base, account, territory) in
            [(1, central, "central"), (2, north, "north"), (3, central, "central")]
        {
            let receipt = world.save(&mut ana, vec![file(id, kind, Op::Patch, base, account)]);
            assert_eq!(receipt.outcome, Outcome::Accepted, "{kind:?}");
            assert_eq!(receipt.at.keys().collect::<Vec<_>>(), [&t(territory)], "{kind:?}");
            assert_eq!(world.record(id).territory, t(territory), "{kind:?}");
            assert_all_is_true(&mut world, &mut helds);
        }
        let history = world.ledger.history(id).expect("reads");
        assert_eq!(
            history.iter().map(|row| row.op.as_str()).collect::<Vec<_>>(),
            ["create", "patch", "patch", "patch"]
        );
    }
}

/// One save makes an account and files an old note there; the next takes the note and its contact back at once.
#[test]
fn several_move_in_one_save_and_all_or_none() {
    let (mut world, mut ana, [north, central], mut helds) = two_accounts();
    let (contact, note_id) = (new_id(), new_id());
    let account = north.0.to_string();
    let set = [("name", "C"), ("account", account.as_str())];
    let made = edit(contact, Kind::Contact, Op::Create(t("north")), 0, &set);
    world.save(&mut ana, vec![made, note(note_id, "north", north, "Hello")]);
    let new = new_id();
    let edits = vec![
        create(new, "central", &[("name", "New")]),
        file(note_id, Kind::Note, Op::Patch, 1, new),
        file(contact, Kind::Contact, Op::Patch, 1, central),
    ];
    let receipt = world.save(&mut ana, edits);
    assert_eq!(receipt.outcome, Outcome::Accepted);
    assert_eq!(
        (world.record(note_id).territory, world.record(contact).territory),
        (t("central"), t("central"))
    );
    assert_all_is_true(&mut world, &mut helds);

    // Ben sees both, and takes one to where Ana has nothing; the other he would take where he has nothing himself.
    let mut ben = world.phone_of(world.ben);
    let south = world.account(&mut ben, "south", "S");
    let both = |away: RecordId| {
        vec![file(note_id, Kind::Note, Op::Patch, 2, south), file(contact, Kind::Contact, Op::Patch, 2, away)]
    };
    let refused = world.save(&mut ben, both(north));
    assert_eq!(refused.outcome, Outcome::Refused(Refusal::Denied));
    assert_eq!(world.record(note_id).territory, t("central"), "all or nothing");
    let mut ben = world.phone_of(world.ben);
    assert_eq!(world.save(&mut ben, both(south)).outcome, Outcome::Accepted);
    assert_all_is_true(&mut world, &mut helds);
    assert!(!helds[0].1.records.contains_key(&contact), "it has left Ana's phone");
}

/// What an account takes along includes what was deleted: brought back, it is where the account is.
#[test]
fn a_deleted_record_comes_back_where_its_account_is() {
    let (mut world, mut ana, [north, central], mut helds) = two_accounts();
    let ids = [new_id(), new_id()];
    for id in ids {
        world.save(&mut ana, vec![note(id, "north", north, "Hello")]);
        world.save(&mut ana, vec![edit(id, Kind::Note, Op::Delete, 1, &[])]);
    }
    assert_all_is_true(&mut world, &mut helds);
    // One is brought back for another account at once, the other after its account was moved.
    let receipt = world.save(&mut ana, vec![file(ids[0], Kind::Note, Op::Restore, 2, central)]);
    assert_eq!((receipt.outcome, world.record(ids[0]).territory), (Outcome::Accepted, t("central")));
    assert_all_is_true(&mut world, &mut helds);
    assert_eq!(
        world.ledger.move_record(world.ana, north, &t("central"), 5),
        Ok(1),
        "who is dead is not counted"
    );
    assert_all_is_true(&mut world, &mut helds);
    let receipt = world.save(&mut ana, vec![edit(ids[1], Kind::Note, Op::Restore, 2, &[])]);
    assert_eq!((receipt.outcome, world.record(ids[1]).territory), (Outcome::Accepted, t("central")));
    assert_all_is_true(&mut world, &mut helds);
    assert!(helds[1].1.records.contains_key(&ids[1]), "Ben has it too");
}

#[test]
fn two_who_merge_one_account_into_different_ones_wait_for_a_person() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let [loser, one, two] = ["L", "1", "2"].map(|name| world.account(&mut ana, "central", name));
    let into = |id: RecordId| id.0.to_string();
    let merged = world.save(&mut ana, vec![patch(loser, 1, &[("merged_into", &into(one))])]);
    assert_eq!(merged.outcome, Outcome::Accepted);
    // What Ben has not sent yet about the loser still goes there; his other merge is set aside.
    let receipt = world.save(
        &mut ben,
        vec![
            note(new_id(), "central", loser, "Hello"),
            patch(loser, 1, &[("merged_into", &into(two)), ("phone", "555-0102")]),
        ],
    );
    assert_eq!(receipt.outcome, Outcome::Conflicted);
    let [clash] = receipt.clashes.as_slice() else { panic!("one clash: {receipt:?}") };
    assert_eq!((clash.field.as_str(), clash.parked), ("merged_into", true));
    assert_eq!((clash.theirs.clone(), clash.mine.clone()), (Some(into(one)), Some(into(two))));
    let held = world.record(loser);
    assert_eq!(
        (held.fields.text("merged_into"), held.fields.text("phone")),
        (Some(&*into(one)), Some("555-0102"))
    );
    // Ana takes her merge back.
    let undone = world.save(&mut ana, vec![patch(loser, 3, &[("merged_into", "")])]);
    assert_eq!((undone.outcome, world.record(loser).fields.text("merged_into")), (Outcome::Accepted, None));
    world.assert_feeds_are_true();
}

/// A note begun without an account, and what it promises, are filed; taking that back takes them back to the rep's own
/// territory, however often, and only for the one who began them.
#[test]
fn what_is_filed_no_more_goes_back_to_where_it_was_begun() {
    let (mut world, mut ana, [north, central], mut helds) = two_accounts();
    let own = own_territory(world.ana);
    let ids = [(new_id(), Kind::Note, "text"), (new_id(), Kind::Event, "subject")];
    let begin = |(id, kind, first)| edit(id, kind, Op::Create(own.clone()), 0, &[(first, "x")]);
    world.save(&mut ana, ids.map(begin).to_vec());
    for (base, account, territory) in [(1, central, "central"), (3, north, "north"), (5, central, "central")]
    {
        let filed = ids.map(|(id, kind, _)| file(id, kind, Op::Patch, base, account));
        assert_eq!(world.save(&mut ana, filed.to_vec()).outcome, Outcome::Accepted);
        assert!(ids.iter().all(|(id, ..)| world.record(*id).territory == t(territory)));
        assert_all_is_true(&mut world, &mut helds);
        let undone = ids.map(|(id, kind, _)| edit(id, kind, Op::Patch, base + 1, &[("account", "")]));
        let receipt = world.save(&mut ana, undone.to_vec());
        assert_eq!(
            (&receipt.outcome, receipt.at.keys().collect::<Vec<_>>()),
            (&Outcome::Accepted, vec![&own])
        );
        assert!(ids.iter().all(|(id, ..)| world.record(*id).territory == own));
        assert_all_is_true(&mut world, &mut helds);
    }
}

/// Without an account, but not begun in the territory of who took it away, a record stays where it is.
#[test]
fn what_was_not_begun_in_ones_own_territory_stays_where_it_is() {
    let (mut world, mut ana, [_, central], mut helds) = two_accounts();
    let own = own_territory(world.ana);
    let (begun, made) = (new_id(), new_id());
    let begin = edit(begun, Kind::Note, Op::Create(own), 0, &[("text", "x")]);
    world.save(&mut ana, vec![begin, note(made, "central", central, "x")]);
    world.save(&mut ana, vec![file(begun, Kind::Note, Op::Patch, 1, central)]);
    // What says nothing of the account moves nothing.
    world.save(&mut ana, vec![edit(begun, Kind::Note, Op::Patch, 2, &[("text", "y")])]);
    let mut ben = world.phone_of(world.ben);
    let away = |id| edit(id, Kind::Note, Op::Patch, 3, &[("account", "")]);
    for (phone, id) in [(&mut ben, begun), (&mut ana, made)] {
        assert_eq!(world.save(phone, vec![away(id)]).outcome, Outcome::Accepted);
        assert_eq!(
            (world.record(id).territory, world.record(id).fields.text("account")),
            (t("central"), None)
        );
        assert_all_is_true(&mut world, &mut helds);
    }
    // An account has no account to be taken away.
    let odd = world.save(&mut ana, vec![patch(central, 1, &[("account", ""), ("phone", "1")])]);
    assert_eq!((odd.outcome, world.record(central).territory), (Outcome::Accepted, t("central")));
    // Once lost, it is not reached.
    world.save(&mut ana, vec![file(begun, Kind::Note, Op::Patch, 4, central)]);
    world.ledger.unassign(world.ana, &t("central"), world.now).expect("taken");
    let receipt = world.save(&mut ana, vec![edit(begun, Kind::Note, Op::Patch, 5, &[("account", "")])]);
    assert_eq!(
        (receipt.outcome, world.record(begun).territory),
        (Outcome::Refused(Refusal::Denied), t("central"))
    );
    assert_all_is_true(&mut world, &mut helds);
}

/// Only what Ana made goes back to her own territory, and only when an account is taken away: not what Ben made, though
/// it stood there once, and not what has no account any more.
#[test]
fn what_goes_back_is_ones_own_and_had_an_account() {
    for (by_ana, has_account, back) in
        [(true, true, true), (false, true, false), (true, false, false), (false, false, false)]
    {
        let (mut world, mut ana, [_, central], mut helds) = two_accounts();
        let (own, mut ben) = (own_territory(world.ana), world.phone_of(world.ben));
        let (id, private) = (new_id(), new_id());
        let maker = if by_ana { &mut ana } else { &mut ben };
        world.save(maker, vec![note(id, "central", central, "x")]);
        world
            .save(&mut ana, vec![edit(private, Kind::Account, Op::Create(own.clone()), 0, &[("name", "P")])]);
        for (base, account) in [(1, private), (2, central)] {
            let receipt = world.save(&mut ana, vec![file(id, Kind::Note, Op::Patch, base, account)]);
            assert_eq!(receipt.outcome, Outcome::Accepted);
        }
        let away =
            |base, text| vec![edit(id, Kind::Note, Op::Patch, base, &[("account", ""), ("text", text)])];
        if !has_account {
            assert_eq!(world.save(&mut ben, away(3, "y")).outcome, Outcome::Accepted);
        }
        assert_eq!(world.save(&mut ana, away(4, "z")).outcome, Outcome::Accepted);
        let home = if back { own } else { t("central") };
        assert_eq!(world.record(id).territory, home, "by Ana {by_ana}, with an account {has_account}");
        assert_all_is_true(&mut world, &mut helds);
    }
}
