//! Pull: one moment of the server, whatever happens between its pages; and numbers without holes.

use std::collections::BTreeSet;
use std::sync::{Barrier, mpsc};

use protocol::limits::TERRITORY_BYTES_MAX;
use protocol::message::{Outcome, PullRequest, PushRequest};
use protocol::{DeviceId, TerritoryId};
use server::ledger::{Ledger, LedgerError, own_territory};
use uuid::Uuid;

use crate::world::{Held, World, create, delete, new_id, note, patch, t};

/// Small, repeatable and good enough to shuffle with (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((x ^ (x >> 27)) >> 8) as usize % end
    }
}

/// Records are made, changed, moved and deleted, territories given and taken, in the middle of pulls with
/// tiny pages; whenever a pull ends, the device holds exactly what the ledger holds for its user at that
/// moment.
#[test]
fn a_pull_that_ends_is_one_moment_whatever_happened_meanwhile() {
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let mut world = World::new();
        let mut phones = [world.phone_of(world.ana), world.phone_of(world.ben)];
        let users = [world.ana, world.ben];
        let mut held = [Held::default(), Held::default()];
        let mut ids = Vec::new();
        for _ in 0..150 {
            step(&mut world, &mut dice, &mut phones, &mut ids);
            let who = dice.below(2);
            let limit = 1 + dice.below(4);
            let page = world.page(users[who], &held[who], limit);
            if held[who].take(&page) == 0 {
                assert_eq!(held[who].records, world.truth(users[who]), "seed {seed}");
            }
        }
        world.assert_feeds_are_true();
        for (held, user) in held.iter_mut().zip(users) {
            world.pull(user, held, 3);
            let mut fresh = Held::default();
            world.pull(user, &mut fresh, 0);
            assert_eq!(*held, fresh, "from any cursor or from the start is the same, seed {seed}");
        }
    }
}

fn step(
    world: &mut World,
    dice: &mut Dice,
    phones: &mut [crate::world::Phone; 2],
    ids: &mut Vec<protocol::RecordId>,
) {
    let phone = &mut phones[dice.below(2)];
    let territory = t(["north", "central", "south"][dice.below(3)]);
    let any = (!ids.is_empty()).then(|| ids[dice.below(ids.len().max(1))]);
    let name = format!("{}", dice.below(9));
    match (dice.below(10), any) {
        (0..=2, _) | (_, None) => {
            let id = new_id();
            ids.push(id);
            world.save(phone, vec![create(id, territory.as_str(), &[("name", &name)])]);
        }
        (3..=5, Some(id)) => {
            world.save(phone, vec![patch(id, 1, &[("name", &name)])]);
        }
        (6, Some(id)) => {
            world.save(phone, vec![note(new_id(), territory.as_str(), id, &name)]);
        }
        (7, Some(id)) => match world.ledger.move_record(world.ana, id, &territory, world.now) {
            Ok(_) | Err(LedgerError::Refused(_)) => {}
            Err(error) => panic!("{error}"),
        },
        (8, Some(id)) => {
            world.save(phone, vec![delete(id, 99)]);
        }
        _ if dice.below(2) == 0 => world.ledger.assign(phone.user, &territory).expect("assigned"),
        _ => world.ledger.unassign(phone.user, &territory, 0).expect("unassigned"),
    }
}

