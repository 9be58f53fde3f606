//! Partitions: clients save and sync while the network fails in every way, server and clients are killed and frozen;
//! then all faults stop, everybody comes to rest, and everything is compared. With a restore on request: the server's
//! ledger is put back to a backup in between.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::ground::Ground;
use crate::judge::Verdict;
use crate::proxy::{Tally, Weather};
use crate::server::Server;
use crate::world::{Manner, World};

/// What is to be run.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Runs, one after another.
    pub(crate) runs: u64,
    /// Clients of each.
    pub(crate) clients: usize,
    /// The first run's seed; each further one has the next.
    pub(crate) seed: u64,
    /// How long the faults last, real ms.
    pub(crate) faults_ms: u64,
    /// Whether the ledger is put back to a backup in the middle of it.
    pub(crate) restore: bool,
}

/// What befalls the world, and when, ms after the start.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Deed {
    Weather(usize, Weather),
    Part(u64),
    KillServer,
    StartServer,
    FreezeServer,
    ThawServer,
    KillClient(usize),
    StartClient(usize),
    FreezeClient(usize),
    ThawClient(usize),
    Backup,
    /// With the ledger that was there, or on a machine that has none.
    Restore(bool),
}

/// Deeds that were done, for the report.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// Kills of the server.
    pub(crate) server_kills: u64,
    /// Kills of clients.
    pub(crate) client_kills: u64,
    /// Server and clients frozen for a while.
    pub(crate) freezes: u64,
    /// Partitions of half of the clients.
    pub(crate) partitions: u64,
    /// Restores of a backup.
    pub(crate) restores: u64,
    /// The longest that a start of the server took.
    pub(crate) ready_max: Duration,
    /// How many starts there were.
    pub(crate) starts: usize,
}

/// Runs all of it and prints as it goes.
///
/// # Errors
/// A sentence, when the runs cannot be made; what they find is in the verdict.
pub(crate) fn run(ground: &Ground, options: &Options) -> Result<Verdict, String> {
    let tally = Arc::new(Tally::default());
    let mut done = Done::default();
    let mut sum = Verdict::default();
    let begun = Instant::now();
    for seed in options.seed..options.seed + options.runs {
        let (verdict, kept) = one(ground, options, seed, &tally, &mut done)?;
        if let Some(kept) = kept {
            println!("seed {seed}: see {}", kept.display());
            verdict.sentences.iter().for_each(|sentence| println!("  {sentence}"));
        }
        sum.add(verdict);
        let ran = seed - options.seed + 1;
        if ran.is_multiple_of(10) {
            println!("{ran} runs, {} saves, {:.0} s", sum.saved, begun.elapsed().as_secs_f32());
        }
    }
    println!("faults: {tally}");
    println!(
        "deeds: server killed {}, client killed {}, frozen {}, partitions {}, restores {}; server ready after \
         {} ms at most in {} starts",
        done.server_kills,
        done.client_kills,
        done.freezes,
        done.partitions,
        done.restores,
        done.ready_max.as_millis(),
        done.starts
    );
    println!(
        "{} saves, {} acknowledged, {} refused for a while, {} cut short by a kill",
        sum.saved, sum.acked, sum.refused, sum.cut_short
    );
    println!(
        "{} runs with {} clients: {} lost, {} doubled, {} stuck, {} different, {} wrong",
        options.runs, options.clients, sum.lost, sum.doubled, sum.stuck, sum.different, sum.wrong
    );
    Ok(sum)
}

fn one(
    ground: &Ground,
    options: &Options,
    seed: u64,
    tally: &Arc<Tally>,
    done: &mut Done,
) -> Result<(Verdict, Option<PathBuf>), String> {
    let manner = Manner { seed, rate: 30, pace_ms: 25, saves_max: 500 };
    let mut world = World::start(ground, manner, tally)?;
    let mut dice = Dice::new(seed ^ PLAN);
    let plan = plan(options, &mut dice);
    let begun = Instant::now();
    let mut verdict = Verdict::default();
    for (at, deed) in plan {
        std::thread::sleep((begun + Duration::from_millis(at)).saturating_duration_since(Instant::now()));
        act(&mut world, deed, done)?;
    }
    world.hush();
    world.heal()?;
    world.rest(&mut verdict);
    world.judge(&mut verdict)?;
    done.ready_max = done.ready_max.max(world.ready.iter().max().copied().unwrap_or_default());
    done.starts += world.ready.len();
    let kept = (!verdict.is_good()).then(|| world.keep());
    Ok((verdict, kept))
}

