//! The judge's end of a client: starts it, talks to it, remembers all that it ever said, and kills it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use rustix::process::Signal;

use crate::client::Options;
use crate::proxy::Proxy;
use crate::report::{Heard, Line, Status};
use crate::server::signal;

/// A client, alive or dead, and its way to the server.
#[derive(Debug)]
pub(crate) struct Phone {
    /// How it is started, each time.
    pub(crate) options: Options,
    /// Between it and the server.
    pub(crate) proxy: Proxy,
    ear: Arc<Ear>,
    life: Option<Life>,
    serial: u64,
}

#[derive(Debug)]
struct Life {
    child: Child,
    stdin: ChildStdin,
    listener: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Ear {
    heard: Mutex<Heard>,
    news: Condvar,
}

impl Phone {
    /// A client that was never started.
    pub(crate) fn new(options: Options, proxy: Proxy) -> Self {
        Self { options, proxy, ear: Arc::default(), life: None, serial: 0 }
    }

    /// Starts it on its disk, unless it runs.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub(crate) fn start(&mut self) -> Result<(), String> {
        if self.life.is_some() {
            return Ok(());
        }
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let log = fs::File::options().create(true).append(true).open(self.options.dir.join("log"));
        let mut child = Command::new(program)
            .arg("client")
            .args(self.options.words())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log.map_err(|error| error.to_string())?)
            .spawn()
            .map_err(|error| format!("a client cannot be started: {error}"))?;
        let stdin = child.stdin.take().expect("it was asked for");
        let stdout = child.stdout.take().expect("it was asked for");
        let ear = self.ear.clone();
        let listener = std::thread::spawn(move || {
            for line in whole_lines(BufReader::new(stdout)) {
                let line = Line::parse(&line).unwrap_or_else(|| Line::Wrong(format!("it said “{line}”")));
                ear.heard().take(line);
                ear.news.notify_all();
            }
        });
        self.life = Some(Life { child, stdin, listener });
        Ok(())
    }

    /// Kills it between two instructions; what it said before counts.
    pub(crate) fn kill(&mut self) {
        if let Some(Life { mut child, stdin, listener }) = self.life.take() {
            // It may have ended by itself, which is noticed as saves that are missing.
            let _ = child.kill();
            let _ = child.wait();
            drop(stdin);
            let _ = listener.join();
        }
    }

    /// Stops it between two instructions.
    pub(crate) fn freeze(&self) {
        self.life.iter().for_each(|life| signal(&life.child, Signal::STOP));
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.life.iter().for_each(|life| signal(&life.child, Signal::CONT));
    }

    /// Says a word to it.
    pub(crate) fn say(&mut self, word: &str) {
        if let Some(life) = &mut self.life {
            // One that has ended does not hear; that shows in what it does not answer.
            let _ = life.stdin.write_all(format!("{word}\n").as_bytes());
        }
    }

    /// All that it said so far.
    pub(crate) fn heard(&self) -> MutexGuard<'_, Heard> {
        self.ear.heard()
    }

    /// Waits until what it said is enough; answers whether that came in time.
    pub(crate) fn wait(&self, until: Instant, mut enough: impl FnMut(&Heard) -> bool) -> bool {
        let patience = until.saturating_duration_since(Instant::now());
        let waited = self.ear.news.wait_timeout_while(self.heard(), patience, |heard| !enough(heard));
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// What it says of its outbox, if it answers in time.
    pub(crate) fn status(&mut self, until: Instant) -> Option<Status> {
        self.serial += 1;
        let serial = self.serial;
        self.say(&format!("status {serial}"));
        let answered = |heard: &Heard| heard.status.is_some_and(|status| status.serial == serial);
        if self.wait(until, answered) { self.heard().status } else { None }
    }

    /// Where it writes its records for the judge.
    pub(crate) fn dump_file(&self) -> PathBuf {
        self.options.dir.join("base.json")
    }

    /// The last words of its own log, if it left any.
    pub(crate) fn log(&self) -> String {
        last_words(&self.options.dir.join("log"))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Ear {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a log.
pub(crate) fn last_words(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// Lines that came with their end; a line that a kill cut short was not said.
fn whole_lines(mut from: impl BufRead) -> impl Iterator<Item = String> {
    std::iter::from_fn(move || {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        line.strip_suffix('\n').map(str::to_owned)
    })
}
