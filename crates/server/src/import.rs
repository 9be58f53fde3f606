//! Accounts from a CSV file into the ledger: reads the file as it is, and says of each bad row which line and
//! why.

use std::collections::HashMap;
use std::fmt;

use protocol::TerritoryId;
use uuid::Uuid;

use crate::ledger::{AccountRow, Imported, Ledger, LedgerError};

mod columns;
mod file;

pub use columns::Map;
pub use file::unpacked;

/// Where the accounts go, and how the file is read.
#[derive(Clone, Debug)]
pub struct Target {
    /// The organisation.
    pub organisation: Uuid,
    /// The territory that new accounts go to. Known ones stay where they are.
    pub territory: TerritoryId,
    /// Which column holds which field; without it the header must be one we know.
    pub map: Option<Map>,
    /// Only rows of these states, when there are any.
    pub states: Vec<String>,
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Accounts made.
    pub new: usize,
    /// Accounts about which the file said something new.
    pub changed: usize,
    /// Accounts about which it did not.
    pub unchanged: usize,
    /// Rows left out, with the line each begins on and the reason.
    pub refused: Vec<(u64, String)>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { new, changed, unchanged, refused } = self;
        write!(f, "{new} new, {changed} changed, {unchanged} unchanged, {} refused", refused.len())
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
    let rows = file::rows(&text, target.map.as_ref())?;
    let known = ledger.account_keys(target.organisation)?;
    let mut summary = Summary::default();
    let mut lines_by_key = HashMap::new();
    let mut batch = Vec::new();
    for (line, row) in rows {
        let fields = match row {
            Ok(fields) => fields,
            Err(reason) => {
                summary.refused.push((line, reason));
                continue;
            }
        };
        let state = fields.text("state").unwrap_or_default();
        if !target.states.is_empty() && !target.states.iter().any(|only| only.eq_ignore_ascii_case(state)) {
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
    for (line, answer) in lines.into_iter().zip(answers) {
        match answer {
            Imported::New => summary.new += 1,
            Imported::Changed => summary.changed += 1,
            Imported::Unchanged => summary.unchanged += 1,
            Imported::Refused(reason) => summary.refused.push((line, reason)),
        }
    }
    Ok(())
}
