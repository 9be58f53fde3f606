//! Worlds that once broke a promise, each kept small, with the fault it found; lived again in every run.

use crate::plan::Plan;
use crate::world::World;

/// Lives them all; answers how many there are.
///
/// # Errors
/// The first that breaks a promise again, by its name.
pub fn all() -> Result<usize, String> {
    let mut lived = 0;
    for line in FILE.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, plan) = line.split_once(": ").ok_or_else(|| format!("“{line}” has no name"))?;
        let plan: Plan = plan.parse()?;
        World::new(plan).run().map_err(|verdict| format!("{name}: {verdict}"))?;
        lived += 1;
    }
    Ok(lived)
}

const FILE: &str = include_str!("../regressions.txt");

#[cfg(test)]
mod tests {
    #[test]
    fn what_was_once_broken_holds() {
        let lived = super::all();
        assert!(lived.as_ref().is_ok_and(|lived| *lived > 0), "{lived:?}");
    }
}
