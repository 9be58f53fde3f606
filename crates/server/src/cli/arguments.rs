//! Arguments into a command; nothing is done here.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};
use protocol::{ChangeId, RecordId, TerritoryId};

use crate::auth::SESSION_MS;
use crate::import::{Map, State};
use crate::serve::Settings;

/// What the program is to do.
#[derive(Debug)]
pub(super) enum Command {
    Help,
    Version,
    Serve(Settings),
    Backup { db: PathBuf, file: PathBuf, replace: bool },
    Restore { db: PathBuf, file: PathBuf },
    Admin { db: PathBuf, organisation: Option<String>, task: Task },
}

/// What an admin is to do.
#[derive(Debug)]
pub(super) enum Task {
    OrganisationAdd(String),
    OrganisationList,
    TerritoryAdd(TerritoryId, String),
    TerritoryList,
    UserAdd(NewUser),
    UserAssign(String, TerritoryId),
    UserUnassign(String, TerritoryId),
    UserList,
    UserPassword {
        email: String,
        password_stdin: bool,
    },
    UserSignOut(String),
    UserClose(String),
    RecordMove {
        id: RecordId,
        territory: TerritoryId,
        actor: Option<String>,
    },
    TerritorySplit {
        from: TerritoryId,
        to: TerritoryId,
        field: String,
        values: Vec<String>,
        actor: Option<String>,
    },
    AsideList,
    AsideAccept(ChangeId),
    ImportAccounts {
        file: PathBuf,
        territory: TerritoryId,
        map: Option<Map>,
        states: Vec<State>,
    },
    ImportContacts {
        file: PathBuf,
        territory: TerritoryId,
        states: Vec<State>,
        practices: bool,
    },
    EpochBump,
}

/// A user to be.
#[derive(Debug)]
pub(super) struct NewUser {
    pub(super) email: String,
    pub(super) name: String,
    /// `rep` where none is given.
    pub(super) role: Option<String>,
    pub(super) territories: Vec<TerritoryId>,
    pub(super) password_stdin: bool,
}

/// Every option of every command, as given.
#[derive(Default)]
struct Given {
    words: Vec<String>,
    listen: Option<SocketAddr>,
    db: Option<PathBuf>,
    app: Option<PathBuf>,
    practice: bool,
    session_minutes: Option<i64>,
    organisation: Option<String>,
    territory: Option<String>,
    map: Option<String>,
    states: Option<String>,
    no_practices: bool,
    email: Option<String>,
    name: Option<String>,
    role: Option<String>,
    territories: Vec<TerritoryId>,
    password_stdin: bool,
    actor: Option<String>,
    replace: bool,
    whose: Option<String>,
    help: bool,
    version: bool,
}

pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let given = read(arguments).map_err(|error| format!("{error}."))?;
    if given.help {
        return Ok(Command::Help);
    }
    if given.version {
        return Ok(Command::Version);
    }
    let words: Vec<_> = given.words.iter().map(String::as_str).collect();
    let task = match words.as_slice() {
        ["serve"] => return serve(given),
        ["backup", file] => {
            let replace = given.replace;
            return Ok(Command::Backup { db: db(&given), file: file.into(), replace });
        }
        ["restore", file] => return Ok(Command::Restore { db: db(&given), file: file.into() }),
        [] | ["help"] => return Ok(Command::Help),
        ["organisation", "add", name] => Task::OrganisationAdd((*name).to_owned()),
        ["organisation", "list"] => Task::OrganisationList,
        ["territory", "add", id, name] => Task::TerritoryAdd(TerritoryId::new(id), (*name).to_owned()),
        ["territory", "list"] => Task::TerritoryList,
        ["territory", "split", from, to] => split(&given, from, to)?,
        ["aside", "list"] => Task::AsideList,
        ["aside", "accept", id] => Task::AsideAccept(ChangeId(
            id.parse().map_err(|_| format!("“{id}” is not a change's id; aside list shows them."))?,
        )),
        ["user", "add"] => Task::UserAdd(new_user(&given)?),
        ["user", "assign", email, id] => Task::UserAssign((*email).to_owned(), TerritoryId::new(id)),
        ["user", "unassign", email, id] => Task::UserUnassign((*email).to_owned(), TerritoryId::new(id)),
        ["user", "list"] => Task::UserList,
        ["user", "password", email] => {
            Task::UserPassword { email: (*email).to_owned(), password_stdin: given.password_stdin }
        }
        ["user", "sign-out", email] => Task::UserSignOut((*email).to_owned()),
        ["user", "close", email] => Task::UserClose((*email).to_owned()),
        ["record", "move", id, territory] => Task::RecordMove {
            id: RecordId(id.parse().map_err(|_| format!("“{id}” is not a record's id."))?),
            territory: TerritoryId::new(territory),
            actor: given.actor.clone(),
        },
        ["import", "accounts", file] => import(&given, file)?,
        ["import", "contacts", file] => import_contacts(&given, file)?,
        ["epoch", "bump"] => Task::EpochBump,
        _ => return Err(format!("There is no command “{}”, or it lacks a word.", words.join(" "))),
    };
    Ok(Command::Admin { db: db(&given), organisation: given.organisation, task })
}

fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Given, lexopt::Error> {
    let mut parser = Parser::from_args(arguments);
    let mut given = Given::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(word) => given.words.push(word.string()?),
            Arg::Long("listen") => given.listen = Some(parser.value()?.parse()?),
            Arg::Long("db") => given.db = Some(parser.value()?.into()),
            Arg::Long("app") => given.app = Some(parser.value()?.into()),
            Arg::Long("practice") => given.practice = true,
            Arg::Long("session-minutes") => given.session_minutes = Some(parser.value()?.parse()?),
            Arg::Long("org") => given.organisation = Some(parser.value()?.string()?),
            Arg::Long("territory") => given.territory = Some(parser.value()?.string()?),
            Arg::Long("map") => {
                let more = parser.value()?.string()?;
                given.map = Some(given.map.map_or_else(|| more.clone(), |map| format!("{map},{more}")));
            }
            Arg::Long("states") => given.states = Some(parser.value()?.string()?),
            Arg::Long("no-practices") => given.no_practices = true,
            Arg::Long("email") => given.email = Some(parser.value()?.string()?),
            Arg::Long("name") => given.name = Some(parser.value()?.string()?),
            Arg::Long("role") => given.role = Some(parser.value()?.string()?),
            Arg::Long("territories") => {
                let names = list(&parser.value()?.string()?);
                given.territories = names.iter().map(|name| TerritoryId::new(name)).collect();
            }
            Arg::Long("password-stdin") => given.password_stdin = true,
            Arg::Long("replace") => given.replace = true,
            Arg::Long("whose") => given.whose = Some(parser.value()?.string()?),
            Arg::Long("as") => given.actor = Some(parser.value()?.string()?),
            Arg::Short('h') | Arg::Long("help") => given.help = true,
            Arg::Short('V') | Arg::Long("version") => given.version = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(given)
}

fn serve(given: Given) -> Result<Command, String> {
    let session_ms = match given.session_minutes {
        Some(minutes) if minutes > 0 => minutes.saturating_mul(60_000),
        Some(_) => return Err("--session-minutes must be more than zero.".to_owned()),
        None => SESSION_MS,
    };
    let listen = given.listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 8080).into());
    let practice = given.practice;
    Ok(Command::Serve(Settings { listen, db: db(&given), app: given.app, session_ms, practice }))
}

fn new_user(given: &Given) -> Result<NewUser, String> {
    let needed = |value: &Option<String>, name| value.clone().ok_or_else(|| format!("--{name} is missing."));
    Ok(NewUser {
        email: needed(&given.email, "email")?,
        name: needed(&given.name, "name")?,
        role: given.role.clone(),
        territories: given.territories.clone(),
        password_stdin: given.password_stdin,
    })
}

fn split(given: &Given, from: &str, to: &str) -> Result<Task, String> {
    let missing = "--whose FIELD=VALUE[,VALUE…] is missing.";
    let (field, values) = given.whose.as_deref().and_then(|whose| whose.split_once('=')).ok_or(missing)?;
    let (from, to) = (TerritoryId::new(from), TerritoryId::new(to));
    let (field, values) = (field.trim().to_owned(), list(values));
    Ok(Task::TerritorySplit { from, to, field, values, actor: given.actor.clone() })
}

fn import(given: &Given, file: &str) -> Result<Task, String> {
    Ok(Task::ImportAccounts {
        file: file.into(),
        territory: territory(given)?,
        map: given.map.as_deref().map(Map::parse).transpose()?,
        states: states(given)?,
    })
}

fn import_contacts(given: &Given, file: &str) -> Result<Task, String> {
    if given.map.is_some() {
        return Err("--map is for accounts; files of contacts are known by their header.".to_owned());
    }
    Ok(Task::ImportContacts {
        file: file.into(),
        territory: territory(given)?,
        states: states(given)?,
        practices: !given.no_practices,
    })
}

fn states(given: &Given) -> Result<Vec<State>, String> {
    let Some(text) = &given.states else { return Ok(Vec::new()) };
    let states: Vec<State> = list(text).iter().map(|name| State::parse(name)).collect::<Result<_, _>>()?;
    if states.is_empty() { Err("--states names none.".to_owned()) } else { Ok(states) }
}

fn territory(given: &Given) -> Result<TerritoryId, String> {
    given.territory.as_deref().map(TerritoryId::new).ok_or_else(|| "--territory is missing.".to_owned())
}

fn db(given: &Given) -> PathBuf {
    given.db.clone().unwrap_or_else(|| "satchel.sqlite".into())
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn what_is_missing_or_wrong_is_said() {
        let wrong = |line: &str| parsed(line).expect_err(line);
        assert_eq!(wrong("user add --name A"), "--email is missing.");
        assert_eq!(wrong("import accounts f.csv"), "--territory is missing.");
        assert_eq!(wrong("import contacts f.csv"), "--territory is missing.");
        assert_eq!(
            wrong("import contacts f.csv --territory t --map name=A"),
            "--map is for accounts; files of contacts are known by their header."
        );
        let import = "import contacts f.csv --territory t --states";
        assert!(wrong(&format!("{import} VT,Texs")).starts_with("“Texs” is no state."));
        assert_eq!(wrong(&format!("{import} ,")), "--states names none.");
        assert_eq!(
            wrong("territory add north"),
            "There is no command “territory add north”, or it lacks a word."
        );
        assert_eq!(wrong("serve --session-minutes 0"), "--session-minutes must be more than zero.");
        assert_eq!(wrong("record move x north"), "“x” is not a record's id.");
        assert_eq!(wrong("serve --lisen 1"), "invalid option '--lisen'.");
    }

    #[test]
    fn maps_given_in_parts_are_one_map() {
        let line = "import accounts f.csv --territory t --map name=A --map city=B --db x";
        let Ok(Command::Admin { task: Task::ImportAccounts { map, .. }, .. }) = parsed(line) else {
            panic!("it is an import");
        };
        assert_eq!(map, Some(Map::parse("name=A,city=B").expect("a map")));
    }
}
