//! Who uses this phone: signing in and out, and opening the right user's records at start, with or without a signal.

use engine::Engine;
use protocol::message::Who;
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::spawn_local;

use super::disk::{is_generation, latest, name_of};
use super::recover::trouble;
use super::said::Said;
use super::{Driver, TRIES};
use crate::device::{identity, storage};
use crate::local::{self, Local, LocalError, Rescue};
use crate::remote::{self, SignInFailure};
use crate::store::{Notice, Session, SignInError, Trouble};

/// The small database that says whose records to open.
pub(super) type Directory = Local;

#[derive(Serialize, Deserialize)]
struct Last {
    who: Who,
    signed_out: bool,
    /// True when rows of a user who signed out could not be removed.
    #[serde(default)]
    left: bool,
}

/// One database a user, so that nobody sees another's rows.
pub(super) fn database_name(who: &Who) -> String {
    format!("satchel:{}", who.user)
}

impl Driver {
    /// Opens the last user's records, or asks to sign in.
    pub(super) async fn start(&mut self) {
        match open_directory().await {
            Ok(directory) => self.directory = Some(directory),
            Err(trouble) => return self.leave(Session::Stopped(trouble)),
        }
        self.on_who().await;
        if self.open.is_none() {
            // Nobody is known here, yet somebody left a mark: the browser has cleared the rest.
            if let Some((_, lost)) = storage::any_mark() {
                self.store.set_notice(Some(Notice::Cleared { rescued: 0, lost }));
            }
        }
    }

    /// Somebody may have signed in or out, here or in another window, or a new storage been begun: opens that user's
    /// records, or asks to sign in.
    pub(super) async fn on_who(&mut self) {
        let last = match self.last().await {
            Ok(last) => last,
            Err(error) if self.open.is_none() && self.closed.is_none() => {
                return self.leave(Session::Stopped(trouble(&error)));
            }
            Err(_) => return,
        };
        if last.is_some() && self.closed.is_some() {
            // What went wrong stands on the screen.
            return drop(self.open_again().await);
        }
        let open = self.open.as_ref().map(|open| (open.who.user, open.generation));
        match last {
            None => self.leave(Session::SignedOut),
            Some(who) if open == Some((who.user, self.newest(&who).await)) => {}
            Some(who) => {
                if open.is_some() {
                    self.leave(Session::Opening);
                }
                if let Err(trouble) = self.open_user(who).await {
                    self.give_up(trouble);
                }
            }
        }
    }

    async fn newest(&self, who: &Who) -> u32 {
        match &self.open {
            Some(open) => {
                latest(&database_name(who), self.directory.as_ref()).await.unwrap_or(open.generation)
            }
            None => 0,
        }
    }

    /// Whether another window has signed this one's user out, or another one in.
    pub(super) async fn is_other_user(&self) -> bool {
        let open = self.open.as_ref().map(|open| open.who.user);
        self.last().await.is_ok_and(|last| last.map(|who| who.user) != open)
    }

    /// The server has said who this is, or why not.
    pub(super) async fn on_signed_in(
        &mut self,
        answer: Result<Who, SignInFailure>,
    ) -> Result<(), SignInError> {
        let who = answer.map_err(|failure| match failure {
            SignInFailure::NoAnswer => SignInError::NoSignal,
            SignInFailure::Said(401, _) => SignInError::Wrong,
            SignInFailure::Said(429, sentence) => SignInError::TooMany(sentence),
            SignInFailure::Said(_, sentence) => SignInError::Other(sentence),
        })?;
        let same = self.open.as_ref().is_some_and(|open| open.who.user == who.user);
        let last = Last { who: who.clone(), signed_out: false, left: false };
        self.remember(&last).await.map_err(SignInError::Disk)?;
        if same {
            self.lead().await;
            self.act(Engine::on_signed_in).await;
            return Ok(());
        }
        // Another user's records, unsent saves among them, stay in their own database until they sign in again.
        self.leave(Session::Opening);
        if let Err(trouble) = self.open_user(who).await {
            self.leave(Session::Stopped(trouble.clone()));
            return Err(SignInError::Disk(trouble));
        }
        let never_pulled = self.open.as_ref().is_some_and(|open| open.engine.status().pulled_at.is_none());
        if never_pulled {
            self.sync_now().await;
        }
        Ok(())
    }

