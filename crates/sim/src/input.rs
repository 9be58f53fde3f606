//! What a window gives its engine: one case for each of the engine's verbs.

use engine::{Engine, LinkError, Reply, Save, Step};
use protocol::DeviceId;

/// One call of the engine.
#[derive(Clone, Debug)]
pub enum Input {
    /// The rep saves.
    Save(Save),
    /// The rep has looked at what this save replaced, or lets stand what stands in its place.
    Seen(u64),
    /// The rep asks for news.
    SyncNow,
    /// The browser thinks that the connection is back, or the app came to the front.
    Hint,
    /// The browser thinks that the connection is gone.
    Offline,
    /// The user has signed in again.
    SignedIn,
    /// The time asked for has come.
    Wake,
    /// An answer to the request of this token; the last is a fresh device name.
    Reply(u64, Result<Reply, LinkError>, DeviceId),
}

impl Input {
    /// For traces.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Save(_) => "save",
            Self::Seen(_) => "seen",
            Self::SyncNow => "sync",
            Self::Hint => "hint",
            Self::Offline => "told offline",
            Self::SignedIn => "signed in",
            Self::Wake => "wake",
            Self::Reply(_, Ok(_), _) => "answer",
            Self::Reply(_, Err(_), _) => "no answer",
        }
    }

    /// Calls the engine.
    pub fn apply(self, engine: &mut Engine, now: i64) -> Step {
        match self {
            Self::Save(save) => engine.save(save, now),
            Self::Seen(number) => engine.seen(number, now),
            Self::SyncNow => engine.sync_now(now),
            Self::Hint => engine.on_hint(now),
            Self::Offline => engine.on_offline(now),
            Self::SignedIn => engine.on_signed_in(now),
            Self::Wake => engine.on_wake(now),
            Self::Reply(token, reply, fresh) => engine.on_reply(token, reply, fresh, now),
        }
    }
}
