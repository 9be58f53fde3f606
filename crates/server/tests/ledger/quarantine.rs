//! Refused changes: kept, held lane by lane, settled by the rep or the office, and let go on.

use protocol::limits::GRACE_MS;
use protocol::message::{Diverged, Outcome, PullRequest, PushRequest, Receipt, Refusal};
use protocol::{Change, How, Kind, Op, Settle};
use server::ledger::{Ledger, own_territory};
use uuid::Uuid;

use crate::world::{Held, World, create, delete, edit, new_id, note, patch, t};

const DENIED: Outcome = Outcome::Refused(Refusal::Denied);
const HELD: Outcome = Outcome::Refused(Refusal::Held);

#[test]
fn a_refused_change_holds_its_own_lane_and_no_other() {
    let mut world = World::new();
    let (mut ben, other) = (world.phone_of(world.ben), new_id());
    let id = new_id();
    let refused = world.save(&mut ben, vec![create(id, "north", &[("name", "A")])]);
    assert_eq!(refused.outcome, DENIED);
    let patched = world.save(&mut ben, vec![patch(id, 0, &[("name", "B")])]);
    let noted = world.save(&mut ben, vec![note(new_id(), "south", id, "Hello")]);
    assert_eq!((&patched.outcome, &noted.outcome), (&HELD, &HELD));
    let elsewhere = world.save(&mut ben, vec![create(other, "south", &[("name", "C")])]);
    assert_eq!(elsewhere.outcome, Outcome::Accepted);
    let mut tablet = world.phone_of(world.ben);
    let on_tablet = world.save(&mut tablet, vec![create(id, "south", &[("name", "D")])]);
    assert_eq!(on_tablet.outcome, Outcome::Accepted, "another device does not wait for this one");
}

#[test]
fn what_waited_goes_on_in_its_order_once_another_change_stands_in_its_place() {
    let mut world = World::new();
    let mut ben = world.phone_of(world.ben);
    let (id, about) = (new_id(), new_id());
    let refused = world.save(&mut ben, vec![create(id, "north", &[("name", "A")])]);
    let held = [
        world.save(&mut ben, vec![patch(id, 0, &[("name", "B")])]),
        world.save(&mut ben, vec![note(about, "south", id, "Hello")]),
        world.save(&mut ben, vec![patch(id, 0, &[("name", "C")])]),
    ];
    let fix = world.settle(&mut ben, How::Done, &refused, vec![create(id, "south", &[("name", "A")])]);
    assert_eq!(fix.outcome, Outcome::Accepted);
    let outcomes = world.decided(&ben, &[&held[0], &held[1], &held[2]]);
    assert_eq!(outcomes, [Outcome::Accepted, Outcome::Accepted, Outcome::Accepted]);
    assert_eq!((world.record(id).version, world.record(id).fields.text("name")), (3, Some("C")));
    assert_eq!(world.record(about).territory, t("south"));
    assert!(world.ledger.unsettled(world.org).expect("reads").is_empty());
    world.assert_feeds_are_true();

    // Told again, the same; nothing is applied twice.
    let outcomes = world.decided(&ben, &[&held[0], &held[2]]);
    assert_eq!(outcomes, [Outcome::Accepted, Outcome::Accepted]);
    assert_eq!(world.record(id).version, 3);
}

#[test]
fn a_fix_waits_for_what_was_refused_before_the_one_it_stands_in_for() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let [a, b] = ["A", "B"].map(|name| world.account(&mut ana, "north", name));
    let [first, second] = [a, b].map(|id| world.save(&mut ana, vec![patch(id, 1, &[("name", "")])]));
    let edits = || [a, b].map(|id| patch(id, 1, &[("phone", "1")])).to_vec();
    let fix = world.settle(&mut ana, How::Done, &second, edits());
    assert_eq!(fix.outcome, Outcome::Refused(Refusal::Held));
    world.settle(&mut ana, How::Done, &first, Vec::new());
    assert_eq!(world.record(b).fields.text("phone"), Some("1"));
}

