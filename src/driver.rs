//! The one loop: event → engine → step → commit, publish, send, sleep. Events are taken strictly one after another.

mod copies;
mod disk;
mod drafts;
mod records;
mod recover;
mod said;
mod saved;
mod session;
mod windows;

use engine::{Engine, LinkError, News, Reply, Save, Shown, Step};
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
use crate::store::{Command, Draft, DraftEdit, SaveError, Session, SignInError, Store};

use copies::Copies;
use drafts::Drafts;
use session::Directory;
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
    let mut driver = Driver {
        store,
        events,
        timer,
        channel,
        drafts,
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
        driver.take_over_views().await;
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
    /// What was found outside the database that was opened in this life.
    Found(u64, copies::Found),
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
    /// Which of the user's databases it is.
    generation: u32,
    /// The life in which it was opened.
    since: u64,
    place: Place,
    /// True until the engine's records have been published: they replace what the screen had before.
    fresh: bool,
    /// True once a newer version of the app has the disk: this window writes no records any more.
    newer: bool,
    asked_to_persist: bool,
    /// Whether what earlier versions kept beside the records has been taken over.
    took_over: bool,
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
            Event::Found(since, found) => self.on_found(since, found).await,
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
            Command::Seen(number) => {
                self.lead().await;
                self.act(|engine, now| engine.seen(number, now)).await;
            }
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
            Command::OpenDraft(form, done) => drop(done.send(self.open_draft(form).await)),
            Command::KeepDraft(key, text, done) => drop(done.send(self.keep_draft(&key, &text).await)),
            Command::CloseDraft(key) => self.close_draft(&key),
            Command::ListDrafts(done) => drop(done.send(self.list_drafts().await)),
            Command::AskVersions(id, below, done) => {
                let user = self.open.as_ref().map(|open| open.who.user);
                spawn_local(async move {
                    let answer = match user {
                        Some(user) => remote::versions(id, below, user).await,
                        None => Err(LinkError::SignedOut),
                    };
                    drop(done.send(answer));
                });
            }
            Command::UnderstandStorage => storage::understand(),
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

    async fn save(&mut self, draft: Draft) -> Result<Vec<RecordId>, SaveError> {
        self.open_again().await.map_err(SaveError::NotStored)?;
        self.lead().await;
        let save = self.name_save(&draft);
        let ids = save.edits.iter().map(|edit| edit.id).collect();
        match self.make_durable(&save).await {
            Ok(()) => Ok(ids),
            Err(error) => {
                self.unsure = Some((draft, save));
                Err(error)
            }
        }
    }

    /// Gives a draft its names: new ones, or those of the try before.
    fn name_save(&mut self, draft: &Draft) -> Save {
        match self.unsure.take() {
            Some((tried, save)) if tried.is_again(draft) => save,
            _ => {
                let Draft { edits, settles, key } = draft.clone();
                let fresh = || RecordId(identity::name());
                let ids: Vec<_> = edits.iter().map(|edit| edit.record.unwrap_or_else(fresh)).collect();
                let named = |(DraftEdit { kind, op, mut set, links, .. }, id): (DraftEdit, &RecordId)| {
                    let linked = links.into_iter().filter_map(|(name, at)| Some((name, ids.get(at)?)));
                    set.extend(linked.map(|(name, id)| (name.to_owned(), Some(id.0.to_string()))));
                    Edit { id: *id, kind, op, base: 0, set }
                };
                let edits = edits.into_iter().zip(&ids).map(named).collect();
                Save { id: ChangeId(identity::name()), edits, settles, draft: key }
            }
        }
    }

    async fn sync_now(&mut self) {
        // What went wrong stands on the screen; there is nothing to sync then.
        drop(self.open_again().await);
        self.lead().await;
        if self.has_room_to_pull().await {
            self.act(Engine::sync_now).await;
        } else {
            self.act(Engine::on_hint).await;
        }
    }

    /// Lets the engine do something, and performs what it says.
    async fn act(&mut self, act: impl FnOnce(&mut Engine, i64) -> Step) {
        if let Some(open) = self.at_work() {
            // Asked before: with its last page the engine takes a pull for done, and the disk may still fail.
            let was_pulling = open.engine.is_pulling();
            let step = act(&mut open.engine, clock::now());
            if let Err(error) = self.perform(step).await {
                self.recover(&error, was_pulling).await;
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
            open.copies.follow(batch);
        }
        let user = open.who.user;
        copies::leave_mark(&user.to_string(), &open.engine);
        self.show(&step.shown, step.news.clone());
        self.tell_others(step.commit.as_ref(), step.news);
        if !self.leads() {
            return Ok(());
        }
        if let Some(outgoing) = step.send {
            let (events, life) = (self.events.clone(), self.life);
            spawn_local(async move {
                let answer = remote::send(&outgoing.request, user).await;
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

    /// The open records, unless a newer version of the app has the disk.
    fn at_work(&mut self) -> Option<&mut Open> {
        self.open.as_mut().filter(|open| !open.newer)
    }
}

fn tell(events: &UnboundedSender<Event>, event: Event) {
    // The loop ends only with the page; then there is nobody to tell.
    drop(events.unbounded_send(event));
}

const CHANNEL: &str = "satchel";

/// How often a save or a start is repeated because other windows commit in between. Each time they got further.
const TRIES: usize = 8;
