-- Every table begins with the organisation, so that all of them can be sharded by it.
-- Written once, never edited after a release: a later change is the next numbered file.

CREATE TABLE server (
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO server (epoch) VALUES (1);

CREATE TABLE organisation (
    org  BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

-- A territory is a feed: its newest number, and what its live records add up to. One with an owner is that user's
-- own: nobody else ever reads it.
CREATE TABLE territory (
    org        BLOB    NOT NULL REFERENCES organisation (org),
    id         TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    owner      BLOB,
    head       INTEGER NOT NULL,
    live       INTEGER NOT NULL,
    digest_sum INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    org           BLOB NOT NULL REFERENCES organisation (org),
    id            BLOB NOT NULL UNIQUE,
    email         TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('rep', 'manager', 'admin')),
    password_hash TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    org       BLOB NOT NULL,
    person    BLOB NOT NULL,
    territory TEXT NOT NULL,
    PRIMARY KEY (org, person, territory),
    FOREIGN KEY (org, person) REFERENCES person (org, id),
    FOREIGN KEY (org, territory) REFERENCES territory (org, id)
) STRICT, WITHOUT ROWID;

-- Who had which territory until when, and which account stood where until when: for a while late call notes are
-- still welcome.
CREATE TABLE member_past (
    org       BLOB    NOT NULL,
    person    BLOB    NOT NULL,
    territory TEXT    NOT NULL,
    until     INTEGER NOT NULL,
    PRIMARY KEY (org, person, territory)
) STRICT, WITHOUT ROWID;
CREATE TABLE place_past (
    org       BLOB    NOT NULL,
    record    BLOB    NOT NULL,
    territory TEXT    NOT NULL,
    until     INTEGER NOT NULL,
    PRIMARY KEY (org, record, territory)
) STRICT, WITHOUT ROWID;

-- Found by the token alone, before the organisation is known.
CREATE TABLE session (
    org          BLOB    NOT NULL,
    token_sha256 BLOB    NOT NULL PRIMARY KEY,
    person       BLOB    NOT NULL,
    created      INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    FOREIGN KEY (org, person) REFERENCES person (org, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expires ON session (expires);

CREATE TABLE device (
    org         BLOB    NOT NULL,
    id          BLOB    NOT NULL,
    person      BLOB    NOT NULL,
    last_number INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    schema      INTEGER NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, person) REFERENCES person (org, id)
) STRICT, WITHOUT ROWID;

-- The newest version of each record. A deleted one keeps its last values here; devices get an empty tombstone.
CREATE TABLE record (
    org        BLOB    NOT NULL,
    id         BLOB    NOT NULL,
    kind       TEXT    NOT NULL,
    territory  TEXT    NOT NULL,
    account    BLOB,
    version    INTEGER NOT NULL,
    deleted    INTEGER NOT NULL,
    written_by TEXT    NOT NULL,
    written_at INTEGER NOT NULL,
    fields     TEXT    NOT NULL,
    set_by     TEXT    NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, territory) REFERENCES territory (org, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_account ON record (org, account) WHERE account IS NOT NULL;

-- A feed holds each record's latest entry only, so reading from any number, or from the start, gives the same.
CREATE TABLE entry (
    org       BLOB    NOT NULL,
    territory TEXT    NOT NULL,
    record    BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    gone      INTEGER NOT NULL, -- 1: the record left this territory for another
    PRIMARY KEY (org, territory, record)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entry_seq ON entry (org, territory, seq, record, gone);

-- Every version ever, with what it set and what it replaced: the audit log. Rows are only added.
CREATE TABLE history (
    org       BLOB    NOT NULL,
    record    BLOB    NOT NULL,
    version   INTEGER NOT NULL,
    op        TEXT    NOT NULL,
    change_id BLOB,
    device    BLOB,
    person    BLOB,
    made_at   INTEGER NOT NULL, -- the device's clock
    at        INTEGER NOT NULL, -- the server's clock
    patch     TEXT    NOT NULL,
    before    TEXT    NOT NULL,
    PRIMARY KEY (org, record, version)
) STRICT, WITHOUT ROWID;

-- Every change ever answered, with its answer: sending it again gives the same.
CREATE TABLE mutation (
    org         BLOB    NOT NULL,
    change_id   BLOB    NOT NULL,
    device      BLOB    NOT NULL,
    number      INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    receipt     TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (org, change_id),
    UNIQUE (org, device, number)
) STRICT, WITHOUT ROWID;

-- Refused changes with all they carried: nothing a rep saved is dropped.
CREATE TABLE quarantine (
    org         BLOB    NOT NULL,
    change_id   BLOB    NOT NULL,
    fingerprint INTEGER NOT NULL,
    device      BLOB    NOT NULL,
    number      INTEGER NOT NULL,
    person      BLOB    NOT NULL,
    reason      TEXT    NOT NULL,
    payload     TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('open', 'asked', 'settled', 'accepted')),
    at          INTEGER NOT NULL,
    PRIMARY KEY (org, change_id, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_open ON quarantine (org, device, number) WHERE state IN ('open', 'asked');

-- The records that an unsettled change is about: later changes of its device about them wait for it.
CREATE TABLE lane (
    org       BLOB NOT NULL,
    record    BLOB NOT NULL,
    change_id BLOB NOT NULL,
    PRIMARY KEY (org, record, change_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lane_change ON lane (org, change_id);

-- Feeds that did not add up on a device, as it reported them. Each is a fault of ours to be looked into.
CREATE TABLE divergence (
    org       BLOB    NOT NULL,
    device    BLOB    NOT NULL,
    territory TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    cursor    INTEGER NOT NULL,
    live      INTEGER NOT NULL,
    digest    TEXT    NOT NULL
) STRICT;

-- What a file last said about an account: the next import changes only what the file changed.
CREATE TABLE imported (
    org    BLOB NOT NULL,
    key    TEXT NOT NULL,
    record BLOB NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (org, key)
) STRICT, WITHOUT ROWID;
