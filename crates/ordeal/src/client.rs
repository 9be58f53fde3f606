//! A client as a process of its own: the product's engine, a file for a disk, real sockets, and a rep who saves and
//! syncs as the dice say. It can be killed at any moment and started again on the same disk.

use std::fs;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use engine::{Engine, LinkError, News, Reply, Step};
use protocol::message::Outcome;
use protocol::{ChangeId, DeviceId};

use crate::dice::Dice;
use crate::disk::Disk;
use crate::remote::Remote;
use crate::rep::Rep;
use crate::report::Line;

/// How a client is started.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Where its disk is.
    pub(crate) dir: PathBuf,
    /// Where it believes the server to be.
    pub(crate) url: String,
    /// Who signs in.
    pub(crate) email: String,
    /// What the rep does.
    pub(crate) seed: u64,
    /// How many milliseconds of the engine's time one real one is, so that pauses of minutes pass in a test.
    pub(crate) rate: u32,
    /// The real time at which the engine's clock and this one agreed, ms since 1970.
    pub(crate) since: i64,
    /// How far its clock is off, ms of the engine's time.
    pub(crate) skew: i64,
    /// Whether the rep does anything but wait.
    pub(crate) acting: bool,
    /// Pause between two acts of the rep at most, real ms.
    pub(crate) pace_ms: u64,
    /// After this many saves the rep only waits.
    pub(crate) saves_max: usize,
}

enum Event {
    /// A word of the judge; nothing when the judge is gone.
    Command(Option<String>),
    Answer(u64, Result<Reply, LinkError>),
    SignedIn(Option<String>),
}

struct Client {
    options: Options,
    engine: Engine,
    disk: Disk,
    dice: Dice,
    rep: Rep,
    remote: Remote,
    cookie: String,
    signing_in: bool,
    acting: bool,
    wake_at: Option<i64>,
    events: Sender<Event>,
}

/// Runs until the judge closes the line.
///
/// # Errors
/// A sentence, when the disk cannot be used.
pub(crate) fn run(options: Options) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", options.dir.display());
    let (events, arrivals) = channel();
    hear_judge(events.clone());
    let (disk, snapshot) = Disk::open(&options.dir).map_err(said)?;
    // Each life has other dice, or it would name its saves like those of the life before.
    let mut dice = Dice::new(options.seed.wrapping_add(count_life(&options.dir).map_err(said)? << 32));
    let fresh = DeviceId(dice.uuid());
    let now = engine_now(&options);
    let (engine, step) =
        Engine::open(snapshot, fresh, dice.roll(), now).map_err(|error| error.to_string())?;
    let remote = Remote::new(&options.url, TIMEOUT, dice.percent(50));
    let cookie = fs::read_to_string(options.dir.join("cookie")).unwrap_or_default();
    let rep = Rep::new(options.saves_max);
    let acting = options.acting;
    let mut client = Client {
        options,
        engine,
        disk,
        dice,
        rep,
        remote,
        cookie,
        signing_in: false,
        acting,
        wake_at: None,
        events,
    };
    if client.cookie.is_empty() {
        client.sign_in();
    } else {
        tell(&Line::SignedIn);
    }
    client.perform(step);
    client.live(&arrivals);
    Ok(())
}

impl Client {
    fn live(&mut self, arrivals: &Receiver<Event>) {
        let mut act_at = Instant::now() + self.pause();
        loop {
            let now = engine_now(&self.options);
            let rate = i64::from(self.options.rate);
            let sleep = self.wake_at.map_or(1_000, |at| (at - now).max(0).div_euclid(rate) + 1);
            let mut wait = Duration::from_millis(sleep.clamp(0, 1_000) as u64);
            if self.acting {
                wait = wait.min(act_at.saturating_duration_since(Instant::now()));
            }
            match arrivals.recv_timeout(wait) {
                Ok(Event::Command(None)) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(event) => self.on(event),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.wake_at.is_some_and(|at| at <= engine_now(&self.options)) {
                self.act(Engine::on_wake);
            }
            if self.acting && act_at <= Instant::now() {
                self.act_as_rep();
                act_at = Instant::now() + self.pause();
            }
        }
    }

    fn on(&mut self, event: Event) {
        match event {
            Event::Command(Some(line)) => self.on_command(&line),
            Event::Command(None) => {}
            Event::Answer(token, reply) => {
                let fresh = DeviceId(self.dice.uuid());
                if matches!(reply, Err(LinkError::SignedOut)) {
                    self.sign_in();
                }
                let acked = match &reply {
                    Ok(Reply::Push(reply)) => reply.receipts.clone(),
                    _ => Vec::new(),
                };
                self.act(|engine, now| engine.on_reply(token, reply, fresh, now));
                // The receipts are on the disk now: from here on the screen says that the web has these saves.
                for receipt in acked {
                    tell(&match receipt.outcome {
                        Outcome::Refused(why) => Line::Refused(receipt.change, format!("{why:?}")),
                        _ => Line::Acked(receipt.change),
                    });
                }
                if self.engine.signed_out() {
                    self.sign_in();
                }
            }
            Event::SignedIn(cookie) => {
                self.signing_in = false;
                match cookie {
                    Some(cookie) => {
                        let kept = fs::write(self.options.dir.join("cookie"), &cookie);
                        kept.expect("the directory of the disk takes a small file");
                        self.cookie = cookie;
                        tell(&Line::SignedIn);
                        self.act(Engine::on_signed_in);
                    }
                    None => self.sign_in(),
                }
            }
        }
    }

    fn on_command(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "stop" => self.acting = false,
            "sync" => self.act(Engine::sync_now),
            "status" => {
                let needs_you = self.engine.status().needs_you.len();
                tell(&Line::Status(rest.parse().unwrap_or(0), self.engine.unsent(), needs_you));
            }
            "dump" => self.dump(),
            other => tell(&Line::Wrong(format!("the judge said “{other}”"))),
        }
    }

