//! One run: a server, clients, a proxy for each, and the acts that befall them; how it all comes to rest, and what the
//! judge says then.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::client::Options;
use crate::dice::Dice;
use crate::ground::Ground;
use crate::judge::{Truth, Verdict};
use crate::phone::{Phone, last_words};
use crate::proxy::{Proxy, Tally, Weather};
use crate::report::{Heard, Status};
use crate::server::Server;

/// A run under way.
#[derive(Debug)]
pub(crate) struct World<'a> {
    ground: &'a Ground,
    dir: tempfile::TempDir,
    /// Running, or not.
    pub(crate) server: Option<Server>,
    /// By number.
    pub(crate) phones: Vec<Phone>,
    /// How long each start of the server took.
    pub(crate) ready: Vec<Duration>,
    down: std::net::SocketAddr,
}

/// How the clients of a run are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Decides what each rep does.
    pub(crate) seed: u64,
    /// Milliseconds of the engines' time in a real one.
    pub(crate) rate: u32,
    /// Longest pause between two acts of a rep, real ms.
    pub(crate) pace_ms: u64,
    /// Saves of one life of a client at most.
    pub(crate) saves_max: usize,
}

impl<'a> World<'a> {
    /// Starts the server and the clients, in fair weather.
    ///
    /// # Errors
    /// A sentence about what cannot be started.
    pub(crate) fn start(ground: &'a Ground, manner: Manner, tally: &Arc<Tally>) -> Result<Self, String> {
        let dir = tempfile::Builder::new().prefix("ordeal-").tempdir().map_err(|error| error.to_string())?;
        std::fs::copy(&ground.db, dir.path().join("satchel.sqlite")).map_err(|error| error.to_string())?;
        // Nobody listens at the port of services that ended a generation ago.
        let down = ([127, 0, 0, 1], 9).into();
        let mut world = Self { ground, dir, server: None, phones: Vec::new(), ready: Vec::new(), down };
        world.start_server()?;
        let mut dice = Dice::new(manner.seed ^ WORLD);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64;
        let stranger = dice.below(ground.cookies.len() as u64) as usize;
        for (number, cookie) in ground.cookies.iter().enumerate() {
            let dir = world.dir.path().join(format!("client-{number}"));
            std::fs::create_dir(&dir).map_err(|error| error.to_string())?;
            if number != stranger {
                std::fs::write(dir.join("cookie"), cookie).map_err(|error| error.to_string())?;
            }
            let upstream = world.upstream();
            let proxy =
                Proxy::start(upstream, dice.roll(), tally.clone()).map_err(|error| error.to_string())?;
            let options = Options {
                dir,
                url: proxy.url(),
                email: ground.user_of(number).email.clone(),
                seed: dice.roll(),
                rate: manner.rate,
                since,
                // Some clocks are years off; nothing may depend on them.
                skew: *dice.one(&[0, 0, -SKEW_MS, SKEW_MS, 3_600_000]),
                acting: true,
                pace_ms: manner.pace_ms,
                saves_max: manner.saves_max,
            };
            let mut phone = Phone::new(options, proxy);
            phone.start()?;
            world.phones.push(phone);
        }
        Ok(world)
    }

    /// The ledger's file.
    pub(crate) fn db(&self) -> PathBuf {
        self.dir.path().join("satchel.sqlite")
    }

    /// Starts the server, unless it runs; every proxy learns where it is.
    ///
    /// # Errors
    /// When it is not ready in time.
    pub(crate) fn start_server(&mut self) -> Result<(), String> {
        if self.server.is_none() {
            let server = Server::start(&self.ground.program, &self.db(), &self.server_log())?;
            self.ready.push(server.ready_after);
            self.server = Some(server);
        }
        let upstream = self.upstream();
        self.phones.iter().for_each(|phone| phone.proxy.set_upstream(upstream));
        Ok(())
    }

    /// Kills the server between two instructions.
    pub(crate) fn kill_server(&mut self) {
        self.server = None;
        self.phones.iter().for_each(|phone| phone.proxy.set_upstream(self.down));
    }

