//! Why the disk did not do as asked, by what can be done about it.

use indexed_db_futures::error::Error;
use wasm_bindgen::JsCast;

/// Nothing of the transaction was stored, but for [`Self::Silent`], after which only reading tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalError {
    /// Another window has committed what this one has not seen.
    Behind,
    /// The browser gives us no more room.
    Quota,
    /// The connection to the database is gone, and opening it again did not help.
    Gone,
    /// No answer came in time: another window may hold the database.
    Silent,
    /// A newer version of the app has changed the database.
    Newer,
    /// The browser gives us no storage at all, as in some private windows.
    Refused,
    /// Anything else, in the browser's words.
    Other(String),
}

impl LocalError {
    /// Whether trying once more over a new connection may help.
    pub(super) const fn may_pass(&self) -> bool {
        matches!(self, Self::Gone | Self::Other(_))
    }

    /// Whether the database itself seems to be broken, rather than in use, full or forbidden.
    pub const fn is_broken(&self) -> bool {
        self.may_pass()
    }
}

pub(super) fn named(name: &str, message: &str) -> LocalError {
    match name {
        "QuotaExceededError" => LocalError::Quota,
        "InvalidStateError" | "UnknownError" | "TransactionInactiveError" | "AbortError" => LocalError::Gone,
        "VersionError" => LocalError::Newer,
        "SecurityError" | "NotAllowedError" => LocalError::Refused,
        _ => LocalError::Other(format!("{name}: {message}")),
    }
}

impl From<Error> for LocalError {
    fn from(error: Error) -> Self {
        match error {
            Error::DomException(cause) => {
                let cause = cause.as_ref().clone().unchecked_into::<web_sys::DomException>();
                named(&cause.name(), &cause.message())
            }
            error => Self::Other(error.to_string()),
        }
    }
}
