import type { Migration } from "#platform/db";

/**
 * Tables of `search.db`. Key of a document: the time of its content counted backwards, so that the order of keys is the newest first
 * and a span of time is a span of keys (`keys.ts`).
 */
export const searchMigrations: Migration[] = [
  {
    id: "search-001",
    sql: `
-- text_state: 0 has none, 1 is to be read, 2 is read, 3 was skipped.
CREATE TABLE doc (
  key INTEGER PRIMARY KEY,
  node_id INTEGER NOT NULL UNIQUE,
  space_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  is_folder INTEGER NOT NULL,
  above TEXT NOT NULL,
  stamp TEXT NOT NULL,
  text_state INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX doc_wanted ON doc (key) WHERE text_state = 1;

-- scope holds a token for the node, every folder above it, its ending and its kind.
CREATE VIRTUAL TABLE names USING fts5(
  name, scope, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5');
CREATE VIRTUAL TABLE texts USING fts5(
  name, text, scope, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '3');

-- Few large segments instead of many small ones: what is merged is written again.
INSERT INTO names (names, rank) VALUES ('hashsize', 8388608), ('automerge', 8), ('crisismerge', 32);
INSERT INTO texts (texts, rank) VALUES ('hashsize', 8388608), ('automerge', 8), ('crisismerge', 32);

CREATE TABLE body (node_id INTEGER PRIMARY KEY, text BLOB NOT NULL) STRICT;

CREATE TABLE skipped (
  node_id INTEGER PRIMARY KEY,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX skipped_by_time ON skipped (at_ms);

CREATE TABLE recipe (recipe TEXT NOT NULL) STRICT;

-- How far the change log of a space was followed.
CREATE TABLE seen (space_id INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;

CREATE TABLE tally (space_id INTEGER, text_state INTEGER, count INTEGER NOT NULL, PRIMARY KEY (space_id, text_state)) STRICT, WITHOUT ROWID;
CREATE TRIGGER doc_added AFTER INSERT ON doc BEGIN
  INSERT INTO tally VALUES (NEW.space_id, NEW.text_state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER doc_removed AFTER DELETE ON doc BEGIN
  UPDATE tally SET count = count - 1 WHERE space_id = OLD.space_id AND text_state = OLD.text_state;
END;
CREATE TRIGGER doc_read AFTER UPDATE OF text_state ON doc WHEN NEW.text_state <> OLD.text_state BEGIN
  UPDATE tally SET count = count - 1 WHERE space_id = OLD.space_id AND text_state = OLD.text_state;
  INSERT INTO tally VALUES (NEW.space_id, NEW.text_state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
`,
  },
];
