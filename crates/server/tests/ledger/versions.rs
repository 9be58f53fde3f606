//! What a record was before: told to those who may see it now, and no word of what a colleague kept to themselves.

use protocol::limits::VERSIONS_MAX;
use protocol::message::{Outcome, VersionEntry, VersionOp, VersionsReply};
use protocol::{Kind, Op, RecordId};
use server::ledger::own_territory;
use uuid::Uuid;

use crate::world::{World, create, delete, edit, new_id, patch, t};

fn ask(world: &mut World, user: Uuid, id: RecordId) -> Option<VersionsReply> {
    world.ledger.versions(user, id, None).expect("the ledger reads")
}

/// A version in a line: `2 patch Ana: phone 1 > 2`.
fn line(entry: &VersionEntry) -> String {
    let was = |name: &String| entry.before.get(name).map(|was| format!("{was} > ")).unwrap_or_default();
    let set = entry
        .set
        .iter()
        .map(|(name, text)| format!("{name} {}{}", was(name), text.as_deref().unwrap_or("-")));
    let op = format!("{:?}", entry.op).to_lowercase();
    format!("{} {op} {}: {}", entry.version, entry.by, set.collect::<Vec<_>>().join(", "))
}

#[track_caller]
fn check(world: &mut World, user: Uuid, id: RecordId, expected: &[&str]) {
    let reply = ask(world, user, id).expect("it is the user's to see");
    let lines: Vec<_> = reply.versions.iter().map(line).collect();
    assert_eq!(lines, expected);
    assert!(!reply.more);
}

#[test]
fn every_version_says_who_set_what_and_what_was_there_before() {
    let mut world = World::new();
    let (ana, ben) = (world.ana, world.ben);
    let (mut of_ana, mut of_ben) = (world.phone_of(ana), world.phone_of(ben));
    let id = new_id();
    world.save(&mut of_ana, vec![create(id, "central", &[("name", "Elm"), ("phone", "1")])]);
    world.save(&mut of_ben, vec![patch(id, 1, &[("phone", "2"), ("web", "elm.example")])]);
    world.save(&mut of_ana, vec![patch(id, 2, &[("web", "")])]);
    world.save(&mut of_ana, vec![delete(id, 3)]);
    world.save(&mut of_ben, vec![edit(id, Kind::Account, Op::Restore, 4, &[])]);
    world.ledger.move_record(ben, id, &t("south"), 9).expect("moved");
    let all = [
        "6 move Ben: ",
        "5 restore Ben: ",
        "4 delete Ana: ",
        "3 patch Ana: web elm.example > -",
        "2 patch Ben: phone 1 > 2, web elm.example",
        "1 create Ana: name Elm, phone 1",
    ];
    check(&mut world, ben, id, &all);
    assert_eq!(ask(&mut world, ana, id), None, "it has left Ana's territories");
    assert_eq!(ask(&mut world, ben, new_id()), None, "nobody made it");
}

#[test]
fn a_note_that_was_private_tells_nobody_else_what_stood_in_it_then() {
    let mut world = World::new();
    let (ana, ben) = (world.ana, world.ben);
    let mut phone = world.phone_of(ana);
    let account = world.account(&mut phone, "central", "Elm");
    let (id, own) = (new_id(), own_territory(ana));
    let note = |op, base, set: &[(&str, &str)]| edit(id, Kind::Note, op, base, set);
    let about = account.0.to_string();
    world.save(&mut phone, vec![note(Op::Create(own), 0, &[("text", "between us")])]);
    world.save(&mut phone, vec![note(Op::Patch, 1, &[("text", "for me")])]);
    assert_eq!(ask(&mut world, ben, id), None, "it is Ana's own");
    let filed = world.save(&mut phone, vec![note(Op::Patch, 2, &[("account", &about), ("text", "for all")])]);
    assert_eq!(filed.outcome, Outcome::Accepted);
    world.save(&mut phone, vec![note(Op::Patch, 3, &[("text", "for all of us")])]);
    let shared = "4 patch Ana: text for all > for all of us";
    let filed = format!("3 create Ana: account {about}, text for all");
    check(&mut world, ben, id, &[shared, &filed]);
    let filed = format!("3 patch Ana: account {about}, text for me > for all");
    let private = ["2 patch Ana: text between us > for me", "1 create Ana: text between us"];
    check(&mut world, ana, id, &[shared, &filed, private[0], private[1]]);
}

