//! HTTP to the server over real sockets, with the same suspicion as the app's: an answer counts only if it is JSON with
//! the protocol's mark; anything else is no answer.

use std::time::Duration;

use engine::{LinkError, Reply, Request};
use protocol::message::{ErrorReply, PullReply, PulseReply, PushReply, SATCHEL, SignInRequest, Who};
use serde_json::Value;
use uuid::Uuid;

/// Where the server is, and how long to wait for it.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    agent: ureq::Agent,
    url: String,
}

/// What came back, whoever sent it.
struct Answer {
    status: u16,
    retry_after_ms: Option<i64>,
    cookie: Option<String>,
    bytes: Vec<u8>,
}

impl Remote {
    /// `keeps` says whether connections are used again, which brings the faults of connections that died unseen.
    pub(crate) fn new(url: &str, timeout: Duration, keeps: bool) -> Self {
        let idle = if keeps { 3 } else { 0 };
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(idle)
            .max_idle_connections_per_host(idle)
            .build();
        Self { agent: ureq::Agent::new_with_config(config), url: url.to_owned() }
    }

    /// Sends what the engine asked for.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(crate) fn send(&self, request: &Request, cookie: &str) -> Result<Reply, LinkError> {
        match request {
            Request::Push(push) => {
                let bytes = self.call("POST", "/api/push", cookie, serde_json::to_vec(push).ok())?;
                parse::<PushReply>(&bytes, |reply| reply.satchel).map(Reply::Push)
            }
            Request::Pull(pull) => {
                let bytes = self.call("POST", "/api/pull", cookie, serde_json::to_vec(pull).ok())?;
                Ok(Reply::Pull(parse(&bytes, |reply: &PullReply| reply.satchel)?, bytes))
            }
            Request::Pulse => {
                let bytes = self.call("GET", "/api/pulse", cookie, None)?;
                parse::<PulseReply>(&bytes, |reply| reply.satchel).map(Reply::Pulse)
            }
        }
    }

    /// Signs in; answers the cookie to send from now on, and the user. Nothing when it did not work.
    pub(crate) fn sign_in(&self, email: &str, password: &str) -> Option<(String, Uuid)> {
        let request = SignInRequest { email: email.to_owned(), password: password.to_owned() };
        let answer = self.fetch("POST", "/api/session", "", serde_json::to_vec(&request).ok())?;
        if answer.status != 200 {
            return None;
        }
        let who = parse::<Who>(&answer.bytes, |who| who.satchel).ok()?;
        Some((answer.cookie?, who.user))
    }

    /// Whether the server is ready, and if not, what it says.
    pub(crate) fn health(&self) -> Option<(u16, Value)> {
        let answer = self.fetch("GET", "/api/health", "", None)?;
        Some((answer.status, serde_json::from_slice(&answer.bytes).ok()?))
    }

    fn call(
        &self,
        method: &str,
        path: &str,
        cookie: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, LinkError> {
        let answer = self.fetch(method, path, cookie, body).ok_or(LinkError::NoAnswer)?;
        if (200..300).contains(&answer.status) {
            return Ok(answer.bytes);
        }
        // A stranger's error page says nothing of our server.
        parse::<ErrorReply>(&answer.bytes, |said| said.satchel)?;
        Err(match answer.status {
            401 => LinkError::SignedOut,
            403 => LinkError::Denied,
            413 => LinkError::TooLarge,
            429 | 503 => LinkError::Busy(answer.retry_after_ms),
            _ => LinkError::Failed,
        })
    }

    fn fetch(&self, method: &str, path: &str, cookie: &str, body: Option<Vec<u8>>) -> Option<Answer> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("accept", "application/json")
            .header("cookie", cookie);
        let mut response = match body {
            Some(body) => {
                let request = request.header("content-type", "application/json").body(body).ok()?;
                self.agent.run(request).ok()?
            }
            None => self.agent.run(request.body(()).ok()?).ok()?,
        };
        let text = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let retry_after_ms = text("retry-after").and_then(|text| text.parse::<i64>().ok());
        let cookie = text("set-cookie").and_then(|text| Some(text.split(';').next()?.to_owned()));
        let status = response.status().as_u16();
        let bytes = response.body_mut().with_config().limit(BODY_BYTES_MAX).read_to_vec().ok()?;
        let retry_after_ms = retry_after_ms.map(|seconds| seconds.saturating_mul(1_000));
        Some(Answer { status, retry_after_ms, cookie, bytes })
    }
}

fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8], mark: impl Fn(&T) -> u32) -> Result<T, LinkError> {
    let reply: T = serde_json::from_slice(bytes).map_err(|_| LinkError::NoAnswer)?;
    if mark(&reply) == SATCHEL { Ok(reply) } else { Err(LinkError::NoAnswer) }
}

const BODY_BYTES_MAX: u64 = 64 * 1024 * 1024;
