//! Push: merge, dedupe, order, access, refusals.

use std::collections::BTreeMap;

use protocol::limits::{FIELD_NAME_BYTES_MAX, FIELDS_MAX, OPEN_MAX};
use protocol::message::{Outcome, PullRequest, PushProblem, PushRequest, Refusal};
use protocol::{ChangeId, Kind, Op, RecordId};
use server::ledger::{Ledger, LedgerError, own_territory};
use uuid::Uuid;

use crate::world::{Held, World, create, delete, edit, new_id, note, patch, t};

#[test]
fn a_change_sent_again_gets_its_receipt_and_changes_nothing() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id = new_id();
    let changes = [
        ana.change(vec![create(id, "north", &[("name", "A")])]),
        ana.change(vec![patch(id, 1, &[("name", "B")])]),
    ];
    let first = world.push(&ana, &changes).expect("taken").receipts;
    for again in [&changes[..], &changes[..1], &changes[1..]] {
        let receipts = world.push(&ana, again).expect("taken").receipts;
        assert!(receipts.iter().all(|receipt| first.contains(receipt)));
    }
    assert_eq!(world.record(id).version, 2);

    // The same device under a new id numbers anew; the receipts differ in nothing else.
    let mut other = world.phone_of(world.ana);
    let renumbered = [other.change(vec![create(new_id(), "north", &[("name", "C")])])].into_iter();
    let renumbered: Vec<_> = renumbered
        .chain(changes.iter().map(|change| protocol::Change { number: change.number + 1, ..change.clone() }))
        .collect();
    let receipts = world.push(&other, &renumbered).expect("taken").receipts;
    assert_eq!(receipts[1..].iter().map(|receipt| receipt.number).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(receipts[2].at, first[1].at);
    assert_eq!(world.record(id).version, 2);
    other.number = 3;
    assert_eq!(world.save(&mut other, vec![patch(id, 2, &[("name", "D")])]).number, 4);
    world.assert_feeds_are_true();
}

#[test]
fn an_id_that_comes_with_other_content_is_neither_applied_nor_lost() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id = new_id();
    let change = ana.change(vec![create(id, "north", &[("name", "A")])]);
    world.push(&ana, std::slice::from_ref(&change)).expect("taken");
    let mut forged = change.clone();
    forged.edits = vec![patch(id, 1, &[("name", "B")])];
    for _ in 0..2 {
        let receipt = world.push(&ana, std::slice::from_ref(&forged)).expect("taken").receipts.remove(0);
        assert!(matches!(receipt.outcome, Outcome::Refused(Refusal::Invalid(_))));
    }
    assert_eq!(world.record(id).fields.text("name"), Some("A"));
    assert_eq!(world.ledger.unsettled(world.org).expect("read").len(), 1);
}

#[test]
fn numbers_that_one_device_cannot_have_sent_are_forked_and_nothing_is_applied() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let account = |name| vec![create(new_id(), "north", &[("name", name)])];
    let mut too_high = ana.change(account("A"));
    too_high.number = 2;
    let mut twin = ana.clone();
    let first = ana.change(account("B"));
    let problem = |world: &mut World, changes: &[protocol::Change]| {
        let before = world.ledger.records(world.org).expect("reads").len();
        let reply = world.push(&twin, changes).expect("answered");
        if reply.problem.is_some() {
            assert!(reply.receipts.is_empty());
            assert_eq!(world.ledger.records(world.org).expect("reads").len(), before);
        }
        reply.problem
    };
    assert_eq!(problem(&mut world, &[too_high.clone()]), Some(PushProblem::Forked), "a first number of 2");
    let first = protocol::Change { number: 1, ..first };
    assert_eq!(problem(&mut world, std::slice::from_ref(&first)), None);
    let other = protocol::Change { number: 1, id: ChangeId(Uuid::now_v7()), ..first.clone() };
    assert_eq!(problem(&mut world, &[other]), Some(PushProblem::Forked), "the number of another change");
    let hole = protocol::Change { number: 3, ..too_high.clone() };
    assert_eq!(problem(&mut world, &[first.clone(), hole]), Some(PushProblem::Forked), "a hole");
    let ahead = protocol::Change { number: 9, ..first.clone() };
    assert_eq!(problem(&mut world, &[ahead]), Some(PushProblem::Forked), "an old change under a far number");
    twin.number = 2;
    assert_eq!(world.push(&twin, &[first, too_high]).expect("answered").problem, None);
}

