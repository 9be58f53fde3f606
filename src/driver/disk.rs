//! Opening a user's disk, whatever has happened to it. A database that is broken stays as it is, and another one is
//! begun beside it; what the browser has cleared is filled from the copies.

use std::collections::BTreeSet;

use engine::{Engine, Step, TakenIn};
use protocol::{ChangeId, DeviceId};

use super::TRIES;
use super::copies::Copies;
use super::records::unreadable;
use super::recover::trouble;
use super::session::Directory;
use crate::device::{clock, identity, storage};
use crate::local::{self, Local, LocalError, Rescue};
use crate::store::{Notice, Trouble};

/// A user's disk, open; what opening it had to write is durable.
pub(super) struct Opened {
    pub(super) local: Local,
    pub(super) engine: Engine,
    pub(super) copies: Copies,
    /// To be performed, in this order; their commits are done.
    pub(super) steps: Vec<Step>,
    pub(super) notice: Option<Notice>,
    pub(super) generation: u32,
    /// Whether it was begun now, beside one that is broken.
    pub(super) is_renewed: bool,
}

/// Why a database cannot be used.
enum Failure {
    /// What is in it, or the database itself, cannot be read; another one may be begun beside it.
    Broken(Trouble),
    /// It may be all right: it is in use, forbidden, of a newer app, or there is no room.
    Unusable(Trouble),
    /// Another window has committed meanwhile: it is to be read again.
    Behind,
}

/// Opens the newest database of this user. One that is broken stays as it is, and a new one is begun beside it with
/// every unsent save that can still be read.
pub(super) async fn open_disk(
    name: &str,
    mark: &str,
    directory: Option<&Directory>,
) -> Result<Opened, Trouble> {
    let current = generation(name, directory).await;
    let broken = match open_generation(name, current, None, mark).await {
        Ok(opened) => return Ok(opened),
        Err(Failure::Broken(trouble)) => trouble,
        Err(failure) => return Err(failure.into_trouble()),
    };
    let old = local::salvage(&name_of(name, current)).await;
    // A new database that does not open either says that all of the browser's storage is ill.
    let renewed = open_generation(name, current + 1, Some(old), mark).await.map_err(|_| broken)?;
    if let Some(directory) = directory {
        // Should it not be written: the names of the databases say it too.
        drop(directory.keep_draft(&generation_key(name), &renewed.generation.to_string()).await);
    }
    Ok(renewed)
}

/// `broken`: what was found in the database that this one stands in for, if it opened.
async fn open_generation(
    name: &str,
    generation: u32,
    broken: Option<Option<local::Salvage>>,
    mark: &str,
) -> Result<Opened, Failure> {
    let mut origin = broken.map(Origin::Broken);
    for _ in 0..TRIES {
        let disk = Disk::open(name, generation).await?;
        let is_new = disk.is_new;
        let origin = origin.take().unwrap_or(if is_new { Origin::Nothing } else { Origin::Itself });
        match disk.fill(name, origin, mark).await {
            Err(Failure::Behind) => {}
            done => return done,
        }
    }
    Err(Failure::Behind)
}

/// A database that opened, read into an engine.
struct Disk {
    local: Local,
    engine: Engine,
    step: Step,
    generation: u32,
    /// Nothing was in it.
    is_new: bool,
}

/// Where what belongs into a database may be found.
enum Origin {
    /// It is all there.
    Itself,
    /// There was none before it, or the browser has cleared it.
    Nothing,
    /// Another one that cannot be used; what could be read of it, if it opened.
    Broken(Option<local::Salvage>),
}

impl Disk {
    async fn open(name: &str, generation: u32) -> Result<Self, Failure> {
        let window = identity::name().to_string();
        let mut local = Local::open(&name_of(name, generation), &window).await.map_err(failure)?;
        let snapshot = match local.load().await {
            Ok(snapshot) => snapshot,
            Err(error) => {
                local.close();
                return Err(failure(error));
            }
        };
        let is_new = snapshot.meta.is_none() && snapshot.outbox.is_empty();
        let fresh = DeviceId(identity::name());
        match Engine::open(snapshot, fresh, identity::seed(), clock::now()) {
            Ok((engine, step)) => Ok(Self { local, engine, step, generation, is_new }),
            Err(error) => {
                local.close();
                Err(match unreadable(error) {
                    Trouble::Newer => Failure::Unusable(Trouble::Newer),
                    trouble => Failure::Broken(trouble),
                })
            }
        }
    }

