//! How many tests passed and failed, read from what each runner prints.

use std::ops::AddAssign;

/// Tests passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// How many passed.
    pub(crate) passed: u32,
    /// How many failed.
    pub(crate) failed: u32,
}

impl Counts {
    /// One check that passed.
    pub(crate) const PASS: Self = Self { passed: 1, failed: 0 };
    /// One check that failed.
    pub(crate) const FAIL: Self = Self { passed: 0, failed: 1 };

    /// A runner that exits with an error has failed, whatever it counted; one that ran nothing has too.
    pub(crate) fn settled(counted: Option<Self>, succeeded: bool) -> Self {
        match counted {
            Some(counts) if succeeded || counts.failed > 0 => counts,
            Some(counts) => Self { failed: 1, ..counts },
            None => Self::FAIL,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// `test result: ok. 12 passed; 0 failed; …`, once for each test binary; wasm-bindgen prints the same.
pub(crate) fn of_cargo(text: &str) -> Option<Counts> {
    let mut sum = None;
    for line in plain(text).lines() {
        let Some((_, result)) = line.split_once("test result: ") else { continue };
        let (Some(passed), Some(failed)) = (before(result, "passed"), before(result, "failed")) else {
            continue;
        };
        *sum.get_or_insert_default() += Counts { passed, failed };
    }
    sum
}

/// Node's closing lines: `ℹ pass 12` of the spec reporter or `# pass 12` of the TAP one.
pub(crate) fn of_node(text: &str) -> Option<Counts> {
    let text = plain(text);
    let find = |word: &str| {
        text.lines().rev().find_map(|line| {
            let rest = line.trim().strip_prefix(['ℹ', '#'])?.trim().strip_prefix(word)?;
            rest.strip_prefix(' ')?.trim().parse::<u32>().ok()
        })
    };
    let (passed, failed) = (find("pass")?, find("fail")?);
    let cancelled = find("cancelled").unwrap_or(0);
    (passed + failed + cancelled > 0).then_some(Counts { passed, failed: failed + cancelled })
}

/// The simulator's closing line, `20000 worlds, 0 violations`: one check.
pub(crate) fn of_sim(text: &str) -> Option<Counts> {
    let text = plain(text);
    let line = text.lines().rev().find(|line| line.contains("worlds,"))?;
    let (worlds, violations) = (before(line, "worlds")?, before(line, "violations")?);
    Some(if worlds > 0 && violations == 0 { Counts::PASS } else { Counts::FAIL })
}

/// The simulator's closing line about planted bugs, `38 planted, 0 missed`: one check for each.
pub(crate) fn of_planted(text: &str) -> Option<Counts> {
    let text = plain(text);
    let line = text.lines().rev().find(|line| line.contains("planted,"))?;
    let (planted, missed) = (before(line, "planted")?, before(line, "missed")?);
    Some(Counts { passed: planted.saturating_sub(missed), failed: missed })
}

/// The number that stands before a word: 12 in "12 passed; 3 failed" before "passed".
fn before(line: &str, word: &str) -> Option<u32> {
    let words: Vec<&str> = line.split([' ', ',', ';']).filter(|part| !part.is_empty()).collect();
    let place = words.iter().position(|part| *part == word)?;
    words.get(place.checked_sub(1)?)?.parse().ok()
}

/// The text without terminal colours.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(
            part.split_once(|letter: char| letter.is_ascii_alphabetic()).map_or("", |(_, rest)| rest),
        );
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u32, failed: u32) -> Option<Counts> {
        Some(Counts { passed, failed })
    }

    #[test]
    fn cargo_results_add_up_over_the_binaries_and_colours_do_not_matter() {
        let text = "running 2 tests\ntest a ... ok\n\n\
            test result: \u{1b}[32mok\u{1b}(B\u{1b}[m. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 10 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(of_cargo(text), counts(12, 3));
    }

    #[test]
    fn a_runner_that_printed_no_result_has_no_counts() {
        assert_eq!(of_cargo("error[E0432]: unresolved import\n"), None);
        assert_eq!(of_cargo("a test result: is a thing people write about"), None);
        assert_eq!(of_node(""), None);
        assert_eq!(of_sim("Compiling sim"), None);
    }

    #[test]
    fn wasm_results_read_like_those_of_cargo() {
        let text = "    test result: ok. 7 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.31s";
        assert_eq!(of_cargo(text), counts(7, 0));
    }

    #[test]
    fn node_is_read_in_both_reporters_and_a_cancelled_test_failed() {
        let spec =
            "ℹ tests 9\nℹ suites 0\nℹ pass 7\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\nℹ duration_ms 12.5\n";
        assert_eq!(of_node(spec), counts(7, 2));
        let tap = "# tests 3\n# pass 3\n# fail 0\n# cancelled 0\n";
        assert_eq!(of_node(tap), counts(3, 0));
        assert_eq!(of_node("# pass 0\n# fail 0\n"), None);
    }

    #[test]
    fn the_simulator_is_one_check() {
        assert_eq!(of_sim("seed 1\n20000 worlds, 0 violations\n"), counts(1, 0));
        assert_eq!(of_sim("20000 worlds, 2 violations"), counts(0, 1));
        assert_eq!(of_sim("0 worlds, 0 violations"), counts(0, 1));
    }

    #[test]
    fn a_runner_that_ends_badly_has_failed_whatever_it_counted() {
        assert_eq!(Counts::settled(counts(5, 0), true), Counts { passed: 5, failed: 0 });
        assert_eq!(Counts::settled(counts(5, 0), false), Counts { passed: 5, failed: 1 });
        assert_eq!(Counts::settled(counts(5, 2), false), Counts { passed: 5, failed: 2 });
        assert_eq!(Counts::settled(None, true), Counts::FAIL);
    }
}
