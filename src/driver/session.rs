//! Who uses this phone: signing in and out, and opening the right user's records at start, with or without a signal.

use protocol::message::Who;
use serde::{Deserialize, Serialize};

use wasm_bindgen_futures::spawn_local;

use super::Driver;
use super::recover::{is_generation, name_of, trouble};
use crate::device::{identity, online, storage};
use crate::local::{self, Local, Rescue};
use crate::remote::{self, SignInFailure};
use crate::store::{Notice, Session, SignInError, Trouble};
use engine::Engine;

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
        if !online::is_visible() && matches!(self.last().await, Ok(Some(_))) {
            return self.leave(Session::Elsewhere);
        }
        self.come_back().await;
    }

    /// This window works now; another one that did is told.
    pub(super) async fn come_back(&mut self) {
        match self.last().await {
            Ok(Some(who)) => {
                if let Err(trouble) = self.open_user(who).await {
                    self.leave(Session::Stopped(trouble));
                }
            }
            Ok(None) => {
                self.leave(Session::SignedOut);
                // Nobody is known here, yet somebody left a mark: the browser has cleared the rest.
                if let Some((_, lost)) = storage::any_mark() {
                    self.store.set_notice(Some(Notice::Cleared { rescued: 0, lost }));
                }
            }
            Err(trouble) => self.leave(Session::Stopped(trouble)),
        }
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
        let Some(open) = &mut self.open else { return Ok(()) };
        let unsent = open.engine.unsent();
        if unsent > 0 && !discard {
            return Err(unsent);
        }
        let who = open.who.clone();
        spawn_local(remote::sign_out());
        let is_erased = open.local.erase().await.is_ok();
        open.copies.clear().await;
        self.leave(Session::SignedOut);
        let is_erased = erase(&database_name(&who)).await && is_erased;
        storage::remove_mark(&who.user.to_string());
        // Should this not be written, the next start opens an empty disk and asks to sign in for the first sync.
        drop(self.remember(&Last { who, signed_out: true, left: !is_erased }).await);
        Ok(())
    }

    /// Whose records to open, if somebody is signed in here.
    async fn last(&self) -> Result<Option<Who>, Trouble> {
        let kept = match &self.directory {
            Some(directory) => directory.draft(WHO).await.map_err(|error| trouble(&error))?,
            None => None,
        };
        let text = match kept {
            Some(text) => Some(text),
            None => copied().await,
        };
        let last: Option<Last> = text.and_then(|text| serde_json::from_str(&text).ok());
        let Some(last) = last else { return Ok(None) };
        if last.left && erase(&database_name(&last.who)).await {
            // Written again at the next start, should it not be written now.
            drop(self.remember(&Last { who: last.who.clone(), signed_out: true, left: false }).await);
        }
        Ok(Some(last).filter(|last| !last.signed_out).map(|last| last.who))
    }

    async fn remember(&self, last: &Last) -> Result<(), Trouble> {
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

/// Removes the rows of every database of that name. Answers whether all are gone.
async fn erase(name: &str) -> bool {
    let mut is_erased = true;
    for found in local::names().await {
        if is_generation(name, &found) {
            is_erased &= match Local::open(&found, &identity::name().to_string()).await {
                Ok(mut local) => {
                    let erased = local.erase().await.is_ok();
                    local.close();
                    erased
                }
                Err(_) => false,
            };
        }
    }
    is_erased
}

/// Opens the directory; one that is broken stays as it is, and another is begun beside it.
async fn open_directory() -> Result<Directory, Trouble> {
    let mut generation = 0;
    loop {
        let lease = identity::name().to_string();
        match Local::open(&name_of(DIRECTORY, generation), &lease).await {
            Err(error) if error.is_broken() && generation < GENERATIONS_MAX => generation += 1,
            opened => return opened.map_err(|error| trouble(&error)),
        }
    }
}

const DIRECTORY: &str = "satchel";
const WHO: &str = "who";
/// Directories that are tried before the browser's storage as a whole is held to be ill.
const GENERATIONS_MAX: u32 = 2;