#[test]
fn a_fix_that_is_refused_as_well_lets_nothing_go() {
    let mut world = World::new();
    let mut ben = world.phone_of(world.ben);
    let id = new_id();
    let refused = world.save(&mut ben, vec![create(id, "north", &[("name", "A")])]);
    let held = world.save(&mut ben, vec![patch(id, 0, &[("name", "B")])]);
    let fix = world.settle(&mut ben, How::Done, &refused, vec![create(id, "nowhere", &[("name", "A")])]);
    assert_eq!(fix.outcome, DENIED);
    assert_eq!(world.decided(&ben, &[&refused, &held]), [DENIED, HELD]);
    // Undone, it lets the next one go, which then has nothing to stand on.
    world.settle(&mut ben, How::Done, &refused, vec![]);
    world.settle(&mut ben, How::Done, &fix, vec![]);
    assert_eq!(world.decided(&ben, &[&held]), [DENIED]);
    assert!(world.ledger.records(world.org).expect("reads").is_empty());
}

/// Undone offline together: the first of them lets go on what waited for it, and the second lets just that go.
#[test]
fn what_a_push_lets_go_is_not_done_by_an_earlier_change_of_the_same_push() {
    let mut world = World::new();
    let mut ben = world.phone_of(world.ben);
    let (id, mut about) = (world.account(&mut ben, "south", "A"), [new_id(), new_id()]);
    about.sort();
    let refused = world.save(&mut ben, vec![patch(id, 1, &[("name", "")])]);
    let held = about.map(|note_id| world.save(&mut ben, vec![note(note_id, "south", id, "Hello")]));
    assert_eq!((&held[0].outcome, &held[1].outcome), (&HELD, &HELD));
    let mut undo = |receipt: &Receipt| Change {
        settles: vec![Settle { change: receipt.change, how: How::Done }],
        ..ben.change(vec![])
    };
    let changes = [undo(&refused), undo(&held[0])];
    let receipts = world.push(&ben, &changes).expect("taken").receipts;
    assert!(receipts.iter().all(|receipt| receipt.outcome == Outcome::Accepted));
    assert!(world.ledger.record(about[0]).expect("reads").is_none(), "the rep has let it go");
    assert_eq!(world.record(about[1]).fields.text("text"), Some("Hello"), "what nobody let go is done");
    assert!(world.ledger.unsettled(world.org).expect("reads").is_empty());
    world.assert_feeds_are_true();
}

/// A phone that met a restored server sends anew what was refused, and no more than the name of what its rep let go.
#[test]
fn what_a_rep_let_go_is_not_decided_about_in_the_words_it_had() {
    let mut world = World::new();
    let (mut ben, renamed) = (world.phone_of(world.ben), world.phone_of(world.ben));
    let change = ben.change(vec![create(new_id(), "north", &[("name", "A")])]);
    world.push(&ben, std::slice::from_ref(&change)).expect("taken");
    world.push(&renamed, &[Change { edits: vec![], ..change }]).expect("taken");
    let aside = world.ledger.unsettled(world.org).expect("reads");
    let edits: Vec<_> = aside.iter().map(|it| it.change.edits.len()).collect();
    assert_eq!(edits, [0]);
}

#[test]
fn the_office_sees_what_was_refused_and_accepts_it_for_its_author() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = world.account(&mut ana, "north", "A");
    let refused = world.save(&mut ben, vec![patch(id, 1, &[("phone", "2")])]);
    let held = world.save(&mut ben, vec![note(new_id(), "south", id, "Hello")]);
    world.settle(&mut ben, How::Ask, &refused, vec![]);
    let aside = world.ledger.unsettled(world.org).expect("reads");
    let seen: Vec<_> = aside.iter().map(|it| (it.name.as_str(), &it.reason, it.asked)).collect();
    assert_eq!(seen, [("Ben", &Refusal::Denied, true), ("Ben", &Refusal::Held, false)]);

    world.ledger.accept(world.org, refused.change, world.now).expect("accepted");
    assert_eq!(world.record(id).fields.text("phone"), Some("2"));
    assert_eq!(world.record(id).by, "Ben");
    assert_eq!(world.decided(&ben, &[&refused, &held]), [Outcome::Accepted, DENIED]);
    world.ledger.accept(world.org, held.change, world.now).expect("accepted");
    assert!(world.ledger.accept(world.org, held.change, world.now).is_err(), "once");
    world.assert_feeds_are_true();
}