/// All that will befall the world of this seed, in the order of time.
fn plan(options: &Options, dice: &mut Dice) -> Vec<(u64, Deed)> {
    let mut plan = Vec::new();
    let mut at = 30;
    while at < options.faults_ms {
        let client = dice.below(options.clients as u64) as usize;
        let later = at + 20 + dice.below(250);
        match dice.below(100) {
            0..50 => plan.push((at, Deed::Weather(client, Weather::any(dice)))),
            50..62 => plan.push((at, Deed::Weather(client, Weather::fair()))),
            62..68 => plan.push((at, Deed::Part(dice.roll()))),
            68..76 => plan.extend([(at, Deed::KillServer), (later, Deed::StartServer)]),
            76..80 => plan.extend([(at, Deed::FreezeServer), (later, Deed::ThawServer)]),
            80..95 => plan.extend([(at, Deed::KillClient(client)), (later, Deed::StartClient(client))]),
            _ => plan.extend([(at, Deed::FreezeClient(client)), (later, Deed::ThawClient(client))]),
        }
        at += 1 + dice.below(40);
    }
    if options.restore {
        let (early, late) = (options.faults_ms / 4, options.faults_ms * 3 / 4);
        plan.push((early + dice.below(early), Deed::Backup));
        plan.push((late, Deed::Restore(dice.percent(30))));
    }
    plan.sort_by_key(|(at, _)| *at);
    plan
}

fn act(world: &mut World<'_>, deed: Deed, done: &mut Done) -> Result<(), String> {
    match deed {
        Deed::Weather(client, weather) => world.phones[client].proxy.set_weather(weather),
        Deed::Part(roll) => {
            done.partitions += 1;
            world.part(&mut Dice::new(roll ^ PLAN));
        }
        Deed::KillServer => {
            done.server_kills += u64::from(world.server.is_some());
            world.kill_server();
        }
        Deed::StartServer => world.start_server()?,
        Deed::FreezeServer => {
            done.freezes += u64::from(world.server.is_some());
            world.server.iter().for_each(Server::freeze);
        }
        Deed::ThawServer => world.server.iter().for_each(Server::thaw),
        Deed::KillClient(client) => {
            done.client_kills += 1;
            world.phones[client].kill();
        }
        Deed::StartClient(client) => world.phones[client].start()?,
        Deed::FreezeClient(client) => {
            done.freezes += 1;
            world.phones[client].freeze();
        }
        Deed::ThawClient(client) => world.phones[client].thaw(),
        Deed::Backup => world.command(&["backup".as_ref(), &world.db().with_extension("backup")])?,
        Deed::Restore(bare) => {
            done.restores += 1;
            world.kill_server();
            if bare {
                for ending in ["", "-wal", "-shm"] {
                    let mut name = world.db().into_os_string();
                    name.push(ending);
                    // What is not there need not be taken away.
                    let _ = std::fs::remove_file(name);
                }
            }
            world.command(&["restore".as_ref(), &world.db().with_extension("backup")])?;
            world.start_server()?;
        }
    }
    Ok(())
}

/// What these dice are for.
const PLAN: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_plan_and_who_was_stopped_goes_on() {
        let options = Options { runs: 1, clients: 4, seed: 1, faults_ms: 20_000, restore: true };
        let one = plan(&options, &mut Dice::new(5 ^ PLAN));
        assert_eq!(one, plan(&options, &mut Dice::new(5 ^ PLAN)));
        assert_ne!(one, plan(&options, &mut Dice::new(6 ^ PLAN)));
        assert!(one.is_sorted_by_key(|(at, _)| *at));
        let count = |wanted: fn(&Deed) -> bool| one.iter().filter(|(_, deed)| wanted(deed)).count();
        type Is = fn(&Deed) -> bool;
        let pairs: [(Is, Is); 4] = [
            (|deed| *deed == Deed::KillServer, |deed| *deed == Deed::StartServer),
            (|deed| *deed == Deed::FreezeServer, |deed| *deed == Deed::ThawServer),
            (|deed| matches!(deed, Deed::KillClient(_)), |deed| matches!(deed, Deed::StartClient(_))),
            (|deed| matches!(deed, Deed::FreezeClient(_)), |deed| matches!(deed, Deed::ThawClient(_))),
        ];
        for (stop, go) in pairs {
            assert!(count(stop) > 0);
            assert_eq!(count(stop), count(go));
        }
        let backup = one.iter().position(|(_, deed)| *deed == Deed::Backup);
        let restore = one.iter().position(|(_, deed)| matches!(deed, Deed::Restore(_)));
        assert!(backup.is_some() && backup < restore);
    }
}
