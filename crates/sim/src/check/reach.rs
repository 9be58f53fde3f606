//! Who may write where: in the user's territories, and a while longer what a visit yields to an account that has left
//! them; and where what was begun without an account lives.

use std::collections::BTreeSet;

use protocol::limits::GRACE_MS;
use protocol::message::{Outcome, Receipt, Refusal};
use protocol::{Edit, Kind, Op, RecordId};

use super::books::Book;
use super::{Judge, Saved, Verdict};

/// Visits, with accounts that have left their rep's reach, in one push.
#[derive(Debug, Default)]
pub struct Late {
    /// How many were taken.
    pub taken: u64,
    /// The notes of those that were refused: alone they must not be welcome either.
    pub refused: Vec<Edit>,
}

impl Judge {
    /// What was seen of late visits since it was last asked.
    pub const fn take_late(&mut self) -> Late {
        std::mem::replace(&mut self.late, Late { taken: 0, refused: Vec::new() })
    }

    /// P12, P15: a change that was just decided wrote only where its user may, and what lost its account is at home.
    pub(super) fn is_within_reach(&mut self, receipt: &Receipt, now: i64) -> Verdict {
        let change = receipt.change;
        let saved = &self.saves[&change];
        let edits = || saved.edits.iter().map(|(edit, _)| edit);
        let notes: Vec<&Edit> = edits().filter(|edit| edit.kind == Kind::Note && is_made(edit)).collect();
        let about: BTreeSet<RecordId> = notes.iter().filter_map(|note| account_in(note)).collect();
        let is_of_visit = |edit| about.iter().any(|account| self.is_of_visit(edit, *account));
        if receipt.outcome == Outcome::Refused(Refusal::Denied) {
            if about.len() == 1 && edits().all(is_of_visit) {
                self.late.refused.push(notes[0].clone());
            }
            return Ok(());
        }
        let mut late = false;
        for edit in edits() {
            let Some(book) = self.books.get(&edit.id).filter(|book| book.last == Some(change)) else {
                continue;
            };
            // Neither out of another's territory nor into it.
            let places = || book.place.into_iter().chain(book.former);
            if places().any(|feed| self.users[saved.user].1 >> feed & 1 == 0) {
                late = true;
                let welcome =
                    |it: &RecordId| self.is_of_visit(edit, *it) && self.is_in_grace(saved.user, *it, now);
                if !about.iter().any(welcome) {
                    let id = edit.id.0;
                    return Err(format!("P15: change {} wrote {id}, out of its user's reach", change.0));
                }
            }
            let Some((feed, _)) = book.counted else { continue };
            let own = self.feeds.len() - self.users.len() + saved.user;
            let lost_its_account = edit.set.contains_key("account") && account_in(edit).is_none();
            if lost_its_account && feed != own && self.is_begun(book, edit.id, saved, own) {
                let feed = &self.feeds[feed];
                return Err(format!("P12: {} has no account any more, and stays in {feed}", edit.id.0));
            }
        }
        self.late.taken += u64::from(late);
        Ok(())
    }

    /// Whether the account was in a territory of the user's a while ago, or still is. A server that lives again from a
    /// backup may know of less.
    fn is_in_grace(&self, user: usize, account: RecordId, now: i64) -> bool {
        let lately = |at: Option<&i64>| at.is_some_and(|at| at + GRACE_MS >= now);
        let place = self.books.get(&account).and_then(|book| book.place);
        (0..self.feeds.len()).any(|feed| {
            (place == Some(feed) || lately(self.places_left.get(&(account, feed))))
                && (self.users[user].1 >> feed & 1 == 1 || lately(self.members_left.get(&(user, feed))))
        })
    }

    /// Whether a note about the account brings this along, wherever the account is now.
    fn is_of_visit(&self, edit: &Edit, account: RecordId) -> bool {
        let belongs = |book: &Book| book.fields.text("account") == Some(&*account.0.to_string());
        match &edit.op {
            Op::Create(_) => {
                matches!(edit.kind, Kind::Note | Kind::Event) && account_in(edit) == Some(account)
            }
            Op::Patch => {
                let names = ["status", "outcome"];
                edit.kind == Kind::Event
                    && self.books.get(&edit.id).is_some_and(belongs)
                    && edit.set.keys().all(|name| names.contains(&name.as_str()))
            }
            Op::Delete | Op::Restore => false,
        }
    }

    /// Whether the user who saves here made the record in the territory that only he has, without an account.
    fn is_begun(&self, book: &Book, id: RecordId, saved: &Saved, own: usize) -> bool {
        let Some(made) = book.made.and_then(|made| self.saves.get(&made)) else { return false };
        let first = made.edits.iter().map(|(edit, _)| edit).find(|edit| edit.id == id);
        made.user == saved.user
            && first.is_some_and(|first| {
                first.op == Op::Create(self.feeds[own].clone()) && account_in(first).is_none()
            })
    }
}

const fn is_made(edit: &Edit) -> bool {
    matches!(edit.op, Op::Create(_))
}

fn account_in(edit: &Edit) -> Option<RecordId> {
    edit.set.get("account")?.as_deref()?.parse().ok().map(RecordId)
}
