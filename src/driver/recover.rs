//! The disk fails under way: it is opened again, and what is on the screen stays on the screen. A save either is on
//! the disk in the end, or a [`Trouble`] with a sentence says that it is not.

use engine::Save;
use protocol::ChangeId;
use wasm_bindgen_futures::spawn_local;

use super::records::ask_to_persist;
use super::{Driver, Event, Open, TRIES, tell};
use crate::device::{clock, storage};
use crate::local::LocalError;
use crate::store::{Notice, SaveError, Trouble};

impl Driver {
    /// Makes a save durable. A disk that fails is opened again; a full one lets go of what can be fetched again.
    ///
    /// # Errors
    /// The save is not on this phone.
    pub(super) async fn make_durable(&mut self, save: &Save) -> Result<(), SaveError> {
        let mut has_let_go = false;
        for _ in 0..TRIES {
            // An earlier try may have reached the disk though the browser said that it failed.
            if self.knows(save.id) {
                return Ok(());
            }
            let Some(open) = self.at_work() else { break };
            let ask = !std::mem::replace(&mut open.asked_to_persist, true);
            let step = open.engine.save(save.clone(), clock::now());
            match self.perform(step).await {
                Ok(()) => {
                    if ask {
                        spawn_local(ask_to_persist(self.store));
                    }
                    return Ok(());
                }
                // Nothing was stored: the same save is made once more, over what the other window committed.
                Err(LocalError::Behind) => self.catch_up(false).await,
                Err(LocalError::Newer) => self.give_up(Trouble::Newer),
                Err(LocalError::Quota) if !has_let_go => {
                    has_let_go = true;
                    self.reopen().await;
                    if !self.let_go().await {
                        return Err(SaveError::NotStored(Trouble::Full));
                    }
                }
                Err(error) => {
                    self.reopen().await;
                    let is_there = self.knows(save.id);
                    return if is_there { Ok(()) } else { Err(SaveError::NotStored(trouble(&error))) };
                }
            }
        }
        Err(match &self.open {
            Some(open) if open.newer => SaveError::Newer,
            Some(_) => SaveError::NotStored(Trouble::Busy),
            None if self.closed.is_some() => SaveError::NotStored(Trouble::Closed),
            None => SaveError::Stopped,
        })
    }

    /// The disk failed at something other than a save. A pull that was under way ends, and the rep hears of it; where
    /// another window was only faster, it goes on.
    pub(super) async fn recover(&mut self, error: &LocalError, was_pulling: bool) {
        match error {
            LocalError::Behind => return self.on_behind(was_pulling).await,
            LocalError::Newer => return self.give_up(Trouble::Newer),
            _ => self.reopen().await,
        }
        if *error == LocalError::Quota {
            self.store.set_notice(Some(Notice::NoRoomToSync));
        } else if was_pulling {
            self.store.set_notice(Some(Notice::SyncStopped));
        }
    }

    /// Opens the disk again if it could not be opened after it failed.
    pub(super) async fn open_again(&mut self) -> Result<(), Trouble> {
        let Some(who) = self.closed.clone() else { return Ok(()) };
        let opened = self.open_user(who).await;
        if opened.is_ok() {
            self.closed = None;
        }
        self.store.set_trouble(opened.as_ref().err().cloned());
        opened
    }

    /// Whether there is room for a pull, as far as the browser tells; the rep hears it if not.
    pub(super) async fn has_room_to_pull(&self) -> bool {
        let Some(open) = &self.open else { return true };
        let needed = if open.engine.status().pulled_at.is_none() { FIRST_PULL_BYTES } else { PULL_BYTES };
        let has_room = match storage::estimate().await {
            (Some(used), Some(quota)) => quota.saturating_sub(used) >= needed,
            _ => true,
        };
        if !has_room {
            self.store.set_notice(Some(Notice::NoRoomToSync));
        }
        has_room
    }

    /// The engine is dropped and opened again, so that memory never knows more than the disk. Should the disk not
    /// open, what is on the screen stays there, with a sentence above it, and the next save tries again.
    pub(super) async fn reopen(&mut self) {
        let Some(Open { who, local, engine, place, .. }) = self.open.take() else { return };
        let led = place.leads;
        // What was on its way belongs to the engine that is dropped.
        drop(place);
        local.close();
        self.life += 1;
        self.timer.clear();
        self.closed = Some(who);
        self.earlier = Some(engine);
        // What went wrong stands on the screen now.
        if self.open_again().await.is_ok() && led {
            self.begin_to_lead();
            tell(&self.events, Event::Wake);
        }
    }

    /// Pulled records leave the disk to make room. Answers whether they did.
    async fn let_go(&mut self) -> bool {
        let Some(open) = self.at_work() else { return false };
        let step = open.engine.let_go(clock::now());
        match self.perform(step).await {
            Ok(()) => true,
            Err(_) => {
                self.reopen().await;
                false
            }
        }
    }

    /// Whether the save is on the disk, as the engine that was read from it since the last failure says. Under a newer
    /// version's hands the engine was not read again: it knows what was never stored.
    fn knows(&self, change: ChangeId) -> bool {
        self.open.as_ref().is_some_and(|open| !open.newer && open.engine.knows(change))
    }
}

/// What the rep is told of it.
pub(super) fn trouble(error: &LocalError) -> Trouble {
    match error {
        LocalError::Quota => Trouble::Full,
        LocalError::Behind => Trouble::Busy,
        LocalError::Gone => Trouble::Closed,
        LocalError::Silent => Trouble::Silent,
        LocalError::Newer => Trouble::Newer,
        LocalError::Refused => Trouble::Refused,
        LocalError::Other(why) => Trouble::Other(why.clone()),
    }
}

/// Less room than this is too little to begin a first pull. Bytes.
const FIRST_PULL_BYTES: u64 = 16 * 1024 * 1024;
/// Less room than this is too little for the news of a day. Bytes.
const PULL_BYTES: u64 = 2 * 1024 * 1024;
