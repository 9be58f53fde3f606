//! Which address a request comes from: the peer's, or where that is a proxy on this machine, the one it speaks for.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// The peer, unless it is on this machine and says for whom it asks. From anywhere else the header is what anybody may
/// have written.
pub(super) fn of(peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let peer = peer.ip().to_canonical();
    let behind = forwarded_for(headers).filter(|_| peer.is_loopback());
    behind.unwrap_or(peer)
}

/// The last address in the last `X-Forwarded-For`: the proxy before us wrote that one, others those before it.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let last = line.rsplit(',').next()?.trim();
    // Some proxies write the port too.
    let with_port = || last.parse().ok().map(|address: SocketAddr| address.ip());
    last.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, lines: &[&'static str], expected: &str) {
        let name = axum::http::HeaderName::from_static("x-forwarded-for");
        let value = |line: &&'static str| axum::http::HeaderValue::from_static(line);
        let headers = lines.iter().map(|line| (name.clone(), value(line))).collect();
        let peer = SocketAddr::new(peer.parse().expect("an address"), 1);
        assert_eq!(of(peer, &headers).to_string(), expected);
    }

    #[test]
    fn a_proxy_on_this_machine_says_whom_it_speaks_for_and_nobody_else_does() {
        check("127.0.0.1", &["203.0.113.1"], "203.0.113.1");
        check("::1", &["2001:db8::1"], "2001:db8::1");
        check("::ffff:127.0.0.1", &["203.0.113.1"], "203.0.113.1");
        check("127.0.0.1", &["198.51.100.7, 203.0.113.1"], "203.0.113.1");
        check("127.0.0.1", &["198.51.100.7", "198.51.100.8 ,203.0.113.1"], "203.0.113.1");
        check("127.0.0.1", &["203.0.113.1:4711"], "203.0.113.1");
        check("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1");
        check("192.0.2.1", &["203.0.113.1"], "192.0.2.1");
        check("127.0.0.1", &["unknown"], "127.0.0.1");
        check("127.0.0.1", &["203.0.113.1,"], "127.0.0.1");
        check("127.0.0.1", &[], "127.0.0.1");
    }
}
