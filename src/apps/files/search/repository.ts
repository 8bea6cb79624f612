import type { Db } from "#platform/db";
import type { SkipReason } from "./contract.ts";
import { firstKeyAt, keysPerMinute } from "./keys.ts";
import type { DocRecord, IndexCalls, Part, Tally, WantedText } from "./protocol.ts";
import { scopeOf } from "./scope.ts";
import { indexable, indexableName, token } from "./words.ts";

const states = ["none", "wanted", "read", "skipped"] as const;
const stateOf = (state: (typeof states)[number]) => states.indexOf(state);
/** A document at which the server stopped so often is not read again. */
const maxTries = 2;

interface DocRow {
  readonly key: number;
  readonly node_id: number;
  readonly space_id: number;
  readonly name: string;
  readonly is_folder: number;
  readonly above: string;
  readonly stamp: string;
  readonly text_state: number;
  readonly tries: number;
}

/** Writes the index. All its SQL but the one of questions. */
export function createIndexRepository(db: Db) {
  const docOf = db.prepare<DocRow, [number]>("SELECT * FROM doc WHERE node_id = ?");
  const lastKey = db.prepare<{ key: number | null }, [number, number]>(
    "SELECT max(key) AS key FROM doc WHERE key >= ? AND key < ?",
  );
  const insertDoc = db.prepare<never, [number, number, number, string, number, string, string, number]>(
    "INSERT INTO doc (key, node_id, space_id, name, is_folder, above, stamp, text_state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const deleteDoc = db.prepare<never, [number]>("DELETE FROM doc WHERE key = ?");
  const insertName = db.prepare<never, [number, string, string]>(
    "INSERT INTO names (rowid, name, scope) VALUES (?, ?, ?)",
  );
  const deleteName = db.prepare<never, [number]>("DELETE FROM names WHERE rowid = ?");
  const insertText = db.prepare<never, [number, string, string, string]>(
    "INSERT INTO texts (rowid, name, text, scope) VALUES (?, ?, ?, ?)",
  );
  const deleteText = db.prepare<never, [number]>("DELETE FROM texts WHERE rowid = ?");
  const bodyOf = db.prepare<{ text: Uint8Array<ArrayBuffer> }, [number]>("SELECT text FROM body WHERE node_id = ?");
  const saveBody = db.prepare<never, [number, Uint8Array]>("INSERT OR REPLACE INTO body VALUES (?, ?)");
  const deleteBody = db.prepare<never, [number]>("DELETE FROM body WHERE node_id = ?");
  const saveSkipped = db.prepare<never, [number, string, number]>("INSERT OR REPLACE INTO skipped VALUES (?, ?, ?)");
  const deleteSkipped = db.prepare<never, [number]>("DELETE FROM skipped WHERE node_id = ?");
  const below = db.prepare<{ key: number }, [string]>("SELECT rowid AS key FROM names WHERE names MATCH ?");
  const docAt = db.prepare<DocRow, [number]>("SELECT * FROM doc WHERE key = ?");
  const setState = db.prepare<never, [number, number]>("UPDATE doc SET text_state = ?, tries = 0 WHERE key = ?");
  const wanted = db.prepare<WantedText, [number, number]>(
    "SELECT key, node_id AS nodeId, stamp FROM doc WHERE text_state = 1 AND key > ? ORDER BY key LIMIT ?",
  );
  const noteTry = db.prepare<never, [number, number]>("UPDATE doc SET tries = tries + ? WHERE key = ?");

  /** The first free key of its minute, or of one before it. */
  const newKey = (atMs: number): number => {
    for (let first = firstKeyAt(atMs); ; first += keysPerMinute) {
      const key = (lastKey.get(first, first + keysPerMinute)?.key ?? first - 1) + 1;
      if (key < first + keysPerMinute) return key;
    }
  };
  const forgetText = ({ key, node_id: nodeId, text_state: state }: DocRow) => {
    if (state === stateOf("read")) {
      deleteText.run(key);
      deleteBody.run(nodeId);
    }
    if (state === stateOf("skipped")) deleteSkipped.run(nodeId);
  };
  const forget = (doc: DocRow) => {
    forgetText(doc);
    deleteName.run(doc.key);
    deleteDoc.run(doc.key);
  };
  /** With everything below it, which the index knows by the token of the folder. */
  const removeTree = (nodeId: number) => {
    for (const { key } of below.all(`"${token("node", nodeId)}"`)) {
      const doc = docAt.get(key);
      if (doc !== null) forget(doc);
    }
  };

  /** Answers whether it is a folder that is new here. */
  const put = (record: DocRecord, nowMs: number): boolean => {
    const old = docOf.get(record.nodeId) ?? undefined;
    const above = record.above.join(" ");
    const isSame = old?.stamp === record.stamp;
    const isPlaced = old?.name === record.name && old.above === above && old.space_id === record.spaceId;
    const wish = record.text === "none" ? "none" : record.text === "wanted" ? "wanted" : "skipped";
    // What was read or skipped stays so while the content is the same, unless it is not to be read any more.
    const isKept = isSame && (old.text_state === stateOf(wish) || (wish === "wanted" && old.text_state > 0));
    if (isPlaced && isKept) return false;
    const state = isKept ? old.text_state : stateOf(wish);
    const text = isKept && state === stateOf("read") ? bodyOf.get(record.nodeId)?.text : undefined;
    if (old !== undefined) {
      deleteName.run(old.key);
      deleteDoc.run(old.key);
      if (!isKept) forgetText(old);
      else if (text !== undefined) deleteText.run(old.key);
    }
    // The time of a folder says when something in it came or went: its place in the order stays.
    const key = old !== undefined && (record.isFolder || isSame) ? old.key : newKey(record.modifiedAtMs);
    const { nodeId, spaceId, name, isFolder, stamp } = record;
    insertDoc.run(key, nodeId, spaceId, name, isFolder ? 1 : 0, above, stamp, state);
    const scope = scopeOf({ nodeId, name, isFolder, above });
    insertName.run(key, indexableName(name), scope);
    if (text !== undefined) insertText.run(key, indexableName(name), unpacked(text), scope);
    if (wish === "skipped" && !isKept) saveSkipped.run(nodeId, record.text, nowMs);
    return isFolder && !isPlaced;
  };

  return {
    /** Answers folders that are new here or stand elsewhere now. */
    apply: (parts: readonly Part[], atMs: number): readonly number[] =>
      db.transaction(() =>
        parts.flatMap(({ records, removed }) => {
          for (const nodeId of removed) removeTree(nodeId);
          return records.filter((record) => put(record, atMs)).map(({ nodeId }) => nodeId);
        }),
      ),
    /**
     * Notes how texts are read. When that has changed since, everything is compared again, and what was skipped is tried again.
     */
    useRecipe: (recipe: string): void =>
      db.transaction(() => {
        const known = db.prepare<{ recipe: string }, []>("SELECT recipe FROM recipe").get()?.recipe;
        if (known === recipe) return;
        db.prepare<never, []>("DELETE FROM recipe").run();
        db.prepare<never, [string]>("INSERT INTO recipe VALUES (?)").run(recipe);
        db.prepare<never, []>("DELETE FROM seen").run();
        db.prepare<never, []>("UPDATE doc SET stamp = '' WHERE text_state = 3").run();
      }),
    seen: () =>
      db
        .prepare<{ space_id: number; seq: number }, []>("SELECT space_id, seq FROM seen")
        .all()
        .map(({ space_id: spaceId, seq }) => [spaceId, seq] as const),
    setSeen: (spaceId: number, seq: number) =>
      void db.prepare<never, [number, number]>("INSERT OR REPLACE INTO seen VALUES (?, ?)").run(spaceId, seq),
    idsAfter: (spaceId: number, nodeId: number, limit: number): number[] =>
      db
        .prepare<{ node_id: number }, [number, number, number]>(
          "SELECT node_id FROM doc WHERE node_id > ? AND space_id = ? ORDER BY node_id LIMIT ?",
        )
        .all(nodeId, spaceId, limit)
        .map((row) => row.node_id),
    wanted: (afterKey: number, limit: number): WantedText[] => wanted.all(afterKey, limit),
    beginText: (key: number, nowMs: number): boolean =>
      db.transaction(() => {
        const doc = docAt.get(key);
        if (doc === null) return false;
        noteTry.run(1, key);
        if (doc.tries < maxTries) return true;
        setState.run(stateOf("skipped"), key);
        saveSkipped.run(doc.node_id, "crashed" satisfies SkipReason, nowMs);
        return false;
      }),
    leaveText: (key: number): void => void noteTry.run(-1, key),
    setText: ({ nodeId, stamp, text, reason, atMs }: Parameters<IndexCalls["setText"]>[0]): void =>
      db.transaction(() => {
        const doc = docOf.get(nodeId);
        if (doc === null || doc.stamp !== stamp || doc.text_state !== stateOf("wanted")) return;
        if (reason === null) {
          const { name, above, is_folder: isFolder } = doc;
          const shown = indexable(text ?? "");
          saveBody.run(nodeId, Bun.zstdCompressSync(shown));
          const scope = scopeOf({ nodeId, name, above, isFolder: isFolder === 1 });
          insertText.run(doc.key, indexableName(name), shown, scope);
        } else {
          saveSkipped.run(nodeId, reason, atMs);
        }
        setState.run(stateOf(reason === null ? "read" : "skipped"), doc.key);
      }),
    tallies: (): Tally[] =>
      db
        .prepare<{ space_id: number; text_state: number; count: number }, []>("SELECT * FROM tally")
        .all()
        .map((row) => ({ spaceId: row.space_id, state: states[row.text_state] ?? "none", count: row.count })),
    byReason: () =>
      db
        .prepare<{ reason: string; count: number }, []>("SELECT reason, count(*) AS count FROM skipped GROUP BY reason")
        .all()
        .map(({ reason, count }) => [reason as SkipReason, count] as const),
    skipped: (limit: number, offset: number) =>
      db
        .prepare<{ node_id: number; reason: string; at_ms: number }, [number, number]>(
          "SELECT node_id, reason, at_ms FROM skipped ORDER BY at_ms DESC, node_id LIMIT ? OFFSET ?",
        )
        .all(limit, offset)
        .map((row) => ({ nodeId: row.node_id, reason: row.reason as SkipReason, atMs: row.at_ms })),
  };
}

function unpacked(text: Uint8Array<ArrayBuffer>): string {
  return new TextDecoder().decode(Bun.zstdDecompressSync(text));
}
