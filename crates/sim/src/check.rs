//! The judge: what must be true after every step, said in sets and independent of how engine and ledger work.
//! The names are those of PROTOCOL, section C.
//!
//! [`books`] reads what the server wrote, [`reach`] who may write where, [`shown`] looks at a device, [`rules`] says
//! once more what a record must be; here is what they remember.

mod books;
mod reach;
mod rules;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use protocol::digest::Digest;
use protocol::message::{Outcome, Receipt};
use protocol::{ChangeId, Edit, Op, Record, RecordId, TerritoryId};

use books::Book;
use reach::Late;

/// A broken promise, in a sentence.
pub type Verdict = Result<(), String>;

/// All that ever happened, as the judge saw it.
pub struct Judge {
    /// The territories, those of each user alone last; sets of them are bits.
    feeds: Vec<TerritoryId>,
    /// Each user's name and territories.
    users: Vec<(String, u64)>,
    saves: BTreeMap<ChangeId, Saved>,
    /// By device: saves that must be on it, because no one else has them or because a person must see them.
    held: Vec<BTreeSet<ChangeId>>,
    books: BTreeMap<RecordId, Book>,
    /// When a record last left a territory, and when a user did, by the server's clock.
    places_left: BTreeMap<(RecordId, usize), i64>,
    members_left: BTreeMap<(usize, usize), i64>,
    sums: Vec<Sum>,
    digests: Vec<Digest>,
    heads: Vec<u64>,
    moments: Vec<Moment>,
    audits: u64,
    /// By device: which others it is an image of, with how many saves there were then.
    images: Vec<Vec<(usize, usize)>>,
    late: Late,
}

/// A save whose transaction was tried.
struct Saved {
    device: usize,
    user: usize,
    /// Its place among all saves.
    order: usize,
    /// The same, or that of the save in whose place it stands.
    place: usize,
    /// What the rep did, with the version of the record that the device showed.
    edits: Vec<(Edit, u64)>,
    /// Earlier saves that this one settles.
    stands_for: Vec<ChangeId>,
    /// Whether the rep has settled it, so that it may be forgotten.
    settled: bool,
    /// Whether the rep was told that it is safe.
    told: bool,
    /// Whether the server, as it is now, has an answer for it.
    known: bool,
    /// The moment at which it was first on the web.
    known_at: Option<usize>,
    /// What the server ever said of it.
    receipts: Vec<Receipt>,
    /// Its only copy was on a disk that a person or a browser destroyed.
    forgiven: bool,
}

/// The server after one of its writes.
struct Moment {
    members: Vec<u64>,
    sums: Vec<Sum>,
}

/// What the live records of a territory add up to, with everything in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    live: u64,
    sum: u64,
}

impl Judge {
    /// Before anything happened.
    pub fn new(feeds: Vec<TerritoryId>, users: Vec<String>) -> Self {
        let sums = vec![Sum::default(); feeds.len()];
        let digests = vec![Digest::default(); feeds.len()];
        let heads = vec![0; feeds.len()];
        let users: Vec<_> = users.into_iter().map(|name| (name, 0)).collect();
        Self {
            feeds,
            users,
            saves: BTreeMap::new(),
            held: Vec::new(),
            books: BTreeMap::new(),
            places_left: BTreeMap::new(),
            members_left: BTreeMap::new(),
            sums,
            digests,
            heads,
            moments: Vec::new(),
            audits: 0,
            images: Vec::new(),
            late: Late::default(),
        }
    }

    /// There is one more device, new or the image of another.
    pub fn on_device(&mut self, image_of: Option<usize>) {
        self.held.push(BTreeSet::new());
        let older = image_of.map_or_else(Vec::new, |device| self.images[device].clone());
        let now = image_of.map(|device| (device, self.saves.len()));
        self.images.push(older.into_iter().chain(now).collect());
    }

    /// The rep saves: `edits` with the versions that the device shows, in the place of earlier saves, of which the
    /// device knows that they were refused, or not. Not yet durable.
    pub fn on_try(
        &mut self,
        device: usize,
        user: usize,
        change: ChangeId,
        mut edits: Vec<(Edit, u64)>,
        stands_for: &[(ChangeId, bool)],
    ) {
        // What was seen for an earlier save is not forgotten when that one is saved anew; one that was refused lies
        // over what came since, so that no more was seen than for that one.
        for (earlier, refused) in stands_for {
            for (before, known) in self.saves.get(earlier).into_iter().flat_map(|saved| &saved.edits) {
                for (_, seen) in edits.iter_mut().filter(|(edit, _)| edit.id == before.id) {
                    *seen = if *refused { *known } else { *known.max(seen) };
                }
            }
        }
        let order = self.saves.len();
        // Only what was refused has left its place: what was set aside in part stands where it stood. What the office
        // has accepted meanwhile, unknown to the device, was refused for whoever decides here.
        let refused = stands_for.iter().filter(|(_, refused)| *refused);
        let places = refused.filter_map(|(earlier, _)| self.saves.get(earlier)).map(|saved| saved.place);
        let place = places.fold(order, usize::min);
        let stands_for = stands_for.iter().map(|(earlier, _)| *earlier).collect();
        let saved = Saved {
            device,
            user,
            order,
            place,
            edits,
            stands_for,
            settled: false,
            told: false,
            known: false,
            known_at: None,
            receipts: Vec::new(),
            forgiven: false,
        };
        self.saves.insert(change, saved);
    }

