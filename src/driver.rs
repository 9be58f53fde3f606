//! The one loop: event → engine → step → commit, publish, send, sleep. Events are taken strictly one after another.

mod drafts;
mod said;
mod session;
mod windows;

use engine::{DiskError, Engine, LinkError, Live, News, Reply, Save, Shown, Step};
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::channel::oneshot;
use futures::stream::select;
use protocol::message::Who;
use protocol::{ChangeId, DeviceId, Edit, RecordId};
use wasm_bindgen_futures::spawn_local;

use crate::device::online::Hint;
use crate::device::tabs::Channel;
use crate::device::timer::Timer;
use crate::device::{clock, identity, online, storage, update};
use crate::local::{Local, LocalError};
use crate::remote::{self, SignInFailure};
use crate::store::{Command, Draft, SaveError, Session, SignInError, StorageState, Store};

use drafts::Drafts;
use session::{Directory, database_name};
use windows::Place;

/// Runs the client until the page goes away.
pub async fn run(store: Store, commands: UnboundedReceiver<Command>) {
    let (events, arrivals) = unbounded();
    let hear = events.clone();
    online::listen(move |hint| tell(&hear, Event::Hint(hint)));
    update::on_ready(move || store.set_update_ready());
    let hear = events.clone();
    let channel = Channel::join(CHANNEL, move |text, rows| tell(&hear, Event::Heard(text, rows)));
    let (timer, drafts) = (Timer::default(), Drafts::default());
    let mut driver = Driver { store, events, timer, channel, drafts, life: 0, open: None, directory: None };
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
    /// The place that was taken in this life: it is its turn to lead.
    Won(u64),
    /// The place that was taken in this life: another window took the lead.
    Lost(u64),
    /// Another window says something, with rows of bytes.
    Heard(String, Vec<Vec<u8>>),
    /// Somebody has signed in or out in another window.
    Who,
    /// What the server said to a sign-in, and who waits to hear of it.
    SignedIn(Result<Who, SignInFailure>, oneshot::Sender<Result<(), SignInError>>),
}

struct Driver {
    store: Store,
    events: UnboundedSender<Event>,
    timer: Timer,
    channel: Channel,
    drafts: Drafts,
    /// One more each time that an engine is opened, begins to lead or ceases to, so that an answer to what was sent
    /// before is not taken for one to what was sent since.
    life: u64,
    open: Option<Open>,
    directory: Option<Directory>,
}

/// A user's records, open in this window.
struct Open {
    who: Who,
    local: Local,
    engine: Engine,
    place: Place,
    /// True until the engine's records have been published: they replace what the screen had before.
    fresh: bool,
    /// True once a newer version of the app has the disk: this window writes no records any more.
    newer: bool,
    asked_to_persist: bool,
}

/// Why a user's records cannot be opened.
enum Trouble {
    /// A newer version of the app has the disk.
    Newer,
    /// Anything else, in a sentence.
    Other(String),
}

impl Driver {
    async fn on(&mut self, event: Event) {
        match event {
            Event::Command(command) => self.on_command(command).await,
            Event::Hint(hint) => self.on_hint(hint).await,
            Event::Wake if self.leads() => self.act(Engine::on_wake).await,
            Event::Wake => self.on_silence().await,
            Event::Answer(life, token, reply) if life == self.life => {
                let fresh = DeviceId(identity::name());
                self.act(|engine, now| engine.on_reply(token, reply, fresh, now)).await;
            }
            Event::Answer(..) => {}
            Event::Won(since) => self.on_turn(since, true).await,
            Event::Lost(since) => self.on_turn(since, false).await,
            Event::Heard(text, rows) => self.on_heard(&text, rows).await,
            Event::Who => self.on_who().await,
            Event::SignedIn(answer, done) => drop(done.send(self.on_signed_in(answer).await)),
        }
    }

    async fn on_command(&mut self, command: Command) {
        // Whoever asked may have left the page; then nobody hears the answer, which is why it is dropped.
        match command {
            Command::Save(draft, done) => drop(done.send(self.save(draft).await)),
            Command::SyncNow => {
                self.lead().await;
                self.act(Engine::sync_now).await;
            }
            Command::SignIn { email, password, done } => {
                // Saving goes on while the server thinks about it.
                let events = self.events.clone();
                spawn_local(async move {
                    let answer = remote::sign_in(&email, &password).await;
                    tell(&events, Event::SignedIn(answer, done));
                });
            }
            Command::SignOut { discard, done } => drop(done.send(self.sign_out(discard).await)),
            Command::OpenDraft(form, done) => drop(done.send(self.open_draft(form).await)),
            Command::KeepDraft(key, text) => self.keep_draft(&key, &text).await,
            Command::CloseDraft(key) => self.close_draft(&key),
            Command::ListDrafts(done) => drop(done.send(self.list_drafts().await)),
            Command::ApplyUpdate => update::apply(),
        }
    }

