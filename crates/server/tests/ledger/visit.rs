//! What one visit yields, saved after its account has left the rep's reach: it goes through as a whole, and nothing
//! else does.

use protocol::limits::GRACE_MS;
use protocol::message::{Outcome, Refusal};
use protocol::{Edit, Kind, Op, RecordId};

use crate::world::{Held, World, edit, new_id, note, patch, t};

/// Ben had both accounts: one was moved to north, with its territory he lost the other. Each has a note and a planned
/// event; a third account of his stays.
struct Lost {
    world: World,
    account: RecordId,
    event: RecordId,
    note: RecordId,
    other: RecordId,
    of_other: RecordId,
    kept: RecordId,
}

fn event(id: RecordId, account: RecordId) -> Edit {
    let account = account.0.to_string();
    edit(id, Kind::Event, Op::Create(t("south")), 0, &[("subject", "E"), ("account", &account)])
}

fn of_event(id: RecordId, op: Op, set: &[(&str, &str)]) -> Edit {
    edit(id, Kind::Event, op, 1, set)
}

fn lost(moved: bool) -> Lost {
    let mut world = World::new();
    let mut ben = world.phone_of(world.ben);
    let [one, two] = ["A", "B"].map(|name| {
        let account = world.account(&mut ben, "south", name);
        let (of_it, said) = (new_id(), new_id());
        let edits = vec![event(of_it, account), note(said, "south", account, "Before")];
        assert_eq!(world.save(&mut ben, edits).outcome, Outcome::Accepted);
        (account, of_it, said)
    });
    let kept = world.account(&mut ben, "central", "C");
    world.ledger.move_record(world.ana, one.0, &t("north"), world.now).expect("moved");
    world.ledger.unassign(world.ben, &t("south"), world.now).expect("taken");
    let ((account, event, note), (other, of_other, _)) = if moved { (one, two) } else { (two, one) };
    Lost { world, account, event, note, other, of_other, kept }
}

#[track_caller]
fn check(edits: impl Fn(&Lost) -> Vec<Edit>, after: i64, expected: &Outcome) {
    for moved in [true, false] {
        let mut lost = lost(moved);
        let edits = edits(&lost);
        let world = &mut lost.world;
        world.now += after;
        let before = world.ledger.records(world.org).expect("reads");
        let mut ben = world.phone_of(world.ben);
        let receipt = world.save(&mut ben, edits.clone());
        assert_eq!(&receipt.outcome, expected, "moved {moved}: {edits:?}");
        world.assert_feeds_are_true();
        if receipt.outcome != Outcome::Accepted {
            assert_eq!(world.ledger.records(world.org).expect("reads"), before, "all or nothing: {edits:?}");
            continue;
        }
        // The account's new territory has all of it, and Ben's phone nothing.
        let home = world.record(lost.account).territory;
        assert_eq!(receipt.at.keys().collect::<Vec<_>>(), [&home], "{edits:?}");
        let mut held = Held::default();
        world.pull(world.ben, &mut held, 2);
        for edit in &edits {
            assert_eq!(world.record(edit.id).territory, home, "{edit:?}");
            assert!(!held.records.contains_key(&edit.id), "{edit:?}");
        }
    }
}

#[test]
fn what_a_visit_yields_goes_along_with_its_late_note() {
    let said = |lost: &Lost| note(new_id(), "south", lost.account, "Hello");
    let done = [("status", "done"), ("outcome", "saw")];
    let accepted = |edits: &dyn Fn(&Lost) -> Vec<Edit>| check(edits, 0, &Outcome::Accepted);
    accepted(&|lost| vec![said(lost)]);
    accepted(&|lost| vec![said(lost), event(new_id(), lost.account)]);
    accepted(&|lost| vec![event(new_id(), lost.account), said(lost)]);
    accepted(&|lost| vec![said(lost), of_event(lost.event, Op::Patch, &done)]);
    accepted(&|lost| vec![of_event(lost.event, Op::Patch, &done[..1]), said(lost)]);
    accepted(&|lost| vec![said(lost), event(new_id(), lost.account), of_event(lost.event, Op::Patch, &done)]);
}

