//! Who uses this phone: signing in and out, and opening the right user's records at start, with or without a signal.

use engine::Engine;
use protocol::message::Who;
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::spawn_local;

use super::said::Said;
use super::{Driver, TRIES};
use crate::device::identity;
use crate::local::{Local, LocalError};
use crate::remote::{self, SignInFailure};
use crate::store::{Session, SignInError};

/// The small database that says whose records to open.
pub(super) type Directory = Local;

#[derive(Serialize, Deserialize)]
struct Last {
    who: Who,
    signed_out: bool,
}

/// One database a user, so that nobody sees another's rows.
pub(super) fn database_name(who: &Who) -> String {
    format!("satchel:{}", who.user)
}

impl Driver {
    /// Opens the last user's records, or asks to sign in.
    pub(super) async fn start(&mut self) {
        match Local::open(DIRECTORY, &identity::name().to_string()).await {
            Ok(directory) => self.directory = Some(directory),
            Err(error) => return self.leave(Session::Stopped(error.sentence())),
        }
        self.on_who().await;
    }

    /// Somebody may have signed in or out, here or in another window: opens that user's records, or asks to sign in.
    pub(super) async fn on_who(&mut self) {
        let Ok(last) = self.last().await else { return };
        let open = self.open.as_ref().map(|open| open.who.user);
        match last {
            None => self.leave(Session::SignedOut),
            Some(who) if open == Some(who.user) => {}
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
        self.remember(&who, false).await.map_err(SignInError::Other)?;
        if same {
            self.lead().await;
            self.act(Engine::on_signed_in).await;
            return Ok(());
        }
        // Another user's records, unsent saves among them, stay in their own database until they sign in again.
        self.leave(Session::Opening);
        self.open_user(who).await.map_err(|trouble| SignInError::Other(trouble.sentence()))?;
        let never_pulled = self.open.as_ref().is_some_and(|open| open.engine.status().pulled_at.is_none());
        if never_pulled {
            self.lead().await;
            self.act(Engine::sync_now).await;
        }
        Ok(())
    }

    pub(super) async fn sign_out(&mut self, discard: bool) -> Result<(), usize> {
        self.lead().await;
        for _ in 0..TRIES {
            let Some(open) = &mut self.open else { return Ok(()) };
            let unsent = open.engine.unsent();
            if unsent > 0 && !discard {
                return Err(unsent);
            }
            match open.local.erase().await {
                // A save of another window came in between: the rep must hear of it.
                Err(LocalError::Behind) => self.catch_up().await,
                // Should the rows not go now, the next sign-in of this user overwrites what is stale.
                Ok(()) | Err(_) => break,
            }
        }
        let Some(open) = &self.open else { return Ok(()) };
        let who = open.who.clone();
        spawn_local(remote::sign_out());
        drop(self.remember(&who, true).await);
        self.leave(Session::SignedOut);
        Ok(())
    }

    /// Who uses this phone, if anybody has signed in and not out again.
    async fn last(&self) -> Result<Option<Who>, LocalError> {
        let Some(directory) = &self.directory else { return Err(LocalError::Gone) };
        let text = directory.draft(WHO).await?;
        let last: Option<Last> = text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(last.filter(|last| !last.signed_out).map(|last| last.who))
    }

    /// Writes down who uses this phone, and tells the other windows.
    async fn remember(&self, who: &Who, signed_out: bool) -> Result<(), String> {
        let last = Last { who: who.clone(), signed_out };
        let text = serde_json::to_string(&last).expect("plain text fields");
        let Some(directory) = &self.directory else {
            return Err("The browser gives Satchel no storage.".to_owned());
        };
        directory.keep_draft(WHO, &text).await.map_err(|error| error.sentence())?;
        self.say(&Said::Who);
        Ok(())
    }
}

const DIRECTORY: &str = "satchel";
const WHO: &str = "who";
