//! Who a request comes from: found once, before the call, and renewed on the way.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use protocol::message::USER_HEADER;

use super::cookie;
use super::error::ApiError;
use crate::app::App;
use crate::auth::token_sha256;
use crate::clock;
use crate::ledger::User;

/// The user of a signed-in request; a call that takes it is answered 401 without one.
#[derive(Clone)]
pub(super) struct SignedIn(pub(super) User);

/// The user, if the request is signed in.
pub(super) struct MaybeSignedIn(pub(super) Option<User>);

/// Looks the session up. One that has used up a thirtieth of its life gets a whole new one, in ledger and
/// cookie.
pub(super) async fn recognise(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(token) = cookie::token(request.headers()).map(str::to_owned) else {
        return next.run(request).await;
    };
    let (hash, now) = (token_sha256(&token), clock::now());
    let session = match app.ledgers.read(move |ledger| ledger.find_session(&hash, now)).await {
        Ok(session) => session,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let Some(session) = session.filter(|session| is_for(&request, session.user.id)) else {
        return next.run(request).await;
    };
    let old = session.expires - now < app.session_ms - app.session_ms / 30;
    let leaving = request.method() == axum::http::Method::DELETE;
    let renewal = (old && !leaving).then(|| cookie::set(request.headers(), Some(&token), app.session_ms));
    if renewal.is_some() {
        let expires = now + app.session_ms;
        if let Err(error) = app.ledgers.write(move |ledger| ledger.renew_session(&hash, expires)).await {
            tracing::warn!("a session was not renewed: {error}");
        }
    }
    request.extensions_mut().insert(SignedIn(session.user));
    let mut response = next.run(request).await;
    if let Some(cookie) = renewal {
        // A call that sets the cookie itself, such as signing in anew, has the last word.
        response.headers_mut().entry(header::SET_COOKIE).or_insert(cookie);
    }
    response
}

/// A request that says whose it is counts for nobody else.
fn is_for(request: &Request, user: uuid::Uuid) -> bool {
    match request.headers().get(USER_HEADER) {
        Some(said) => said.to_str().ok().and_then(|said| said.parse().ok()) == Some(user),
        None => true,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or(ApiError::SignedOut)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeSignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(parts.extensions.get::<SignedIn>().map(|signed_in| signed_in.0.clone())))
    }
}
