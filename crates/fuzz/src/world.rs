//! A small organisation on the real ledger, and what must be true of any.

use protocol::digest::Digest;
use protocol::message::{PullReply, PullRequest};
use protocol::{DeviceId, RecordId, TerritoryId};
use server::ledger::{Ledger, LedgerError};
use uuid::Uuid;

/// Two reps, three territories: Ana has north and central, Ben central and south.
pub struct World {
    /// The server's ledger.
    pub ledger: Ledger,
    /// The organisation.
    pub org: Uuid,
    /// A rep.
    pub ana: Uuid,
    /// Another.
    pub ben: Uuid,
    /// The server's clock.
    pub now: i64,
}

impl World {
    /// The organisation in memory, without records.
    pub fn new() -> Self {
        Self::on(Ledger::in_memory().expect("SQLite opens in memory"))
    }

    /// The organisation in an empty ledger.
    pub fn on(mut ledger: Ledger) -> Self {
        let org = ledger.add_organisation("World").expect("a new organisation");
        for name in ["north", "central", "south"] {
            ledger.add_territory(org, &TerritoryId::new(name), name).expect("a new territory");
        }
        let mut user = |name: &str, territories: [&str; 2]| {
            let email = format!("{name}@world.example");
            let user = ledger.add_user(org, &email, name, "rep", "-").expect("a new user");
            for territory in territories {
                ledger.assign(user, &TerritoryId::new(territory)).expect("a known territory");
            }
            user
        };
        let (ana, ben) = (user("Ana", ["north", "central"]), user("Ben", ["central", "south"]));
        Self { ledger, org, ana, ben, now: 1_700_000_000_000 }
    }

    /// Heads, counts and digests of all feeds against the records themselves, and what each rep pulls against both.
    pub fn assert_true(&mut self) {
        let records = self.ledger.records(self.org).expect("the ledger reads");
        for territory in self.ledger.territories(self.org).expect("the ledger reads") {
            let of_it = records.iter().filter(|record| record.territory == territory.id);
            assert_eq!(territory.digest, Digest::of(of_it), "{}", territory.id);
        }
        for user in [self.ana, self.ben] {
            let page = self.pull(user).expect("the ledger reads");
            assert_eq!(page.remaining, 0, "a world is smaller than a page");
            for feed in &page.feeds {
                let of_it = records.iter().filter(|record| record.territory == feed.territory);
                let digest = Digest::of(of_it);
                assert_eq!((feed.live, &feed.digest), (digest.live, &format!("{:016x}", digest.sum)));
                let living = feed.records.iter().filter(|record| !record.deleted).count() as u64;
                assert_eq!(living, feed.live, "a feed read from the start holds what lives");
            }
        }
    }

    /// All that the rep may see, from the start, through JSON as a phone gets it.
    ///
    /// # Errors
    /// As the ledger's.
    pub fn pull(&mut self, user: Uuid) -> Result<PullReply, LedgerError> {
        let request = PullRequest::new(DeviceId(Uuid::nil()), 0, [].into());
        let reply = self.ledger.pull(user, &request, self.now)?;
        let wire = serde_json::to_vec(&reply).expect("an answer is JSON");
        let read: PullReply = serde_json::from_slice(&wire).expect("a phone can read the server's answer");
        assert_eq!(read, reply);
        Ok(reply)
    }

    /// Everything that a push may alter: feeds, records, and how much history there is.
    pub fn state(&mut self) -> String {
        let records = self.ledger.records(self.org).expect("the ledger reads");
        let mut history = |id: RecordId| self.ledger.history(id).expect("the ledger reads").len();
        let versions: usize = records.iter().map(|record| history(record.id)).sum();
        let feeds = self.ledger.territories(self.org).expect("the ledger reads");
        let heads: Vec<_> = feeds.iter().map(|feed| (&feed.id, feed.head, feed.digest)).collect();
        format!("{heads:?} {versions} {records:?}")
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
