//! The session's cookie: its name, its attributes, and finding it in a request.
//!
//! On a public name it is `__Host-satchel` with `Secure`, which no sub-domain and no plain HTTP can set or
//! read. A browser may refuse that over plain HTTP on the loopback address, where the practice server
//! listens; there, by the Host that the request names, it is `satchel` without `Secure`.

use axum::http::{HeaderMap, HeaderValue, header};

const SECURE: &str = "__Host-satchel";
const LOOPBACK: &str = "satchel";

/// The token in the request's cookie.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let name = name(headers);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, token)| token)
}

/// The header that sets the cookie for as long as the session lives; `None` takes the cookie away.
pub(super) fn set(headers: &HeaderMap, token: Option<&str>, session_ms: i64) -> HeaderValue {
    let name = name(headers);
    let secure = if name == SECURE { "; Secure" } else { "" };
    let (token, seconds) = match token {
        Some(token) => (token, session_ms / 1000),
        None => ("", 0),
    };
    let text = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::try_from(text).expect("a token is hexadecimal")
}

/// Whether the request calls this machine by one of its own names. What a page of another site sends here, by a name of
/// its own that leads to this machine, does not.
pub(super) fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    matches!(name, Some("localhost" | "127.0.0.1" | "::1"))
}

fn name(headers: &HeaderMap) -> &'static str {
    if is_loopback(headers) { LOOPBACK } else { SECURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, cookie: &str) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_str(text).expect("plain");
        [(header::HOST, value(host)), (header::COOKIE, value(cookie))].into_iter().collect()
    }

    #[test]
    fn a_public_name_gets_the_strict_cookie_and_loopback_the_plain_one() {
        let public = set(&headers("crm.example.org", ""), Some("ab"), 60_000);
        assert_eq!(public, "__Host-satchel=ab; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
        for host in ["localhost:8080", "127.0.0.1:1", "[::1]:8080", "localhost"] {
            let plain = set(&headers(host, ""), None, 60_000);
            assert_eq!(plain, "satchel=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict", "{host}");
        }
        assert!(
            set(&headers("localhost.example.org", ""), None, 0).to_str().expect("plain").contains("Secure")
        );
    }

    #[test]
    fn only_the_cookie_of_the_right_name_counts() {
        assert_eq!(token(&headers("localhost", "a=1; satchel=t; b=2")), Some("t"));
        assert_eq!(token(&headers("crm.example.org", "satchel=t")), None);
        assert_eq!(token(&headers("crm.example.org", "x=y;__Host-satchel=t")), Some("t"));
    }
}