#[test]
fn nothing_else_goes_along_with_a_late_note() {
    let denied = Outcome::Refused(Refusal::Denied);
    let done = [("status", "done")];
    let alone = |edits: &dyn Fn(&Lost) -> Vec<Edit>| check(edits, 0, &denied);
    alone(&|lost| vec![event(new_id(), lost.account)]);
    alone(&|lost| vec![of_event(lost.event, Op::Patch, &done)]);
    let with = |edit: &dyn Fn(&Lost) -> Edit| {
        check(|lost| vec![note(new_id(), "south", lost.account, "Hello"), edit(lost)], 0, &denied);
    };
    let text = |lost: &Lost| lost.account.0.to_string();
    with(&|lost| event(new_id(), lost.other));
    with(&|lost| of_event(lost.of_other, Op::Patch, &done));
    with(&|lost| of_event(lost.event, Op::Patch, &[("status", "done"), ("subject", "F")]));
    with(&|lost| {
        of_event(lost.event, Op::Patch, &[("status", "done"), ("account", &lost.kept.0.to_string())])
    });
    with(&|lost| of_event(lost.event, Op::Delete, &[]));
    with(&|lost| of_event(lost.event, Op::Restore, &done));
    with(&|lost| patch(lost.account, 1, &[("status", "done")]));
    with(&|lost| edit(lost.note, Kind::Note, Op::Patch, 1, &[("outcome", "saw")]));
    for (kind, first) in [(Kind::Contact, "name"), (Kind::Referral, "patient")] {
        let set = |lost: &Lost| [(first, "x".to_owned()), ("account", text(lost))];
        with(&|lost| {
            let set = set(lost);
            let set: Vec<(&str, &str)> = set.iter().map(|(name, text)| (*name, &**text)).collect();
            edit(new_id(), kind, Op::Create(t("south")), 0, &set)
        });
    }
    // Beside another note than a new one about this account.
    alone(&|lost| vec![note(new_id(), "central", lost.kept, "Hello"), event(new_id(), lost.account)]);
    let changed = |lost: &Lost| edit(lost.note, Kind::Note, Op::Patch, 1, &[("account", &text(lost))]);
    alone(&|lost| vec![changed(lost), event(new_id(), lost.account)]);
    // A deletion that names the account.
    alone(&|lost| {
        let id = new_id();
        let gone = edit(id, Kind::Note, Op::Delete, 1, &[("account", &text(lost))]);
        vec![note(id, "central", lost.kept, "Hello"), gone, event(new_id(), lost.account)]
    });
}

#[test]
fn the_while_in_which_a_visit_is_welcome_ends() {
    let visit = |lost: &Lost| {
        let said = note(new_id(), "south", lost.account, "Hello");
        vec![said, event(new_id(), lost.account), of_event(lost.event, Op::Patch, &[("status", "done")])]
    };
    check(visit, GRACE_MS - 10_000, &Outcome::Accepted);
    check(visit, GRACE_MS, &Outcome::Refused(Refusal::Denied));
}

/// Ana has said how it went before Ben's late word comes: his stands, and hers does not reach his phone.
#[test]
fn a_late_word_learns_nothing_of_what_it_replaces() {
    for moved in [true, false] {
        let mut lost = lost(moved);
        let world = &mut lost.world;
        world.ledger.assign(world.ana, &t("south")).expect("given");
        let mut ana = world.phone_of(world.ana);
        world.save(&mut ana, vec![of_event(lost.event, Op::Patch, &[("status", "cancelled")])]);
        let mut ben = world.phone_of(world.ben);
        let said = note(new_id(), "south", lost.account, "Hello");
        let done = of_event(lost.event, Op::Patch, &[("status", "done")]);
        let receipt = world.save(&mut ben, vec![said, done]);
        assert_eq!((receipt.outcome, receipt.clashes), (Outcome::Merged, vec![]), "moved {moved}");
        assert_eq!(world.record(lost.event).fields.text("status"), Some("done"));
    }
}