#[test]
fn nobody_settles_or_asks_about_another_users_change() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let refused = world.save(&mut ben, vec![create(new_id(), "north", &[("name", "A")])]);
    world.settle(&mut ana, How::Done, &refused, vec![]);
    assert!(world.decided(&ana, &[&refused]).is_empty());
    assert_eq!(world.decided(&ben, &[&refused]), [DENIED]);
    assert_eq!(world.ledger.unsettled(world.org).expect("reads").len(), 1);
}

#[test]
fn a_change_that_the_server_fails_on_is_set_aside_unread_and_answers_for_ever() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let poison = ana.change(vec![create(new_id(), "north", &[("name", "A")])]);
    let request = PushRequest { suspect: true, ..PushRequest::new(ana.id, 0, vec![poison.clone()]) };
    let reply = world.ledger.set_aside(world.ana, &request, 1).expect("set aside");
    assert_eq!(reply.receipts[0].outcome, Outcome::Refused(Refusal::Failed));
    assert_eq!(world.push(&ana, &[poison]).expect("taken").receipts, reply.receipts);
    assert_eq!(world.ledger.unsettled(world.org).expect("reads").len(), 1);
    let next = world.save(&mut ana, vec![create(new_id(), "north", &[("name", "B")])]);
    assert_eq!(next.outcome, Outcome::Accepted);
}

#[test]
fn what_the_server_fails_on_is_not_tried_again_when_the_record_it_is_about_comes() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = new_id();
    let poison = ana.change(vec![patch(id, 1, &[("phone", "1")])]);
    let request = PushRequest { suspect: true, ..PushRequest::new(ana.id, 0, vec![poison]) };
    world.ledger.set_aside(world.ana, &request, 1).expect("set aside");
    world.save(&mut ben, vec![create(id, "central", &[("name", "A")])]);
    assert_eq!((world.record(id).version, world.ledger.unsettled(world.org).expect("reads").len()), (1, 1));
}

#[test]
fn a_deleted_record_comes_back_with_what_it_held_and_what_was_added() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = world.account(&mut ana, "central", "A");
    world.save(&mut ana, vec![delete(id, 1)]);
    let gone = world.save(&mut ben, vec![note(new_id(), "central", id, "Hello")]);
    assert_eq!(gone.outcome, Outcome::Refused(Refusal::Gone));
    let back = edit(id, Kind::Account, Op::Restore, 1, &[("phone", "2")]);
    let edits = vec![back, note(new_id(), "central", id, "Hello")];
    assert_eq!(world.settle(&mut ben, How::Done, &gone, edits).outcome, Outcome::Accepted);
    let record = world.record(id);
    assert!(!record.deleted);
    assert_eq!((record.fields.text("name"), record.fields.text("phone")), (Some("A"), Some("2")));
    let last = world.ledger.history(id).expect("reads").pop().expect("three versions");
    assert_eq!((last.version, last.op.as_str()), (3, "restore"));
    let again = edit(id, Kind::Account, Op::Restore, 3, &[]);
    let receipt = world.save(&mut ben, vec![again]);
    assert_eq!((receipt.outcome, world.record(id).version), (Outcome::Accepted, 3), "it lives already");
    world.assert_feeds_are_true();
}

#[test]
fn whoever_brings_back_what_a_colleague_had_changed_hears_that_it_was_merged() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = world.account(&mut ana, "central", "A");
    world.save(&mut ana, vec![patch(id, 1, &[("city", "Elko")])]);
    world.save(&mut ana, vec![delete(id, 2)]);
    let back = edit(id, Kind::Account, Op::Restore, 1, &[("phone", "2")]);
    assert_eq!(world.save(&mut ben, vec![back]).outcome, Outcome::Merged);
    assert_eq!(world.record(id).fields.text("city"), Some("Elko"));
}

