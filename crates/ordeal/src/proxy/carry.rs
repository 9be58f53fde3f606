//! Carrying one connection, both ways, to its fate.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use socket2::SockRef;

use super::{Fate, Shared, Tally};

/// What is settled about a connection when it is made.
pub(super) struct Journey {
    pub(super) fate: Fate,
    pub(super) upstream: SocketAddr,
    pub(super) era: u64,
}

/// One direction of a connection.
struct Way<'a> {
    from: &'a TcpStream,
    to: &'a TcpStream,
    rule: Rule,
}

/// What happens on one way.
#[derive(Clone, Copy)]
enum Rule {
    Pass,
    Delay(u64),
    Cut(usize),
    Stall(usize),
}

pub(super) fn carry(client: &Arc<TcpStream>, journey: &Journey, shared: &Arc<Shared>, tally: &Arc<Tally>) {
    let Journey { fate, upstream, era } = *journey;
    match fate {
        Fate::Refused => {
            tally.count(fate);
            return hang_up(client, true);
        }
        Fate::Blackhole => {
            tally.count(fate);
            shared.outlast(era);
            return hang_up(client, false);
        }
        Fate::Portal(page) => {
            tally.count(fate);
            return portal(client, page);
        }
        _ => {}
    }
    let Ok(server) = TcpStream::connect_timeout(&upstream, CONNECT_MAX) else { return hang_up(client, true) };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    if matches!(fate, Fate::Delay(_) | Fate::Twice) {
        tally.count(fate);
    }
    let second =
        (fate == Fate::Twice).then(|| TcpStream::connect_timeout(&upstream, CONNECT_MAX).ok()).flatten();
    let (request, answer) = rules(fate);
    let reset = AtomicBool::new(false);
    let struck = || {
        tally.count(fate);
        reset.store(matches!(fate, Fate::ResetRequest(_) | Fate::ResetAnswer(_)), Ordering::SeqCst);
    };
    // Both ends learn of it in the same way, whichever side of the proxy comes to its end first.
    let end = || [client.as_ref(), &server].iter().for_each(|end| hang_up(end, reset.load(Ordering::SeqCst)));
    let kept = std::thread::scope(|scope| {
        if let Some(second) = &second {
            scope.spawn(|| drain(second));
        }
        scope.spawn(|| {
            let way = Way { from: &server, to: client, rule: answer };
            run(&way, &mut |_| {}, struck, || shared.outlast(era));
            end();
        });
        let mut kept = Vec::new();
        let mut copy = |bytes: &[u8]| {
            if bytes.starts_with(b"POST /api/push") {
                shared.pushes.fetch_add(1, Ordering::SeqCst);
                // Whoever waits holds the lock while it looks.
                drop(shared.state());
                shared.changed.notify_all();
            }
            if let Some(mut second) = second.as_ref() {
                let _ = second.write_all(bytes);
            }
            if matches!(fate, Fate::TwiceLate(_)) {
                kept.extend_from_slice(bytes);
            }
        };
        let way = Way { from: client, to: &server, rule: request };
        run(&way, &mut copy, struck, || shared.outlast(era));
        end();
        if let Some(second) = &second {
            let _ = second.shutdown(Shutdown::Both);
        }
        kept
    });
    if let (Fate::TwiceLate(ms), false) = (fate, kept.is_empty()) {
        std::thread::sleep(Duration::from_millis(ms));
        let upstream = shared.state().upstream;
        if send_again(upstream, &kept) {
            tally.count(fate);
        }
    }
}

fn rules(fate: Fate) -> (Rule, Rule) {
    match fate {
        Fate::Delay(ms) => (Rule::Delay(ms), Rule::Delay(ms)),
        Fate::CutRequest(bytes) => (Rule::Cut(bytes), Rule::Pass),
        Fate::CutAnswer(bytes) => (Rule::Pass, Rule::Cut(bytes)),
        Fate::ResetRequest(bytes) => (Rule::Cut(bytes), Rule::Pass),
        Fate::ResetAnswer(bytes) => (Rule::Pass, Rule::Cut(bytes)),
        Fate::StallRequest(bytes) => (Rule::Stall(bytes), Rule::Pass),
        Fate::StallAnswer(bytes) => (Rule::Pass, Rule::Stall(bytes)),
        _ => (Rule::Pass, Rule::Pass),
    }
}

/// Carries one way until it ends. `struck` is called when the rule strikes, `outlast` waits for the weather to pass.
fn run(way: &Way<'_>, copy: &mut impl FnMut(&[u8]), struck: impl Fn(), outlast: impl Fn()) {
    let (mut from, mut to) = (way.from, way.to);
    let mut piece = [0; 16 * 1024];
    let mut carried = 0;
    loop {
        let length = match from.read(&mut piece) {
            Ok(0) | Err(_) => return,
            Ok(length) => length,
        };
        let left = match way.rule {
            Rule::Cut(bytes) | Rule::Stall(bytes) => bytes.saturating_sub(carried).min(length),
            Rule::Pass => length,
            Rule::Delay(ms) => {
                std::thread::sleep(Duration::from_millis(ms));
                length
            }
        };
        copy(&piece[..left]);
        if to.write_all(&piece[..left]).is_err() {
            return;
        }
        carried += left;
        if left < length {
            struck();
            if matches!(way.rule, Rule::Stall(_)) {
                outlast();
            }
            return;
        }
    }
}

/// Ends a connection that another thread may be reading: with a reset, or as a program that closes it would.
pub(super) fn hang_up(stream: &TcpStream, reset: bool) {
    // That it has ended already is what was wanted.
    if reset {
        let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        let _ = stream.shutdown(Shutdown::Read);
    } else {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// Sends a whole conversation again, as a network that kept it may; answers whether the server heard it.
fn send_again(upstream: SocketAddr, bytes: &[u8]) -> bool {
    let Ok(mut server) = TcpStream::connect_timeout(&upstream, CONNECT_MAX) else { return false };
    let _ = server.set_read_timeout(Some(AGAIN_MAX));
    let heard = server.write_all(bytes).is_ok();
    drain(&server);
    heard
}

fn drain(mut stream: &TcpStream) {
    let mut piece = [0; 16 * 1024];
    while stream.read(&mut piece).is_ok_and(|length| length > 0) {}
}

fn portal(mut client: &TcpStream, page: u8) {
    let _ = client.set_read_timeout(Some(AGAIN_MAX));
    let mut piece = [0; 16 * 1024];
    if client.read(&mut piece).is_err() {
        return;
    }
    let (status, head, body) = match page {
        0 => (
            "200 OK",
            "Content-Type: text/html",
            "<html><body>Welcome to our hotel. Room number?</body></html>",
        ),
        1 => ("302 Found", "Location: http://127.0.0.1:9/sign-in", ""),
        _ => ("200 OK", "Content-Type: application/json", "{\"signedIn\":false,\"receipts\":[]}"),
    };
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    let _ = client.write_all(answer.as_bytes());
    hang_up(client, false);
}

/// How long the loopback address may take to connect.
const CONNECT_MAX: Duration = Duration::from_millis(500);
/// How long to listen for the answer to what was sent again, or for a request that the portal answers.
const AGAIN_MAX: Duration = Duration::from_millis(400);
