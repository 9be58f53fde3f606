//! HTTP to the server. An answer counts only if it is JSON with the protocol's mark; anything else is no answer.

use engine::{LinkError, Reply, Request};
use gloo_net::http::{Method, RequestBuilder, Response};
use protocol::RecordId;
use protocol::limits::REQUEST_MS_MAX;
use protocol::message::{
    ErrorReply, PulseReply, PushReply, SATCHEL, SignInRequest, USER_HEADER, VersionsReply, Who,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use web_sys::{AbortController, RequestRedirect};

/// Sends what the engine of this user asked for.
///
/// # Errors
/// Why there is no answer.
pub async fn send(request: &Request, user: Uuid) -> Result<Reply, LinkError> {
    let user = Some(user);
    match request {
        Request::Push(push) => {
            let bytes = call(Method::POST, "/api/push", user, Some(push)).await?;
            parse::<PushReply>(&bytes, |reply| reply.satchel).map(Reply::Push)
        }
        Request::Pull(pull) => {
            let bytes = call(Method::POST, "/api/pull", user, Some(pull)).await?;
            let reply = parse(&bytes, |reply: &protocol::message::PullReply| reply.satchel)?;
            Ok(Reply::Pull(reply, bytes))
        }
        Request::Pulse => {
            let bytes = call::<()>(Method::GET, "/api/pulse", user, None).await?;
            parse::<PulseReply>(&bytes, |reply| reply.satchel).map(Reply::Pulse)
        }
    }
}

/// Asks what a record was before, from below a version on.
///
/// # Errors
/// Why there is no answer.
pub async fn versions(id: RecordId, below: Option<u64>, user: Uuid) -> Result<VersionsReply, LinkError> {
    let below = below.map(|below| format!("?below={below}")).unwrap_or_default();
    let path = format!("/api/records/{}/versions{below}", id.0);
    let bytes = call::<()>(Method::GET, &path, Some(user), None).await?;
    parse(&bytes, |reply: &VersionsReply| reply.satchel)
}

/// Why signing in failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInFailure {
    /// The server said no, with a sentence, under this status.
    Said(u16, String),
    /// There is no answer.
    NoAnswer,
}

/// Signs in; the session is a cookie that no script can read.
///
/// # Errors
/// Why not.
pub async fn sign_in(email: &str, password: &str) -> Result<Who, SignInFailure> {
    let request = SignInRequest { email: email.to_owned(), password: password.to_owned() };
    let response =
        fetch(Method::POST, "/api/session", None, Some(&request)).await.ok_or(SignInFailure::NoAnswer)?;
    if response.is_success() {
        return parse::<Who>(&response.bytes, |who| who.satchel).map_err(|_| SignInFailure::NoAnswer);
    }
    let said =
        parse::<ErrorReply>(&response.bytes, |said| said.satchel).map_err(|_| SignInFailure::NoAnswer)?;
    Err(SignInFailure::Said(response.status, said.message))
}

/// Ends the session on the server. Without a connection it ends by itself in time.
pub async fn sign_out() {
    fetch::<()>(Method::DELETE, "/api/session", None, None).await;
}

async fn call<T: Serialize>(
    method: Method,
    path: &str,
    user: Option<Uuid>,
    body: Option<&T>,
) -> Result<Vec<u8>, LinkError> {
    let answer = fetch(method, path, user, body).await.ok_or(LinkError::NoAnswer)?;
    if answer.is_success() {
        return Ok(answer.bytes);
    }
    // A stranger's error page says nothing of our server.
    parse::<ErrorReply>(&answer.bytes, |said| said.satchel)?;
    Err(match answer.status {
        401 => LinkError::SignedOut,
        403 => LinkError::Denied,
        413 => LinkError::TooLarge,
        426 => LinkError::TooOld,
        429 | 503 => LinkError::Busy(answer.retry_after_ms),
        _ => LinkError::Failed,
    })
}

/// What came back, whoever sent it.
struct Answer {
    status: u16,
    retry_after_ms: Option<i64>,
    bytes: Vec<u8>,
}

impl Answer {
    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8], mark: impl Fn(&T) -> u32) -> Result<T, LinkError> {
    let reply: T = serde_json::from_slice(bytes).map_err(|_| LinkError::NoAnswer)?;
    if mark(&reply) == SATCHEL { Ok(reply) } else { Err(LinkError::NoAnswer) }
}

/// The answer, or nothing when it does not come, comes too late, or comes from elsewhere.
async fn fetch<T: Serialize>(
    method: Method,
    path: &str,
    user: Option<Uuid>,
    body: Option<&T>,
) -> Option<Answer> {
    let controller = AbortController::new().ok()?;
    let abort = controller.clone();
    let _until_dropped = gloo_timers::callback::Timeout::new(REQUEST_MS_MAX, move || abort.abort());
    let builder = RequestBuilder::new(path)
        .method(method)
        .redirect(RequestRedirect::Error)
        .abort_signal(Some(&controller.signal()))
        .header("Accept", "application/json");
    let builder = match user {
        Some(user) => builder.header(USER_HEADER, &user.to_string()),
        None => builder,
    };
    let request = match body {
        Some(body) => builder.json(body).ok()?,
        None => builder.build().ok()?,
    };
    let response: Response = request.send().await.ok()?;
    let seconds = response.headers().get("Retry-After").and_then(|text| text.parse::<i64>().ok());
    let retry_after_ms = seconds.map(|seconds| seconds.saturating_mul(1_000));
    let status = response.status();
    let bytes = response.binary().await.ok()?;
    Some(Answer { status, retry_after_ms, bytes })
}