#[test]
fn a_moved_account_leaves_one_feed_and_enters_the_other_with_all_that_belongs_to_it() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let account = world.account(&mut ana, "north", "A");
    let about = new_id();
    world.save(&mut ana, vec![note(about, "north", account, "Hello")]);
    let (mut of_ana, mut of_ben) = (Held::default(), Held::default());
    world.pull(world.ana, &mut of_ana, 0);
    world.pull(world.ben, &mut of_ben, 0);
    assert_eq!((of_ana.records.len(), of_ben.records.len()), (2, 0));

    assert_eq!(world.ledger.move_record(world.ana, account, &t("south"), 5), Ok(2));
    assert_eq!(world.ledger.move_record(world.ana, account, &t("south"), 6), Ok(0), "safe to repeat");
    let page = world.page(world.ana, &of_ana, 0);
    let north = page.feeds.iter().find(|feed| feed.territory == t("north")).expect("Ana has north");
    assert_eq!(north.left.iter().copied().collect::<BTreeSet<_>>(), [account, about].into());
    world.pull(world.ana, &mut of_ana, 0);
    world.pull(world.ben, &mut of_ben, 0);
    assert_eq!((of_ana.records.len(), of_ben.records.len()), (0, 2));
    assert_eq!(world.record(about).version, 2);
    world.assert_feeds_are_true();

    let refused = world.ledger.move_record(world.ana, about, &t("north"), 7);
    assert!(matches!(refused, Err(LedgerError::Refused(_))), "a note does not leave its account");
}

#[test]
fn cursors_of_another_life_are_not_used_and_cursors_from_the_future_start_anew() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    world.account(&mut ana, "north", "A");
    let mut held = Held::default();
    world.pull(world.ana, &mut held, 0);
    assert_eq!(world.page(world.ana, &held, 0).feeds[1].records.len(), 0);
    held.cursors.insert(t("north"), 1_000_000);
    assert_eq!(world.page(world.ana, &held, 0).feeds[1].records.len(), 1);
    held.cursors.insert(t("north"), 1);
    world.ledger.bump_epoch(2).expect("bumped");
    let page = world.page(world.ana, &held, 0);
    assert_eq!((page.epoch, page.feeds[1].records.len()), (2, 1));
}

#[test]
fn pages_are_as_large_as_asked_and_say_how_much_remains() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    for at in 0..5 {
        world.account(&mut ana, ["north", "central"][at % 2], "A");
    }
    let mut held = Held::default();
    let mut remaining = Vec::new();
    loop {
        let page = world.page(world.ana, &held, 2);
        assert_eq!(page.feeds.len(), 3, "every territory of the user, and her own, is in every page");
        remaining.push(held.take(&page));
        if page.remaining == 0 {
            break;
        }
    }
    assert_eq!(remaining, [3, 1, 0]);
    let of_schema =
        |schema| PullRequest { schema, ..PullRequest::new(DeviceId(Uuid::nil()), 0, Default::default()) };
    assert_eq!(world.ledger.pull(world.ana, &of_schema(0), 0), Err(LedgerError::SchemaOld));
    assert!(world.ledger.pull(world.ana, &of_schema(1), 0).is_ok(), "the first version of the app");
}

#[test]
fn the_last_page_tells_what_was_decided_meanwhile() {
    let mut world = World::new();
    let (mut ana, mut ben) = (world.phone_of(world.ana), world.phone_of(world.ben));
    let id = new_id();
    let early = world.save(&mut ben, vec![patch(id, 1, &[("phone", "1")])]);
    world.save(&mut ana, vec![create(id, "central", &[("name", "A")])]);
    world.account(&mut ana, "central", "B");
    let mut told = |limit| {
        let request = PullRequest::new(ben.id, 0, Default::default());
        let request = PullRequest { limit, open: vec![early.change], ..request };
        let reply = world.ledger.pull(world.ben, &request, 0).expect("answered");
        (reply.remaining, reply.decided.into_iter().map(|receipt| receipt.outcome).collect::<Vec<_>>())
    };
    assert_eq!(told(1), (1, vec![]));
    assert_eq!(told(0), (0, vec![Outcome::Accepted]));
}

