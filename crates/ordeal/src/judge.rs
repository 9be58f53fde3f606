//! The judge: compares what clients said with what the ledger holds, and knows nothing of how either works.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use protocol::{ChangeId, Record, RecordId};
use server::ledger::Ledger;

use crate::ground::{Ground, User};
use crate::report::Heard;

/// What was found, over one run or many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    /// Saves that clients said are saved.
    pub(crate) saved: usize,
    /// Saves that were cut short by a kill, of which either all or nothing may be there.
    pub(crate) cut_short: usize,
    /// Saves whose receipt a client had.
    pub(crate) acked: usize,
    /// Saves that the server refused for a while.
    pub(crate) refused: usize,
    /// Saves that are not on the server, or not all of them.
    pub(crate) lost: usize,
    /// Saves that had more than one effect.
    pub(crate) doubled: usize,
    /// Clients that did not get their saves or their pull through once the faults had stopped.
    pub(crate) stuck: usize,
    /// Clients that do not hold what the server holds.
    pub(crate) different: usize,
    /// Anything else that must not happen.
    pub(crate) wrong: usize,
    /// A sentence for each of the above.
    pub(crate) sentences: Vec<String>,
}

impl Verdict {
    /// Whether nothing was found.
    pub(crate) fn is_good(&self) -> bool {
        self.lost + self.doubled + self.stuck + self.different + self.wrong == 0
    }

    /// Adds another run.
    pub(crate) fn add(&mut self, other: Self) {
        self.saved += other.saved;
        self.cut_short += other.cut_short;
        self.acked += other.acked;
        self.refused += other.refused;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.stuck += other.stuck;
        self.different += other.different;
        self.wrong += other.wrong;
        self.sentences.extend(other.sentences);
    }

    pub(crate) fn lost(&mut self, sentence: String) {
        self.lost += 1;
        self.sentences.push(sentence);
    }

    pub(crate) fn stuck(&mut self, sentence: String) {
        self.stuck += 1;
        self.sentences.push(sentence);
    }

    pub(crate) fn wrong(&mut self, sentence: String) {
        self.wrong += 1;
        self.sentences.push(sentence);
    }
}

/// The ledger as it is after everything: which change wrote which records, and the records themselves.
#[derive(Debug)]
pub(crate) struct Truth {
    effects: BTreeMap<ChangeId, Vec<RecordId>>,
    records: Vec<Record>,
}

impl Truth {
    /// Reads all of it.
    ///
    /// # Errors
    /// A sentence, when the ledger cannot be read.
    pub(crate) fn read(db: &Path, ground: &Ground) -> Result<Self, String> {
        let read = || {
            let mut ledger = Ledger::open(db)?;
            let records = ledger.records(ground.org)?;
            let mut effects: BTreeMap<ChangeId, Vec<RecordId>> = BTreeMap::new();
            for record in &records {
                for row in ledger.history(record.id)? {
                    effects
                        .entry(row.change.unwrap_or(ChangeId(uuid::Uuid::nil())))
                        .or_default()
                        .push(record.id);
                }
            }
            Ok(Self { effects, records })
        };
        read().map_err(|error: server::ledger::LedgerError| format!("{}: {error}", db.display()))
    }

