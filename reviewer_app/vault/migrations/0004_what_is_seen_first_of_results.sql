-- What the laboratory pane shows first of a case: made from its results, kept so that they need not all be read before
-- anything is seen.  It holds for one count of changes of results and records, and may be lost at any time.

ALTER TABLE cases ADD COLUMN result_changes INTEGER NOT NULL DEFAULT 0;

CREATE TABLE first_looks (
    case_id TEXT PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    stamp TEXT NOT NULL,
    changes INTEGER NOT NULL,
    body BLOB NOT NULL
);
