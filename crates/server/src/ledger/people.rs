//! Organisations, users, their territories, and their sessions. Every call is safe to repeat.

use protocol::TerritoryId;
use protocol::limits::TERRITORY_BYTES_MAX;
use uuid::Uuid;

use super::sqlite::{self, people};
use super::{Ledger, LedgerError};

/// Someone who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user's id.
    pub id: Uuid,
    /// The organisation's id.
    pub organisation: Uuid,
    /// The organisation's name.
    pub organisation_name: String,
    /// The e-mail address; nobody else's, in any organisation.
    pub email: String,
    /// The name colleagues see.
    pub name: String,
    /// `rep`, `manager` or `admin`.
    pub role: String,
    /// The argon2id hash of the password.
    pub password_hash: String,
}

impl User {
    /// Whether nobody can sign in as this user.
    pub fn is_closed(&self) -> bool {
        self.password_hash.is_empty()
    }
}

/// A session that has not expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub user: User,
    /// When it ends unless renewed.
    pub expires: i64,
}

impl Ledger {
    /// The organisation of this name, made where it is missing.
    ///
    /// # Errors
    /// When the name is empty or the database fails.
    pub fn add_organisation(&mut self, name: &str) -> Result<Uuid, LedgerError> {
        if name.trim().is_empty() {
            return Err(LedgerError::Refused("An organisation needs a name.".to_owned()));
        }
        self.write(|db| match people::organisation(db, name)? {
            Some(org) => Ok(org),
            None => {
                let org = Uuid::now_v7();
                people::add_organisation(db, org, name)?;
                Ok(org)
            }
        })
    }

