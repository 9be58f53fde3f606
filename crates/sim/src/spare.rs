//! Ledgers in memory, used again by the next world of the same thread: making the tables costs more than most worlds.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

use protocol::TerritoryId;
use server::ledger::Ledger;
use uuid::Uuid;

/// What stands in every new ledger.
#[derive(Clone)]
pub struct Ground {
    /// The one organisation.
    pub organisation: Uuid,
    /// Users: id and name.
    pub users: Vec<(Uuid, String)>,
    /// Territories, by short name; without the users' own.
    pub territories: Vec<TerritoryId>,
}

/// A ledger that goes back to where it came from.
pub struct Lent(Option<Ledger>);

/// A ledger with nothing but the ground in it.
pub fn take() -> (Lent, Ground) {
    SHELF.with_borrow_mut(|shelf| {
        let shelf = shelf.get_or_insert_with(Shelf::new);
        let mut ledger = shelf.spare.pop().unwrap_or_else(empty);
        ledger.become_copy_of(&shelf.template).expect("memory is copied");
        (Lent(Some(ledger)), shelf.ground.clone())
    })
}

/// A copy of a ledger as it is now.
pub fn copy(of: &Ledger) -> Lent {
    let spare = SHELF.with_borrow_mut(|shelf| shelf.as_mut().and_then(|shelf| shelf.spare.pop()));
    let mut ledger = spare.unwrap_or_else(empty);
    ledger.become_copy_of(of).expect("memory is copied");
    Lent(Some(ledger))
}

struct Shelf {
    template: Ledger,
    ground: Ground,
    spare: Vec<Ledger>,
}

impl Shelf {
    fn new() -> Self {
        let mut ledger = empty();
        let organisation = ledger.add_organisation("World").expect("a new organisation");
        let territories: Vec<TerritoryId> = ["east", "north", "west"].map(TerritoryId::new).into();
        for territory in &territories {
            ledger.add_territory(organisation, territory, territory.as_str()).expect("a new territory");
        }
        let mut user = |name: &str| {
            let email = format!("{name}@world.example");
            let id = ledger.add_user(organisation, &email, name, "rep", "-").expect("a new user");
            (id, name.to_owned())
        };
        let users: Vec<(Uuid, String)> = ["ana", "ben", "cy"].map(&mut user).into();
        Self { template: ledger, ground: Ground { organisation, users, territories }, spare: Vec::new() }
    }
}

fn empty() -> Ledger {
    Ledger::in_memory().expect("SQLite opens in memory")
}

impl Drop for Lent {
    fn drop(&mut self) {
        let ledger = self.0.take();
        // A thread that ends has no shelf any more.
        let _ = SHELF.try_with(|shelf| {
            if let (Some(shelf), Some(ledger)) = (shelf.borrow_mut().as_mut(), ledger) {
                shelf.spare.push(ledger);
            }
        });
    }
}

impl Deref for Lent {
    type Target = Ledger;
    fn deref(&self) -> &Ledger {
        self.0.as_ref().expect("it is here until it is dropped")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Ledger {
        self.0.as_mut().expect("it is here until it is dropped")
    }
}

thread_local! {
    static SHELF: RefCell<Option<Shelf>> = const { RefCell::new(None) };
}
