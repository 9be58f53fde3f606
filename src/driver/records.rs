//! A user's records: opened from disk, read again when other windows wrote or the disk failed, and let go.

use engine::{DiskError, Engine, Live, Step};
use protocol::DeviceId;
use protocol::message::Who;
use wasm_bindgen_futures::spawn_local;

use super::disk::{Opened, open_disk};
use super::drafts::Drafts;
use super::recover::trouble;
use super::said::Said;
use super::session::database_name;
use super::windows::Place;
use super::{Driver, Event, Open, TRIES, tell};
use crate::device::{clock, identity, storage};
use crate::local::{Local, LocalError};
use crate::store::{Session, StorageState, Store, Trouble};

impl Driver {
    /// Opens a user's records from disk and shows them: at start, after a sign-in, and after trouble alike. The window
    /// follows until it is its turn to lead.
    pub(super) async fn open_user(&mut self, who: Who) -> Result<(), Trouble> {
        let name = database_name(&who);
        let opened = open_disk(&name, &who.user.to_string(), self.directory.as_ref()).await?;
        let Opened { local, mut engine, copies, mut steps, notice, generation, is_renewed } = opened;
        if let Some(shown) = self.earlier.take().and_then(|earlier| engine.keep_base(earlier)) {
            steps[0].shown = shown;
        }
        spawn_local(local.refill_reserve());
        self.life += 1;
        let since = self.life;
        let place = Place::take(&name, since, &self.events);
        let (fresh, newer, asked_to_persist, took_over) = (true, false, false, false);
        self.open = Some(Open {
            who,
            local,
            engine,
            copies,
            generation,
            since,
            place,
            fresh,
            newer,
            asked_to_persist,
            took_over,
        });
        for step in steps {
            // It is durable: what is left to do cannot fail.
            drop(self.perform(step).await);
        }
        if notice.is_some() {
            self.store.set_notice(notice);
        }
        spawn_local(look_at_storage(self.store));
        if is_renewed {
            // Another window may still write into the old one.
            self.say(&Said::Who);
        }
        self.look_elsewhere(name, generation).await;
        self.ask(true);
        Ok(())
    }

    /// Reads everything from disk again, because another window committed what this one has not seen. `was_pulling`: a
    /// pull was under way, whatever the engine that is dropped believes.
    pub(super) async fn catch_up(&mut self, was_pulling: bool) {
        if self.is_other_user().await {
            self.leave(Session::Opening);
            return tell(&self.events, Event::Who);
        }
        for _ in 0..TRIES {
            let Some(open) = self.at_work() else { return };
            let live = open.engine.live();
            let live = if was_pulling { live.pulling() } else { live };
            let (engine, step) = match read(&mut open.local, Some(live)).await {
                Ok(read) => read,
                Err(Trouble::Newer) => return self.give_up(Trouble::Newer),
                Err(_) => return self.reopen().await,
            };
            open.engine = engine;
            open.fresh = true;
            let now = clock::now();
            if open.place.leads {
                // What the old engine had on its way counts as lost; the new one sends it again when it wakes.
                open.engine.lead(now);
            }
            self.life += 1;
            match self.perform(Step { send: None, wake_at: Some(now), ..step }).await {
                Ok(()) => return,
                Err(LocalError::Behind) => {}
                Err(LocalError::Newer) => return self.give_up(Trouble::Newer),
                Err(_) => return self.reopen().await,
            }
        }
        self.give_up(Trouble::Busy);
    }

    /// The records cannot be used. Under a newer version's hands the screen stays, for what is typed on it.
    pub(super) fn give_up(&mut self, trouble: Trouble) {
        match (trouble, &mut self.open) {
            (Trouble::Newer, Some(open)) => {
                open.newer = true;
                open.place.leave();
                self.life += 1;
                self.timer.clear();
                self.store.set_newer();
            }
            (trouble, _) => self.leave(Session::Stopped(trouble)),
        }
    }

    /// Lets go of the user's records; the screen says why.
    pub(super) fn leave(&mut self, session: Session) {
        self.life += 1;
        self.timer.clear();
        self.drafts = Drafts::default();
        self.closed = None;
        self.earlier = None;
        self.store.set_trouble(None);
        if let Some(open) = self.open.take() {
            open.local.close();
        }
        self.store.reset();
        self.store.set_session(session);
    }
}

/// Reads the disk into a new engine. What an earlier one knew beside the disk stays known.
async fn read(local: &mut Local, live: Option<Live>) -> Result<(Engine, Step), Trouble> {
    let snapshot = local.load().await.map_err(|error| trouble(&error))?;
    let fresh = DeviceId(identity::name());
    let (mut engine, step) =
        Engine::open(snapshot, fresh, identity::seed(), clock::now()).map_err(unreadable)?;
    if let Some(live) = live {
        engine.on_live(live);
    }
    Ok((engine, step))
}

/// What the rep is told of rows that do not read.
pub(super) fn unreadable(error: DiskError) -> Trouble {
    match error {
        DiskError::Newer(_) => Trouble::Newer,
        error => Trouble::Other(error.to_string()),
    }
}

pub(super) async fn ask_to_persist(store: Store) {
    storage::persist().await;
    look_at_storage(store).await;
}

async fn look_at_storage(store: Store) {
    let persisted = storage::persisted().await;
    let (used_bytes, quota_bytes) = storage::estimate().await;
    let understood = storage::is_understood();
    store.set_storage(StorageState { persisted, understood, used_bytes, quota_bytes });
}