/// The account was merged before the visit is told: the note names the survivor, and what else the visit yields may
/// still name the one that was merged, however often, and in circles too. What Ben never had stays out of his reach.
#[test]
fn a_late_visit_follows_its_account_to_the_one_it_was_merged_into() {
    let cases: [(&[[usize; 2]], bool, bool); 7] = [
        (&[[0, 2]], true, true),
        (&[[0, 1], [1, 2]], true, true),
        (&[[0, 2], [2, 0]], true, true),
        (&[[0, 1], [1, 0]], true, false),
        (&[[2, 0]], true, false),
        (&[], true, false),
        (&[[0, 2]], false, false),
    ];
    for (merges, his, expected) in cases {
        for (moved, home) in [(true, "south"), (false, "south"), (true, "central"), (false, "central")] {
            let mut world = World::new();
            let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
            let (phone, first) = if his { (&mut ben, "south") } else { (&mut ana, "north") };
            let loser = world.account(phone, first, "A");
            let planned = new_id();
            let planning = Edit { op: Op::Create(t(first)), ..event(planned, loser) };
            assert_eq!(world.save(phone, vec![planning]).outcome, Outcome::Accepted);
            let accounts = [loser, world.account(&mut ben, "south", "B"), world.account(&mut ben, home, "C")];
            for [from, into] in merges {
                let into = accounts[*into].0.to_string();
                let phone = if *from == 0 && !his { &mut ana } else { &mut ben };
                let merged = world.save(phone, vec![patch(accounts[*from], 1, &[("merged_into", &into)])]);
                assert_eq!(merged.outcome, Outcome::Accepted);
            }
            if moved {
                for account in accounts {
                    world.ledger.move_record(world.ana, account, &t("north"), world.now).expect("moved");
                }
            } else {
                world.ledger.unassign(world.ben, &t("south"), world.now).expect("taken");
            }
            let done = of_event(planned, Op::Patch, &[("status", "done")]);
            for with in [done, event(new_id(), loser)] {
                let mut ben = world.phone_of(world.ben);
                let said = note(new_id(), "south", accounts[2], "Hello");
                let outcome = world.save(&mut ben, vec![said, with.clone()]).outcome;
                let denied = Outcome::Refused(Refusal::Denied);
                let expected = if expected { Outcome::Accepted } else { denied };
                assert_eq!(outcome, expected, "{merges:?}, his {his}, moved {moved} from {home}: {with:?}");
                world.assert_feeds_are_true();
            }
        }
    }
}

/// An account of Ana's comes to south and leaves it, and Ben loses south. His late word is welcome where he had both at
/// one time, and not where the account came after he had gone.
#[test]
fn a_late_note_is_welcome_only_where_the_rep_had_the_account() {
    const LOSE: &str = "";
    for (steps, expected) in [
        (["south", LOSE].as_slice(), true),
        (&["south", "north", LOSE], true),
        (&["south", LOSE, "north"], true),
        (&["south", "north", LOSE, "south"], true),
        (&[LOSE, "south"], false),
        (&[LOSE, "central", "south"], false),
    ] {
        let mut world = World::new();
        let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
        let account = world.account(&mut ana, "north", "A");
        world.ledger.unassign(world.ben, &t("central"), 0).expect("taken long ago");
        world.now = GRACE_MS + 1_000;
        for step in steps {
            world.now += 10;
            let (at, to) = (world.now, t(step));
            match *step {
                LOSE => world.ledger.unassign(world.ben, &t("south"), at).expect("taken"),
                _ => assert_eq!(world.ledger.move_record(world.ana, account, &to, at), Ok(1)),
            }
        }
        let outcome = world.save(&mut ben, vec![note(new_id(), "south", account, "Hello")]).outcome;
        let denied = Outcome::Refused(Refusal::Denied);
        assert_eq!(outcome, if expected { Outcome::Accepted } else { denied }, "{steps:?}");
    }
}