    /// Which version of the record the rep had seen who made the earlier save of a field that this edit is about.
    pub(crate) fn seen_for(&self, earlier: ChangeId, edit: &Edit) -> Option<u64> {
        let hides = |before: &Edit| {
            let same_field = before.set.keys().any(|name| edit.set.contains_key(name));
            before.id == edit.id && (same_field || edit.op == Op::Delete && !before.set.is_empty())
        };
        let edits = self.saves.get(&earlier).into_iter().flat_map(|saved| &saved.edits);
        edits.filter(|(before, _)| hides(before)).map(|(_, seen)| *seen).min()
    }

    /// The rep was told that the save is on this phone: from now on it must never be lost.
    pub fn on_saved(&mut self, change: ChangeId) {
        if let Some(saved) = self.saves.get_mut(&change) {
            saved.told = true;
            self.held[saved.device].insert(change);
            for earlier in saved.stands_for.clone() {
                self.on_settled(earlier);
            }
        }
    }

    /// The office accepted a change that was refused.
    pub fn on_accepted(&mut self, receipt: Receipt) {
        if let Some(saved) = self.saves.get_mut(&receipt.change) {
            self.held[saved.device].remove(&receipt.change);
            saved.receipts.push(receipt);
        }
    }

    /// The server tells what has become of changes that were refused.
    pub fn on_decided(&mut self, receipts: &[Receipt]) {
        for receipt in receipts {
            let Some(saved) = self.saves.get_mut(&receipt.change) else { continue };
            saved.receipts.push(receipt.clone());
            if !saved.refused() {
                // What it wrote was read when it was written; if nothing, there is nothing to wait for.
                saved.known_at.get_or_insert(0);
                self.held[saved.device].remove(&receipt.change);
            }
        }
    }

    /// The user has this territory from now on, or not.
    pub fn on_member(&mut self, user: usize, territory: &TerritoryId, has: bool, now: i64) {
        let feed = self.feed(territory);
        let members = &mut self.users[user].1;
        if *members >> feed & 1 == 1 && !has {
            self.members_left.insert((user, feed), now);
        }
        *members = if has { *members | 1 << feed } else { *members & !(1 << feed) };
    }

    /// Whether the user has this territory.
    pub fn is_member(&self, user: usize, territory: &TerritoryId) -> bool {
        self.users[user].1 >> self.feed(territory) & 1 == 1
    }

    /// Everything on the device is gone, by an act that the promise leaves out.
    pub fn on_erased(&mut self, device: usize) {
        for saved in self.saves.values_mut().filter(|saved| saved.device == device) {
            saved.forgiven = true;
        }
        self.held[device].clear();
    }

    fn feed(&self, territory: &TerritoryId) -> usize {
        self.feeds.iter().position(|feed| feed == territory).expect("worlds have these territories only")
    }

    fn moment(&mut self) {
        let members = self.users.iter().map(|(_, members)| *members).collect();
        self.moments.push(Moment { members, sums: self.sums.clone() });
    }
}

impl Saved {
    fn refused(&self) -> bool {
        self.receipts.last().is_some_and(|receipt| matches!(receipt.outcome, Outcome::Refused(_)))
    }
}

impl Sum {
    fn add(&mut self, print: u64) {
        self.live += 1;
        self.sum = self.sum.wrapping_add(print);
    }

    fn remove(&mut self, print: u64) {
        self.live = self.live.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(print);
    }
}

/// A fingerprint of everything in a record (FNV-1a, Fowler, Noll, Vo), so that two states are compared by numbers.
pub(crate) fn print(record: &Record) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut write = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash = (hash ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    };
    write(record.id.0.as_bytes());
    write(&[record.kind as u8, u8::from(record.deleted)]);
    write(record.territory.as_str().as_bytes());
    write(&record.version.to_le_bytes());
    write(record.by.as_bytes());
    write(&record.at.to_le_bytes());
    for (name, text) in record.fields.iter() {
        write(name.as_bytes());
        write(text.as_bytes());
    }
    hash ^ (hash >> 29)
}
