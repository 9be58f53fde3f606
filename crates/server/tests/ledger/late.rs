//! Changes that come before the record they are about, as after a restore: refused then, done once it is there.

use protocol::message::{Outcome, Refusal};
use protocol::{DeviceId, How, Kind, Op, RecordId};
use uuid::Uuid;

use crate::world::{World, create, edit, new_id, note, patch, t};

#[test]
fn what_came_before_its_record_is_done_once_it_is_there_and_its_author_hears_of_it() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let (id, about) = (new_id(), new_id());
    let early = [
        world.save(&mut ben, vec![patch(id, 3, &[("phone", "1")])]),
        world.save(&mut ben, vec![note(about, "central", id, "Hello")]),
        world.save(&mut ben, vec![patch(id, 3, &[("phone", "2")])]),
        world.save(&mut ben, vec![patch(id, 3, &[("phone", "3")])]),
    ];
    assert!(early.iter().all(|receipt| matches!(receipt.outcome, Outcome::Refused(_))), "{early:?}");
    let made = world.save(&mut ana, vec![create(id, "central", &[("name", "A"), ("phone", "0")])]);
    assert_eq!(made.outcome, Outcome::Accepted);
    let outcomes = world.decided(&ben, &early.each_ref());
    assert!(outcomes.iter().all(|outcome| !matches!(outcome, Outcome::Refused(_))), "{outcomes:?}");
    let record = world.record(id);
    assert_eq!((record.version, record.fields.text("phone")), (4, Some("3")), "each once");
    assert_eq!(world.record(about).territory, t("central"));
    assert!(world.ledger.unsettled(world.org).expect("reads").is_empty());
    world.assert_feeds_are_true();
}

#[test]
fn what_waits_for_what_waits_goes_on_as_well() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let mut tablet = world.phone_of(world.ana);
    let (id, about) = (new_id(), new_id());
    let again = edit(about, Kind::Note, Op::Patch, 2, &[("text", "Hello again")]);
    let on_note = world.save(&mut tablet, vec![again]);
    let on_account = world.save(&mut ben, vec![note(about, "central", id, "Hello")]);
    world.save(&mut ana, vec![create(id, "central", &[("name", "A")])]);
    let outcomes = [world.decided(&tablet, &[&on_note]), world.decided(&ben, &[&on_account])].concat();
    assert!(outcomes.iter().all(|outcome| !matches!(outcome, Outcome::Refused(_))), "{outcomes:?}");
    assert_eq!(world.record(about).fields.text("text"), Some("Hello again"));
    assert!(world.ledger.unsettled(world.org).expect("reads").is_empty());
    world.assert_feeds_are_true();
}

#[test]
fn what_is_not_allowed_stays_refused_for_its_reason_when_the_record_comes() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = new_id();
    let early = world.save(&mut ben, vec![patch(id, 1, &[("name", "Ben's")])]);
    world.save(&mut ana, vec![create(id, "north", &[("name", "Ana's")])]);
    assert_eq!(world.decided(&ben, &[&early]), [Outcome::Refused(Refusal::Denied)]);
    assert_eq!((world.record(id).version, world.record(id).fields.text("name")), (1, Some("Ana's")));
    assert_eq!(world.ledger.unsettled(world.org).expect("reads").len(), 1);
}

/// The note comes with its account in one save. Whichever of the two is looked at first, both of what waits are done:
/// the second waited behind the first in the account's lane, though the phone did not know that when it was refused.
#[test]
fn what_waits_behind_another_is_done_whichever_is_looked_at_first() {
    for [account, written] in [[1, 2], [2, 1]].map(|ids| ids.map(|id| RecordId(Uuid::from_u128(id)))) {
        let mut world = World::new();
        let (mut early, mut maker) = (world.phone_of(world.ana), world.phone_of(world.ben));
        let about = vec![note(new_id(), "central", account, "Hello"), patch(account, 1, &[("phone", "1")])];
        let first = world.save(&mut early, about);
        let second =
            world.save(&mut early, vec![edit(written, Kind::Note, Op::Patch, 1, &[("text", "Better")])]);
        assert!([&first, &second].iter().all(|receipt| matches!(receipt.outcome, Outcome::Refused(_))));
        let made =
            vec![create(account, "central", &[("name", "Late")]), note(written, "central", account, "Good")];
        assert_eq!(world.save(&mut maker, made).outcome, Outcome::Accepted);
        assert_eq!(world.record(account).fields.text("phone"), Some("1"));
        assert_eq!(world.record(written).fields.text("text"), Some("Better"));
    }
}

/// The phone takes a new name, as after a second restore, and only the first of its two changes comes again before the
/// account does. The second one, known under the old name, still waits for it.
#[test]
fn what_waits_goes_on_waiting_for_a_change_that_came_again_under_a_new_name() {
    for [old, new] in [[1, 2], [2, 1]].map(|ids| ids.map(|id| DeviceId(Uuid::from_u128(id)))) {
        let mut world = World::new();
        let (mut phone, mut maker) = (world.phone_of(world.ana), world.phone_of(world.ben));
        let account = new_id();
        phone.id = old;
        let [first, second] =
            ["1", "2"].map(|text| phone.change(vec![patch(account, 1, &[("phone", text)])]));
        let said = world.push(&phone, &[first.clone(), second]).expect("an answer");
        assert!(said.receipts.iter().all(|receipt| matches!(receipt.outcome, Outcome::Refused(_))));
        phone.id = new;
        world.push(&phone, &[first]).expect("an answer");
        world.save(&mut maker, vec![create(account, "central", &[("name", "Late"), ("phone", "0")])]);
        assert_eq!(world.record(account).fields.text("phone"), Some("2"));
        assert_eq!(world.record(account).version, 3);
        world.assert_feeds_are_true();
    }
}

/// The second change waits for the first when both come again under a new name; the third, known under the old name
/// alone, waits for the second.
#[test]
fn what_waits_goes_on_under_the_name_it_came_under_once_what_it_waits_for_was_done_under_another() {
    for [old, new] in [[1, 2], [2, 1]].map(|ids| ids.map(|id| DeviceId(Uuid::from_u128(id)))) {
        let mut world = World::new();
        let mut maker = world.phone_of(world.ben);
        let account = world.account(&mut maker, "central", "A");
        let mut phone = world.phone_of(world.ana);
        phone.id = old;
        let [bad, second, third] = [("name", ""), ("phone", "1"), ("phone", "2")]
            .map(|field| phone.change(vec![patch(account, 1, &[field])]));
        let said = world.push(&phone, &[bad.clone(), second.clone(), third]).expect("an answer").receipts;
        assert!(said.iter().all(|receipt| matches!(receipt.outcome, Outcome::Refused(_))), "{said:?}");
        phone.id = new;
        phone.number = 2;
        world.push(&phone, &[bad, second]).expect("an answer");
        world.settle(&mut phone, How::Done, &said[0], Vec::new());
        assert_eq!(world.record(account).fields.text("phone"), Some("2"));
        assert!(world.ledger.unsettled(world.org).expect("reads").is_empty());
    }
}
