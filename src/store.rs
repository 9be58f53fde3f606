//! The UI's front door: signals to read, verbs to call. It holds what the screen shows and knows neither disk nor
//! network. Verbs travel to the driver as [`Command`]s; what the driver made durable comes back by
//! [`Store::publish`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use engine::{LinkError, News, Shown, Status};
use futures::channel::{mpsc, oneshot};
use leptos::prelude::*;
use protocol::message::{VersionsReply, Who};
use protocol::{How, Kind, Op, RecordId, TerritoryId};
use view::View;

/// What the screen holds. A handle: copies speak of the same store.
#[derive(Clone, Copy)]
pub struct Store {
    view: StoredValue<Rc<RefCell<View>>, LocalStorage>,
    commands: StoredValue<mpsc::UnboundedSender<Command>, LocalStorage>,
    revision: RwSignal<u64>,
    status: RwSignal<Status>,
    session: RwSignal<Session>,
    news: RwSignal<Option<News>>,
    storage: RwSignal<StorageState>,
    notice: RwSignal<Option<Notice>>,
    trouble: RwSignal<Option<Trouble>>,
    update_ready: RwSignal<bool>,
    newer: RwSignal<bool>,
}

/// Who is using this window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Session {
    /// The disk is being read.
    Opening,
    /// Nobody has signed in on this phone yet, or the user signed out.
    SignedOut,
    /// The user's records are open. `expired`: the server wants the password again; saving goes on.
    Open {
        /// The user.
        who: Who,
        /// True when the server's session has ended.
        expired: bool,
    },
    /// The disk cannot be used.
    Stopped(Trouble),
}

/// What keeps the disk from doing as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The browser gives no more room.
    Full,
    /// The browser closed the storage and does not open it again.
    Closed,
    /// The storage does not answer; another window may hold it.
    Silent,
    /// Other windows saved at the same time, again and again.
    Busy,
    /// A newer version of the app has changed the storage.
    Newer,
    /// The browser gives no storage at all.
    Refused,
    /// Anything else, in the browser's words.
    Other(String),
}

/// What happened to the disk and is well again, as far as it can be. Told until the rep has read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The browser has cleared everything.
    Cleared {
        /// Unsent saves that were found in their second place.
        rescued: usize,
        /// Unsent saves that are gone.
        lost: usize,
    },
    /// The storage was broken and another one begun.
    Renewed {
        /// Unsent saves that were brought over.
        rescued: usize,
        /// Saves that are there and cannot be read.
        unreadable: usize,
        /// Whether the broken one could be opened.
        was_open: bool,
    },
    /// So many saves were missing and came back from their second place.
    Rescued(usize),
    /// There is no room for what the web has.
    NoRoomToSync,
    /// The storage failed while records came in.
    SyncStopped,
}

/// What the browser says of our place on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StorageState {
    /// Whether the browser promised not to clear it by itself; `None` while unknown.
    pub persisted: Option<bool>,
    /// Whether the rep has read that it promised nothing.
    pub understood: bool,
    /// Bytes used, as far as the browser tells.
    pub used_bytes: Option<u64>,
    /// Bytes allowed, as far as the browser tells.
    pub quota_bytes: Option<u64>,
}

/// What one press of Save is to do, all or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What is done to which record.
    pub edits: Vec<DraftEdit>,
    /// Earlier saves that needed the rep, by number, and what the rep decided about each.
    pub settles: Vec<(u64, How)>,
    /// Under which key the form's text is kept on disk, to be cleared with this save.
    pub key: Option<String>,
}

/// What a save does to one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftEdit {
    /// The record; `None` to make a new one, which then gets its name from the driver.
    pub record: Option<RecordId>,
    /// What it is about.
    pub kind: Kind,
    /// Create, patch, delete or restore.
    pub op: Op,
    /// The fields the rep changed.
    pub set: BTreeMap<String, Option<String>>,
    /// Fields that name a record of the same draft, by its place in `edits`: its name is given with the save.
    pub links: Vec<(&'static str, usize)>,
}

