-- First schema.  Values are JSON of domain values; beside them stand only the columns that queries need.
-- Moments are UTC text that sorts by time.  Everything that belongs to a case goes with its row.

CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    server TEXT NOT NULL,
    task_ref TEXT NOT NULL,
    number TEXT NOT NULL,
    body BLOB NOT NULL,
    wrapped_key BLOB NOT NULL,
    records_ready INTEGER NOT NULL DEFAULT 0,
    record_changes INTEGER NOT NULL DEFAULT 0,
    opened_at TEXT,
    opened_changes INTEGER NOT NULL DEFAULT 0,
    arrangement BLOB,
    attestation BLOB
);
CREATE UNIQUE INDEX cases_by_task ON cases (server, task_ref);

-- one row a sealed file: what its header must say
CREATE TABLE objects (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    length INTEGER NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE INDEX objects_by_case ON objects (case_id);

-- every version ever received; records points to the present one
CREATE TABLE record_versions (
    key INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    record_id TEXT NOT NULL,
    version TEXT NOT NULL,
    body BLOB NOT NULL,
    raw BLOB NOT NULL
);
CREATE INDEX record_versions_by_record ON record_versions (case_id, record_id, version);

CREATE TABLE records (
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    record_id TEXT NOT NULL,
    present INTEGER NOT NULL REFERENCES record_versions (key) ON DELETE CASCADE,
    change INTEGER NOT NULL,
    PRIMARY KEY (case_id, record_id)
) WITHOUT ROWID;
CREATE INDEX records_by_change ON records (case_id, change);
CREATE INDEX records_by_version ON records (present);

-- attachments of present versions
CREATE TABLE attachments (
    case_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    object_id TEXT,
    problem TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (case_id, record_id, position),
    FOREIGN KEY (case_id, record_id) REFERENCES records (case_id, record_id) ON DELETE CASCADE
) WITHOUT ROWID;

-- all results of one record in one row
CREATE TABLE results (
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    record_id TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (case_id, record_id)
);

CREATE TABLE studies (
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    uid TEXT NOT NULL,
    date TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (case_id, uid)
) WITHOUT ROWID;

CREATE TABLE series (
    case_id TEXT NOT NULL,
    uid TEXT NOT NULL,
    study_uid TEXT NOT NULL,
    number INTEGER NOT NULL,
    body BLOB NOT NULL,
    mismatch TEXT NOT NULL DEFAULT '',
    thumbnail BLOB,
    pack TEXT NOT NULL,
    pack_length INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (case_id, uid),
    FOREIGN KEY (case_id, study_uid) REFERENCES studies (case_id, uid) ON DELETE CASCADE
);
CREATE INDEX series_by_study ON series (case_id, study_uid);

-- what the image server lists
CREATE TABLE listed (
    case_id TEXT NOT NULL,
    uid TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    position INTEGER NOT NULL,
    failed TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (case_id, uid),
    FOREIGN KEY (case_id, series_uid) REFERENCES series (case_id, uid) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX listed_by_series ON listed (case_id, series_uid);

-- verified instances, and where in the pack of their series they lie
CREATE TABLE instances (
    case_id TEXT NOT NULL,
    uid TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    number INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value_length INTEGER NOT NULL,
    header_length INTEGER NOT NULL,
    trailer_length INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (case_id, uid),
    FOREIGN KEY (case_id, series_uid) REFERENCES series (case_id, uid) ON DELETE CASCADE
);
CREATE INDEX instances_by_series ON instances (case_id, series_uid, number, uid);

-- drafts; aside = written on a base that was no longer the newest, kept for the author to compare
CREATE TABLE snapshots (
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    saved TEXT NOT NULL,
    aside INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL,
    PRIMARY KEY (case_id, revision)
);

CREATE TABLE signed (
    key INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    recalled INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL
);
CREATE INDEX signed_by_case ON signed (case_id);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    payload TEXT NOT NULL,
    base_version TEXT NOT NULL,
    created TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    verified_at TEXT
);
CREATE INDEX outbox_by_state ON outbox (state, id);
CREATE INDEX outbox_by_case ON outbox (case_id, id);

CREATE TABLE views (
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    what TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (case_id, what)
) WITHOUT ROWID;

CREATE TABLE servers (id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE profile (key TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE cursors (
    server_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (server_id, scope)
) WITHOUT ROWID;
CREATE TABLE contacts (server_id TEXT PRIMARY KEY, server_time TEXT NOT NULL, local_time TEXT NOT NULL);

-- hash chain and its signed checkpoints; outlives the cases it speaks of, so it holds opaque ids only
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL
);
CREATE TABLE checkpoints (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, at TEXT NOT NULL, signature BLOB NOT NULL);