#[test]
fn late_notes_reach_the_new_owner_for_a_while_and_nothing_else_does() {
    let mut world = World::new();
    let mut ben = world.phone_of(world.ben);
    let moved = world.account(&mut ben, "south", "A");
    let lost = world.account(&mut ben, "south", "B");
    world.ledger.move_record(world.ana, moved, &t("north"), world.now).expect("moved");
    world.ledger.unassign(world.ben, &t("south"), world.now).expect("taken");

    for account in [moved, lost] {
        let mut phone = world.phone_of(world.ben);
        let id = new_id();
        let late = world.save(&mut phone, vec![note(id, "south", account, "Hello")]);
        assert_eq!(late.outcome, Outcome::Accepted);
        assert_eq!(world.record(id).territory, world.record(account).territory);
        let mut phone = world.phone_of(world.ben);
        assert_eq!(world.save(&mut phone, vec![patch(account, 1, &[("name", "C")])]).outcome, DENIED);
        let contact = edit(new_id(), Kind::Contact, Op::Create(t("south")), 0, &[("name", "C")]);
        let mut phone = world.phone_of(world.ben);
        assert_eq!(world.save(&mut phone, vec![contact]).outcome, DENIED);
    }
    world.now += GRACE_MS;
    for account in [moved, lost] {
        let mut phone = world.phone_of(world.ben);
        let late = world.save(&mut phone, vec![note(new_id(), "south", account, "Hello")]);
        assert_eq!(late.outcome, DENIED, "the while is over");
    }
    let never_his = {
        let mut ana = world.phone_of(world.ana);
        world.account(&mut ana, "north", "C")
    };
    let foreign = world.save(&mut ben, vec![note(new_id(), "south", never_his, "Hello")]);
    assert_eq!(foreign.outcome, DENIED);
    world.assert_feeds_are_true();
}

#[test]
fn a_users_own_feed_is_read_and_written_by_nobody_else() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let own = own_territory(world.ana);
    let private = || edit(new_id(), Kind::Note, Op::Create(own.clone()), 0, &[("text", "Mine")]);
    assert_eq!(world.save(&mut ana, vec![private()]).outcome, Outcome::Accepted);
    assert_eq!(world.save(&mut ben, vec![private()]).outcome, DENIED);
    let (mut hers, mut his) = (Held::default(), Held::default());
    world.pull(world.ana, &mut hers, 0);
    world.pull(world.ben, &mut his, 0);
    assert_eq!((hers.records.len(), his.records.len()), (1, 0));
    assert!(world.ledger.assign(world.ben, &own).is_err());
    assert!(world.ledger.unassign(world.ana, &own, 0).is_err());
    assert!(world.ledger.add_territory(world.org, &own, "Ours").is_err());
    let account = world.account(&mut ana, "north", "A");
    assert!(world.ledger.move_record(world.ana, account, &own, 0).is_err());
}

#[test]
fn a_territory_is_split_at_one_moment_with_all_that_belongs_to_its_accounts() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    for (at, county) in ["Washoe", "WASHOE", "Clark"].iter().enumerate() {
        let id = new_id();
        world.save(&mut ana, vec![create(id, "north", &[("name", &at.to_string()), ("county", county)])]);
        world.save(&mut ana, vec![note(new_id(), "north", id, "Hello")]);
    }
    let mut held = Held::default();
    world.pull(world.ana, &mut held, 3);
    let counties = ["Washoe".to_owned()];
    let between = (&t("north"), &t("south"));
    let moved = world.ledger.split_territory(world.ana, between, ("county", &counties), 9);
    assert_eq!(moved, Ok(4));
    world.pull(world.ana, &mut held, 3);
    assert_eq!(held.records.len(), 2, "an account and its note stay");
    assert_eq!(held.records, world.truth(world.ana));
    world.assert_feeds_are_true();
}

