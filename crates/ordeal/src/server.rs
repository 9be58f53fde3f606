//! The real server as a process: started, watched until it is ready, frozen, and killed without a warning.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::remote::Remote;

/// A server that is ready. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    /// From its start until it said that it can answer and keep a save.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Starts the server on this ledger, on a free port, and waits until it is ready.
    ///
    /// # Errors
    /// A sentence, when it is not ready after [`READY_MAX`].
    pub(crate) fn start(program: &Path, db: &Path, log: &Path) -> Result<Self, String> {
        let begun = Instant::now();
        let log = File::options().create(true).append(true).open(log).map_err(|error| error.to_string())?;
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--db"])
            .arg(db)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it was asked for");
        let read = BufReader::new(stdout).read_line(&mut line);
        let address = line.trim().strip_prefix("listening on http://").and_then(|text| text.parse().ok());
        let (Ok(_), Some(address)) = (read, address) else {
            let _ = child.kill();
            let status = child.wait().map_err(|error| error.to_string())?;
            return Err(format!("the server did not start: {status}; its log says why"));
        };
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        let remote = Remote::new(&server.url(), READY_MAX, false);
        loop {
            let health = remote.health();
            server.ready_after = begun.elapsed();
            match health {
                Some((200, _)) => return Ok(server),
                other if server.ready_after > READY_MAX => {
                    return Err(format!("the server is not ready: {other:?}"));
                }
                _ => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same for a client.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it between two instructions.
    pub(crate) fn freeze(&self) {
        signal(&self.child, Signal::STOP);
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        signal(&self.child, Signal::CONT);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL: it can neither hear it nor do anything about it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process that was started here and was not yet waited for.
pub(crate) fn signal(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process has a number");
    // It may have ended by itself; the number is still its own until it is waited for.
    let _ = kill_process(pid, signal);
}

/// After this long it will not be ready any more.
const READY_MAX: Duration = Duration::from_secs(20);
