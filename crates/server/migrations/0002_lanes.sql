-- What waits for a refused change waits for it under every name that its device ever sent it, so that a change which
-- comes again under a new name still stands before the later ones that did not come again yet.
ALTER TABLE lane RENAME TO lane_before;
CREATE TABLE lane (
    org       BLOB    NOT NULL,
    record    BLOB    NOT NULL,
    device    BLOB    NOT NULL,
    change_id BLOB    NOT NULL,
    number    INTEGER NOT NULL,
    PRIMARY KEY (org, record, device, change_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO lane (org, record, device, change_id, number)
    SELECT l.org, l.record, q.device, l.change_id, q.number
    FROM lane_before l JOIN quarantine q ON q.org = l.org AND q.change_id = l.change_id
    WHERE q.state IN ('open', 'asked');
DROP TABLE lane_before;
CREATE INDEX lane_change ON lane (org, change_id);
