//! The admin's commands, each a few calls of the ledger and a line that says what was done.

use std::io::Read;
use std::path::Path;

use protocol::TerritoryId;
use uuid::Uuid;

use super::arguments::{NewUser, Task};
use crate::hold::Hold;
use crate::import::{self, Target};
use crate::ledger::{Ledger, LedgerError, SetAside, User};
use crate::{auth, clock, files};

pub(super) fn perform(db: &Path, organisation: Option<&str>, task: Task) -> Result<(), String> {
    let _hold = Hold::shared(db).map_err(|error| error.to_string())?;
    let mut ledger = Ledger::open(db).map_err(|error| files::cannot_use(db, &error))?;
    let ledger = &mut ledger;
    match task {
        Task::OrganisationAdd(name) => {
            ledger.add_organisation(&name).map_err(said)?;
            println!("{name}");
        }
        Task::OrganisationList => {
            for (_, name) in ledger.organisations().map_err(said)? {
                println!("{name}");
            }
        }
        Task::TerritoryAdd(id, name) => {
            let org = organisation_of(ledger, organisation)?;
            ledger.add_territory(org, &id, &name).map_err(said)?;
            println!("{id}: {name}");
        }
        Task::TerritoryList => {
            let org = organisation_of(ledger, organisation)?;
            for territory in ledger.territories(org).map_err(said)? {
                println!("{}: {}, {} records", territory.id, territory.name, territory.digest.live);
            }
        }
        Task::UserAdd(new) => {
            let org = organisation_of(ledger, organisation)?;
            user_add(ledger, org, &new)?;
        }
        Task::UserAssign(email, territory) => {
            let user = user_of(ledger, &email)?;
            ledger.assign(user.id, &territory).map_err(said)?;
            println!("{email} has {}", held_by(ledger, user.id)?);
        }
        Task::UserUnassign(email, territory) => {
            let user = user_of(ledger, &email)?;
            ledger.unassign(user.id, &territory, clock::now()).map_err(said)?;
            println!("{email} has {}", held_by(ledger, user.id)?);
        }
        Task::UserList => {
            let org = organisation_of(ledger, organisation)?;
            for user in ledger.users(org).map_err(said)? {
                let territories = held_by(ledger, user.id)?;
                let closed = if user.is_closed() { ", closed" } else { "" };
                println!("{}: {}, {}, {territories}{closed}", user.email, user.name, user.role);
            }
        }
        Task::UserPassword { email, password_stdin } => {
            let user = user_of(ledger, &email)?;
            let password = password(password_stdin)?;
            ledger.set_password(user.id, &auth::hash_password(password.text())).map_err(said)?;
            match password {
                Password::MadeUp(text) => {
                    println!("{email} is signed out everywhere; the password is {text}");
                }
                Password::Given(_) => println!("{email} is signed out everywhere and has the new password"),
            }
        }
        Task::UserSignOut(email) => {
            let user = user_of(ledger, &email)?;
            let ended = ledger.end_sessions(user.id).map_err(said)?;
            println!("{email} is signed out everywhere; {ended} sessions were open");
        }
        Task::UserClose(email) => {
            let user = user_of(ledger, &email)?;
            ledger.close_user(user.id, clock::now()).map_err(said)?;
            println!("{email} is closed, and has no territory any more");
        }
        Task::RecordMove { id, territory, actor } => {
            let actor = mover(ledger, organisation, actor.as_deref())?;
            let moved = ledger.move_record(actor.id, id, &territory, clock::now()).map_err(said)?;
            println!("{moved} records moved to {territory}");
        }
        Task::TerritorySplit { from, to, field, values, actor } => {
            let actor = mover(ledger, organisation, actor.as_deref())?;
            let chosen = (field.as_str(), values.as_slice());
            let moved = ledger.split_territory(actor.id, (&from, &to), chosen, clock::now()).map_err(said)?;
            println!("{moved} records moved from {from} to {to}");
        }
        Task::AsideList => {
            let org = organisation_of(ledger, organisation)?;
            for aside in ledger.unsettled(org).map_err(said)? {
                print!("{}", set_aside(&aside));
            }
        }
        Task::AsideAccept(change) => {
            let org = organisation_of(ledger, organisation)?;
            ledger.accept(org, change, clock::now()).map_err(said)?;
            println!("{} is on the web", change.0);
        }
        Task::ImportAccounts { file, territory, map, states } => {
            let organisation = organisation_of(ledger, organisation)?;
            let target = Target { organisation, territory, map, states };
            import_accounts(ledger, &file, &target)?;
        }
        Task::ImportContacts { file, territory, states, practices } => {
            let organisation = organisation_of(ledger, organisation)?;
            let target = Target { organisation, territory, map: None, states };
            import_contacts(ledger, &file, &target, practices)?;
        }
        Task::EpochBump => {
            let epoch = ledger.bump_epoch(clock::now()).map_err(said)?;
            println!("This is life number {epoch} of the server.");
        }
    }
    Ok(())
}

/// A refused change as an admin reads it.
fn set_aside(aside: &SetAside) -> String {
    let SetAside { change, name, reason, asked, .. } = aside;
    let asked = if *asked { ", who asks for it" } else { "" };
    let mut text = format!("{} by {name}{asked}: {reason:?}\n", change.id.0);
    for edit in &change.edits {
        for (field, value) in &edit.set {
            text.push_str(&format!("    {field}: {}\n", value.as_deref().unwrap_or_default()));
        }
    }
    text
}

