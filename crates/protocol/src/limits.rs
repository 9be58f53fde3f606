//! A limit on everything, each with its unit and its reason.

/// A note's text: about 30 printed pages, far past any call note, small enough to send over one bar of signal.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
/// Any other field: room for a 300-character name in four-byte letters, and for a long address.
pub const FIELD_BYTES_MAX: usize = 4 * 1024;
/// A field's name.
pub const FIELD_NAME_BYTES_MAX: usize = 64;
/// Fields in one edit.
pub const FIELDS_MAX: usize = 200;
/// Edits in one change: a visit done touches an event, a note and a follow-up; a merge of accounts more.
pub const EDITS_MAX: usize = 100;
/// Earlier changes that one change decides about: a rep who clears the whole list at once does it in pieces.
pub const SETTLES_MAX: usize = 100;
/// All names and values of one change together.
pub const CHANGE_BYTES_MAX: usize = 256 * 1024;
/// Changes in one push: small enough to get through between two tunnels.
pub const PUSH_CHANGES_MAX: usize = 200;
/// A push's changes together, before it is cut in two.
pub const PUSH_BYTES_MAX: usize = 512 * 1024;
/// A push's whole body as the server reads it: one change more than the cut, and the JSON around it.
pub const PUSH_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Records in one page of a pull: one row on the device's disk, about half a megabyte.
pub const PULL_RECORDS_MAX: usize = 2_000;
/// Versions in one answer about what a record was before: as many as anybody reads at once.
pub const VERSIONS_MAX: usize = 50;
/// All names and values of one such answer together; one version is always in it.
pub const VERSIONS_BYTES_MAX: usize = 512 * 1024;
/// A territory's short name.
pub const TERRITORY_BYTES_MAX: usize = 64;
/// An answer that takes longer than this is a lost one; the request is sent again. Milliseconds.
pub const REQUEST_MS_MAX: u32 = 30_000;
/// First and longest pause between two attempts, full jitter between. Milliseconds.
pub const BACKOFF_MS_MIN: i64 = 1_000;
/// See [`BACKOFF_MS_MIN`].
pub const BACKOFF_MS_MAX: i64 = 300_000;
/// How long a confirmed change stays on the device, should the server be restored from an old backup. Milliseconds.
pub const JOURNAL_MS: i64 = 14 * 24 * 3600 * 1000;
/// How long a rep may still add call notes to an account that has left the rep's territories: a note written in a
/// basement on Friday leaves on Monday. Milliseconds.
pub const GRACE_MS: i64 = 72 * 3600 * 1000;
/// Open changes that one request asks about; the oldest come first.
pub const OPEN_MAX: usize = 200;
/// A clock that differs from the server's by more than this is told to the rep. Milliseconds.
pub const CLOCK_OFF_MS: i64 = 5 * 60 * 1000;
/// How often the server may fail on one change alone before the device asks it to set the change aside.
pub const STRIKES_MAX: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    /// Apps and servers of different ages meet: a limit that shrinks refuses what a rep has saved already.
    #[test]
    fn the_limits_are_part_of_the_protocol() {
        let sizes = [
            (NOTE_BYTES_MAX, 65_536),
            (FIELD_BYTES_MAX, 4_096),
            (FIELD_NAME_BYTES_MAX, 64),
            (FIELDS_MAX, 200),
            (EDITS_MAX, 100),
            (SETTLES_MAX, 100),
            (CHANGE_BYTES_MAX, 262_144),
            (PUSH_CHANGES_MAX, 200),
            (PUSH_BYTES_MAX, 524_288),
            (PUSH_BODY_BYTES_MAX, 4_194_304),
            (PULL_RECORDS_MAX, 2_000),
            (VERSIONS_MAX, 50),
            (VERSIONS_BYTES_MAX, 524_288),
            (TERRITORY_BYTES_MAX, 64),
            (OPEN_MAX, 200),
        ];
        sizes.into_iter().for_each(|(limit, pinned)| assert_eq!(limit, pinned));
        let times = [
            (i64::from(REQUEST_MS_MAX), 30_000),
            (BACKOFF_MS_MIN, 1_000),
            (BACKOFF_MS_MAX, 300_000),
            (JOURNAL_MS, 1_209_600_000),
            (GRACE_MS, 259_200_000),
            (CLOCK_OFF_MS, 300_000),
            (i64::from(STRIKES_MAX), 3),
        ];
        times.into_iter().for_each(|(limit, pinned)| assert_eq!(limit, pinned));
    }
}
