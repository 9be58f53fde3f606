//! The one loop: event → engine → step → commit, publish, send, sleep. Events are taken strictly one after another.

mod session;

use engine::{Engine, LinkError, Reply, Save, Step};
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::channel::oneshot;
use futures::stream::select;
use protocol::message::Who;
use protocol::{ChangeId, DeviceId, Edit, RecordId};
use wasm_bindgen_futures::spawn_local;

use crate::device::online::Hint;
use crate::device::timer::Timer;
use crate::device::{clock, identity, online, storage, update};
use crate::local::{Local, LocalError};
use crate::remote::{self, SignInFailure};
use crate::store::{Command, Draft, DraftEdit, SaveError, Session, SignInError, StorageState, Store};

use session::{Directory, database_name};

/// Runs the client until the page goes away.
pub async fn run(store: Store, commands: UnboundedReceiver<Command>) {
    let (events, arrivals) = unbounded();
    let hear = events.clone();
    online::listen(move |hint| tell(&hear, Event::Hint(hint)));
    update::on_ready(move || store.set_update_ready());
    let mut driver = Driver { store, events, timer: Timer::default(), life: 0, open: None, directory: None };
    driver.start().await;
    let mut all = select(commands.map(Event::Command), arrivals);
    while let Some(event) = all.next().await {
        driver.on(event).await;
    }
}

enum Event {
    Command(Command),
    Hint(Hint),
    Wake,
    /// An answer to what this life of the engine sent.
    Answer(u64, u64, Result<Reply, LinkError>),
    /// Another window took the lock from this life.
    Robbed(u64),
    /// What the server said to a sign-in, and who waits to hear of it.
    SignedIn(Result<Who, SignInFailure>, oneshot::Sender<Result<(), SignInError>>),
}

struct Driver {
    store: Store,
    events: UnboundedSender<Event>,
    timer: Timer,
    /// One more each time that an engine is opened, so that an earlier one's answers are not taken for its own.
    life: u64,
    open: Option<Open>,
    directory: Option<Directory>,
}

/// A user's records, open in this window.
struct Open {
    who: Who,
    local: Local,
    engine: Engine,
    asked_to_persist: bool,
}

impl Driver {
    async fn on(&mut self, event: Event) {
        match event {
            Event::Command(command) => self.on_command(command).await,
            Event::Hint(Hint::Visible) if self.open.is_none() => self.come_back().await,
            Event::Hint(hint) => {
                self.act(|engine, now| match hint {
                    Hint::Offline => engine.on_offline(now),
                    Hint::Online | Hint::Visible => engine.on_hint(now),
                })
                .await;
            }
            Event::Wake => self.act(Engine::on_wake).await,
            Event::Answer(life, token, reply) if life == self.life => {
                let fresh = DeviceId(identity::name());
                self.act(|engine, now| engine.on_reply(token, reply, fresh, now)).await;
            }
            Event::Robbed(life) if life == self.life => self.leave(Session::Elsewhere),
            Event::SignedIn(answer, done) => drop(done.send(self.on_signed_in(answer).await)),
            Event::Answer(..) | Event::Robbed(_) => {}
        }
    }

    async fn on_command(&mut self, command: Command) {
        // Whoever asked may have left the page; then nobody hears the answer, which is why it is dropped.
        match command {
            Command::Save(draft, done) => drop(done.send(self.save(draft).await)),
            Command::Seen(number) => self.act(|engine, now| engine.seen(number, now)).await,
            Command::SyncNow => self.act(Engine::sync_now).await,
            Command::SignIn { email, password, done } => {
                // Saving goes on while the server thinks about it.
                let events = self.events.clone();
                spawn_local(async move {
                    let answer = remote::sign_in(&email, &password).await;
                    tell(&events, Event::SignedIn(answer, done));
                });
            }
            Command::SignOut { discard, done } => drop(done.send(self.sign_out(discard).await)),
            Command::KeepDraft(key, text) => self.keep_draft(&key, &text).await,
            Command::ReadDraft(key, done) => {
                let text = match &self.open {
                    Some(open) => open.local.draft(&key).await.unwrap_or_default(),
                    None => None,
                };
                drop(done.send(text));
            }
            Command::ListDrafts(done) => {
                let keys = match &self.open {
                    Some(open) => open.local.drafts().await.unwrap_or_default(),
                    None => Vec::new(),
                };
                drop(done.send(keys));
            }
            Command::UseHere => self.come_back().await,
            Command::ApplyUpdate => update::apply(),
        }
    }

