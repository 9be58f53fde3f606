//! Every pair of acts of two people on one record, from the same version, in both orders: nothing is lost in silence.

use protocol::merge::Clash;
use protocol::message::{Outcome, Receipt, Refusal};
use protocol::{Edit, Kind, Op, Record, RecordId};

use crate::world::{World, delete, edit, patch, t};

/// What somebody does to a record whose `city` and `owner` are "0".
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Text(&'static str),
    Parked(&'static str),
    Both(&'static str),
    Clear,
    Delete,
    Restore,
    Nothing,
}

const ACTS: [Act; 9] = [
    Act::Text("1"),
    Act::Text("2"),
    Act::Parked("1"),
    Act::Parked("2"),
    Act::Both("1"),
    Act::Clear,
    Act::Delete,
    Act::Restore,
    Act::Nothing,
];

fn done(act: Act, id: RecordId) -> Edit {
    match act {
        Act::Text(text) => patch(id, 1, &[("city", text)]),
        Act::Parked(text) => patch(id, 1, &[("owner", text)]),
        Act::Both(text) => patch(id, 1, &[("city", text), ("owner", text)]),
        Act::Clear => patch(id, 1, &[("city", "")]),
        Act::Delete => delete(id, 1),
        Act::Restore => edit(id, Kind::Account, Op::Restore, 1, &[("city", "9")]),
        Act::Nothing => patch(id, 1, &[("city", "0")]),
    }
}

/// What an act sets: the field and its value.
fn sets(act: Act) -> Vec<(&'static str, Option<&'static str>)> {
    match act {
        Act::Text(text) => vec![("city", Some(text))],
        Act::Parked(text) => vec![("owner", Some(text))],
        Act::Both(text) => vec![("city", Some(text)), ("owner", Some(text))],
        Act::Clear => vec![("city", None)],
        Act::Restore => vec![("city", Some("9"))],
        Act::Nothing => vec![("city", Some("0"))],
        Act::Delete => vec![],
    }
}

fn told<'a>(receipt: &'a Receipt, field: &str) -> Option<&'a Clash> {
    receipt.clashes.iter().find(|clash| clash.field == field)
}

/// One pair in one order.
fn pair(first: Act, second: Act) -> (Receipt, Receipt, Record, World) {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = RecordId(uuid::Uuid::now_v7());
    let set = [("name", "A"), ("city", "0"), ("owner", "0")];
    world.save(&mut ana, vec![edit(id, Kind::Account, Op::Create(t("central")), 0, &set)]);
    // A third device made it, so that neither of the two has written anything before.
    let (mut one, two) = (world.phone_of(world.ana), &mut ben);
    let first = world.save(&mut one, vec![done(first, id)]);
    let second = world.save(two, vec![done(second, id)]);
    let record = world.record(id);
    (first, second, record, world)
}

#[test]
fn every_pair_of_acts_keeps_or_tells_every_value() {
    for first in ACTS {
        for second in ACTS {
            let (one, two, record, mut world) = pair(first, second);
            let what = format!("{first:?} then {second:?}");
            assert!(!matches!(one.outcome, Outcome::Refused(_) | Outcome::Conflicted), "{what}: {one:?}");
            world.assert_feeds_are_true();
            if first == Act::Delete && !matches!(second, Act::Delete | Act::Restore) {
                assert_eq!(two.outcome, Outcome::Refused(Refusal::Gone), "{what}");
                assert!(
                    record.deleted && world.ledger.unsettled(world.org).expect("reads").len() == 1,
                    "{what}"
                );
                continue;
            }
            let changed_first = first != Act::Nothing && first != Act::Delete;
            if second == Act::Delete && changed_first {
                assert_eq!(two.outcome, Outcome::Conflicted, "{what}");
                assert!(!record.deleted && told(&two, "deleted").is_some_and(|it| it.parked), "{what}");
                continue;
            }
            assert_eq!(record.deleted, second == Act::Delete, "{what}");
            if record.deleted {
                continue;
            }
            for (field, mine) in sets(second) {
                let theirs = sets(first).into_iter().find(|(name, _)| *name == field).map(|(_, text)| text);
                let theirs = theirs.filter(|text| *text != Some("0"));
                let clashes = theirs.is_some_and(|theirs| theirs != mine) && first != Act::Delete;
                let stands = if clashes && field == "owner" { theirs.flatten() } else { mine };
                assert_eq!(record.fields.text(field), stands, "{what}: {field}");
                assert_eq!(told(&two, field).is_some(), clashes, "{what}: {field}");
                if let Some(clash) = told(&two, field) {
                    let (theirs, mine) = (theirs.flatten(), mine);
                    assert_eq!((clash.theirs.as_deref(), clash.mine.as_deref()), (theirs, mine), "{what}");
                    assert_eq!((clash.by.as_str(), clash.parked), ("Ana", field == "owner"), "{what}");
                }
            }
            for (field, text) in sets(first) {
                let untouched = sets(second).iter().all(|(name, _)| *name != field);
                if untouched && first != Act::Delete {
                    assert_eq!(record.fields.text(field), text, "{what}: {field} of the first stands");
                }
            }
        }
    }
}