/// By it a device sees that the server lives from an older file than the one that its last answer was written to.
#[test]
fn a_device_hears_up_to_which_number_the_server_has_its_changes() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let (device, user, other) = (ana.id, world.ana, world.ben);
    let pulled = |world: &mut World, user| {
        let request = PullRequest::new(device, 0, BTreeMap::new());
        world.ledger.pull(user, &request, 0).expect("answered").last_number
    };
    assert_eq!(pulled(&mut world, user), Some(0), "none so far");
    let changes = ["A", "B"].map(|name| ana.change(vec![create(new_id(), "north", &[("name", name)])]));
    let pushed = world.push(&ana, &changes).expect("answered");
    assert_eq!(pushed.last_number, Some(0), "before this push");
    assert_eq!(pulled(&mut world, user), Some(2));
    assert_eq!(world.push(&ana, &changes[..1]).expect("answered").last_number, Some(2));
    assert_eq!(pulled(&mut world, user), Some(2));
    assert_eq!(pulled(&mut world, other), None, "it is not his");
}

#[test]
fn another_life_of_the_server_applies_nothing() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    world.account(&mut ana, "north", "A");
    assert_eq!(world.ledger.bump_epoch(2), Ok(2));
    let changes = vec![ana.change(vec![create(new_id(), "north", &[("name", "B")])])];
    let mut request = PushRequest::new(ana.id, 1, changes);
    let reply = world.ledger.push(ana.user, &request, 0).expect("answered");
    assert_eq!((reply.problem, reply.epoch, reply.receipts.len()), (Some(PushProblem::Epoch), 2, 0));
    request.epoch = 2;
    let reply = world.ledger.push(ana.user, &request, 0).expect("answered");
    assert_eq!((reply.problem, reply.receipts.len()), (None, 1));
}

#[test]
fn a_device_stays_with_the_user_who_first_pushed_with_it() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    world.account(&mut ana, "north", "A");
    ana.user = world.ben;
    let change = ana.change(vec![create(new_id(), "south", &[("name", "B")])]);
    assert_eq!(world.push(&ana, &[change]), Err(LedgerError::OtherDevice));
    ana.user = Uuid::nil();
    assert_eq!(world.push(&ana, &[]), Err(LedgerError::UnknownUser));
}

/// Ben, who has no north, tries this on Ana's account there.
#[test]
fn a_record_outside_the_users_territories_is_never_accepted() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id = world.account(&mut ana, "north", "A");
    let text = id.0.to_string();
    let tries = [
        create(new_id(), "north", &[("name", "B")]),
        create(new_id(), "nowhere", &[("name", "B")]),
        patch(id, 1, &[("name", "B")]),
        delete(id, 1),
        patch(new_id(), 1, &[("name", "B")]),
        note(new_id(), "south", id, "Hello"),
        edit(new_id(), Kind::Contact, Op::Create(t("south")), 0, &[("name", "C"), ("account", &text)]),
    ];
    let count = tries.len();
    for edit in tries {
        // Each on a phone of its own: on one phone the later tries would wait for the first.
        let mut ben = world.phone_of(world.ben);
        let receipt = world.save(&mut ben, vec![edit.clone()]);
        assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Denied), "{edit:?}");
        assert!(receipt.at.is_empty());
    }
    assert_eq!(
        world.ledger.unsettled(world.org).expect("read").len(),
        count,
        "each is kept with all it carried"
    );
    assert_eq!(world.record(id).version, 1);
    assert_eq!(world.ledger.records(world.org).expect("reads").len(), 1);
    assert_eq!(world.ledger.unassign(world.ana, &t("north"), 0), Ok(()));
    let receipt = world.save(&mut ana, vec![patch(id, 1, &[("name", "B")])]);
    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Denied), "Ana has lost it");
}

