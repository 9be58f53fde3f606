//! Which world: a seed, and what is left of it after shrinking. A plan is one line of text, so that a failing world can
//! be kept in a file for ever.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::faults::Fault;
use crate::planted::Planted;
use crate::world::OWNERS;

/// A world to live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// All chance in it.
    pub seed: u64,
    /// Its steps, by number; each has dice of its own, so that leaving one out does not change the others.
    pub steps: Vec<usize>,
    /// Faults that do not happen.
    pub without: BTreeSet<Fault>,
    /// How many of its first devices take part.
    pub devices: usize,
    /// Whether its reps rather save again what needs a person than something else.
    pub insists: bool,
    /// Added to the clock of each phone; must not matter.
    pub skew: i64,
    /// Whether it may be lived on a ledger on which other seeds were.
    pub shared: bool,
    /// Whether the bytes that go to disk are folded into the hash of the world.
    pub hashes: bool,
    /// The bug planted in it.
    pub planted: Option<Planted>,
}

impl Plan {
    /// The whole world of a seed. One in thirty lives long.
    pub fn of(seed: u64) -> Self {
        let steps = if seed.is_multiple_of(30) { STEPS_LONG } else { STEPS };
        let (steps, without) = ((0..steps).collect(), BTreeSet::new());
        Self {
            seed,
            steps,
            without,
            devices: OWNERS.len(),
            insists: seed % INSISTING == 2,
            skew: 0,
            shared: false,
            hashes: false,
            planted: None,
        }
    }

    /// Whether this device takes part; those that come later always do.
    pub fn has(&self, device: usize) -> bool {
        device < self.devices || device >= OWNERS.len()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}", self.seed)?;
        let whole = Self::of(self.seed);
        if self.steps != whole.steps {
            let steps: Vec<String> = self.steps.iter().map(usize::to_string).collect();
            write!(f, "; steps {}", steps.join(" "))?;
        }
        if self.devices != whole.devices {
            write!(f, "; devices {}", self.devices)?;
        }
        if self.insists != whole.insists {
            write!(f, "; reps {}", if self.insists { INSIST } else { "yield" })?;
        }
        if !self.without.is_empty() {
            let without: Vec<&str> = self.without.iter().map(|fault| fault.name()).collect();
            write!(f, "; without {}", without.join(" | "))?;
        }
        Ok(())
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let mut parts = line.split(';').map(str::trim);
        let seed = parts.next().and_then(|part| part.strip_prefix("seed ")?.trim().parse().ok());
        let mut plan = Self::of(seed.ok_or_else(|| format!("no seed in “{line}”"))?);
        for part in parts {
            let wrong = || format!("“{part}” is no part of a plan");
            let (word, rest) = part.split_once(' ').ok_or_else(wrong)?;
            match word {
                "steps" => {
                    let steps = rest.split_whitespace().map(str::parse).collect::<Result<_, _>>();
                    plan.steps = steps.map_err(|_| wrong())?;
                }
                "devices" => plan.devices = rest.parse().map_err(|_| wrong())?,
                "reps" => plan.insists = rest == INSIST,
                "without" => {
                    let faults = rest.split('|').map(|name| Fault::named(name.trim())).collect::<Option<_>>();
                    plan.without = faults.ok_or_else(wrong)?;
                }
                _ => return Err(wrong()),
            }
        }
        Ok(plan)
    }
}

/// One world in so many has reps who insist; the remainder is one that none of the oldest kept seeds has.
const INSISTING: u64 = 9;
const INSIST: &str = "insist";
const STEPS: usize = 120;
const STEPS_LONG: usize = 600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_survives_being_written_down() {
        let mut plan = Plan::of(7);
        assert_eq!(plan.to_string(), "seed 7");
        assert_eq!("seed 7".parse(), Ok(plan.clone()));
        plan.steps = vec![3, 9, 40];
        plan.devices = 2;
        plan.insists = true;
        plan.without = [Fault::Slow, Fault::Frozen].into();
        assert_eq!(plan.to_string().parse(), Ok(plan));
        assert!("seed 7; with love".parse::<Plan>().is_err());
    }
}