#[test]
fn a_report_of_a_feed_that_does_not_add_up_is_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ledger.sqlite");
    let mut world = World::on(Ledger::open(&path).expect("a new file"));
    let ana = world.phone_of(world.ana);
    let diverged = vec![Diverged { territory: t("north"), cursor: 3, live: 2, digest: "ab".into() }];
    let request = PullRequest { diverged, ..PullRequest::new(ana.id, 0, Default::default()) };
    assert_eq!(world.ledger.add_divergence(world.ana, &request, 7), Ok(()));
    assert!(world.ledger.add_divergence(Uuid::nil(), &request, 7).is_err());
    let kept =
        "SELECT count(*) FROM divergence WHERE territory = 'north' AND live = 2 AND digest = 'ab' AND at = 7";
    let file = rusqlite::Connection::open(&path).expect("opens");
    assert_eq!(file.query_row(kept, [], |row| row.get(0)), Ok(1));
}

/// Ana corrects a save that another one waits for, and loses the territory before the correction comes. The office
/// answers for the correction alone; the other goes on only where she may write herself.
#[test]
fn the_office_answers_for_what_it_accepts_and_not_for_what_waited() {
    for (lost, expected, phone) in [(true, DENIED, None), (false, Outcome::Accepted, Some("2"))] {
        let mut world = World::new();
        let mut ana = world.phone_of(world.ana);
        let id = world.account(&mut ana, "north", "A");
        let invalid = world.save(&mut ana, vec![patch(id, 1, &[("name", "")])]);
        assert!(matches!(invalid.outcome, Outcome::Refused(Refusal::Invalid(_))), "{invalid:?}");
        let held = world.save(&mut ana, vec![patch(id, 1, &[("phone", "2")])]);
        assert_eq!(held.outcome, HELD);
        world.ledger.unassign(world.ana, &t("north"), world.now).expect("taken");
        let fix = world.settle(&mut ana, How::Done, &invalid, vec![patch(id, 1, &[("name", "B")])]);
        assert_eq!(fix.outcome, DENIED);
        if !lost {
            world.ledger.assign(world.ana, &t("north")).expect("given back");
        }
        world.ledger.accept(world.org, fix.change, world.now).expect("accepted");
        assert_eq!(world.decided(&ana, &[&fix, &held]), [Outcome::Accepted, expected], "lost {lost}");
        let record = world.record(id);
        assert_eq!((record.fields.text("name"), record.fields.text("phone")), (Some("B"), phone));
        world.assert_feeds_are_true();
    }
}

/// Ana has written since. The office accepts what Ben did, here in a territory that he reads and there in one that he
/// does not: there no value and no name of hers reaches his phone, and only what waits for a person is told.
#[test]
fn a_receipt_tells_no_value_that_its_author_may_not_read() {
    let set = |text| [("owner", text), ("phone", text)];
    for (territory, told) in [
        ("central", vec![("owner", Some("1"), "Ana", true), ("phone", Some("1"), "Ana", false)]),
        ("north", vec![("owner", None, "", true)]),
    ] {
        let mut world = World::new();
        let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
        let id = world.account(&mut ana, territory, "A");
        world.save(&mut ana, vec![patch(id, 1, &set("1"))]);
        world.ledger.unassign(world.ben, &t("central"), world.now).expect("taken");
        let denied = world.save(&mut ben, vec![patch(id, 1, &set("2"))]);
        assert_eq!(denied.outcome, DENIED);
        world.ledger.assign(world.ben, &t("central")).expect("given back");
        let receipt = world.ledger.accept(world.org, denied.change, world.now).expect("accepted");
        assert_eq!(receipt.outcome, Outcome::Conflicted, "{territory}");
        let clashes = receipt.clashes.iter();
        let clashes = clashes.map(|it| (it.field.as_str(), it.theirs.as_deref(), it.by.as_str(), it.parked));
        assert_eq!(clashes.collect::<Vec<_>>(), told, "{territory}");
        assert!(receipt.clashes.iter().all(|clash| clash.version == 2 && clash.mine.is_some()));
        let record = world.record(id);
        assert_eq!((record.fields.text("owner"), record.fields.text("phone")), (Some("1"), Some("2")));
    }
}
