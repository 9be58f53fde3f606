//! Ledgers in memory. Making the tables costs more than most worlds, so a ledger is made with ground for many worlds,
//! each an organisation of its own, and is used until all of them were lived.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

use protocol::TerritoryId;
use server::ledger::Ledger;
use uuid::Uuid;

/// Where a world is lived.
#[derive(Clone)]
pub struct Ground {
    /// The organisation.
    pub organisation: Uuid,
    /// Users: id and name.
    pub users: Vec<(Uuid, String)>,
    /// Territories, by short name; without the users' own.
    pub territories: Vec<TerritoryId>,
}

/// A ledger that goes back to where it came from.
pub struct Lent {
    ledger: Option<Ledger>,
    /// How many of its grounds are used, or `None` where nothing on it can be used again.
    used: Option<usize>,
}

/// Ground that no world was lived on. With `first`, always the same in one thread, names and all.
pub fn take(first: bool) -> (Lent, Ground) {
    SHELF.with_borrow_mut(|shelf| {
        let shelf = shelf.get_or_insert_with(Shelf::new);
        let begun = shelf.begun.take_if(|_| !first);
        let (ledger, used) = begun.unwrap_or_else(|| {
            let mut ledger = shelf.spare.pop().unwrap_or_else(empty);
            ledger.become_copy_of(&shelf.template).expect("memory is copied");
            (ledger, 0)
        });
        (Lent { ledger: Some(ledger), used: Some(used + 1) }, shelf.grounds[used].clone())
    })
}

/// A copy of a ledger as it is now.
pub fn copy(of: &Ledger) -> Lent {
    let spare = SHELF.with_borrow_mut(|shelf| shelf.as_mut().and_then(|shelf| shelf.spare.pop()));
    let mut ledger = spare.unwrap_or_else(empty);
    ledger.become_copy_of(of).expect("memory is copied");
    Lent { ledger: Some(ledger), used: None }
}

struct Shelf {
    template: Ledger,
    grounds: Vec<Ground>,
    /// A ledger with ground left, and how many were used.
    begun: Option<(Ledger, usize)>,
    spare: Vec<Ledger>,
}

impl Shelf {
    fn new() -> Self {
        let mut template = empty();
        let grounds = (0..GROUNDS).map(|at| ground(&mut template, at)).collect();
        Self { template, grounds, begun: None, spare: Vec::new() }
    }
}

fn ground(ledger: &mut Ledger, at: usize) -> Ground {
    let organisation = ledger.add_organisation(&format!("World {at}")).expect("a new organisation");
    let territories: Vec<TerritoryId> = ["east", "north", "west"].map(TerritoryId::new).into();
    for territory in &territories {
        ledger.add_territory(organisation, territory, territory.as_str()).expect("a new territory");
    }
    let user = |name: &str| {
        let email = format!("{name}@world{at}.example");
        let id = ledger.add_user(organisation, &email, name, "rep", "-").expect("a new user");
        (id, name.to_owned())
    };
    let users = ["ana", "ben", "cy"].map(user).into();
    Ground { organisation, users, territories }
}

fn empty() -> Ledger {
    Ledger::in_memory().expect("SQLite opens in memory")
}

impl Lent {
    /// What stands in it is another life of the server: no other world may be lived on it.
    pub fn spoil(&mut self) {
        self.used = None;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let (ledger, used) = (self.ledger.take(), self.used);
        // A thread that ends has no shelf any more.
        let _ = SHELF.try_with(|shelf| {
            let mut shelf = shelf.borrow_mut();
            let (Some(shelf), Some(ledger)) = (shelf.as_mut(), ledger) else { return };
            match used.filter(|used| *used < GROUNDS && shelf.begun.is_none()) {
                Some(used) => shelf.begun = Some((ledger, used)),
                None => shelf.spare.push(ledger),
            }
        });
    }
}

impl Deref for Lent {
    type Target = Ledger;
    fn deref(&self) -> &Ledger {
        self.ledger.as_ref().expect("it is here until it is dropped")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Ledger {
        self.ledger.as_mut().expect("it is here until it is dropped")
    }
}

thread_local! {
    static SHELF: RefCell<Option<Shelf>> = const { RefCell::new(None) };
}

/// Worlds on one ledger: more make its copies dear.
const GROUNDS: usize = 24;
