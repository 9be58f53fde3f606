//! Accounts and contacts from a CSV file into the ledger: reads the file as it is, and says of each bad row which line
//! and why.

use std::collections::HashMap;
use std::fmt;

use protocol::TerritoryId;
use uuid::Uuid;

use crate::ledger::{AccountRow, Imported, Ledger, LedgerError};

mod alike;
mod columns;
mod contacts;
mod file;
mod people;
mod states;

pub use columns::Map;
pub use contacts::{Both, contacts};
pub use file::{read, unpacked};
pub use states::State;

/// Where the records go, and how the file is read.
#[derive(Clone, Debug)]
pub struct Target {
    /// The organisation.
    pub organisation: Uuid,
    /// The territory that new records go to. Known ones stay where they are.
    pub territory: TerritoryId,
    /// Which column holds which field; without it the header must be one we know.
    pub map: Option<Map>,
    /// Only rows of these states, when there are any.
    pub states: Vec<State>,
}

impl Target {
    /// Whether rows of this state are asked for, however the file writes it.
    fn wants(&self, state: Option<&str>) -> bool {
        self.states.is_empty() || state.and_then(State::of).is_some_and(|state| self.states.contains(&state))
    }
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records made.
    pub new: usize,
    /// Records about which the file said something new.
    pub changed: usize,
    /// Records about which it did not.
    pub unchanged: usize,
    /// Rows left out, with the line each begins on and the reason.
    pub refused: Vec<(u64, String)>,
    /// Rows left out because they are of none of the states asked for.
    pub elsewhere: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { new, changed, unchanged, refused, elsewhere } = self;
        write!(f, "{new} new, {changed} changed, {unchanged} unchanged, {} refused", refused.len())?;
        if *elsewhere > 0 {
            write!(f, ", {elsewhere} of other states")?;
        }
        Ok(())
    }
}

/// Why a file could not be imported at all.
#[derive(Debug, PartialEq, Eq)]
pub enum ImportError {
    /// The file is not what it should be; a sentence.
    File(String),
    /// The ledger could not write. What came before is written; run it again.
    Ledger(LedgerError),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(sentence) => f.write_str(sentence),
            Self::Ledger(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<LedgerError> for ImportError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

/// Rows written in one transaction: few enough that a rep's save never waits long behind an import.
const ROWS_PER_WRITE: usize = 1000;

/// Imports the accounts of a CSV file. Safe to repeat.
///
/// # Errors
/// When the file is not CSV with a header we can map, or the ledger cannot write.
pub fn accounts(
    ledger: &mut Ledger,
    bytes: &[u8],
    target: &Target,
    now: i64,
) -> Result<Summary, ImportError> {
    let text = file::decoded(bytes);
    let rows = file::rows(&text, |header| {
        target.map.clone().or_else(|| Map::preset(header)).ok_or_else(|| {
            let columns = file::shown(header);
            ImportError::File(format!(
                "This header is not one we know. Say which column is which with \
             --map name=…,city=… The file has: {columns}."
            ))
        })
    })?;
    let known = ledger.account_keys(target.organisation)?;
    let mut summary = Summary::default();
    let mut lines_by_key = HashMap::new();
    let mut batch = Vec::new();
    for (line, row) in rows {
        let named = row.and_then(|fields| match fields.text("name") {
            Some(_) => Ok(fields),
            None => Err("no name".to_owned()),
        });
        let fields = match named {
            Ok(fields) => fields,
            Err(reason) => {
                summary.refused.push((line, reason));
                continue;
            }
        };
        if !target.wants(fields.text("state")) {
            summary.elsewhere += 1;
            continue;
        }
        let row = AccountRow::new(fields);
        if let Some(first) = lines_by_key.get(&row.key) {
            summary.refused.push((line, format!("the same account as in line {first}")));
            continue;
        }
        lines_by_key.insert(row.key.clone(), line);
        batch.push((line, row));
        if batch.len() == ROWS_PER_WRITE {
            write(ledger, target, &known, std::mem::take(&mut batch), &mut summary, now)?;
        }
    }
    write(ledger, target, &known, batch, &mut summary, now)?;
    summary.refused.sort();
    Ok(summary)
}

fn write(
    ledger: &mut Ledger,
    target: &Target,
    known: &HashMap<String, protocol::RecordId>,
    batch: Vec<(u64, AccountRow)>,
    summary: &mut Summary,
    now: i64,
) -> Result<(), ImportError> {
    let (lines, rows): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let fresh = &mut || protocol::RecordId(Uuid::now_v7());
    let answers = ledger.import_accounts(target.organisation, &target.territory, &rows, known, fresh, now)?;
    lines.into_iter().zip(answers).for_each(|(line, answer)| summary.count(line, answer));
    Ok(())
}

impl Summary {
    fn count(&mut self, line: u64, answer: Imported) {
        match answer {
            Imported::New => self.new += 1,
            Imported::Changed => self.changed += 1,
            Imported::Unchanged => self.unchanged += 1,
            Imported::Refused(reason) => self.refused.push((line, reason)),
        }
    }
}
