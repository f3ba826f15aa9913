-- Full-text search.  What is indexed of a record: its own words (part -1), and each page of its documents.
-- `present` and `object_id` say what was indexed, so that a newer version or a document that arrived is seen.

CREATE TABLE searched (
    key INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    record_id TEXT NOT NULL,
    part INTEGER NOT NULL,
    page INTEGER NOT NULL,
    present INTEGER NOT NULL,
    object_id TEXT NOT NULL
);
CREATE INDEX searched_by_record ON searched (case_id, record_id, part);

-- scope holds the case as one word, so that a search in one case never walks through the others
CREATE VIRTUAL TABLE words USING fts5 (
    scope, title, body, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER searched_gone AFTER DELETE ON searched BEGIN
    DELETE FROM words WHERE rowid = old.key;
END;