    pub(super) async fn sign_out(&mut self, discard: bool) -> Result<(), usize> {
        // While the disk does not open, the screen says so, and there is nobody to sign out.
        drop(self.open_again().await);
        self.lead().await;
        let mut is_erased = false;
        for _ in 0..TRIES {
            let Some(open) = &mut self.open else { return Ok(()) };
            let unsent = open.engine.unsent();
            if unsent > 0 && !discard {
                return Err(unsent);
            }
            match open.local.erase().await {
                // A save of another window came in between: the rep must hear of it.
                Err(LocalError::Behind) => self.catch_up(false).await,
                done => {
                    is_erased = done.is_ok();
                    break;
                }
            }
        }
        let Some(open) = &self.open else { return Ok(()) };
        let (who, generation) = (open.who.clone(), open.generation);
        open.copies.clear().await;
        spawn_local(remote::sign_out());
        self.leave(Session::SignedOut);
        let others = erase(&database_name(&who), Some(generation).filter(|_| is_erased)).await;
        storage::remove_mark(&who.user.to_string());
        // Should this not be written, the next start opens an empty disk and asks for the password at the first sync.
        drop(self.remember(&Last { who, signed_out: true, left: !(is_erased && others) }).await);
        Ok(())
    }

    /// Who uses this phone, if anybody has signed in and not out again.
    async fn last(&self) -> Result<Option<Who>, LocalError> {
        let Some(directory) = &self.directory else { return Err(LocalError::Gone) };
        let text = match directory.draft(WHO).await? {
            Some(text) => Some(text),
            None => copied().await,
        };
        let last: Option<Last> = text.and_then(|text| serde_json::from_str(&text).ok());
        let Some(last) = last else { return Ok(None) };
        if last.left && erase(&database_name(&last.who), None).await {
            // Written again at the next start, should it not be written now.
            drop(self.write(&Last { who: last.who.clone(), signed_out: true, left: false }).await);
        }
        Ok(Some(last).filter(|last| !last.signed_out).map(|last| last.who))
    }

    /// Writes down who uses this phone, and tells the other windows.
    async fn remember(&self, last: &Last) -> Result<(), Trouble> {
        self.write(last).await?;
        self.say(&Said::Who);
        Ok(())
    }

    async fn write(&self, last: &Last) -> Result<(), Trouble> {
        let text = serde_json::to_string(last).expect("plain text fields");
        let Some(directory) = &self.directory else { return Err(Trouble::Refused) };
        directory.keep_draft(WHO, &text).await.map_err(|error| trouble(&error))?;
        spawn_local(async move {
            // Missed only if the directory is lost too; then the rep signs in once more.
            Rescue::of(DIRECTORY).keep(WHO, text.as_bytes()).await;
        });
        Ok(())
    }
}

/// What the directory said, from its copy outside all databases.
async fn copied() -> Option<String> {
    let rows = Rescue::of(DIRECTORY).rows().await;
    rows.into_iter().find_map(|(_, row)| String::from_utf8(row).ok())
}

/// Removes the rows of every database of that name, but for one that is done. Answers whether all are gone.
async fn erase(name: &str, done: Option<u32>) -> bool {
    let done = done.map(|generation| name_of(name, generation));
    let mut is_erased = true;
    for found in local::names().await {
        if is_generation(name, &found) && Some(&found) != done.as_ref() {
            is_erased &= erase_one(&found).await;
        }
    }
    is_erased
}

async fn erase_one(name: &str) -> bool {
    let Ok(mut local) = Local::open(name, &identity::name().to_string()).await else { return false };
    // Its mark must have been seen; its rows need not be read for that, but there is no other way.
    let is_erased = local.load().await.is_ok() && local.erase().await.is_ok();
    local.close();
    is_erased
}

/// Opens the directory; one that is broken stays as it is, and another is begun beside it.
async fn open_directory() -> Result<Directory, Trouble> {
    let mut generation = 0;
    loop {
        let window = identity::name().to_string();
        match Local::open(&name_of(DIRECTORY, generation), &window).await {
            Err(error) if error.is_broken() && generation < GENERATIONS_MAX => generation += 1,
            opened => return opened.map_err(|error| trouble(&error)),
        }
    }
}

const DIRECTORY: &str = "satchel";
const WHO: &str = "who";
/// Directories that are tried before the browser's storage as a whole is held to be ill.
const GENERATIONS_MAX: u32 = 2;