    /// All organisations, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn organisations(&mut self) -> Result<Vec<(Uuid, String)>, LedgerError> {
        self.read(people::organisations)
    }

    /// Makes the territory, or gives it this name.
    ///
    /// # Errors
    /// When the short name is not one, or the database fails.
    pub fn add_territory(&mut self, org: Uuid, id: &TerritoryId, name: &str) -> Result<(), LedgerError> {
        let short = id.as_str();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if short.is_empty() || short.len() > TERRITORY_BYTES_MAX || !short.chars().all(plain) {
            return Err(LedgerError::Refused(format!(
                "“{short}” cannot be a territory's short name: \
                 use lower-case letters, digits and hyphens, at most {TERRITORY_BYTES_MAX}."
            )));
        }
        self.write(|db| {
            let own = sqlite::feeds::territory(db, org, id)?.is_some_and(|row| row.owner.is_some());
            if own {
                return Err(LedgerError::Refused(format!("“{short}” is a user's own; choose another name.")));
            }
            sqlite::feeds::add_territory(db, org, id, name, None)
        })
    }

    /// Adds the user, with a feed that nobody else reads; one that is there already is left as it is.
    ///
    /// # Errors
    /// When the address is not one or belongs to another organisation, the role is unknown, or the database
    /// fails.
    pub fn add_user(
        &mut self,
        org: Uuid,
        email: &str,
        name: &str,
        role: &str,
        password_hash: &str,
    ) -> Result<Uuid, LedgerError> {
        if !email.contains('@') || email.contains(char::is_whitespace) {
            return Err(LedgerError::Refused(format!("“{email}” is not an e-mail address.")));
        }
        if !matches!(role, "rep" | "manager" | "admin") {
            return Err(LedgerError::Refused(format!("“{role}” is not a role: rep, manager or admin.")));
        }
        self.write(|db| match people::person_by_email(db, email)? {
            Some(user) if user.organisation == org => Ok(user.id),
            Some(_) => Err(LedgerError::Refused(format!("{email} is a user of another organisation."))),
            None => {
                let user = User {
                    id: Uuid::now_v7(),
                    organisation: org,
                    organisation_name: String::new(),
                    email: email.to_owned(),
                    name: name.to_owned(),
                    role: role.to_owned(),
                    password_hash: password_hash.to_owned(),
                };
                people::add_person(db, &user)?;
                let own = own_territory(user.id);
                sqlite::feeds::add_territory(db, org, &own, "Private", Some(user.id))?;
                people::assign(db, org, user.id, &own)?;
                Ok(user.id)
            }
        })
    }

    /// Gives the user another password, and ends every session: whoever knew the old one is out. An empty hash is no
    /// password at all.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn set_password(&mut self, user: Uuid, password_hash: &str) -> Result<(), LedgerError> {
        self.write(|db| {
            let user = people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            people::set_password(db, &user, password_hash)?;
            people::remove_sessions(db, &user).map(drop)
        })
    }

    /// Ends every session of the user, as when a phone is lost; answers how many there were. What is on a device stays
    /// there, and is sent once its user signs in again.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn end_sessions(&mut self, user: Uuid) -> Result<usize, LedgerError> {
        self.write(|db| {
            let user = people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            people::remove_sessions(db, &user)
        })
    }

    /// Closes the user's account: no password, no session, no territory but the own one. What the user wrote stays,
    /// under the user's name.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn close_user(&mut self, user: Uuid, now: i64) -> Result<(), LedgerError> {
        self.write(|db| {
            let user = people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            people::set_password(db, &user, "")?;
            people::remove_sessions(db, &user)?;
            for territory in sqlite::feeds::member_territories(db, user.organisation, user.id)? {
                if territory.owner.is_none() {
                    people::unassign(db, user.organisation, user.id, &territory.id, now)?;
                }
            }
            Ok(())
        })
    }

    /// The organisation's users, by e-mail address.
    ///
    /// # Errors
    /// When the database fails.
    pub fn users(&mut self, org: Uuid) -> Result<Vec<User>, LedgerError> {
        self.read(|db| people::persons(db, org))
    }

    /// The user of this e-mail address, in any spelling of its letters' case.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_user_by_email(&mut self, email: &str) -> Result<Option<User>, LedgerError> {
        self.read(|db| people::person_by_email(db, email))
    }

    /// Gives the user the territory.
    ///
    /// # Errors
    /// When there is no such user or territory, or the database fails.
    pub fn assign(&mut self, user: Uuid, territory: &TerritoryId) -> Result<(), LedgerError> {
        self.write(|db| {
            let user = people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            super::admin::must_exist(db, user.organisation, territory)?;
            people::assign(db, user.organisation, user.id, territory)
        })
    }

    /// Takes the territory from the user. Call notes about its accounts are welcome for a while yet.
    ///
    /// # Errors
    /// When there is no such user, the territory is the user's own, or the database fails.
    pub fn unassign(&mut self, user: Uuid, territory: &TerritoryId, now: i64) -> Result<(), LedgerError> {
        self.write(|db| {
            let user = people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            super::admin::must_exist(db, user.organisation, territory)?;
            people::unassign(db, user.organisation, user.id, territory, now)
        })
    }

    /// Keeps a new session under the hash of its token, and forgets those that have expired.
    ///
    /// # Errors
    /// When there is no such user, or the database fails.
    pub fn add_session(
        &mut self,
        token_sha256: &[u8; 32],
        user: Uuid,
        now: i64,
        expires: i64,
    ) -> Result<(), LedgerError> {
        self.write(|db| {
            people::remove_expired_sessions(db, now)?;
            let user = people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            people::add_session(db, token_sha256, &user, (now, expires))
        })
    }

    /// The session of this token's hash, unless it has expired.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_session(
        &mut self,
        token_sha256: &[u8; 32],
        now: i64,
    ) -> Result<Option<Session>, LedgerError> {
        self.read(|db| people::session(db, token_sha256, now))
    }

    /// Lets the session live until `expires`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renew_session(&mut self, token_sha256: &[u8; 32], expires: i64) -> Result<(), LedgerError> {
        self.write(|db| people::renew_session(db, token_sha256, expires))
    }

    /// Ends the session.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_session(&mut self, token_sha256: &[u8; 32]) -> Result<(), LedgerError> {
        self.write(|db| people::remove_session(db, token_sha256))
    }
}

/// The short name of the feed that only this user reads and writes.
pub fn own_territory(user: Uuid) -> TerritoryId {
    TerritoryId::new(&format!("own-{}", user.simple()))
}