fn user_add(ledger: &mut Ledger, org: Uuid, new: &NewUser) -> Result<(), String> {
    let NewUser { email, name, role, territories, password_stdin } = new;
    // Before anything is written: whoever is added must be told the password in the same breath.
    must_exist(ledger, org, territories)?;
    let known = ledger.find_user_by_email(email).map_err(said)?;
    let password = password(*password_stdin)?;
    let hash = if known.is_none() { auth::hash_password(password.text()) } else { String::new() };
    let role = role.as_deref();
    let user = ledger.add_user(org, email, name, role.unwrap_or("rep"), &hash).map_err(said)?;
    for territory in territories {
        ledger.assign(user, territory).map_err(said)?;
    }
    let territories = held_by(ledger, user)?;
    match (known, password) {
        (None, Password::MadeUp(text)) => println!("{email} has {territories}; the password is {text}"),
        (None, Password::Given(_)) => println!("{email} has {territories}"),
        (Some(user), _) => {
            if user.is_closed() {
                println!("{email} is closed and has {territories}; user password opens the account again");
            } else {
                println!("{email} was there already, with the same password, and has {territories}");
            }
            if user.name != *name || role.is_some_and(|role| role != user.role) {
                println!("Name and role were not changed: {}, {}", user.name, user.role);
            }
        }
    }
    Ok(())
}

fn must_exist(ledger: &mut Ledger, org: Uuid, territories: &[TerritoryId]) -> Result<(), String> {
    let known = ledger.territories(org).map_err(said)?;
    match territories.iter().find(|id| !known.iter().any(|row| row.id == **id)) {
        Some(id) => Err(format!("There is no territory “{id}”. Nothing was done.")),
        None => Ok(()),
    }
}

fn import_accounts(ledger: &mut Ledger, file: &Path, target: &Target) -> Result<(), String> {
    let summary = import::accounts(ledger, &read(file)?, target, clock::now());
    let summary = summary.map_err(|error| format!("{}: {error}", file.display()))?;
    tell_refused(&summary.refused);
    println!("{summary}");
    Ok(())
}

fn import_contacts(ledger: &mut Ledger, file: &Path, target: &Target, practices: bool) -> Result<(), String> {
    let both = import::contacts(ledger, &read(file)?, target, practices, clock::now());
    let both = both.map_err(|error| format!("{}: {error}", file.display()))?;
    tell_refused(&both.refused());
    println!("{both}");
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    import::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn tell_refused(refused: &[(u64, String)]) {
    for (line, reason) in refused {
        eprintln!("line {line}: {reason}");
    }
}

/// The organisation of that name, or the only one there is.
fn organisation_of(ledger: &mut Ledger, name: Option<&str>) -> Result<Uuid, String> {
    let mut all = ledger.organisations().map_err(said)?;
    match name {
        Some(name) => match all.into_iter().find(|(_, other)| other == name) {
            Some((org, _)) => Ok(org),
            None => {
                Err(format!("There is no organisation “{name}”. Make it with: organisation add “{name}”"))
            }
        },
        None if all.len() == 1 => Ok(all.remove(0).0),
        None if all.is_empty() => {
            Err("There is no organisation yet. Make one with: organisation add NAME".into())
        }
        None => Err("There is more than one organisation. Say which with --org NAME.".into()),
    }
}

fn user_of(ledger: &mut Ledger, email: &str) -> Result<User, String> {
    let user = ledger.find_user_by_email(email).map_err(said)?;
    user.ok_or_else(|| format!("There is no user {email}."))
}

/// Who moves a record, for its history: the one named, or the organisation's first admin.
fn mover(ledger: &mut Ledger, organisation: Option<&str>, email: Option<&str>) -> Result<User, String> {
    if let Some(email) = email {
        return user_of(ledger, email);
    }
    let org = organisation_of(ledger, organisation)?;
    let mut users = ledger.users(org).map_err(said)?.into_iter();
    let admin = users.find(|user| user.role == "admin" && !user.is_closed());
    admin.ok_or_else(|| "There is no admin; say who moves it with --as EMAIL.".to_owned())
}

fn held_by(ledger: &mut Ledger, user: Uuid) -> Result<String, String> {
    let territories = ledger.territories_of(user).map_err(said)?;
    let names: Vec<_> = territories.iter().map(TerritoryId::as_str).collect();
    Ok(if names.is_empty() { "no territory".to_owned() } else { names.join(", ") })
}

/// A password, and whether its user must be told it.
enum Password {
    MadeUp(String),
    Given(String),
}

impl Password {
    fn text(&self) -> &str {
        match self {
            Self::MadeUp(text) | Self::Given(text) => text,
        }
    }
}

fn password(from_stdin: bool) -> Result<Password, String> {
    if from_stdin {
        password_from_stdin().map(Password::Given)
    } else {
        Ok(Password::MadeUp(auth::new_password()))
    }
}

fn password_from_stdin() -> Result<String, String> {
    let mut text = String::new();
    let limit = auth::PASSWORD_BYTES_MAX as u64;
    std::io::stdin().take(limit + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    let password = text.trim_end_matches(['\r', '\n']);
    match password.len() {
        0 => Err("The password is empty.".to_owned()),
        bytes if bytes > auth::PASSWORD_BYTES_MAX => Err("The password is too long.".to_owned()),
        _ => Ok(password.to_owned()),
    }
}

fn said(error: LedgerError) -> String {
    error.to_string()
}