#[track_caller]
fn check_refused(edits: Vec<protocol::Edit>, sentence: &str) {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let expected = Outcome::Refused(Refusal::Invalid(sentence.to_owned()));
    assert_eq!(world.save(&mut ana, edits).outcome, expected);
    assert!(world.ledger.records(world.org).expect("reads").is_empty(), "all edits or none");
}

#[test]
fn every_broken_rule_has_its_sentence() {
    let good = || create(new_id(), "north", &[("name", "A")]);
    let same = good();
    check_refused(vec![], "The save changes nothing.");
    check_refused(vec![good(), create(new_id(), "north", &[])], "The field “name” must not be empty.");
    check_refused(
        vec![good(), create(new_id(), "north", &[("name", "\0")])],
        "The field “name” holds a character that cannot be shown.",
    );
    check_refused(
        vec![good(), create(new_id(), "north", &[("name", "A"), ("city", &"x".repeat(5000))])],
        "The field “city” is too long; 4 KB fit.",
    );
    check_refused(vec![same.clone(), same], "This record was already made by another save.");
    check_refused(
        vec![good(), note(new_id(), "north", new_id(), "x")],
        "The account it belongs to is not on the web.",
    );
    let odd = edit(new_id(), Kind::Note, Op::Create(t("north")), 0, &[("text", "x"), ("account", "?")]);
    check_refused(vec![good(), odd], "The field “account” names no record.");
    let referral = |set: &[(&str, &str)]| edit(new_id(), Kind::Referral, Op::Create(t("north")), 0, set);
    check_refused(
        vec![good(), referral(&[("patient", "J.D."), ("stage", "nonadmit")])],
        "A referral that is not admitted needs its reason.",
    );
    check_refused(
        vec![good(), referral(&[("patient", "Jane Doe")])],
        "A patient is kept by initials only, four at most.",
    );
    check_refused(vec![create(new_id(), "north", &[("name", "A"), ("", "x")])], "A field has no name.");
    let long = "n".repeat(FIELD_NAME_BYTES_MAX + 1);
    check_refused(
        vec![create(new_id(), "north", &[("name", "A"), (&long, "x")])],
        "A field's name is too long.",
    );
    let unknown = edit(new_id(), Kind::Unknown, Op::Create(t("north")), 0, &[]);
    check_refused(vec![good(), unknown], "This kind of record is not known here.");
    let first = good();
    let other = edit(first.id, Kind::Contact, Op::Patch, 0, &[("name", "B")]);
    check_refused(vec![first, other], "The record is of another kind.");
    let many = (0..101).map(|_| good()).collect();
    check_refused(many, "The save changes 101 records at once; at most 100 are possible.");
}

#[test]
fn a_record_takes_so_many_fields_and_no_more() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id = world.account(&mut ana, "north", "A");
    let names: Vec<_> = (1..=FIELDS_MAX).map(|number| format!("f{number}")).collect();
    let set: Vec<_> = names.iter().map(|name| (&**name, "x")).collect();
    let [most, one_more] = [&set[..FIELDS_MAX - 1], &set[FIELDS_MAX - 1..]];
    assert_eq!(world.save(&mut ana, vec![patch(id, 1, most)]).outcome, Outcome::Accepted);
    let sentence = "The record would have too many fields.".to_owned();
    let expected = Outcome::Refused(Refusal::Invalid(sentence));
    assert_eq!(world.save(&mut ana, vec![patch(id, 2, one_more)]).outcome, expected);
    let mut tablet = world.phone_of(world.ana);
    let beyond = [one_more, &[("f1", "")], &[("g", "x"), ("h", "x")]].concat();
    assert_eq!(world.save(&mut tablet, vec![patch(id, 2, &beyond)]).outcome, expected, "far more, too");
}

