import type { ReadOnlyDb } from "#platform/db";
import type { Question, RawHit } from "./protocol.ts";
import { folded } from "./words.ts";

/** Names among which those that fit best are looked for; of more, the newest. */
const candidates = 200;

interface Found {
  readonly key: number;
  readonly nodeId: number;
  readonly name: string;
}

/** Reads the index: names first, of these the ones that are or begin with what was asked for; then texts; each the newest first. */
export function createQuestions(db: ReadOnlyDb) {
  const inNames = db.prepare<Found, [string, number, number, number]>(
    `SELECT names.rowid AS key, doc.node_id AS nodeId, doc.name FROM names JOIN doc ON doc.key = names.rowid
     WHERE names MATCH ? AND names.rowid >= ? AND names.rowid <= ? ORDER BY names.rowid LIMIT ?`,
  );
  const inTexts = db.prepare<{ key: number }, [string, number, number, number]>(
    "SELECT rowid AS key FROM texts WHERE texts MATCH ? AND rowid >= ? AND rowid <= ? ORDER BY rowid LIMIT ?",
  );
  const nodeOf = db.prepare<{ nodeId: number }, [number]>("SELECT node_id AS nodeId FROM doc WHERE key = ?");
  const isInText = db.prepare<{ found: number }, [string, number]>(
    "SELECT 1 AS found FROM texts WHERE texts MATCH ? AND rowid = ?",
  );

  const names = (question: Question): Found[] => {
    const { fromKey, toKey, limit, without } = question;
    const found = inNames.all(expression(question), fromKey, toKey, Math.max(limit + 1, candidates));
    const kept = without === undefined ? found : found.filter(({ key }) => isInText.get(without, key) === null);
    return byFit(kept, question.whole);
  };

  return (question: Question): { hits: RawHit[]; more: boolean } =>
    db.snapshot(() => {
      const { limit, fromKey, toKey } = question;
      const named = names(question);
      const hits: RawHit[] = named.map(({ nodeId }) => ({ nodeId, matched: "name" }));
      const { textWords: words } = question;
      if (question.inText && words !== undefined && hits.length <= limit) {
        const known = new Set(named.map(({ key }) => key));
        for (const { key } of inTexts.all(expression({ ...question, words }), fromKey, toKey, limit + 1 + known.size)) {
          const doc = known.has(key) ? null : nodeOf.get(key);
          if (doc !== null) hits.push({ nodeId: doc.nodeId, matched: "text" });
        }
      }
      return { hits: hits.slice(0, limit), more: hits.length > limit };
    });
}

function expression({ words, without, scope }: Pick<Question, "words" | "without" | "scope">): string {
  const all = words === undefined ? scope : `(${words}) AND (${scope})`;
  return without === undefined ? all : `(${all}) NOT (${without})`;
}

/** Those that are the words, then those that begin with them, then the others; each in the order given. */
function byFit(found: readonly Found[], whole: string): Found[] {
  if (whole === "") return [...found];
  const fit = ({ name }: Found): number => {
    const text = folded(name);
    if (text === whole || text.replace(/\.[^.]*$/, "") === whole) return 0;
    return text.startsWith(whole) ? 1 : 2;
  };
  return found
    .map((one) => ({ one, fit: fit(one) }))
    .toSorted((a, b) => a.fit - b.fit)
    .map(({ one }) => one);
}
