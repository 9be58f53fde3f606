//! Who is known, by which name, and who is signed in.

use protocol::{ChangeId, TerritoryId};
use server::ledger::{LedgerError, User, own_territory};
use uuid::Uuid;

use crate::world::{World, create, new_id, t};

const PHONE: [u8; 32] = [1; 32];
const DESK: [u8; 32] = [2; 32];
const OTHER: [u8; 32] = [3; 32];

#[test]
fn an_organisation_is_made_once_and_told_by_name() {
    let mut world = World::new();
    let acme = world.ledger.add_organisation("Acme").expect("new");
    assert_eq!(world.ledger.add_organisation("Acme"), Ok(acme), "it is there already");
    let told = [(acme, "Acme".to_owned()), (world.org, "World".to_owned())];
    assert_eq!(world.ledger.organisations().expect("reads"), told);
    assert!(matches!(world.ledger.add_organisation(" "), Err(LedgerError::Refused(_))));
    assert_eq!(world.ledger.organisations().expect("reads").len(), 2);
}

#[test]
fn a_user_is_made_once_in_one_organisation_and_kept_as_made() {
    let mut world = World::new();
    let acme = world.ledger.add_organisation("Acme").expect("new");
    let mut add = |org, email: &str, role: &str| world.ledger.add_user(org, email, "Cleo", role, "a hash");
    let cleo = add(world.org, "cleo@world.example", "manager").expect("new");
    assert_eq!(add(world.org, "CLEO@world.example", "rep"), Ok(cleo), "they are there already");
    for (org, email, role) in [
        (acme, "cleo@world.example", "rep"),
        (world.org, "cleo", "rep"),
        (world.org, "cleo d@world.example", "rep"),
        (world.org, "dan@world.example", "owner"),
    ] {
        assert!(matches!(add(org, email, role), Err(LedgerError::Refused(_))), "{email} as {role}");
    }
    let emails = |users: Vec<User>| users.into_iter().map(|user| user.email).collect::<Vec<_>>();
    let users = world.ledger.users(world.org).expect("reads");
    assert_eq!(emails(users), ["Ana@world.example", "Ben@world.example", "cleo@world.example"]);
    assert_eq!(emails(world.ledger.users(acme).expect("reads")), [""; 0]);
    let found = world.ledger.find_user_by_email("Cleo@World.example").expect("reads").expect("is there");
    let User { id, organisation_name, name, role, password_hash, .. } = &found;
    let kept = (*id, &**organisation_name, &**name, &**role, &**password_hash);
    assert_eq!(kept, (cleo, "World", "Cleo", "manager", "a hash"));
    assert_eq!(feeds_of(&mut world, cleo), [own_territory(cleo)]);
}

/// What the user may read.
fn feeds_of(world: &mut World, user: Uuid) -> Vec<TerritoryId> {
    world.ledger.pulse(Some(user), 0).expect("reads").heads.into_keys().collect()
}

/// Ana on her phone and at her desk, Ben on his phone.
fn signed_in() -> World {
    let mut world = World::new();
    for (token, user) in [(PHONE, world.ana), (DESK, world.ana), (OTHER, world.ben)] {
        world.ledger.add_session(&token, user, 0, 1_000).expect("new");
    }
    world
}

/// Which of these sessions live at a time.
fn living(world: &mut World, now: i64) -> Vec<[u8; 32]> {
    let mut lives = |token: &[u8; 32]| world.ledger.find_session(token, now).expect("reads").is_some();
    [PHONE, DESK, OTHER].into_iter().filter(&mut lives).collect()
}

#[test]
fn a_session_lives_until_its_time_and_is_made_longer_or_ended_alone() {
    let mut world = signed_in();
    let phone = world.ledger.find_session(&PHONE, 0).expect("reads").expect("lives");
    assert_eq!((phone.user.id, phone.expires), (world.ana, 1_000));
    assert_eq!(living(&mut world, 999), [PHONE, DESK, OTHER]);
    assert_eq!(living(&mut world, 1_000), [[0; 32]; 0]);
    world.ledger.renew_session(&DESK, 2_000).expect("writes");
    assert_eq!(living(&mut world, 1_000), [DESK]);
    world.ledger.remove_session(&PHONE).expect("writes");
    assert_eq!(living(&mut world, 0), [DESK, OTHER]);
    let unknown = world.ledger.add_session(&PHONE, Uuid::nil(), 0, 1_000);
    assert_eq!(unknown, Err(LedgerError::UnknownUser));
}

#[test]
fn expired_sessions_are_forgotten_as_another_one_begins() {
    let mut world = signed_in();
    world.ledger.renew_session(&DESK, 2_000).expect("writes");
    world.ledger.add_session(&[4; 32], world.ana, 1_000, 3_000).expect("new");
    assert_eq!(world.ledger.end_sessions(world.ana), Ok(2), "the desk's and the new one");
}

#[test]
fn ending_all_sessions_and_another_password_sign_out_one_user_and_nobody_else() {
    let mut world = signed_in();
    assert_eq!(world.ledger.end_sessions(world.ana), Ok(2));
    assert_eq!(living(&mut world, 0), [OTHER]);
    assert_eq!(world.ledger.end_sessions(world.ana), Ok(0));
    world.ledger.set_password(world.ben, "another").expect("writes");
    assert_eq!(living(&mut world, 0), [[0; 32]; 0]);
    let hashes = world.ledger.users(world.org).expect("reads").into_iter().map(|user| user.password_hash);
    assert_eq!(hashes.collect::<Vec<_>>(), ["-", "another"]);
    for error in [
        world.ledger.end_sessions(Uuid::nil()).map(drop),
        world.ledger.set_password(Uuid::nil(), "another"),
        world.ledger.close_user(Uuid::nil(), 0),
    ] {
        assert_eq!(error, Err(LedgerError::UnknownUser));
    }
}

#[test]
fn who_has_left_has_no_password_no_session_and_no_territory_but_the_own_one() {
    let mut world = signed_in();
    world.ledger.close_user(world.ana, 5).expect("writes");
    assert_eq!(living(&mut world, 0), [OTHER]);
    let closed = |user: &User| user.is_closed();
    let users = world.ledger.users(world.org).expect("reads");
    assert_eq!(users.iter().map(closed).collect::<Vec<_>>(), [true, false]);
    let (ana, ben) = (world.ana, world.ben);
    assert_eq!(feeds_of(&mut world, ana), [own_territory(ana)]);
    assert_eq!(feeds_of(&mut world, ben), [t("central"), own_territory(ben), t("south")]);
}

#[test]
fn which_changes_are_answered_is_known_by_organisation() {
    let mut world = World::new();
    let acme = world.ledger.add_organisation("Acme").expect("new");
    let mut ana = world.phone_of(world.ana);
    let receipt = world.save(&mut ana, vec![create(new_id(), "north", &[("name", "A")])]);
    let answered = |world: &mut World, org, change| world.ledger.answered(org, change).expect("reads");
    let org = world.org;
    assert!(answered(&mut world, org, receipt.change));
    assert!(!answered(&mut world, acme, receipt.change));
    assert!(!answered(&mut world, org, ChangeId(Uuid::nil())));
}