    /// Brings in the unsent saves that are still to be found, before anything else is saved here, and makes it all
    /// durable.
    async fn fill(self, name: &str, origin: Origin, mark: &str) -> Result<Opened, Failure> {
        let Self { local, engine, step, generation, .. } = self;
        let copies = Copies::of(name);
        let is_renewed = matches!(origin, Origin::Broken(_));
        let (steps, notice) = (vec![step], None);
        let mut opened = Opened { local, engine, copies, steps, notice, generation, is_renewed };
        match origin {
            Origin::Itself => {}
            Origin::Nothing => {
                let taken = opened.take_in(rescued(name).await);
                opened.notice = storage::mark(mark).map(|unsent| Notice::Cleared {
                    rescued: taken.saves,
                    lost: unsent.saturating_sub(taken.saves),
                });
            }
            Origin::Broken(found) => {
                let was_open = found.is_some();
                let found = found.unwrap_or_default();
                let copies = rescued(name).await;
                // What cannot be read here and stands among the copies is not missing.
                let readable: BTreeSet<_> = found.outbox.iter().filter_map(|row| change_of(row)).collect();
                let only_copied = copies.iter().filter_map(|row| change_of(row));
                let only_copied = only_copied.filter(|change| !readable.contains(change)).count();
                let taken = opened.take_in(found.outbox.into_iter().chain(copies).collect());
                let unreadable = (found.unreadable + taken.unreadable).saturating_sub(only_copied);
                opened.notice = Some(Notice::Renewed { rescued: taken.saves, unreadable, was_open });
                for (key, text) in found.drafts {
                    // A form's text that cannot be brought over is still in the old database.
                    drop(opened.local.keep_draft(&key, &text).await);
                }
            }
        }
        match opened.make_durable().await {
            Ok(()) => Ok(opened),
            Err(error) => {
                opened.local.close();
                Err(failure(error))
            }
        }
    }
}

impl Opened {
    fn take_in(&mut self, rows: Vec<Vec<u8>>) -> TakenIn {
        let (step, taken) = self.engine.take_in(&rows, clock::now());
        self.steps.push(step);
        taken
    }

    async fn make_durable(&mut self) -> Result<(), LocalError> {
        for step in &mut self.steps {
            if let Some(batch) = step.commit.take() {
                self.local.commit(&batch).await?;
                self.copies.follow(&batch);
            }
        }
        Ok(())
    }
}

fn change_of(row: &[u8]) -> Option<ChangeId> {
    engine::row_facts(row).map(|facts| facts.change)
}

async fn rescued(name: &str) -> Vec<Vec<u8>> {
    Rescue::of(name).rows().await.into_iter().map(|(_, row)| row).collect()
}

impl Failure {
    fn into_trouble(self) -> Trouble {
        match self {
            Self::Broken(trouble) | Self::Unusable(trouble) => trouble,
            Self::Behind => Trouble::Busy,
        }
    }
}

/// The newest database of that name: as the directory says, and should it not know, as the names on this device say.
async fn generation(name: &str, directory: Option<&Directory>) -> u32 {
    if let Some(generation) = latest(name, directory).await {
        return generation;
    }
    let prefix = format!("{name}{GENERATION}");
    let names = local::names().await;
    names.iter().filter_map(|found| found.strip_prefix(&prefix)?.parse().ok()).max().unwrap_or(0)
}

/// The newest database of that name as the directory says.
pub(super) async fn latest(name: &str, directory: Option<&Directory>) -> Option<u32> {
    let said = directory?.draft(&generation_key(name)).await.ok()??;
    said.parse().ok()
}

/// The older databases of that name that nobody has looked through yet.
pub(super) async fn older(name: &str, generation: u32, directory: Option<&Directory>) -> Vec<u32> {
    let mut older = Vec::new();
    for generation in 0..generation {
        let looked = match directory {
            Some(directory) => directory.draft(&looked_key(name, generation)).await.ok().flatten(),
            None => None,
        };
        if looked.is_none() {
            older.push(generation);
        }
    }
    older
}

pub(super) fn looked_key(name: &str, generation: u32) -> String {
    format!("looked:{}", name_of(name, generation))
}

/// The database's name in its `generation`th life.
pub(super) fn name_of(name: &str, generation: u32) -> String {
    if generation == 0 { name.to_owned() } else { format!("{name}{GENERATION}{generation}") }
}

/// Whether a database is one of those that this name has had.
pub(super) fn is_generation(name: &str, found: &str) -> bool {
    let rest = found.strip_prefix(name).map(|rest| rest.strip_prefix(GENERATION).unwrap_or(rest));
    rest.is_some_and(|rest| rest.chars().all(|digit| digit.is_ascii_digit()))
}

fn generation_key(name: &str) -> String {
    format!("generation:{name}")
}

fn failure(error: LocalError) -> Failure {
    let trouble = trouble(&error);
    match error {
        LocalError::Behind => Failure::Behind,
        error if error.is_broken() => Failure::Broken(trouble),
        _ => Failure::Unusable(trouble),
    }
}

const GENERATION: &str = ":g";