#[test]
fn one_change_may_make_an_account_and_its_note_and_correct_both() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let (account, about) = (new_id(), new_id());
    let receipt = world.save(
        &mut ana,
        vec![
            create(account, "north", &[("name", "A")]),
            note(about, "north", account, "Hello"),
            patch(account, 0, &[("name", "B"), ("city", "Reno")]),
        ],
    );
    assert_eq!(receipt.outcome, Outcome::Accepted);
    assert_eq!(receipt.at[&t("north")], 3, "the number of the last of its versions");
    let (account, about) = (world.record(account), world.record(about));
    assert_eq!((account.version, account.fields.text("name")), (2, Some("B")));
    assert_eq!((about.version, about.by.as_str()), (1, "Ana"));
    world.assert_feeds_are_true();
}

#[test]
fn a_note_about_an_account_that_was_moved_goes_along_with_it() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let account = world.account(&mut ana, "north", "A");
    world.ledger.move_record(world.ana, account, &t("central"), 5).expect("moved");
    let id = new_id();
    let receipt = world.save(&mut ana, vec![note(id, "north", account, "Hello")]);
    assert_eq!(receipt.outcome, Outcome::Accepted);
    assert_eq!(world.record(id).territory, t("central"));
    assert!(receipt.at.contains_key(&t("central")) && !receipt.at.contains_key(&t("north")));
    // The rep finds that it was about another one.
    let north = world.account(&mut ana, "north", "B").0.to_string();
    let receipt = world.save(&mut ana, vec![edit(id, Kind::Note, Op::Patch, 1, &[("account", &north)])]);
    assert_eq!(receipt.outcome, Outcome::Accepted);
    assert_eq!((world.record(id).territory, world.record(id).version), (t("north"), 2));
    assert!(receipt.at.contains_key(&t("north")));
    let mut held = Held::default();
    world.pull(world.ben, &mut held, 10);
    assert!(!held.records.contains_key(&id), "Ben has central only");
    world.assert_feeds_are_true();
}

#[test]
fn a_referral_that_holds_together_is_not_torn() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id = new_id();
    let set = [("patient", "J.D."), ("stage", "nonadmit"), ("reason", "staffing")];
    world.save(&mut ana, vec![edit(id, Kind::Referral, Op::Create(t("north")), 0, &set)]);
    let torn = world.save(&mut ana, vec![edit(id, Kind::Referral, Op::Patch, 1, &[("reason", "")])]);
    let sentence = "A referral that is not admitted needs its reason.";
    assert_eq!(torn.outcome, Outcome::Refused(Refusal::Invalid(sentence.to_owned())));
}

/// A referral that was not whole, as of an older app, is moved on and becomes whole. Only whoever moved it puts it
/// back, at once and exactly as it was.
#[test]
fn what_was_not_whole_may_be_put_back_as_it_was() {
    type Set = &'static [(&'static str, &'static str)];
    const MOVE: Set = &[("stage", "admitted"), ("decided", "2026-11-25")];
    const BACK: Set = &[("stage", "nonadmit"), ("decided", "")];
    let cases: [(&[Set], bool, bool); 6] = [
        (&[MOVE, BACK], true, true),
        (&[MOVE, BACK, MOVE, BACK], true, true),
        (&[MOVE, &[("stage", "nonadmit")]], true, false),
        (&[MOVE, &[("stage", "nonadmit"), ("decided", ""), ("comments", "x")]], true, false),
        (&[MOVE, &[("comments", "x")], BACK], true, false),
        (&[MOVE, BACK], false, false),
    ];
    for (saves, by_one, expected) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ledger.db");
        let mut world = World::on(Ledger::open(&file).expect("opens"));
        let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
        let id = new_id();
        let set = [("patient", "J.D."), ("stage", "nonadmit"), ("reason", "staffing")];
        world.save(&mut ben, vec![edit(id, Kind::Referral, Op::Create(t("central")), 0, &set)]);
        let tear = "UPDATE record SET fields = json_remove(fields, '$.reason')";
        rusqlite::Connection::open(&file).expect("opens").execute(tear, []).expect("it is torn");
        let mut outcomes = Vec::new();
        for (base, set) in (1..).zip(saves) {
            let phone = if by_one || base == 1 { &mut ana } else { &mut ben };
            let save = edit(id, Kind::Referral, Op::Patch, base, set);
            outcomes.push(world.save(phone, vec![save]).outcome);
        }
        let last = outcomes.pop().expect("some saves");
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Accepted), "{saves:?}: {outcomes:?}");
        let sentence = "A referral that is not admitted needs its reason.".to_owned();
        let refused = Outcome::Refused(Refusal::Invalid(sentence));
        assert_eq!(last, if expected { Outcome::Accepted } else { refused }, "{saves:?}");
    }
}

