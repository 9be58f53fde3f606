//! Everything that can go wrong with a call, and the one place that gives each a status and a sentence.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::message::{ErrorReply, SATCHEL};

use crate::ledger::LedgerError;

/// Why a call was not answered as asked.
#[derive(Debug)]
pub(super) enum ApiError {
    /// No session, or it expired.
    SignedOut,
    /// E-mail address and password do not belong together.
    WrongPassword,
    /// Too many attempts to sign in; milliseconds to wait.
    TooManyAttempts(i64),
    /// The body is not what the call takes; where and why.
    Malformed(String),
    /// The body is larger than the limit.
    TooLarge,
    /// The body is not declared as JSON.
    NotJson,
    /// The request comes from another site's page.
    OtherSite,
    /// A practice server was called by a name that is not only this machine's.
    PracticeElsewhere,
    /// There is no such call.
    NoSuchCall,
    /// There is no such record, or it is not the user's to see.
    NoSuchRecord,
    /// The device belongs to another user.
    OtherDevice,
    /// The app is too old to pull.
    UpdateNeeded,
    /// The database is busy: send it again.
    Busy,
    /// The disk is full: send it again later.
    Full,
    /// The disk fails: send it again later.
    Disk,
    /// The answer took too long: send it again.
    TooSlow,
    /// Our fault; the text is for the log.
    Internal(String),
}

impl ApiError {
    fn parts(&self) -> (StatusCode, &'static str, String) {
        let (status, name, sentence) = match self {
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out", "Sign in to go on."),
            Self::WrongPassword => (
                StatusCode::UNAUTHORIZED,
                "wrong_password",
                "E-mail address and password do not belong together.",
            ),
            Self::TooManyAttempts(ms) => {
                let seconds = seconds(*ms);
                let sentence = format!("Too many attempts to sign in. Try again in {seconds} seconds.");
                return (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", sentence);
            }
            Self::Malformed(place) => {
                let sentence = format!("The request cannot be read: {place}.");
                return (StatusCode::BAD_REQUEST, "malformed", sentence);
            }
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is too large. Send less at once.")
            }
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "Send the request as Content-Type: application/json.",
            ),
            Self::OtherSite => (
                StatusCode::FORBIDDEN,
                "other_site",
                "The request comes from another site. Behind a proxy, let it pass on the Host header.",
            ),
            Self::PracticeElsewhere => (
                StatusCode::FORBIDDEN,
                "practice_elsewhere",
                "The practice organisation is for this machine only. Open it at http://localhost and its port.",
            ),
            Self::NoSuchCall => (StatusCode::NOT_FOUND, "no_such_call", "There is no such call."),
            Self::NoSuchRecord => {
                (StatusCode::NOT_FOUND, "no_such_record", "There is no such record in your territories.")
            }
            Self::OtherDevice => {
                (StatusCode::FORBIDDEN, "other_device", "This device belongs to another user.")
            }
            Self::UpdateNeeded => (
                StatusCode::UPGRADE_REQUIRED,
                "update_needed",
                "This version of the app is too old to get updates. Reload it; what you saved is still sent.",
            ),
            Self::Busy => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy", "The server is busy. Try again in a moment.")
            }
            Self::Full => (
                StatusCode::SERVICE_UNAVAILABLE,
                "full",
                "The server has no room for more. What you saved waits until it has.",
            ),
            Self::Disk => (
                StatusCode::SERVICE_UNAVAILABLE,
                "disk",
                "The server cannot reach its records. What you saved waits until it can.",
            ),
            Self::TooSlow => {
                (StatusCode::SERVICE_UNAVAILABLE, "too_slow", "The server took too long. Try again.")
            }
            Self::Internal(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on the server.")
            }
        };
        (status, name, sentence.to_owned())
    }

    fn retry_after_seconds(&self) -> Option<i64> {
        match self {
            Self::TooManyAttempts(ms) => Some(seconds(*ms)),
            Self::Busy | Self::TooSlow => Some(1),
            Self::Disk => Some(5),
            Self::Full => Some(30),
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Internal(text) = &self {
            tracing::error!("{text}");
        }
        let (status, error, message) = self.parts();
        let body = ErrorReply { satchel: SATCHEL, error: error.to_owned(), message };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_seconds() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<LedgerError> for ApiError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Busy => Self::Busy,
            LedgerError::Full => {
                tracing::error!("{error}");
                Self::Full
            }
            LedgerError::Disk(_) => {
                tracing::error!("{error}");
                Self::Disk
            }
            LedgerError::UnknownUser => Self::SignedOut,
            LedgerError::OtherDevice => Self::OtherDevice,
            LedgerError::TooLarge => Self::TooLarge,
            LedgerError::SchemaOld => Self::UpdateNeeded,
            LedgerError::Refused(_) | LedgerError::Database(_) => Self::Internal(error.to_string()),
        }
    }
}

fn seconds(ms: i64) -> i64 {
    (ms + 999) / 1000
}
