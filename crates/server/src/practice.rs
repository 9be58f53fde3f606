//! The practice organisation: four users, three territories, real facilities, and invented work of 13 weeks.
//! It exists only when asked for, and only where nobody but this machine can reach it: the server that has it listens
//! on loopback and signs in who calls it by a name of this machine, and no other server starts on its ledger.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::ToSpan;
use protocol::limits::PUSH_CHANGES_MAX;
use protocol::message::PushRequest;
use protocol::schema::{Date, DateTime};
use protocol::{Change, ChangeId, DeviceId, Edit, Kind, Op, Record, RecordId, TerritoryId};
use uuid::Uuid;

use crate::auth;
use crate::import::{self, ImportError, State, Target};
use crate::ledger::{Ledger, LedgerError};

mod book;

use book::Book;

/// The organisation's name.
pub const ORGANISATION: &str = "Practice";
/// The password of all its users.
pub const PASSWORD: &str = "practice";

/// Says no to an address that other machines can reach: everybody knows the password.
///
/// # Errors
/// The sentence that says so.
pub fn allow(listen: SocketAddr) -> Result<(), String> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(format!(
        "The practice organisation has a password that everybody knows, so it is not served on {}. \
         Listen on 127.0.0.1, or leave out --practice.",
        listen.ip()
    ))
}

