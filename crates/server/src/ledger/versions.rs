//! What a record was before, as far as the user who asks may know it.

use protocol::RecordId;
use protocol::limits::{VERSIONS_BYTES_MAX, VERSIONS_MAX};
use protocol::message::{SATCHEL, VersionEntry, VersionOp, VersionsReply};
use uuid::Uuid;

use super::sqlite::records::Past;
use super::sqlite::{self};
use super::{Ledger, LedgerError};

impl Ledger {
    /// The record's versions, the newest first, from below `below` on; nothing when the record is in none of the user's
    /// territories. What a colleague wrote while it was in a territory of their own stays theirs.
    ///
    /// # Errors
    /// When there is no such user, or the database cannot be read.
    pub fn versions(
        &mut self,
        user: Uuid,
        id: RecordId,
        below: Option<u64>,
    ) -> Result<Option<VersionsReply>, LedgerError> {
        self.read(|db| {
            let user = sqlite::people::person(db, user)?.ok_or(LedgerError::UnknownUser)?;
            let org = user.organisation;
            let Some(row) = sqlite::records::record(db, org, id)? else { return Ok(None) };
            let member = sqlite::feeds::member_territories(db, org, user.id)?;
            if !member.iter().any(|territory| territory.id == row.record.territory) {
                return Ok(None);
            }
            let owner = sqlite::feeds::once_own_of(db, org, id)?.filter(|owner| *owner != user.id);
            let mut reply = VersionsReply { satchel: SATCHEL, versions: Vec::new(), more: false };
            let mut bytes = 0;
            let mut way = Way { has_account: row.record.fields.text(ACCOUNT).is_some(), is_shared: true };
            sqlite::records::past(db, org, id, |Past { person, mut entry }| {
                let is_owners = owner.is_some_and(|owner| person == Some(owner));
                let is_shown = way.is_shared || !is_owners;
                way.go_back(&entry);
                if is_shown && is_owners && !way.is_shared {
                    // To everybody else it is here from now on.
                    entry.op = VersionOp::Create;
                    entry.before.clear();
                }
                if !is_shown || below.is_some_and(|below| entry.version >= below) {
                    return true;
                }
                bytes += size(&entry);
                let is_full = reply.versions.len() >= VERSIONS_MAX || bytes > VERSIONS_BYTES_MAX;
                reply.more = is_full && !reply.versions.is_empty();
                if !reply.more {
                    reply.versions.push(entry);
                }
                !reply.more
            })?;
            Ok(Some(reply))
        })
    }
}

/// Where a record stood, from its newest version back: at an account, and in a shared territory.
struct Way {
    has_account: bool,
    is_shared: bool,
}

impl Way {
    /// Before this version. A record without an account lies in the own territory of whoever began it until it is
    /// filed, or the office moves it.
    fn go_back(&mut self, entry: &VersionEntry) {
        if entry.set.contains_key(ACCOUNT) {
            self.has_account = entry.before.contains_key(ACCOUNT);
            self.is_shared = self.has_account;
        } else if entry.op == VersionOp::Move {
            self.is_shared = self.has_account;
        }
    }
}

fn size(entry: &VersionEntry) -> usize {
    let set = entry.set.iter().map(|(name, text)| name.len() + text.as_ref().map_or(0, String::len));
    let before = entry.before.iter().map(|(name, text)| name.len() + text.len());
    set.chain(before).sum()
}

/// The field that says where a record belongs.
const ACCOUNT: &str = "account";