/// Ben may take a note from its account; only its author takes it out of the territory by that.
#[test]
fn what_was_written_in_a_shared_territory_stays_told_without_an_account_too() {
    let mut world = World::new();
    let (ana, ben) = (world.ana, world.ben);
    let (mut of_ana, mut of_ben) = (world.phone_of(ana), world.phone_of(ben));
    let account = world.account(&mut of_ana, "central", "Elm");
    let note = |id, op, base, set: &[(&str, &str)]| edit(id, Kind::Note, op, base, set);
    let (taken, moved, own) = (new_id(), new_id(), own_territory(ana));
    let about = account.0.to_string();

    world.save(&mut of_ana, vec![note(taken, Op::Create(own.clone()), 0, &[("text", "a")])]);
    world.save(&mut of_ana, vec![note(taken, Op::Patch, 1, &[("account", &about)])]);
    world.save(&mut of_ben, vec![note(taken, Op::Patch, 2, &[("account", "")])]);
    world.save(&mut of_ana, vec![note(taken, Op::Patch, 3, &[("text", "b")])]);
    let lines = ["4 patch Ana: text a > b".to_owned(), format!("3 patch Ben: account {about} > -")];
    let filed = format!("2 create Ana: account {about}");
    check(&mut world, ben, taken, &[&lines[0], &lines[1], &filed]);

    world.save(&mut of_ana, vec![note(moved, Op::Create(own), 0, &[("text", "a")])]);
    world.ledger.move_record(ana, moved, &t("central"), 9).expect("moved");
    world.save(&mut of_ana, vec![note(moved, Op::Patch, 2, &[("text", "b")])]);
    check(&mut world, ben, moved, &["3 patch Ana: text a > b", "2 create Ana: "]);
    check(&mut world, ana, moved, &["3 patch Ana: text a > b", "2 move Ana: ", "1 create Ana: text a"]);
}

#[test]
fn a_long_past_comes_in_pages_and_each_version_once() {
    let mut world = World::new();
    let ana = world.ana;
    let mut phone = world.phone_of(ana);
    let id = world.account(&mut phone, "north", "0");
    let last = 2 * VERSIONS_MAX as u64;
    for version in 1..=last {
        world.save(&mut phone, vec![patch(id, version, &[("name", &version.to_string())])]);
    }
    let mut read = Vec::new();
    loop {
        let below = read.last().copied();
        let reply = world.ledger.versions(ana, id, below).expect("the ledger reads").expect("Ana's");
        assert!(reply.versions.len() <= VERSIONS_MAX && !reply.versions.is_empty());
        read.extend(reply.versions.iter().map(|entry| entry.version));
        if !reply.more {
            break;
        }
    }
    assert_eq!(read, (1..=last + 1).rev().collect::<Vec<_>>());
}

#[test]
fn a_page_of_long_texts_is_short_and_is_never_empty() {
    let mut world = World::new();
    let ana = world.ana;
    let mut phone = world.phone_of(ana);
    let account = world.account(&mut phone, "north", "Elm");
    let (id, about) = (new_id(), account.0.to_string());
    let text = |letter: &str| letter.repeat(protocol::limits::NOTE_BYTES_MAX);
    let first = [("account", about.as_str()), ("text", &text("a"))];
    world.save(&mut phone, vec![edit(id, Kind::Note, Op::Create(t("north")), 0, &first)]);
    for (base, letter) in (1..).zip(["b", "c", "d", "e", "f", "g"]) {
        world.save(&mut phone, vec![edit(id, Kind::Note, Op::Patch, base, &[("text", &text(letter))])]);
    }
    let mut pages = Vec::new();
    let mut below = None;
    loop {
        let reply = world.ledger.versions(ana, id, below).expect("the ledger reads").expect("Ana's");
        pages.push(reply.versions.len());
        below = reply.versions.last().map(|entry| entry.version);
        if !reply.more {
            break;
        }
    }
    assert_eq!(pages, [3, 4], "six of 128 KiB and the first of 64");
}

#[test]
fn what_made_a_version_may_be_something_newer_than_this_app() {
    let said = r#"{"version":1,"op":"split","by":"","at":0,"set":{}}"#;
    let entry: VersionEntry = serde_json::from_str(said).expect("readable");
    assert_eq!(entry.op, VersionOp::Other);
}
