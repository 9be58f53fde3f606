//! `/api/session`: sign in, who am I, sign out.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use protocol::message::{ErrorReply, SATCHEL, SignInRequest, Who};
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::address;
use super::body::Body;
use super::cookie;
use super::error::ApiError;
use super::signed_in::SignedIn;
use crate::app::App;
use crate::auth;
use crate::clock;
use crate::ledger::User;

pub(super) fn router() -> OpenApiRouter<App> {
    let calls = OpenApiRouter::new().routes(routes!(sign_in, who, sign_out));
    // Anybody may send this one: what it is given to read is kept small.
    calls.layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// Signs in: sets a cookie that scripts cannot read.
#[utoipa::path(
    post,
    path = "/api/session",
    request_body = SignInRequest,
    responses(
        (status = 200, description = "Signed in", body = Who),
        (status = 401, description = "E-mail address and password do not belong together", body = ErrorReply),
        (status = 403, description = "A practice server, called by a name that others know", body = ErrorReply),
        (status = 413, description = "Too large", body = ErrorReply),
        (status = 429, description = "Too many attempts; wait", body = ErrorReply),
        (status = 503, description = "Busy; try again", body = ErrorReply),
    )
)]
async fn sign_in(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(request): Body<SignInRequest>,
) -> Result<Response, ApiError> {
    if app.practice && !cookie::is_loopback(&headers) {
        return Err(ApiError::PracticeElsewhere);
    }
    let SignInRequest { email, password } = request;
    let email = email.trim().to_owned();
    // What no mail server takes (RFC 5321, 4.5.3.1.3) is nobody's address, and must not be kept to count attempts.
    if email.len() > EMAIL_BYTES_MAX {
        return Err(ApiError::WrongPassword);
    }
    let asker = address::of(peer, &headers);
    app.limiter.take(asker, &email, clock::now()).map_err(ApiError::TooManyAttempts)?;
    let user = authenticate(&app, email.clone(), password).await?.ok_or(ApiError::WrongPassword)?;
    app.limiter.clear(asker, &email);

    let token = auth::new_token();
    let (hash, id, now) = (auth::token_sha256(&token), user.id, clock::now());
    let expires = now + app.session_ms;
    // The session of the cookie that came along ends here: its token was for somebody's earlier sign-in.
    let earlier = cookie::token(&headers).map(auth::token_sha256);
    let checked = (user.email.clone(), user.password_hash.clone());
    let added = app.ledgers.write(move |ledger| {
        if let Some(earlier) = earlier {
            ledger.remove_session(&earlier)?;
        }
        // While the password was checked the office may have given another one.
        let user = ledger.find_user_by_email(&checked.0)?;
        if user.is_none_or(|user| user.password_hash != checked.1) {
            return Ok(false);
        }
        ledger.add_session(&hash, id, now, expires).map(|()| true)
    });
    if !added.await? {
        return Err(ApiError::WrongPassword);
    }
    let cookie = cookie::set(&headers, Some(&token), app.session_ms);
    Ok(([(header::SET_COOKIE, cookie)], Json(who_is(user))).into_response())
}

/// Says who is signed in.
#[utoipa::path(
    get,
    path = "/api/session",
    responses(
        (status = 200, description = "The user", body = Who),
        (status = 401, description = "Signed out", body = ErrorReply),
    )
)]
async fn who(SignedIn(user): SignedIn) -> Json<Who> {
    Json(who_is(user))
}

/// Signs out: ends the session and takes the cookie away. Safe to repeat.
#[utoipa::path(
    delete,
    path = "/api/session",
    responses((status = 204, description = "Signed out"))
)]
async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Some(hash) = cookie::token(&headers).map(auth::token_sha256) {
        app.ledgers.write(move |ledger| ledger.remove_session(&hash)).await?;
    }
    let cookie = cookie::set(&headers, None, app.session_ms);
    Ok((axum::http::StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

async fn authenticate(app: &App, email: String, password: String) -> Result<Option<User>, ApiError> {
    let user = app.ledgers.read(move |ledger| ledger.find_user_by_email(&email)).await?;
    let check = move || {
        let hash = user.as_ref().map(|user| user.password_hash.as_str());
        let fits = password.len() <= auth::PASSWORD_BYTES_MAX && auth::is_password(&password, hash);
        user.filter(|_| fits)
    };
    in_turn(&app.password_checks, check).await
}

/// Runs `check` off the async threads when its turn comes. The turn ends with the check itself: nothing stops a hash
/// that was begun, and who hangs up early must not make room for another one beside it.
async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    check: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let turn = turns.clone().acquire_owned().await.expect("it is never closed");
    let checked = tokio::task::spawn_blocking(move || {
        let value = check();
        drop(turn);
        value
    });
    checked.await.map_err(|error| ApiError::Internal(error.to_string()))
}

fn who_is(user: User) -> Who {
    Who {
        satchel: SATCHEL,
        user: user.id,
        name: user.name,
        email: user.email,
        organisation: user.organisation_name,
        role: user.role,
    }
}

/// The bytes of the longest e-mail address.
const EMAIL_BYTES_MAX: usize = 254;
/// The bytes of the longest request to sign in: an e-mail address and a password, with room for how JSON writes them.
const BODY_BYTES_MAX: usize = 4096;

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn a_check_that_nobody_waits_for_any_more_keeps_its_turn_until_it_is_done() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let turns = Arc::new(Semaphore::new(1));
            let (begin, begun) = oneshot::channel();
            let (end, ended) = std::sync::mpsc::channel::<()>();
            let check = move || {
                begin.send(()).expect("the test waits");
                ended.recv().expect("the test lets it end");
            };
            tokio::select! {
                _ = in_turn(&turns, check) => panic!("it ends when the test says so"),
                begun = begun => begun.expect("it has begun"),
            }
            assert_eq!(turns.available_permits(), 0, "it goes on");
            end.send(()).expect("it waits");
            drop(turns.acquire().await.expect("its turn is over"));
        });
    }
}
