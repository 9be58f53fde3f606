//! What a failure of the database means: ours to wait out, the disk's, or a fault in a statement or a row.

use rusqlite::ErrorCode;

use super::LedgerError;

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed,
            ) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            // None of these is the fault of what was asked, and asking again later may do.
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::OutOfMemory,
            ) => Self::Disk(error.to_string()),
            _ => Self::Database(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for LedgerError {
    fn from(error: serde_json::Error) -> Self {
        Self::Database(format!("a row does not hold what it should: {error}"))
    }
}

impl LedgerError {
    /// Whether the ledger as a whole cannot be used now, whatever was asked of it.
    pub fn is_trouble(&self) -> bool {
        matches!(self, Self::Busy | Self::Full | Self::Disk(_))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use protocol::message::PushRequest;
    use protocol::{Change, ChangeId, DeviceId, Edit, Kind, Op, RecordId, TerritoryId};
    use rusqlite::ffi;
    use uuid::Uuid;

    use super::super::Ledger;
    use super::*;

    /// A ledger in a file with one user and an organisation of one territory.
    fn ledger(dir: &tempfile::TempDir) -> (Ledger, Uuid) {
        let mut ledger = Ledger::open(&dir.path().join("satchel.sqlite")).expect("opens");
        let org = ledger.add_organisation("World").expect("new");
        let north = TerritoryId::new("north");
        ledger.add_territory(org, &north, "North").expect("new");
        let user = ledger.add_user(org, "ana@world.example", "Ana", "rep", "-").expect("new");
        ledger.assign(user, &north).expect("known");
        (ledger, user)
    }

    /// Ten accounts with all the text they may have: more than a page of the file.
    fn push(device: DeviceId) -> PushRequest {
        let text = "x".repeat(4_000);
        let change = |number: u64| {
            let edit = Edit {
                id: RecordId(Uuid::now_v7()),
                kind: Kind::Account,
                op: Op::Create(TerritoryId::new("north")),
                base: 0,
                set: BTreeMap::from([("name".to_owned(), Some(text.clone()))]),
            };
            Change::new(ChangeId(Uuid::now_v7()), number, 0, vec![edit])
        };
        PushRequest::new(device, 0, (1..=10).map(change).collect())
    }

    #[test]
    fn a_full_disk_takes_nothing_of_a_push_and_all_of_it_once_there_is_room() {
        let dir = tempfile::tempdir().expect("a directory");
        let (mut ledger, user) = ledger(&dir);
        let pages: i64 =
            ledger.connection.pragma_query_value(None, "page_count", |row| row.get(0)).expect("a count");
        let limit = |ledger: &Ledger, pages: i64| {
            ledger
                .connection
                .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
                .expect("a limit");
        };
        let org = ledger.organisations().expect("reads").remove(0).0;
        let request = push(DeviceId(Uuid::now_v7()));
        limit(&ledger, pages + 4);
        assert_eq!(ledger.push(user, &request, 1), Err(LedgerError::Full));
        assert_eq!(ledger.records(org).expect("reads"), []);
        assert!(!ledger.answered(org, request.changes[0].id).expect("reads"));
        limit(&ledger, pages + 400);
        assert_eq!(ledger.push(user, &request, 2).expect("there is room").receipts.len(), 10);
        assert_eq!(ledger.records(org).expect("reads").len(), 10);
        assert!(ledger.answered(org, request.changes[0].id).expect("reads"));
    }

    #[test]
    fn what_the_disk_does_is_never_called_the_fault_of_a_change() {
        let said = |code| LedgerError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        for code in [
            ffi::SQLITE_IOERR,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_IOERR_SHMMAP,
            ffi::SQLITE_CANTOPEN,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_READONLY_DBMOVED,
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_NOTADB,
            ffi::SQLITE_NOMEM,
            ffi::SQLITE_PERM,
        ] {
            assert!(matches!(said(code), LedgerError::Disk(_)), "{code}");
        }
        for code in [ffi::SQLITE_BUSY, ffi::SQLITE_BUSY_SNAPSHOT, ffi::SQLITE_LOCKED, ffi::SQLITE_PROTOCOL] {
            assert_eq!(said(code), LedgerError::Busy, "{code}");
        }
        assert_eq!(said(ffi::SQLITE_FULL), LedgerError::Full);
        assert!(matches!(said(ffi::SQLITE_CONSTRAINT), LedgerError::Database(_)));
    }
}