#[test]
fn organisations_never_meet() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id = world.account(&mut ana, "north", "A");
    let other = world.ledger.add_organisation("Other").expect("a second organisation");
    world.ledger.add_territory(other, &t("north"), "North").expect("the same short name");
    let eve = world.ledger.add_user(other, "eve@other.example", "Eve", "rep", "-").expect("a user");
    world.ledger.assign(eve, &t("north")).expect("her own north");
    let mut phone = world.phone_of(eve);
    let receipt = world.save(&mut phone, vec![patch(id, 1, &[("name", "B")])]);
    assert!(matches!(receipt.outcome, Outcome::Refused(_)));
    assert!(world.page(eve, &Held::default(), 0).feeds[0].records.is_empty());
    assert!(world.ledger.move_record(eve, id, &t("north"), 0).is_err());
    assert!(world.ledger.assign(eve, &t("south")).is_err(), "south is not hers to have");
    let taken = world.ledger.add_user(other, "ANA@world.example", "Ana", "rep", "-");
    assert!(matches!(taken, Err(LedgerError::Refused(_))), "an address is one person's");
    for (email, role) in [("eve", "rep"), ("eva@other.example", "queen"), ("eva", "queen")] {
        let refused = world.ledger.add_user(other, email, "Eva", role, "-");
        assert!(matches!(refused, Err(LedgerError::Refused(_))), "{email} {role}");
    }
}

#[test]
fn a_territorys_short_name_is_plain_and_nobodys_own() {
    let mut world = World::new();
    let mut add = |name: &str| world.ledger.add_territory(world.org, &t(name), "A name");
    let [most, more] = [TERRITORY_BYTES_MAX, TERRITORY_BYTES_MAX + 1].map(|bytes| "n".repeat(bytes));
    for good in ["a", "north-2", "2", "-", &most] {
        assert_eq!(add(good), Ok(()), "{good}");
    }
    for bad in ["", "North", "n\u{f6}rd", "a b", "a_b", &more, &"n".repeat(2 * TERRITORY_BYTES_MAX)] {
        assert!(matches!(add(bad), Err(LedgerError::Refused(_))), "{bad}");
    }
    let own = own_territory(world.ana);
    assert!(matches!(add(own.as_str()), Err(LedgerError::Refused(_))), "it is Ana's");
}

/// Two connections write at once while a third reads: what a reader sees of a feed is always its numbers from
/// 1 on without a hole, and nothing appears later below a number it has passed.
#[test]
fn numbers_have_no_holes_under_writers_at_the_same_time() {
    const CHANGES: u64 = 120;
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ledger.sqlite");
    let world = World::on(Ledger::open(&path).expect("opens"));
    let start = Barrier::new(3);
    let (written, was_written) = mpsc::channel();
    std::thread::scope(|scope| {
        for (user, written) in [(world.ana, written.clone()), (world.ben, written)] {
            let (path, start) = (&path, &start);
            scope.spawn(move || {
                let mut ledger = Ledger::open(path).expect("opens");
                let device = DeviceId(Uuid::now_v7());
                let mut phone = crate::world::Phone { user, id: device, number: 0 };
                start.wait();
                for _ in 0..CHANGES {
                    let changes = vec![phone.change(vec![create(new_id(), "central", &[("name", "A")])])];
                    let request = PushRequest::new(device, 0, changes);
                    let reply = ledger.push(user, &request, 0).expect("taken");
                    assert_eq!(reply.receipts[0].outcome, Outcome::Accepted);
                    written.send(()).expect("somebody reads");
                }
            });
        }
        let mut ledger = Ledger::open(&path).expect("opens");
        let central: TerritoryId = t("central");
        start.wait();
        let (mut cursor, mut seen) = (0, BTreeSet::new());
        // It reads as fast as they write, while the next ones are being written.
        for () in was_written {
            let cursors = [(central.clone(), cursor)].into();
            let request = PullRequest { limit: 7, ..PullRequest::new(DeviceId(Uuid::nil()), 0, cursors) };
            let reply = ledger.pull(world.ana, &request, 0).expect("answered");
            let page = reply.feeds.iter().find(|feed| feed.territory == central).expect("Ana has it");
            let next = cursor + page.records.len() as u64;
            assert_eq!(page.cursor, next, "as many new records as numbers");
            for record in &page.records {
                assert!(seen.insert(record.id), "each once");
            }
            cursor = page.cursor;
        }
        assert_eq!((cursor, seen.len() as u64), (2 * CHANGES, 2 * CHANGES));
    });
}
