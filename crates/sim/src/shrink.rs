//! Makes a failing world small: fewer faults, fewer devices, fewer steps, as long as the same promise is broken.

use crate::faults::{Fault, Faults};
use crate::plan::Plan;
use crate::world::World;

/// The smallest plan found in which the same promise is broken, and how many worlds it took.
pub fn shrink(plan: &Plan, verdict: &str) -> (Plan, usize) {
    let mut shrinking = Shrinking { best: plan.clone(), promise: promise(verdict), lived: 0 };
    shrinking.cut(verdict);
    for _ in 0..2 {
        shrinking.faults();
        shrinking.devices();
        shrinking.steps();
    }
    (shrinking.best, shrinking.lived)
}

struct Shrinking {
    best: Plan,
    promise: String,
    lived: usize,
}

impl Shrinking {
    /// What came after the broken promise was never lived.
    fn cut(&mut self, verdict: &str) {
        let last =
            verdict.rsplit_once("[step ").and_then(|(_, rest)| rest.trim_end_matches(']').parse().ok());
        if let Some(last) = last {
            let steps = self.best.steps.iter().copied().filter(|step| *step <= last).collect();
            self.try_with(Plan { steps, ..self.best.clone() });
        }
    }

    fn faults(&mut self) {
        for fault in Faults::draw(self.best.seed, &self.best.without).on().collect::<Vec<Fault>>() {
            let mut plan = self.best.clone();
            plan.without.insert(fault);
            self.try_with(plan);
        }
    }

    fn devices(&mut self) {
        for devices in 1..self.best.devices {
            if self.try_with(Plan { devices, ..self.best.clone() }) {
                return;
            }
        }
    }

    /// Takes away ever smaller pieces (Zeller and Hildebrandt 2002, without the complements).
    fn steps(&mut self) {
        let mut piece = self.best.steps.len().div_ceil(2);
        while piece > 0 {
            let mut at = 0;
            while at < self.best.steps.len() {
                let mut steps = self.best.steps.clone();
                steps.drain(at..(at + piece).min(steps.len()));
                if !self.try_with(Plan { steps, ..self.best.clone() }) {
                    at += piece;
                }
            }
            piece = if piece == 1 { 0 } else { piece.div_ceil(2) };
        }
    }

    fn try_with(&mut self, plan: Plan) -> bool {
        self.lived += 1;
        let verdict = World::new(plan.clone()).run();
        let same = verdict.is_err_and(|verdict| promise(&verdict) == self.promise);
        if same {
            self.best = plan;
        }
        same
    }
}

/// A verdict without the names of things in it.
fn promise(verdict: &str) -> String {
    let words = verdict.split(" [step").next().unwrap_or_default().split(' ');
    words.filter(|word| !word.chars().skip(3).any(|c| c.is_ascii_digit()) && word.len() > 1).collect()
}
