//! The one loop: event → engine → step → commit, publish, send, sleep. Events are taken strictly one after another.

mod copies;
mod recover;
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
use crate::store::{Command, Draft, DraftEdit, SaveError, Session, SignInError, Store};

use copies::Copies;
use session::Directory;

/// Runs the client until the page goes away.
pub async fn run(store: Store, commands: UnboundedReceiver<Command>) {
    let (events, arrivals) = unbounded();
    let hear = events.clone();
    online::listen(move |hint| tell(&hear, Event::Hint(hint)));
    update::on_ready(move || store.set_update_ready());
    let mut driver = Driver {
        store,
        events,
        timer: Timer::default(),
        life: 0,
        open: None,
        closed: None,
        earlier: None,
        unsure: None,
        directory: None,
    };
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
    /// What this life found outside its database.
    Found(u64, copies::Found),
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
    /// Whose records are on the screen while their disk does not open.
    closed: Option<Who>,
    /// The engine that was open before the disk failed: its records are on the screen.
    earlier: Option<Engine>,
    /// The last save that failed: pressing Save again must not make a second one should it be there after all.
    unsure: Option<(Draft, Save)>,
    directory: Option<Directory>,
}

/// A user's records, open in this window.
struct Open {
    who: Who,
    local: Local,
    engine: Engine,
    copies: Copies,
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
            Event::Found(life, found) if life == self.life => self.on_found(found).await,
            Event::Robbed(life) if life == self.life => self.leave(Session::Elsewhere),
            Event::SignedIn(answer, done) => drop(done.send(self.on_signed_in(answer).await)),
            Event::Answer(..) | Event::Found(..) | Event::Robbed(_) => {}
        }
    }

    async fn on_command(&mut self, command: Command) {
        // Whoever asked may have left the page; then nobody hears the answer, which is why it is dropped.
        match command {
            Command::Save(draft, done) => drop(done.send(self.save(draft).await)),
            Command::Seen(number) => self.act(|engine, now| engine.seen(number, now)).await,
            Command::SyncNow => self.sync_now().await,
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
            Command::UnderstandStorage => storage::understand(),
            Command::UseHere => self.come_back().await,
            Command::ApplyUpdate => update::apply(),
        }
    }

    async fn save(&mut self, draft: Draft) -> Result<Vec<RecordId>, SaveError> {
        if self.open.is_none() && self.closed.is_none() {
            return Err(SaveError::Stopped);
        }
        let save = self.name_save(&draft);
        let ids = save.edits.iter().map(|edit| edit.id).collect();
        if let Err(trouble) = self.make_durable(save.clone()).await {
            self.unsure = Some((draft, save));
            return Err(SaveError::NotStored(trouble));
        }
        let ask = self.open.as_mut().is_some_and(|open| !std::mem::replace(&mut open.asked_to_persist, true));
        if ask {
            spawn_local(recover::ask_to_persist(self.store));
        }
        Ok(ids)
    }

    /// Gives a draft its names: new ones, or those of the try before.
    fn name_save(&mut self, draft: &Draft) -> Save {
        match self.unsure.take() {
            Some((tried, save)) if tried.is_again(draft) => save,
            _ => {
                let Draft { edits, settles, key } = draft.clone();
                let named = |DraftEdit { record, kind, op, set }: DraftEdit| {
                    let id = record.unwrap_or_else(|| RecordId(identity::name()));
                    Edit { id, kind, op, base: 0, set }
                };
                let edits = edits.into_iter().map(named).collect();
                Save { id: ChangeId(identity::name()), edits, settles, draft: key }
            }
        }
    }

    async fn sync_now(&mut self) {
        // What went wrong stands on the screen; there is nothing to sync then.
        drop(self.open_again().await);
        if self.has_room_to_pull().await {
            self.act(Engine::sync_now).await;
        } else {
            self.act(Engine::on_hint).await;
        }
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
            open.copies.follow(batch);
        }
        copies::leave_mark(&open.who.user.to_string(), &open.engine);
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

    /// Another window that wants these records tells this one.
    fn take_lock(&self, name: &str) {
        let (events, life) = (self.events.clone(), self.life);
        crate::device::tabs::take(name, move || tell(&events, Event::Robbed(life)));
    }

    /// Lets go of the user's records; the screen says why.
    fn leave(&mut self, session: Session) {
        self.life += 1;
        self.timer.clear();
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

fn tell(events: &UnboundedSender<Event>, event: Event) {
    // The loop ends only with the page; then there is nobody to tell.
    drop(events.unbounded_send(event));
}
