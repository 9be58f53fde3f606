//! What a record was before, as far as the user who asks may know it.

use protocol::RecordId;
use protocol::limits::{VERSIONS_BYTES_MAX, VERSIONS_MAX};
use protocol::message::{SATCHEL, VersionEntry, VersionsReply};
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
            let is_from_elsewhere = sqlite::feeds::has_left_own_of_another(db, org, user.id, id)?;
            let mut reply = VersionsReply { satchel: SATCHEL, versions: Vec::new(), more: false };
            let mut bytes = 0;
            let mut is_shared = row.record.fields.text(ACCOUNT).is_some();
            sqlite::records::past(db, org, id, |mut past: Past| {
                let is_private = is_from_elsewhere && past.person != Some(user.id);
                let was_shared = match past.entry.set.contains_key(ACCOUNT) {
                    true => past.entry.before.contains_key(ACCOUNT),
                    false => is_shared,
                };
                let shown = is_shared || !is_private;
                is_shared = was_shared;
                if is_private && !was_shared {
                    past.entry.before.clear();
                }
                if !shown || below.is_some_and(|below| past.entry.version >= below) {
                    return true;
                }
                bytes += size(&past.entry);
                let is_full = reply.versions.len() >= VERSIONS_MAX || bytes > VERSIONS_BYTES_MAX;
                reply.more = is_full && !reply.versions.is_empty();
                if !reply.more {
                    reply.versions.push(past.entry);
                }
                !reply.more
            })?;
            Ok(Some(reply))
        })
    }
}

fn size(entry: &VersionEntry) -> usize {
    let set = entry.set.iter().map(|(name, text)| name.len() + text.as_ref().map_or(0, String::len));
    let before = entry.before.iter().map(|(name, text)| name.len() + text.len());
    set.chain(before).sum()
}

/// A note begun without an account lies in its author's own territory until one is named.
const ACCOUNT: &str = "account";