/// Whether anybody of it can sign in to this ledger, with the password that everybody knows or another one.
///
/// # Errors
/// When the ledger cannot be read.
pub fn is_in(ledger: &mut Ledger) -> Result<bool, LedgerError> {
    for person in REPS.iter().chain([&MANAGER, &ADMIN]) {
        if ledger.find_user_by_email(person.email)?.is_some_and(|user| !user.is_closed()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the organisation in this ledger unless it is there already. Should it end early, run it again.
///
/// # Errors
/// When the ledger is another organisation's, or cannot write.
pub fn set_up(ledger: &mut Ledger, now: i64) -> Result<(), ImportError> {
    if ledger.find_user_by_email(ADMIN.email)?.is_some() {
        return Ok(());
    }
    if ledger.organisations()?.iter().any(|(_, name)| name != ORGANISATION) {
        let sentence =
            "The ledger is another organisation's; practise in one of your own: --db practice.sqlite";
        return Err(LedgerError::Refused(sentence.to_owned()).into());
    }
    let organisation = ledger.add_organisation(ORGANISATION)?;
    for (id, name, state) in TERRITORIES {
        let territory = TerritoryId::new(id);
        ledger.add_territory(organisation, &territory, name)?;
        for file in FILES {
            let territory = territory.clone();
            let states = vec![State::parse(state).expect("the table below names states")];
            let target = Target { organisation, territory, map: None, states };
            import::accounts(ledger, file, &target, now)?;
        }
    }
    let hash = auth::hash_password(PASSWORD);
    for (at, rep) in REPS.iter().enumerate() {
        let user = add(ledger, organisation, rep, &hash)?;
        write_book(ledger, organisation, user, at, now)?;
    }
    add(ledger, organisation, &MANAGER, &hash)?;
    // Last: this user says that all is there.
    add(ledger, organisation, &ADMIN, &hash)?;
    Ok(())
}

struct Person {
    email: &'static str,
    name: &'static str,
    role: &'static str,
    territories: &'static [&'static str],
}

const TERRITORIES: [(&str, &str, &str); 3] = [
    ("north", "North (Vermont)", "VT"),
    ("central", "Central (Delaware)", "DE"),
    ("south", "South (New Mexico)", "NM"),
];
const REPS: [Person; 2] = [
    Person {
        email: "rep1@practice.example",
        name: "Rep One",
        role: "rep",
        territories: &["north", "central"],
    },
    Person {
        email: "rep2@practice.example",
        name: "Rep Two",
        role: "rep",
        territories: &["central", "south"],
    },
];
/// Where each rep has written notes.
const HOMES: [&str; 2] = ["north", "south"];
const MANAGER: Person = Person {
    email: "manager@practice.example",
    name: "Practice Manager",
    role: "manager",
    territories: &["north", "central", "south"],
};
const ADMIN: Person = Person {
    email: "admin@practice.example",
    name: "Practice Admin",
    role: "admin",
    territories: &["north", "central", "south"],
};
const FILES: [&[u8]; 2] =
    [include_bytes!("../practice/hospitals.csv"), include_bytes!("../practice/nursing-homes.csv")];

/// What was heard at the front desk, and what came of it: no visit to anybody who refers. Nothing about a patient, and
/// nobody's real words.
const NOTES: [(&str, &str); 12] = [
    ("Left a folder with the new brochures at the front desk.", "left_materials"),
    ("Asked who plans discharges on weekends. They will call back with a name.", "gatekeeper"),
    ("Short visit. The team meets on Tuesdays at 10; a good time to come by.", "gatekeeper"),
    ("They would like an in-service on wound care in the next quarter.", "gatekeeper"),
    ("New visitor policy: sign in at the side entrance, badge required.", "gatekeeper"),
    ("Parking behind the building is free before 9.", "gatekeeper"),
    ("Spoke about how fast we answer a referral. They care most about the first call.", "gatekeeper"),
    ("Dropped off business cards. The office closes at 16:30 on Fridays.", "left_materials"),
    ("They asked for a list of the counties we cover. Sent it by e-mail.", "gatekeeper"),
    ("Thanked the front desk for last week's help. Everybody in good spirits.", "gatekeeper"),
    ("Lunch for the staff agreed for the first Thursday of next month.", "gatekeeper"),
    ("They changed their phone system; the direct line no longer works, use the main number.", "gatekeeper"),
];

fn add(ledger: &mut Ledger, organisation: Uuid, person: &Person, hash: &str) -> Result<Uuid, ImportError> {
    let user = ledger.add_user(organisation, person.email, person.name, person.role, hash)?;
    for territory in person.territories {
        ledger.assign(user, &TerritoryId::new(territory))?;
    }
    Ok(user)
}

/// A rep's work, through the same door as every save. Its ids are fixed, so that it is written once.
fn write_book(
    ledger: &mut Ledger,
    organisation: Uuid,
    user: Uuid,
    rep: usize,
    now: i64,
) -> Result<(), ImportError> {
    let territory = TerritoryId::new(HOMES[rep]);
    let records = ledger.records(organisation)?.into_iter();
    let mut accounts: Vec<_> =
        records.filter(|record| record.kind == Kind::Account && record.territory == territory).collect();
    accounts.sort_by(|a, b| a.fields.text("ccn").cmp(&b.fields.text("ccn")));
    let every = (accounts.len() / NOTES.len()).max(1);
    let stops: Vec<_> = accounts.iter().step_by(every).take(book::STOPS.len()).collect();
    let notes = stops.iter().zip(NOTES).enumerate();
    let notes = notes.map(|(at, (account, text))| note(rep, at, account, text, now)).collect::<Vec<_>>();
    let today = moment(now).date();
    let saves = Book { rep, name: REPS[rep].name, today, stops }.saves();
    let saves = notes.into_iter().chain(saves.into_iter().map(|(day, edits)| (noon(day), edits)));
    let changes = saves.zip(1..).map(|((made_at, edits), number)| {
        Change::new(ChangeId(id(CHANGE, rep, number)), number, made_at, edits)
    });
    let changes: Vec<Change> = changes.collect();
    for piece in changes.chunks(PUSH_CHANGES_MAX) {
        let last = piece.last().expect("a piece is never empty");
        if !ledger.answered(organisation, last.id)? {
            ledger.push(user, &PushRequest::new(DeviceId(id(DEVICE, rep, 0)), 0, piece.to_vec()), now)?;
        }
    }
    Ok(())
}

fn note(
    rep: usize,
    at: usize,
    account: &Record,
    (text, outcome): (&str, &str),
    now: i64,
) -> (i64, Vec<Edit>) {
    let number = at as u64 + 1;
    let written = now - (number as i64) * 26 * 3600 * 1000;
    let set = BTreeMap::from([
        ("account".to_owned(), Some(account.id.0.to_string())),
        ("text".to_owned(), Some(text.to_owned())),
        ("outcome".to_owned(), Some(outcome.to_owned())),
        ("written".to_owned(), Some(book::utc(moment(written)))),
    ]);
    let edit = Edit {
        id: RecordId(id(NOTE, rep, number)),
        kind: Kind::Note,
        op: Op::Create(account.territory.clone()),
        base: 0,
        set,
    };
    (written, vec![edit])
}

/// A moment as the clock on the wall has it in Greenwich.
fn moment(ms: i64) -> DateTime {
    EPOCH.saturating_add(ms.milliseconds())
}

fn noon(day: Date) -> i64 {
    i64::from((day - EPOCH.date()).get_days()) * 24 * 3600 * 1000 + 12 * 3600 * 1000
}

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

fn id(base: u128, rep: usize, number: u64) -> Uuid {
    Uuid::from_u128(base | (rep as u128) << 32 | u128::from(number))
}

/// Ids of the form of UUID v8, which is for whoever makes them.
const DEVICE: u128 = 0x5a7c_8e10_0000_8000_8000_0000_0000_0000;
const CHANGE: u128 = 0x5a7c_8e11_0000_8000_8000_0000_0000_0000;
const NOTE: u128 = 0x5a7c_8e12_0000_8000_8000_0000_0000_0000;