impl DraftEdit {
    /// A new record.
    pub fn create(kind: Kind, territory: TerritoryId, set: BTreeMap<String, Option<String>>) -> Self {
        Self { record: None, kind, op: Op::Create(territory), set, links: Vec::new() }
    }

    /// Something done to a record that is there.
    pub fn to(record: RecordId, kind: Kind, op: Op, set: BTreeMap<String, Option<String>>) -> Self {
        Self { record: Some(record), kind, op, set, links: Vec::new() }
    }
}

impl Draft {
    /// One press of a button: these edits, and no form's text.
    pub fn of_press(edits: Vec<DraftEdit>) -> Self {
        Self { edits, ..Self::default() }
    }

    /// A form's save: one record, and the key under which the form's text is kept.
    pub fn of_form(edit: DraftEdit, key: String) -> Self {
        Self { edits: vec![edit], settles: Vec::new(), key: Some(key) }
    }

    /// Whether this is the same press of Save once more: all is the same but for the time of writing.
    pub fn is_again(&self, other: &Self) -> bool {
        let timeless = |draft: &Self| {
            let mut draft = draft.clone();
            draft.edits.iter_mut().for_each(|edit| drop(edit.set.remove("written")));
            draft
        };
        timeless(self) == timeless(other)
    }
}

/// Why a save did not become durable. The form keeps its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveError {
    /// The disk did not take it.
    NotStored(Trouble),
    /// A newer version of the app works in another window; only a reload helps.
    Newer,
    /// The driver has stopped; only a reload helps.
    Stopped,
}

/// Why signing in failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// E-mail or password is wrong.
    Wrong,
    /// The server is not reachable.
    NoSignal,
    /// Too many tries; wait as long as the text says.
    TooMany(String),
    /// Another user's unsent saves are on this phone.
    OtherUser(String),
    /// The disk does not take it.
    Disk(Trouble),
    /// Anything else, in a sentence.
    Other(String),
}

/// What the driver is asked to do. Each answer comes when it is true on disk.
pub enum Command {
    /// Make a draft durable and send it when possible. Answers with the records' ids, in the draft's order.
    Save(Draft, oneshot::Sender<Result<Vec<RecordId>, SaveError>>),
    /// The rep has looked at what this save replaced, or lets stand what stands in its place.
    Seen(u64),
    /// Push what waits, then pull.
    SyncNow,
    /// Sign in, or sign in again.
    SignIn {
        /// The e-mail address as typed.
        email: String,
        /// The password; dropped after use.
        password: String,
        /// What came of it.
        done: oneshot::Sender<Result<(), SignInError>>,
    },
    /// Sign out. Without `discard` it is refused while saves are unsent, and answers how many.
    SignOut {
        /// True after the rep has confirmed that unsent saves may be lost.
        discard: bool,
        /// How many unsent saves stood in the way.
        done: oneshot::Sender<Result<(), usize>>,
    },
    /// A form opens: which draft is its own, and the text kept there.
    OpenDraft(String, oneshot::Sender<(String, String)>),
    /// Keep a draft's text on disk; an empty text clears it.
    KeepDraft(String, String, oneshot::Sender<bool>),
    /// The form of a draft is gone.
    CloseDraft(String),
    /// The forms that hold unsaved text and are open in no other window, once for each draft.
    ListDrafts(oneshot::Sender<Vec<String>>),
    /// Ask the web what a record was before, from below a version on.
    AskVersions(RecordId, Option<u64>, oneshot::Sender<Result<VersionsReply, LinkError>>),
    /// Note that the rep has read what the browser does not promise.
    UnderstandStorage,
    /// Load the new version of the app, once everything typed is on disk.
    ApplyUpdate,
}