    /// Runs a command of the server's program on the ledger.
    ///
    /// # Errors
    /// What it said when it did not succeed.
    pub(crate) fn command(&self, words: &[&Path]) -> Result<(), String> {
        let output = Command::new(&self.ground.program).args(words).arg("--db").arg(self.db()).output();
        let output = output.map_err(|error| error.to_string())?;
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// The dice decide which half of the clients nobody can reach for a while.
    pub(crate) fn part(&self, dice: &mut Dice) {
        for phone in &self.phones {
            if dice.percent(50) {
                phone.proxy.set_weather(Weather::none(dice));
            }
        }
    }

    /// The reps put their phones away: from here on nobody saves or taps, and what waits must leave by itself.
    pub(crate) fn hush(&mut self) {
        for phone in &mut self.phones {
            phone.options.acting = false;
            phone.say("stop");
        }
    }

    /// All faults stop: everybody runs, and every connection is fair.
    ///
    /// # Errors
    /// When somebody cannot be started.
    pub(crate) fn heal(&mut self) -> Result<(), String> {
        self.server.iter().for_each(Server::thaw);
        self.start_server()?;
        for phone in &mut self.phones {
            phone.thaw();
            phone.start()?;
            phone.proxy.clear();
        }
        Ok(())
    }

    /// Waits until nobody does anything any more, and asks every client for what it holds. Who does not come to rest is
    /// stuck.
    pub(crate) fn rest(&mut self, verdict: &mut Verdict) {
        let until = Instant::now() + PATIENCE;
        let mut told = Vec::new();
        for (number, phone) in self.phones.iter_mut().enumerate() {
            // By itself, without a tap or a hint that the connection is back.
            let drained = loop {
                match phone.status(until) {
                    Some(Status { waiting: 0, .. }) => break true,
                    Some(_) if Instant::now() < until => std::thread::sleep(Duration::from_millis(10)),
                    _ => break false,
                }
            };
            let signed_in = phone.wait(until, |heard| heard.signed_in);
            if !drained || !signed_in {
                let waiting = phone.heard().status;
                told.push(format!(
                    "client {number} does not get rid of its saves: {waiting:?} {}",
                    phone.log()
                ));
            }
        }
        // The first may end a pull that began before the others were through.
        for _ in 0..2 {
            let before: Vec<_> = self.phones.iter().map(|phone| phone.heard().pulled).collect();
            self.phones.iter_mut().for_each(|phone| phone.say("sync"));
            for (number, (phone, before)) in self.phones.iter().zip(before).enumerate() {
                if !phone.wait(until, |heard| heard.pulled > before) {
                    told.push(format!("client {number} does not get its pull through: {}", phone.log()));
                }
            }
        }
        for (number, phone) in self.phones.iter_mut().enumerate() {
            let needs_you = phone.status(until).map(|status| status.needs_you);
            if needs_you != Some(0) {
                told.push(format!("client {number} has saves that need the rep: {needs_you:?}"));
            }
            phone.say("dump");
            if !phone.wait(until, |heard| heard.dumped) {
                told.push(format!("client {number} does not say what it holds: {}", phone.log()));
            }
        }
        if !told.is_empty() {
            told.push(format!("the server's log ends with: {}", last_words(&self.server_log())));
        }
        told.into_iter().for_each(|sentence| verdict.stuck(sentence));
    }

    /// Ends everything, the server without a warning, and judges.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(crate) fn judge(&mut self, verdict: &mut Verdict) -> Result<(), String> {
        self.kill_server();
        self.phones.iter_mut().for_each(Phone::kill);
        let truth = Truth::read(&self.db(), self.ground)?;
        let heard: Vec<Heard> = self.phones.iter().map(|phone| phone.heard().clone()).collect();
        verdict.add(truth.judge(self.ground, &heard));
        for (number, phone) in self.phones.iter().enumerate() {
            truth.compare(number, self.ground.user_of(number), &phone.dump_file(), verdict);
        }
        Ok(())
    }

    /// Keeps the run's files for whoever wants to know why; answers where.
    pub(crate) fn keep(self) -> PathBuf {
        let Self { dir, phones, server, .. } = self;
        drop((phones, server));
        dir.keep()
    }

    fn upstream(&self) -> std::net::SocketAddr {
        self.server.as_ref().map_or(self.down, Server::address)
    }

    fn server_log(&self) -> PathBuf {
        self.dir.path().join("server.log")
    }
}

/// How long everybody may take to come to rest once the faults have stopped. The engines' longest pause is five
/// minutes of their own time.
const PATIENCE: Duration = Duration::from_secs(30);
/// Three years.
const SKEW_MS: i64 = 3 * 365 * 24 * 3_600_000;

/// What these dice are for.
const WORLD: u64 = 2;