    /// What the rep does next.
    fn act_as_rep(&mut self) {
        if self.engine.status().territories.is_empty() {
            // A new rep has nothing to write about before the first pull.
            return self.act(Engine::sync_now);
        }
        match self.dice.below(100) {
            0..78 => {
                let territories = self.engine.status().territories;
                let base: Vec<_> = self.engine.base().cloned().collect();
                let id = ChangeId(self.dice.uuid());
                let Some(save) = self.rep.save(id, &territories, &base, &mut self.dice) else { return };
                let records = save.edits.iter().map(|edit| edit.id).collect();
                tell(&Line::Trying(id, records));
                self.act(|engine, now| engine.save(save, now));
                tell(&Line::Saved(id));
            }
            78..93 => self.act(Engine::sync_now),
            93..97 => self.act(Engine::on_hint),
            _ => self.act(Engine::on_offline),
        }
    }

    fn act(&mut self, act: impl FnOnce(&mut Engine, i64) -> Step) {
        let step = act(&mut self.engine, engine_now(&self.options));
        self.perform(step);
    }

    /// Durable, then visible, then on the wire, then asleep. A disk that fails ends the process; what was not said to
    /// be saved is not.
    fn perform(&mut self, step: Step) {
        if let Some(batch) = &step.commit {
            self.disk.commit(batch).expect("the disk takes a batch");
        }
        match step.news {
            Some(News::Pulled { .. }) => tell(&Line::Pulled),
            Some(News::PullFailed(_)) => tell(&Line::PullFailed),
            _ => {}
        }
        if let Some(outgoing) = step.send {
            let (remote, cookie, events) = (self.remote.clone(), self.cookie.clone(), self.events.clone());
            std::thread::spawn(move || {
                let answer = remote.send(&outgoing.request, &cookie);
                // The process may be ending.
                let _ = events.send(Event::Answer(outgoing.token, answer));
            });
        }
        self.wake_at = step.wake_at;
    }

    fn sign_in(&mut self) {
        if std::mem::replace(&mut self.signing_in, true) {
            return;
        }
        let (remote, email, events) = (self.remote.clone(), self.options.email.clone(), self.events.clone());
        let pause = Duration::from_millis(20 + self.dice.below(80));
        std::thread::spawn(move || {
            let signed_in = remote.sign_in(&email, crate::ground::PASSWORD);
            if signed_in.is_none() {
                std::thread::sleep(pause);
            }
            let _ = events.send(Event::SignedIn(signed_in.map(|(cookie, _)| cookie)));
        });
    }

    /// The records as last pulled, for the judge to compare.
    fn dump(&self) {
        let records: Vec<_> = self.engine.base().map(|record| &**record).collect();
        let text = serde_json::to_vec(&records).expect("records are plain JSON");
        fs::write(self.options.dir.join("base.json"), text).expect("the directory of the disk takes a file");
        tell(&Line::Dumped);
    }

    fn pause(&mut self) -> Duration {
        Duration::from_millis(1 + self.dice.below(self.options.pace_ms.max(1)))
    }
}

/// The engine's time: real time, faster, and off by this device's skew. It goes on while the process is dead.
fn engine_now(options: &Options) -> i64 {
    let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64;
    options.since + (real - options.since) * i64::from(options.rate) + options.skew
}

/// How often this client was started before.
fn count_life(dir: &Path) -> std::io::Result<u64> {
    let file = dir.join("lives");
    let lives = fs::metadata(&file).map_or(0, |data| data.len());
    fs::File::options().create(true).append(true).open(file)?.write_all(b".")?;
    Ok(lives)
}

fn hear_judge(events: Sender<Event>) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if events.send(Event::Command(Some(line))).is_err() {
                return;
            }
        }
        let _ = events.send(Event::Command(None));
    });
}

/// One line, with one call to the system, so that a kill leaves no half of it.
fn tell(line: &Line) {
    let mut text = line.text();
    text.push('\n');
    // The judge may be gone; then nobody needs to know.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// How long a request may take, real time. The engine gives up after twice [`protocol::limits::REQUEST_MS_MAX`] of its
/// own time, which at the usual rate is later.
const TIMEOUT: Duration = Duration::from_millis(1_000);