/// What was whole is put back whole only.
#[test]
fn half_of_what_was_whole_is_not_put_back() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id = new_id();
    let set = [("patient", "J.D."), ("stage", "nonadmit"), ("reason", "staffing")];
    world.save(&mut ana, vec![edit(id, Kind::Referral, Op::Create(t("north")), 0, &set)]);
    let mut save = |set| world.save(&mut ana, vec![edit(id, Kind::Referral, Op::Patch, 1, set)]).outcome;
    assert_eq!(save(&[("stage", "admitted"), ("reason", "")]), Outcome::Accepted);
    assert_eq!(save(&[("stage", "nonadmit"), ("reason", "staffing")]), Outcome::Accepted);
    assert_eq!(save(&[("stage", "admitted"), ("reason", "")]), Outcome::Accepted);
    assert!(matches!(save(&[("stage", "nonadmit")]), Outcome::Refused(_)));
}

#[test]
fn more_changes_than_a_push_may_hold_are_turned_back_whole() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let mut changes: Vec<_> =
        (0..201).map(|_| ana.change(vec![create(new_id(), "north", &[("name", "A")])])).collect();
    assert_eq!(world.push(&ana, &changes), Err(LedgerError::TooLarge));
    changes.pop();
    assert_eq!(world.push(&ana, &changes).expect("taken").receipts.len(), 200);
    let heads: Vec<_> = world.ledger.pulse(Some(world.ana), 0).expect("answered").heads.into_iter().collect();
    assert_eq!(heads, [(t("central"), 0), (t("north"), 200), (own_territory(world.ana), 0)]);
    let mut asks = |count: usize| {
        let open = (0..count).map(|_| ChangeId(Uuid::now_v7())).collect();
        let request = PushRequest { open, ..PushRequest::new(ana.id, 0, Vec::new()) };
        world.ledger.push(ana.user, &request, 0).map(|reply| reply.decided.len())
    };
    assert_eq!(asks(OPEN_MAX), Ok(0));
    assert_eq!([OPEN_MAX + 1, OPEN_MAX + 9].map(&mut asks), [0; 2].map(|_| Err(LedgerError::TooLarge)));
}

#[test]
fn history_says_who_when_and_from_where() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id: RecordId = world.account(&mut ana, "north", "A");
    let receipt = world.save(&mut ana, vec![patch(id, 1, &[("name", "B"), ("city", "Reno")])]);
    let line = world.ledger.history(id).expect("reads").pop().expect("two versions");
    assert_eq!((line.version, line.op.as_str(), line.change), (2, "patch", Some(receipt.change)));
    assert_eq!(
        (line.device, line.user, line.made_at, line.at),
        (Some(ana.id), Some(world.ana), 7, world.now)
    );
    assert_eq!(
        (line.patch["name"].as_deref(), line.before.get("name").map(String::as_str)),
        (Some("B"), Some("A"))
    );
    assert_eq!((line.patch["city"].as_deref(), line.before.get("city")), (Some("Reno"), None));
    world.ledger.move_record(world.ana, id, &t("central"), 90).expect("moved");
    let line = world.ledger.history(id).expect("reads").pop().expect("three versions");
    assert_eq!((line.op.as_str(), line.user, line.made_at, line.at), ("move", Some(world.ana), 90, 90));
}