    /// Judges everything that the clients of one run said.
    pub(crate) fn judge<'a>(&self, ground: &Ground, clients: impl IntoIterator<Item = &'a Heard>) -> Verdict {
        let mut verdict = Verdict::default();
        let mut known: BTreeSet<ChangeId> = ground.changes.clone();
        for (number, heard) in clients.into_iter().enumerate() {
            known.extend(heard.tried.keys());
            self.judge_client(number, heard, &mut verdict);
        }
        for change in self.effects.keys().filter(|change| !known.contains(change)) {
            verdict.wrong(format!("nobody saved {}, and the server has it", change.0));
        }
        verdict
    }

    fn judge_client(&self, number: usize, heard: &Heard, verdict: &mut Verdict) {
        verdict.saved += heard.saved.len();
        verdict.acked += heard.acked.len();
        verdict.refused += heard.refused.len();
        for (change, records) in &heard.tried {
            let mut expected = records.clone();
            let mut found = self.effects.get(change).cloned().unwrap_or_default();
            expected.sort();
            found.sort();
            let promised = heard.saved.contains(change) || heard.acked.contains(change);
            verdict.cut_short += usize::from(!promised);
            if found == expected || (found.is_empty() && !promised) {
                continue;
            }
            let once: BTreeSet<_> = found.iter().collect();
            let (kind, count) = if once.len() < found.len() {
                ("doubled", &mut verdict.doubled)
            } else {
                ("lost", &mut verdict.lost)
            };
            *count += 1;
            let acked = if heard.acked.contains(change) { "acknowledged" } else { "saved" };
            verdict.sentences.push(format!(
                "client {number}: {} is {kind}: {acked}, about {} records, {} effects on the server{}",
                change.0,
                records.len(),
                found.len(),
                heard.refused.get(change).map(|why| format!("; refused: {why}")).unwrap_or_default()
            ));
        }
        for sentence in &heard.wrong {
            verdict.wrong(format!("client {number}: {sentence}"));
        }
    }

    /// Compares what a client of this user holds with what the server holds for the user.
    pub(crate) fn compare(&self, number: usize, user: &User, held: &Path, verdict: &mut Verdict) {
        let bytes = std::fs::read(held).unwrap_or_default();
        let mut held: Vec<Record> = serde_json::from_slice(&bytes).unwrap_or_default();
        held.sort_by_key(|record| record.id);
        let owed = self
            .records
            .iter()
            .filter(|record| !record.deleted && user.territories.contains(&record.territory));
        let mut owed: Vec<&Record> = owed.collect();
        owed.sort_by_key(|record| record.id);
        if !held.iter().eq(owed.iter().copied()) {
            verdict.different += 1;
            let sentence = format!("client {number} holds {} records, the server {}", held.len(), owed.len());
            verdict.sentences.push(sentence);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const fn change(number: u128) -> ChangeId {
        ChangeId(Uuid::from_u128(number))
    }

    const fn record(number: u128) -> RecordId {
        RecordId(Uuid::from_u128(number))
    }

    fn ground() -> Ground {
        Ground {
            db: "nowhere".into(),
            program: "nothing".into(),
            org: Uuid::nil(),
            users: Vec::new(),
            cookies: Vec::new(),
            changes: BTreeSet::from([change(100)]),
        }
    }

    fn truth(effects: &[(u128, &[u128])]) -> Truth {
        let effects = effects
            .iter()
            .map(|(id, records)| (change(*id), records.iter().map(|number| record(*number)).collect()));
        Truth { effects: effects.collect(), records: Vec::new() }
    }

    /// A client that tried 1 (two records), 2 and 3; 1 and 2 are saved, 1 is acknowledged.
    fn heard() -> Heard {
        let mut heard = Heard::default();
        heard.tried.insert(change(1), vec![record(11), record(12)]);
        heard.tried.insert(change(2), vec![record(12)]);
        heard.tried.insert(change(3), vec![record(13)]);
        heard.saved.extend([change(1), change(2)]);
        heard.acked.insert(change(1));
        heard
    }

    fn counts(effects: &[(u128, &[u128])]) -> [usize; 4] {
        let verdict = truth(effects).judge(&ground(), [&heard()]);
        assert_eq!(verdict.cut_short, 1);
        [verdict.lost, verdict.doubled, verdict.wrong, verdict.sentences.len()]
    }

    #[test]
    fn each_save_must_be_there_once_and_whole_and_what_was_cut_short_may_be_there() {
        assert_eq!(counts(&[(100, &[1]), (1, &[11, 12]), (2, &[12])]), [0, 0, 0, 0]);
        assert_eq!(counts(&[(1, &[11, 12]), (2, &[12]), (3, &[13])]), [0, 0, 0, 0]);
        assert_eq!(counts(&[(1, &[11, 12])]), [1, 0, 0, 1], "saved, and missing");
        assert_eq!(counts(&[(1, &[11]), (2, &[12])]), [1, 0, 0, 1], "half of it");
        assert_eq!(counts(&[(1, &[11, 12, 12]), (2, &[12])]), [0, 1, 0, 1], "doubled");
        assert_eq!(counts(&[(1, &[11, 12]), (2, &[12]), (3, &[13, 13])]), [0, 1, 0, 1], "cut short, doubled");
        assert_eq!(counts(&[(1, &[11, 12]), (2, &[12]), (9, &[13])]), [0, 0, 1, 1], "invented");
    }
}
