//! A user's records: opened from disk, read again when other windows wrote or the disk failed, and let go.

use engine::{DiskError, Engine, Live, Step};
use protocol::DeviceId;
use protocol::message::Who;
use wasm_bindgen_futures::spawn_local;

use super::drafts::Drafts;
use super::session::database_name;
use super::windows::Place;
use super::{Driver, Event, Open, TRIES, tell};
use crate::device::{clock, identity, storage};
use crate::local::{Local, LocalError};
use crate::store::{Session, StorageState, Store};

/// Why a user's records cannot be opened.
pub(super) enum Trouble {
    /// A newer version of the app has the disk.
    Newer,
    /// Anything else, in a sentence.
    Other(String),
}

impl Driver {
    /// The disk failed: the engine is dropped and opened again, so that memory never knows more than the disk.
    pub(super) async fn recover(&mut self, error: &LocalError) {
        match error {
            LocalError::Behind => return self.on_behind().await,
            LocalError::Newer => return self.give_up(Trouble::Newer),
            LocalError::Quota | LocalError::Gone | LocalError::Other(_) => {}
        }
        let Some(open) = self.open.take() else { return };
        open.local.close();
        if let Err(trouble) = self.open_user(open.who).await {
            self.give_up(trouble);
        }
    }

    /// Opens a user's records from disk and shows them: at start, after a sign-in, and after trouble alike. The window
    /// follows until it is its turn to lead.
    pub(super) async fn open_user(&mut self, who: Who) -> Result<(), Trouble> {
        let name = database_name(&who);
        let mut local = Local::open(&name, &identity::name().to_string()).await?;
        let (engine, step) = read(&mut local, None).await?;
        self.life += 1;
        let place = Place::take(&name, self.life, &self.events);
        let open = Open { who, local, engine, place, fresh: true, newer: false, asked_to_persist: false };
        self.open = Some(open);
        spawn_local(look_at_storage(self.store));
        match self.perform(step).await {
            Err(LocalError::Behind) => self.catch_up().await,
            done => done?,
        }
        self.ask(true);
        Ok(())
    }

    /// Reads everything from disk again, because another window committed what this one has not seen.
    pub(super) async fn catch_up(&mut self) {
        if self.is_other_user().await {
            self.leave(Session::Opening);
            return tell(&self.events, Event::Who);
        }
        for _ in 0..TRIES {
            let Some(open) = self.at_work() else { return };
            let (engine, step) = match read(&mut open.local, Some(open.engine.live())).await {
                Ok(read) => read,
                Err(trouble) => return self.give_up(trouble),
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
                Err(error) => return self.give_up(error.into()),
            }
        }
        self.give_up(LocalError::Behind.into());
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
            (trouble, _) => self.leave(Session::Stopped(trouble.sentence())),
        }
    }

    /// Lets go of the user's records; the screen says why.
    pub(super) fn leave(&mut self, session: Session) {
        self.life += 1;
        self.timer.clear();
        self.drafts = Drafts::default();
        if let Some(open) = self.open.take() {
            open.local.close();
        }
        self.store.reset();
        self.store.set_session(session);
    }
}

/// Reads the disk into a new engine. What an earlier one knew beside the disk stays known.
async fn read(local: &mut Local, live: Option<Live>) -> Result<(Engine, Step), Trouble> {
    let snapshot = local.load().await?;
    let fresh = DeviceId(identity::name());
    let (mut engine, step) = Engine::open(snapshot, fresh, identity::seed(), clock::now())?;
    if let Some(live) = live {
        engine.on_live(live);
    }
    Ok((engine, step))
}

impl Trouble {
    pub(super) fn sentence(self) -> String {
        match self {
            Self::Newer => LocalError::Newer.sentence(),
            Self::Other(sentence) => sentence,
        }
    }
}

impl From<LocalError> for Trouble {
    fn from(error: LocalError) -> Self {
        if error == LocalError::Newer { Self::Newer } else { Self::Other(error.sentence()) }
    }
}

impl From<DiskError> for Trouble {
    fn from(error: DiskError) -> Self {
        match error {
            DiskError::Newer(_) => Self::Newer,
            error => {
                Self::Other(format!("Satchel cannot read its own storage: {error}. Nothing was deleted."))
            }
        }
    }
}

pub(super) async fn ask_to_persist(store: Store) {
    storage::persist().await;
    look_at_storage(store).await;
}

async fn look_at_storage(store: Store) {
    let persisted = storage::persisted().await;
    let (used_bytes, quota_bytes) = storage::estimate().await;
    store.set_storage(StorageState { persisted, used_bytes, quota_bytes });
}
