//! What every run begins with: an organisation in a ledger of its own, users who have signed in for real, and some
//! accounts. It is made once and copied.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use protocol::message::PushRequest;
use protocol::{Change, ChangeId, DeviceId, Edit, Kind, Op, RecordId, TerritoryId};
use server::ledger::{Ledger, LedgerError};
use uuid::Uuid;

use crate::remote::Remote;
use crate::server::Server;

/// A whole ledger to copy, and who is in it.
#[derive(Debug)]
pub(crate) struct Ground {
    /// The ledger's file.
    pub(crate) db: PathBuf,
    /// The server's program.
    pub(crate) program: PathBuf,
    /// The organisation.
    pub(crate) org: Uuid,
    /// The users; each has two clients.
    pub(crate) users: Vec<User>,
    /// The clients' cookies, by client.
    pub(crate) cookies: Vec<String>,
    /// Changes that are there already.
    pub(crate) changes: BTreeSet<ChangeId>,
}

/// Someone with clients.
#[derive(Debug)]
pub(crate) struct User {
    /// The e-mail address.
    pub(crate) email: String,
    /// Where the user may read and write.
    pub(crate) territories: BTreeSet<TerritoryId>,
}

/// The password of all users.
pub(crate) const PASSWORD: &str = "ordeal";

impl Ground {
    /// Makes the ledger in this directory, and signs every client in.
    ///
    /// # Errors
    /// A sentence, when the ledger or the server does not do as asked.
    pub(crate) fn lay(dir: &Path, program: &Path, clients: usize) -> Result<Self, String> {
        let db = dir.join("ground.sqlite");
        let mut ledger = Ledger::open(&db).map_err(said)?;
        let org = ledger.add_organisation("Ordeal").map_err(said)?;
        for name in TERRITORIES {
            ledger.add_territory(org, &TerritoryId::new(name), name).map_err(said)?;
        }
        let hash = server::auth::hash_password(PASSWORD);
        let mut users = Vec::new();
        let mut changes = BTreeSet::new();
        for number in 0..clients.div_ceil(2) {
            let email = format!("rep{number}@ordeal.example");
            let user = ledger.add_user(org, &email, &format!("Rep {number}"), "rep", &hash).map_err(said)?;
            let territories: BTreeSet<_> = (0..2)
                .map(|more| TerritoryId::new(TERRITORIES[(number + more) % TERRITORIES.len()]))
                .collect();
            for territory in &territories {
                ledger.assign(user, territory).map_err(said)?;
            }
            let request = accounts(territories.first().expect("two of them"));
            changes.extend(request.changes.iter().map(|change| change.id));
            ledger.push(user, &request, 0).map_err(said)?;
            users.push(User { email, territories });
        }
        ledger.fold().map_err(said)?;
        let mut ground =
            Self { db: db.clone(), program: program.to_owned(), org, users, cookies: Vec::new(), changes };
        let server = Server::start(program, &db, &dir.join("ground.log"))?;
        let remote = Remote::new(&server.url(), Duration::from_secs(10), false);
        for client in 0..clients {
            let signed_in = remote.sign_in(&ground.user_of(client).email, PASSWORD);
            let (cookie, _) = signed_in.ok_or("the server does not let anybody sign in")?;
            ground.cookies.push(cookie);
        }
        drop(server);
        Ledger::open(&db).and_then(Ledger::fold).map_err(said)?;
        Ok(ground)
    }

    /// Whose client this is.
    pub(crate) fn user_of(&self, client: usize) -> &User {
        &self.users[client / 2]
    }
}

fn accounts(territory: &TerritoryId) -> PushRequest {
    let change = |number: u64| {
        let name = Some(format!("Account {number} of {territory}"));
        let edit = Edit {
            id: RecordId(Uuid::now_v7()),
            kind: Kind::Account,
            op: Op::Create(territory.clone()),
            base: 0,
            set: BTreeMap::from([("name".to_owned(), name)]),
        };
        Change::new(ChangeId(Uuid::now_v7()), number, 0, vec![edit])
    };
    let changes = (1..=ACCOUNTS).map(change).collect();
    PushRequest::new(DeviceId(Uuid::now_v7()), 0, changes)
}

fn said(error: LedgerError) -> String {
    error.to_string()
}

const TERRITORIES: [&str; 3] = ["north", "central", "south"];
/// Accounts of each user at the start.
const ACCOUNTS: u64 = 12;
