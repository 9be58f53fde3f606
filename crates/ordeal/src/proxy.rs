//! A TCP proxy between one client and the server, which fails as the dice say: each connection draws its fate when it
//! is made, from the weather of that moment.

mod carry;
mod fate;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

pub(crate) use fate::{Tally, Weather};

use fate::Fate;

use crate::dice::Dice;

/// A port that a client takes for the server's.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    tally: Arc<Tally>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Pushes that went through to the server.
    pushes: AtomicU64,
}

#[derive(Debug)]
struct State {
    weather: Weather,
    dice: Dice,
    upstream: SocketAddr,
    /// One more at each change of the weather that ends what is stalled.
    era: u64,
    ended: bool,
    open: Vec<Weak<TcpStream>>,
}

impl Proxy {
    /// Listens on a free port of the loopback address, in fair weather.
    ///
    /// # Errors
    /// When no port is free.
    pub(crate) fn start(upstream: SocketAddr, seed: u64, tally: Arc<Tally>) -> io::Result<Self> {
        let mut dice = Dice::new(seed, NETWORK);
        let (listener, port) = listen(&mut dice)?;
        let weather = Weather::fair();
        let state = State { weather, dice, upstream, era: 0, ended: false, open: Vec::new() };
        let shared = Shared { state: Mutex::new(state), changed: Condvar::new(), pushes: AtomicU64::new(0) };
        let proxy = Self { port, shared: Arc::new(shared), tally };
        let (shared, tally) = (proxy.shared.clone(), proxy.tally.clone());
        std::thread::spawn(move || accept(listener, port, &shared, &tally));
        Ok(proxy)
    }

    /// What a client is told.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where the server is from now on.
    pub(crate) fn set_upstream(&self, upstream: SocketAddr) {
        self.shared.state().upstream = upstream;
    }

    /// How connections fare from now on. Those that are open end, one way or another.
    pub(crate) fn set_weather(&self, weather: Weather) {
        let mut state = self.shared.state();
        let was_closed = state.weather.closed;
        state.weather = weather;
        state.era += 1;
        for open in std::mem::take(&mut state.open).into_iter().filter_map(|open| open.upgrade()) {
            if state.dice.percent(60) {
                carry::hang_up(&open, state.dice.percent(50));
            } else {
                state.open.push(Arc::downgrade(&open));
            }
        }
        self.tell(state, was_closed);
    }

    /// All faults stop, for connections that are open as well.
    pub(crate) fn clear(&self) {
        let mut state = self.shared.state();
        let was_closed = state.weather.closed;
        state.weather = Weather::fair();
        state.era += 1;
        for open in std::mem::take(&mut state.open).into_iter().filter_map(|open| open.upgrade()) {
            carry::hang_up(&open, false);
        }
        self.tell(state, was_closed);
    }

    /// Waits until one more push has gone through to the server, or some time has passed.
    pub(crate) fn wait_for_push(&self, patience: Duration) -> bool {
        let before = self.shared.pushes.load(Ordering::SeqCst);
        let state = self.shared.state();
        let none = |_: &mut State| self.shared.pushes.load(Ordering::SeqCst) == before;
        let waited = self.shared.changed.wait_timeout_while(state, patience, none);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn tell(&self, state: MutexGuard<'_, State>, was_closed: bool) {
        let wake = state.weather.closed && !was_closed || state.ended;
        drop(state);
        self.shared.changed.notify_all();
        if wake {
            // The thread that accepts looks at the weather when somebody comes.
            drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.ended = true;
        state.era += 1;
        for open in std::mem::take(&mut state.open).into_iter().filter_map(|open| open.upgrade()) {
            carry::hang_up(&open, true);
        }
        self.tell(state, false);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the weather of a connection has passed.
    fn outlast(&self, era: u64) {
        let state = self.state();
        drop(self.changed.wait_while(state, |state| state.era == era));
    }
}

/// Ports below those that the system gives to outgoing connections, so that a port that was closed for a while is free
/// when it opens again.
fn listen(dice: &mut Dice) -> io::Result<(TcpListener, u16)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..200 {
        let port = 12_000 + dice.below(18_000) as u16;
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok((listener, port)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn accept(mut listener: TcpListener, port: u16, shared: &Arc<Shared>, tally: &Arc<Tally>) {
    loop {
        let Ok((client, _)) = listener.accept() else { continue };
        let mut state = shared.state();
        if state.weather.closed && !state.ended {
            // Nobody listens: the system itself refuses, until the weather changes.
            drop((listener, client));
            tally.count(Fate::Closed);
            state = shared
                .changed
                .wait_while(state, |state| state.weather.closed && !state.ended)
                .unwrap_or_else(PoisonError::into_inner);
            let ended = state.ended;
            drop(state);
            match (ended, again(port)) {
                (false, Some(open)) => listener = open,
                _ => return,
            }
            continue;
        }
        if state.ended {
            return;
        }
        let State { weather, dice, upstream, era, .. } = &mut *state;
        let journey = carry::Journey { fate: weather.draw(dice), upstream: *upstream, era: *era };
        let client = Arc::new(client);
        state.open.retain(|open| open.strong_count() > 0);
        state.open.push(Arc::downgrade(&client));
        drop(state);
        let (shared, tally) = (shared.clone(), tally.clone());
        std::thread::spawn(move || carry::carry(&client, &journey, &shared, &tally));
    }
}

fn again(port: u16) -> Option<TcpListener> {
    for _ in 0..500 {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return Some(listener);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

/// What these dice are for.
const NETWORK: u64 = 4;
