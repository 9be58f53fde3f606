//! Who uses this phone: signing in and out, and opening the right user's records at start, with or without a signal.

use protocol::message::Who;
use serde::{Deserialize, Serialize};

use super::Driver;
use crate::device::{identity, online};
use crate::local::Local;
use crate::remote::{self, SignInFailure};
use crate::store::{Session, SignInError};
use engine::Engine;

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
        if !online::is_visible() && self.last().await.is_some() {
            return self.leave(Session::Elsewhere);
        }
        self.come_back().await;
    }

    /// This window works now; another one that did is told.
    pub(super) async fn come_back(&mut self) {
        match self.last().await {
            Some(who) => {
                if let Err(why) = self.open_user(who).await {
                    self.leave(Session::Stopped(why));
                }
            }
            None => self.leave(Session::SignedOut),
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
        self.remember(&who, false).await.map_err(SignInError::Other)?;
        if same {
            self.act(Engine::on_signed_in).await;
            return Ok(());
        }
        // Another user's records, unsent saves among them, stay in their own database until they sign in again.
        self.leave(Session::Opening);
        self.open_user(who).await.map_err(SignInError::Other)?;
        let never_pulled = self.open.as_ref().is_some_and(|open| open.engine.status().pulled_at.is_none());
        if never_pulled {
            self.act(Engine::sync_now).await;
        }
        Ok(())
    }

    pub(super) async fn sign_out(&mut self, discard: bool) -> Result<(), usize> {
        let Some(open) = &self.open else { return Ok(()) };
        let unsent = open.engine.unsent();
        if unsent > 0 && !discard {
            return Err(unsent);
        }
        let who = open.who.clone();
        wasm_bindgen_futures::spawn_local(remote::sign_out());
        if let Some(open) = &self.open {
            // Should the rows not go now, the next sign-in of this user overwrites what is stale.
            drop(open.local.erase().await);
        }
        drop(self.remember(&who, true).await);
        self.leave(Session::SignedOut);
        Ok(())
    }

    async fn last(&self) -> Option<Who> {
        let text = self.directory.as_ref()?.draft(WHO).await.ok()??;
        let last: Last = serde_json::from_str(&text).ok()?;
        (!last.signed_out).then_some(last.who)
    }

    async fn remember(&self, who: &Who, signed_out: bool) -> Result<(), String> {
        let last = Last { who: who.clone(), signed_out };
        let text = serde_json::to_string(&last).expect("plain text fields");
        match &self.directory {
            Some(directory) => directory.keep_draft(WHO, &text).await.map_err(|error| error.sentence()),
            None => Err("The browser gives Satchel no storage.".to_owned()),
        }
    }
}

const DIRECTORY: &str = "satchel";
const WHO: &str = "who";
