//! A small organisation in memory, and short words to push and pull with.

use std::collections::BTreeMap;

use protocol::digest::Digest;
use protocol::message::{Outcome, PullReply, PullRequest, PushReply, PushRequest, Receipt};
use protocol::{Change, ChangeId, DeviceId, Edit, How, Kind, Op, Record, RecordId, Settle, TerritoryId};
use server::ledger::{Ledger, LedgerError, own_territory};
use uuid::Uuid;

/// Two reps, three territories: Ana has north and central, Ben central and south.
pub(crate) struct World {
    pub(crate) ledger: Ledger,
    pub(crate) org: Uuid,
    pub(crate) ana: Uuid,
    pub(crate) ben: Uuid,
    pub(crate) now: i64,
}

/// A device that counts its changes.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) user: Uuid,
    pub(crate) id: DeviceId,
    pub(crate) number: u64,
}

/// What a phone holds after reading the feeds as a device does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Held {
    pub(crate) cursors: BTreeMap<TerritoryId, u64>,
    pub(crate) records: BTreeMap<RecordId, Record>,
    pub(crate) epoch: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::on(Ledger::in_memory().expect("SQLite opens in memory"))
    }

    pub(crate) fn on(mut ledger: Ledger) -> Self {
        let org = ledger.add_organisation("World").expect("a new organisation");
        for name in ["north", "central", "south"] {
            ledger.add_territory(org, &t(name), name).expect("a new territory");
        }
        let mut user = |name: &str, territories: [&str; 2]| {
            let email = format!("{name}@world.example");
            let user = ledger.add_user(org, &email, name, "rep", "-").expect("a new user");
            for territory in territories {
                ledger.assign(user, &t(territory)).expect("a known territory");
            }
            user
        };
        let (ana, ben) = (user("Ana", ["north", "central"]), user("Ben", ["central", "south"]));
        Self { ledger, org, ana, ben, now: 1_000 }
    }

    pub(crate) fn phone_of(&self, user: Uuid) -> Phone {
        Phone { user, id: DeviceId(Uuid::now_v7()), number: 0 }
    }

    /// Pushes one change of these edits; answers its receipt.
    pub(crate) fn save(&mut self, phone: &mut Phone, edits: Vec<Edit>) -> Receipt {
        let change = phone.change(edits);
        let reply = self.push(phone, &[change]).expect("the push is taken");
        assert_eq!(reply.problem, None);
        reply.receipts.into_iter().next().expect("one receipt a change")
    }

    /// Pushes one change that also settles earlier ones; answers its receipt.
    pub(crate) fn settle(
        &mut self,
        phone: &mut Phone,
        how: How,
        earlier: &Receipt,
        edits: Vec<Edit>,
    ) -> Receipt {
        let settles = vec![Settle { change: earlier.change, how }];
        let change = Change { settles, ..phone.change(edits) };
        self.push(phone, &[change]).expect("the push is taken").receipts.remove(0)
    }

    /// What has become of these changes, by a push that carries none.
    pub(crate) fn decided(&mut self, phone: &Phone, open: &[&Receipt]) -> Vec<Outcome> {
        let open = open.iter().map(|receipt| receipt.change).collect();
        let request = PushRequest { open, ..PushRequest::new(phone.id, 0, Vec::new()) };
        let reply = self.ledger.push(phone.user, &request, self.now).expect("the push is taken");
        reply.decided.into_iter().map(|receipt| receipt.outcome).collect()
    }

    pub(crate) fn push(&mut self, phone: &Phone, changes: &[Change]) -> Result<PushReply, LedgerError> {
        self.now += 1;
        let request = PushRequest::new(phone.id, 0, changes.to_vec());
        self.ledger.push(phone.user, &request, self.now)
    }

    /// Makes an account of this name; it must be accepted.
    pub(crate) fn account(&mut self, phone: &mut Phone, territory: &str, name: &str) -> RecordId {
        let id = RecordId(Uuid::now_v7());
        let receipt = self.save(phone, vec![create(id, territory, &[("name", name)])]);
        assert_eq!(receipt.outcome, Outcome::Accepted);
        id
    }

    pub(crate) fn record(&mut self, id: RecordId) -> Record {
        self.ledger.record(id).expect("the ledger reads").expect("the record is there")
    }

    pub(crate) fn page(&mut self, user: Uuid, held: &Held, limit: usize) -> PullReply {
        let request = PullRequest::new(DeviceId(Uuid::nil()), held.epoch, held.cursors.clone());
        let request = PullRequest { limit, ..request };
        self.ledger.pull(user, &request, self.now).expect("the pull is answered")
    }

    /// Pulls to the end.
    pub(crate) fn pull(&mut self, user: Uuid, held: &mut Held, limit: usize) {
        while held.take(&self.page(user, held, limit)) > 0 {}
    }

    /// What the ledger itself holds for the user now.
    pub(crate) fn truth(&mut self, user: Uuid) -> BTreeMap<RecordId, Record> {
        let member = self.ledger.territories_of(user).expect("a known user");
        let records = self.ledger.records(self.org).expect("the ledger reads");
        let own = own_territory(user);
        let member: Vec<_> = member.into_iter().chain([own]).collect();
        let seen = records.into_iter().filter(|record| !record.deleted && member.contains(&record.territory));
        seen.map(|record| (record.id, record)).collect()
    }

    /// Heads, counts and digests of every feed against the records themselves.
    pub(crate) fn assert_feeds_are_true(&mut self) {
        let records = self.ledger.records(self.org).expect("the ledger reads");
        for territory in self.ledger.territories(self.org).expect("the ledger reads") {
            let of_it = records.iter().filter(|record| record.territory == territory.id);
            assert_eq!(territory.digest, Digest::of(of_it), "{}", territory.id);
        }
    }
}