    async fn save(&mut self, draft: Draft) -> Result<Vec<RecordId>, SaveError> {
        let Some(open) = &mut self.open else { return Err(SaveError::Stopped) };
        let named = |DraftEdit { record, kind, op, set }: DraftEdit| {
            let id = record.unwrap_or_else(|| RecordId(identity::name()));
            Edit { id, kind, op, base: 0, set }
        };
        let edits: Vec<Edit> = draft.edits.into_iter().map(named).collect();
        let ids = edits.iter().map(|edit| edit.id).collect();
        let save = Save { id: ChangeId(identity::name()), edits, settles: draft.settles, draft: draft.key };
        let step = open.engine.save(save, clock::now());
        let ask = !std::mem::replace(&mut open.asked_to_persist, true);
        if let Err(error) = self.perform(step).await {
            self.recover(&error).await;
            return Err(SaveError::NotStored(error.sentence()));
        }
        if ask {
            spawn_local(ask_to_persist(self.store));
        }
        Ok(ids)
    }

    async fn keep_draft(&mut self, key: &str, text: &str) {
        let Some(open) = &self.open else { return };
        // A draft that cannot be kept is still in its form; the save will say what is wrong with the disk.
        drop(open.local.keep_draft(key, text).await);
    }

    /// Lets the engine do something, and performs what it says.
    async fn act(&mut self, act: impl FnOnce(&mut Engine, i64) -> Step) {
        if let Some(open) = &mut self.open {
            let step = act(&mut open.engine, clock::now());
            if let Err(error) = self.perform(step).await {
                self.recover(&error).await;
            }
        }
    }

    /// Durable, then visible, then on the wire, then asleep. On an error nothing of it was done but in the engine's
    /// memory, and the caller must [`recover`](Self::recover).
    async fn perform(&mut self, step: Step) -> Result<(), LocalError> {
        let Some(open) = &mut self.open else { return Err(LocalError::Gone) };
        if let Some(batch) = &step.commit {
            open.local.commit(batch).await?;
        }
        self.store.publish(&step.shown, open.engine.status(), step.news);
        let (who, expired) = (open.who.clone(), open.engine.signed_out());
        self.store.set_session(Session::Open { who, expired });
        if let Some(outgoing) = step.send {
            let (events, life) = (self.events.clone(), self.life);
            spawn_local(async move {
                let answer = remote::send(&outgoing.request).await;
                tell(&events, Event::Answer(life, outgoing.token, answer));
            });
        }
        match step.wake_at {
            Some(at) => {
                let events = self.events.clone();
                self.timer.set(at - clock::now(), move || tell(&events, Event::Wake));
            }
            None => self.timer.clear(),
        }
        Ok(())
    }

    /// The disk failed: the engine is dropped and opened again, so that memory never knows more than the disk.
    async fn recover(&mut self, error: &LocalError) {
        let Some(open) = self.open.take() else { return };
        let who = open.who;
        open.local.close();
        if *error == LocalError::Fenced {
            self.leave(Session::Elsewhere);
        } else if let Err(error) = self.open_user(who).await {
            self.leave(Session::Stopped(error));
        }
    }

    /// Opens a user's records from disk and shows them: at start, after a sign-in, and after trouble alike.
    async fn open_user(&mut self, who: Who) -> Result<(), String> {
        self.life += 1;
        let life = self.life;
        let name = database_name(&who);
        let events = self.events.clone();
        crate::device::tabs::take(&name, move || tell(&events, Event::Robbed(life)));
        let lease = identity::name().to_string();
        let local = Local::open(&name, &lease).await.map_err(|error| error.sentence())?;
        let snapshot = local.load().await.map_err(|error| error.sentence())?;
        let fresh = DeviceId(identity::name());
        let (engine, step) = Engine::open(snapshot, fresh, identity::seed(), clock::now())
            .map_err(|error| format!("Satchel cannot read its own storage: {error}. Nothing was deleted."))?;
        self.store.reset();
        self.open = Some(Open { who, local, engine, asked_to_persist: false });
        spawn_local(look_at_storage(self.store));
        self.perform(step).await.map_err(|error| error.sentence())
    }

    /// Lets go of the user's records; the screen says why.
    fn leave(&mut self, session: Session) {
        self.life += 1;
        self.timer.clear();
        if let Some(open) = self.open.take() {
            open.local.close();
        }
        self.store.reset();
        self.store.set_session(session);
    }
}

fn tell(events: &UnboundedSender<Event>, event: Event) {
    // The loop ends only with the page; then there is nobody to tell.
    drop(events.unbounded_send(event));
}

async fn ask_to_persist(store: Store) {
    storage::persist().await;
    look_at_storage(store).await;
}

async fn look_at_storage(store: Store) {
    let persisted = storage::persisted().await;
    let (used_bytes, quota_bytes) = storage::estimate().await;
    store.set_storage(StorageState { persisted, used_bytes, quota_bytes });
}