    async fn on_hint(&mut self, hint: Hint) {
        match hint {
            // Another window may have signed in meanwhile, or the disk be well again.
            Hint::Visible if self.open.is_none() => self.on_who().await,
            Hint::Online | Hint::Visible => self.look_around().await,
            Hint::Offline if self.leads() => self.act(Engine::on_offline).await,
            Hint::Hidden if self.leads() => self.tell_others(None, None),
            Hint::Offline | Hint::Hidden => {}
        }
    }

    async fn save(&mut self, draft: Draft) -> Result<RecordId, SaveError> {
        self.lead().await;
        let id = draft.record.unwrap_or_else(|| RecordId(identity::name()));
        let change = ChangeId(identity::name());
        let edits = vec![Edit { id, kind: draft.kind, op: draft.op, base: 0, set: draft.set }];
        for _ in 0..TRIES {
            let Some(open) = self.at_work() else { break };
            let save = Save { id: change, edits: edits.clone(), draft: draft.key.clone() };
            let step = open.engine.save(save, clock::now());
            let ask = !std::mem::replace(&mut open.asked_to_persist, true);
            match self.perform(step).await {
                Ok(()) => {
                    if ask {
                        spawn_local(ask_to_persist(self.store));
                    }
                    return Ok(id);
                }
                // Nothing was stored: the same save is made once more, over what the other window committed.
                Err(LocalError::Behind) => self.catch_up().await,
                Err(LocalError::Newer) => self.give_up(Trouble::Newer),
                Err(error) => {
                    self.recover(&error).await;
                    return Err(SaveError::NotStored(error.sentence()));
                }
            }
        }
        Err(match &self.open {
            Some(open) if open.newer => SaveError::Newer,
            Some(_) => SaveError::NotStored(LocalError::Behind.sentence()),
            None => SaveError::Stopped,
        })
    }

    /// Lets the engine do something, and performs what it says.
    async fn act(&mut self, act: impl FnOnce(&mut Engine, i64) -> Step) {
        if let Some(open) = self.at_work() {
            let step = act(&mut open.engine, clock::now());
            if let Err(error) = self.perform(step).await {
                self.recover(&error).await;
            }
        }
    }

    /// Durable, then visible here and in the other windows, then on the wire, then asleep. A window that follows does
    /// not go on the wire. On an error nothing of it was done but in the engine's memory, and the caller must
    /// [`recover`](Self::recover).
    async fn perform(&mut self, step: Step) -> Result<(), LocalError> {
        let Some(open) = self.at_work() else { return Err(LocalError::Gone) };
        if let Some(batch) = &step.commit {
            open.local.commit(batch).await?;
        }
        self.show(&step.shown, step.news.clone());
        self.tell_others(step.commit.as_ref(), step.news);
        if !self.leads() {
            return Ok(());
        }
        if let Some(outgoing) = step.send {
            let (events, life) = (self.events.clone(), self.life);
            spawn_local(async move {
                let answer = remote::send(&outgoing.request).await;
                tell(&events, Event::Answer(life, outgoing.token, answer));
            });
        }
        match step.wake_at {
            Some(at) => self.wake_in(at - clock::now()),
            None => self.timer.clear(),
        }
        Ok(())
    }

    fn show(&mut self, shown: &[Shown], news: Option<News>) {
        let Some(open) = &mut self.open else { return };
        if std::mem::take(&mut open.fresh) {
            self.store.clear_view();
        }
        self.store.publish(shown, open.engine.status(), news);
        let (who, expired) = (open.who.clone(), open.engine.signed_out());
        self.store.set_session(Session::Open { who, expired });
    }

    fn wake_in(&mut self, ms: i64) {
        let events = self.events.clone();
        self.timer.set(ms, move || tell(&events, Event::Wake));
    }

    /// The disk failed: the engine is dropped and opened again, so that memory never knows more than the disk.
    async fn recover(&mut self, error: &LocalError) {
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
    async fn open_user(&mut self, who: Who) -> Result<(), Trouble> {
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
    async fn catch_up(&mut self) {
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
    fn give_up(&mut self, trouble: Trouble) {
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
    fn leave(&mut self, session: Session) {
        self.life += 1;
        self.timer.clear();
        self.drafts = Drafts::default();
        if let Some(open) = self.open.take() {
            open.local.close();
        }
        self.store.reset();
        self.store.set_session(session);
    }

    /// The open records, unless a newer version of the app has the disk.
    fn at_work(&mut self) -> Option<&mut Open> {
        self.open.as_mut().filter(|open| !open.newer)
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
    fn sentence(self) -> String {
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

const CHANNEL: &str = "satchel";

/// How often a save or a start is repeated because other windows commit in between. Each time they got further.
const TRIES: usize = 8;