impl Store {
    /// An empty store, and the end of the line that the driver listens to.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Command>) {
        let (sender, receiver) = mpsc::unbounded();
        let store = Self {
            view: StoredValue::new_local(Rc::default()),
            commands: StoredValue::new_local(sender),
            revision: RwSignal::new(0),
            status: RwSignal::new(Status::default()),
            session: RwSignal::new(Session::Opening),
            news: RwSignal::new(None),
            storage: RwSignal::new(StorageState::default()),
            notice: RwSignal::new(None),
            trouble: RwSignal::new(None),
            update_ready: RwSignal::new(false),
            newer: RwSignal::new(false),
        };
        (store, receiver)
    }

    /// Reads the records; whoever calls this in a reactive place is called again when they change.
    pub fn with_view<R>(&self, read: impl FnOnce(&View) -> R) -> R {
        self.revision.track();
        self.view.with_value(|view| read(&view.borrow()))
    }

    /// What the sync chip, Home and the outbox page say.
    pub fn status(&self) -> ReadSignal<Status> {
        self.status.read_only()
    }

    /// Who is using this window.
    pub fn session(&self) -> ReadSignal<Session> {
        self.session.read_only()
    }

    /// What the last pull brought, until it is dismissed.
    pub fn news(&self) -> RwSignal<Option<News>> {
        self.news
    }

    /// What the browser says of our place on disk.
    pub fn storage(&self) -> ReadSignal<StorageState> {
        self.storage.read_only()
    }

    /// Whether the rep should hear that the browser may clear what is stored here.
    pub fn may_be_cleared(&self) -> bool {
        self.storage.with(|storage| storage.persisted == Some(false) && !storage.understood)
    }

    /// The rep has read that the browser may clear what is stored here.
    pub fn understand_storage(&self) {
        self.storage.update(|storage| storage.understood = true);
        self.tell(Command::UnderstandStorage);
    }

    /// What happened to the disk, until it is dismissed.
    pub fn notice(&self) -> RwSignal<Option<Notice>> {
        self.notice
    }

    /// What is wrong with the disk while the records stay on the screen.
    pub fn trouble(&self) -> ReadSignal<Option<Trouble>> {
        self.trouble.read_only()
    }

    /// Whether a new version of the app waits.
    pub fn update_ready(&self) -> ReadSignal<bool> {
        self.update_ready.read_only()
    }

    /// Whether a newer version of the app works in another window, so that this one can save nothing more.
    pub fn newer(&self) -> ReadSignal<bool> {
        self.newer.read_only()
    }

    /// Makes a draft durable; the answer, with the ids of its records, comes only after the disk has it.
    ///
    /// # Errors
    /// The save is not on this phone; the form must keep its text.
    pub async fn save(self, draft: Draft) -> Result<Vec<RecordId>, SaveError> {
        self.ask(|done| Command::Save(draft, done)).await.unwrap_or(Err(SaveError::Stopped))
    }

    /// The rep has looked at what this save replaced, or lets stand what stands in its place.
    pub fn seen(&self, number: u64) {
        self.tell(Command::Seen(number));
    }

    /// Push what waits, then pull. All three gestures call this.
    pub fn sync_now(&self) {
        self.tell(Command::SyncNow);
    }

    /// Signs in, or in again.
    ///
    /// # Errors
    /// Says why not.
    pub async fn sign_in(self, email: String, password: String) -> Result<(), SignInError> {
        let stopped = Err(SignInError::Other("Satchel has stopped. Reload the page.".to_owned()));
        self.ask(|done| Command::SignIn { email, password, done }).await.unwrap_or(stopped)
    }

    /// Signs out and clears the user's records from this phone.
    ///
    /// # Errors
    /// How many unsent saves stood in the way, unless `discard`.
    pub async fn sign_out(self, discard: bool) -> Result<(), usize> {
        self.ask(|done| Command::SignOut { discard, done }).await.unwrap_or(Ok(()))
    }

    /// A form opens: answers the key of its draft, and the text kept there. Two open forms never have the same
    /// draft, in whatever windows they are; each must be given back by [`close_draft`](Self::close_draft).
    pub async fn open_draft(self, form: String) -> (String, String) {
        let stopped = (form.clone(), String::new());
        self.ask(|done| Command::OpenDraft(form, done)).await.unwrap_or(stopped)
    }

    /// Keeps a draft's text on disk; an empty text clears it. Answers whether the disk has it; what was told before is
    /// done before.
    pub fn keep_draft(&self, key: &str, text: String) -> impl Future<Output = bool> + use<> {
        let (done, kept) = oneshot::channel();
        self.tell(Command::KeepDraft(key.to_owned(), text, done));
        async move { kept.await.unwrap_or(false) }
    }

    /// The form is gone; whoever opens it next finds the draft.
    pub fn close_draft(&self, key: &str) {
        self.tell(Command::CloseDraft(key.to_owned()));
    }

    /// The forms that hold unsaved text and are open in no other window, once for each draft.
    pub async fn drafts(self) -> Vec<String> {
        self.ask(Command::ListDrafts).await.unwrap_or_default()
    }

    /// Asks the web what a record was before, the newest version first, from below `below` on. It is shown, not kept.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn versions(self, id: RecordId, below: Option<u64>) -> Result<VersionsReply, LinkError> {
        self.ask(|done| Command::AskVersions(id, below, done)).await.unwrap_or(Err(LinkError::Failed))
    }

    /// Loads the new version of the app.
    pub fn apply_update(&self) {
        self.tell(Command::ApplyUpdate);
    }

    /// For the driver alone: what is durable now becomes visible, once.
    pub fn publish(&self, shown: &[Shown], status: Status, news: Option<News>) {
        if !shown.is_empty() {
            self.view.with_value(|view| view.borrow_mut().apply(shown));
            self.revision.update(|revision| *revision += 1);
        }
        if self.status.with_untracked(|old| *old != status) {
            self.status.set(status);
        }
        if news.is_some() {
            self.news.set(news);
        }
    }

    /// For the driver alone: what is published next is everything there is.
    pub fn clear_view(&self) {
        self.view.with_value(|view| {
            let empty = view.borrow().cleared();
            *view.borrow_mut() = empty;
        });
        self.read_anew();
    }

    /// Whoever reads the records reads them again: what is shown of them also depends on the day and the time zone.
    pub fn read_anew(&self) {
        self.revision.update(|revision| *revision += 1);
    }

    /// For the driver alone: nobody's records are open.
    pub fn reset(&self) {
        self.clear_view();
        self.status.set(Status::default());
        self.news.set(None);
    }

    /// For the driver alone.
    pub fn set_session(&self, session: Session) {
        if self.session.with_untracked(|old| *old != session) {
            self.session.set(session);
        }
    }

    /// For the driver alone.
    pub fn set_storage(&self, storage: StorageState) {
        self.storage.set(storage);
    }

    /// For the driver alone.
    pub fn set_notice(&self, notice: Option<Notice>) {
        self.notice.set(notice);
    }

    /// For the driver alone.
    pub fn set_trouble(&self, trouble: Option<Trouble>) {
        if self.trouble.with_untracked(|old| *old != trouble) {
            self.trouble.set(trouble);
        }
    }

    /// For the driver alone.
    pub fn set_update_ready(&self) {
        self.update_ready.set(true);
    }

    /// For the driver alone.
    pub fn set_newer(&self) {
        self.newer.set(true);
    }

    fn tell(&self, command: Command) {
        // A stopped driver hears nothing; the session then says so on the whole screen.
        self.commands.with_value(|commands| drop(commands.unbounded_send(command)));
    }

    async fn ask<R>(self, command: impl FnOnce(oneshot::Sender<R>) -> Command) -> Option<R> {
        let (done, answer) = oneshot::channel();
        self.tell(command(done));
        answer.await.ok()
    }
}
