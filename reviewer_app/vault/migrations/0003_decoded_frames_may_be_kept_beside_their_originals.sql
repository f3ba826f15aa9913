-- Display copies: frames of slow codecs as they were decoded, sealed in a pack of their own beside the untouched
-- originals.  They may be dropped at any time; a newer version of an instance takes its copies with it.

CREATE TABLE copy_packs (
    case_id TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    pack TEXT NOT NULL,
    pack_length INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (case_id, series_uid),
    FOREIGN KEY (case_id, series_uid) REFERENCES series (case_id, uid) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE copies (
    case_id TEXT NOT NULL,
    uid TEXT NOT NULL,
    frame INTEGER NOT NULL,
    series_uid TEXT NOT NULL,
    position INTEGER NOT NULL,
    length INTEGER NOT NULL,
    PRIMARY KEY (case_id, uid, frame),
    FOREIGN KEY (case_id, uid) REFERENCES instances (case_id, uid) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX copies_by_series ON copies (case_id, series_uid);
