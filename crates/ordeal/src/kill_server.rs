//! The server killed while it takes pushes, again and again: what it acknowledged is there after each kill, and it is
//! soon ready again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use protocol::ChangeId;
use server::ledger::{Ledger, LedgerError};

use crate::dice::Dice;
use crate::ground::Ground;
use crate::judge::Verdict;
use crate::proxy::Tally;
use crate::report::Heard;
use crate::world::{Manner, World};

/// What is to be run.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Kills of the server.
    pub(crate) cycles: usize,
    /// Clients that push.
    pub(crate) clients: usize,
    /// Decides what they save and when the kills come.
    pub(crate) seed: u64,
}

/// What the kills hit.
#[derive(Debug, Default)]
struct Found {
    /// Kills shortly after a push had gone through to the server.
    mid_push: usize,
    /// Acknowledged changes looked up after a kill.
    looked_up: usize,
    /// Changes that the server had taken without living to say so.
    unsaid: usize,
    ready: Vec<Duration>,
}

/// Runs all of it and prints as it goes.
///
/// # Errors
/// A sentence, when it cannot be run; what is found is in the verdict.
pub(crate) fn run(ground: &Ground, options: &Options) -> Result<Verdict, String> {
    let mut sum = Verdict::default();
    let mut found = Found::default();
    let begun = Instant::now();
    let mut left = options.cycles;
    let mut seed = options.seed;
    while left > 0 {
        let cycles = left.min(WORLD_CYCLES);
        sum.add(one(ground, options.clients, seed, cycles, &mut found)?);
        left -= cycles;
        seed += 1;
        println!(
            "{} cycles, {} saves, {:.0} s",
            options.cycles - left,
            sum.saved,
            begun.elapsed().as_secs_f32()
        );
    }
    sum.sentences.iter().for_each(|sentence| println!("  {sentence}"));
    found.ready.sort();
    let at =
        |part: usize| found.ready.get((found.ready.len() - 1) * part / 100).map_or(0, Duration::as_millis);
    println!(
        "{} of the kills hit a push under way, {} changes were taken and not answered, {} acknowledged ones looked up",
        found.mid_push, found.unsaid, found.looked_up
    );
    println!(
        "ready after {} ms (median), {} ms (99 of 100), {} ms (longest) in {} starts",
        at(50),
        at(99),
        at(100),
        found.ready.len()
    );
    let late = found.ready.iter().filter(|ready| **ready >= READY_MAX).count();
    if late > 0 {
        sum.wrong(format!("the server was not ready within 2 s {late} times"));
    }
    println!(
        "{} cycles with {} clients: {} lost, {} doubled, {} stuck, {} different, {} wrong",
        options.cycles, options.clients, sum.lost, sum.doubled, sum.stuck, sum.different, sum.wrong
    );
    Ok(sum)
}

fn one(
    ground: &Ground,
    clients: usize,
    seed: u64,
    cycles: usize,
    found: &mut Found,
) -> Result<Verdict, String> {
    let manner = Manner { seed, rate: 60, pace_ms: 60, saves_max: usize::MAX };
    let mut world = World::start(ground, manner, &Arc::new(Tally::default()))?;
    let mut dice = Dice::new(seed ^ KILLS);
    let mut verdict = Verdict::default();
    let mut seen = vec![BTreeSet::new(); clients];
    for _ in 0..cycles {
        std::thread::sleep(Duration::from_millis(dice.below(120)));
        // The moment is drawn around a push, where a kill hurts most; the answer takes a few milliseconds.
        let watched = dice.below(clients as u64) as usize;
        let pushed = world.phones[watched].proxy.wait_for_push(Duration::from_millis(1_500));
        found.mid_push += usize::from(pushed);
        std::thread::sleep(Duration::from_micros(dice.below(8_000)));
        world.kill_server();
        let looked = look_up(&world, ground, &mut seen, found, &mut verdict);
        looked.map_err(|error| error.to_string())?;
        world.start_server()?;
    }
    world.hush();
    world.heal()?;
    world.rest(&mut verdict);
    world.judge(&mut verdict)?;
    found.ready.append(&mut world.ready);
    if !verdict.is_good() {
        println!("seed {seed}: see {}", world.keep().display());
    }
    Ok(verdict)
}

/// Every change that a client has seen acknowledged must be there, now that the server is dead and before any client
/// can send it again. `seen` are those, by client, that were looked up before.
fn look_up(
    world: &World<'_>,
    ground: &Ground,
    seen: &mut [BTreeSet<ChangeId>],
    found: &mut Found,
    verdict: &mut Verdict,
) -> Result<(), LedgerError> {
    let mut ledger = Ledger::open(&world.db())?;
    for (number, (phone, seen)) in world.phones.iter().zip(seen).enumerate() {
        let Heard { acked, saved, .. } = phone.heard().clone();
        for change in acked.difference(seen) {
            found.looked_up += 1;
            if !ledger.answered(ground.org, *change)? {
                verdict
                    .lost(format!("client {number}: {} was acknowledged and is gone after a kill", change.0));
            }
        }
        for change in saved.difference(&acked) {
            found.unsaid += usize::from(ledger.answered(ground.org, *change)?);
        }
        *seen = acked;
    }
    Ok(())
}

/// Kills in one world; then everything is compared, and a new one begins.
const WORLD_CYCLES: usize = 100;
/// The promise: ready within two seconds of starting.
const READY_MAX: Duration = Duration::from_secs(2);

/// What these dice are for.
const KILLS: u64 = 3;