impl Phone {
    pub(crate) fn change(&mut self, edits: Vec<Edit>) -> Change {
        self.number += 1;
        Change::new(ChangeId(Uuid::now_v7()), self.number, 7, edits)
    }
}

impl Held {
    /// Takes a page as a device does; answers how many records are still to come.
    pub(crate) fn take(&mut self, reply: &PullReply) -> u64 {
        if self.epoch != reply.epoch && self.epoch != 0 {
            self.records.clear();
        }
        self.epoch = reply.epoch;
        let member: Vec<_> = reply.feeds.iter().map(|feed| feed.territory.clone()).collect();
        self.cursors.retain(|territory, _| member.contains(territory));
        self.records.retain(|_, record| member.contains(&record.territory));
        for feed in &reply.feeds {
            self.cursors.insert(feed.territory.clone(), feed.cursor);
            for id in &feed.left {
                if self.records.get(id).is_some_and(|record| record.territory == feed.territory) {
                    self.records.remove(id);
                }
            }
            for record in &feed.records {
                match record.deleted {
                    true => self.records.remove(&record.id),
                    false => self.records.insert(record.id, record.clone()),
                };
            }
        }
        if reply.remaining == 0 {
            self.assert_digests(reply);
        }
        reply.remaining
    }

    fn assert_digests(&self, reply: &PullReply) {
        for feed in &reply.feeds {
            let of_it = self.records.values().filter(|record| record.territory == feed.territory);
            let digest = Digest::of(of_it);
            let hex = format!("{:016x}", digest.sum);
            assert_eq!((feed.live, &feed.digest), (digest.live, &hex), "{}", feed.territory);
        }
    }
}

pub(crate) fn t(name: &str) -> TerritoryId {
    TerritoryId::new(name)
}

pub(crate) fn create(id: RecordId, territory: &str, set: &[(&str, &str)]) -> Edit {
    edit(id, Kind::Account, Op::Create(t(territory)), 0, set)
}

pub(crate) fn note(id: RecordId, territory: &str, account: RecordId, text: &str) -> Edit {
    let account = account.0.to_string();
    edit(id, Kind::Note, Op::Create(t(territory)), 0, &[("text", text), ("account", &account)])
}

pub(crate) fn patch(id: RecordId, base: u64, set: &[(&str, &str)]) -> Edit {
    edit(id, Kind::Account, Op::Patch, base, set)
}

pub(crate) fn delete(id: RecordId, base: u64) -> Edit {
    edit(id, Kind::Account, Op::Delete, base, &[])
}

pub(crate) fn edit(id: RecordId, kind: Kind, op: Op, base: u64, set: &[(&str, &str)]) -> Edit {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let set = set.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect();
    Edit { id, kind, op, base, set }
}

pub(crate) fn new_id() -> RecordId {
    RecordId(Uuid::now_v7())
}
