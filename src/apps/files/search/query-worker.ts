import { workerData } from "node:worker_threads";
import { openReadOnly, type ReadOnlyDb } from "#platform/db";
import type { QueryCalls } from "./protocol.ts";
import { createQuestions } from "./questions.ts";
import { serve } from "#platform/thread";
import { snippetOf } from "./snippet.ts";

/** Answers questions to `search.db`, on a thread of its own: no search holds up anything but other searches. */
let opened: { db: ReadOnlyDb; ask: ReturnType<typeof createQuestions> } | undefined;

const { path } = workerData as { path: string };

function index() {
  if (opened === undefined) {
    const db = openReadOnly(path);
    opened = { db, ask: createQuestions(db) };
  }
  return opened;
}

/** For all texts of one answer together. */
const snippetBudgetMs = 60;

const calls: Parameters<typeof serve<QueryCalls>>[0] = {
  find: (question) => index().ask(question),
  snippets: ({ nodeIds, words }) => {
    const bodyOf = index().db.prepare<{ text: Uint8Array<ArrayBuffer> }, [number]>(
      "SELECT text FROM body WHERE node_id = ?",
    );
    const until = performance.now() + snippetBudgetMs;
    return nodeIds.map((nodeId) => {
      const body = performance.now() < until ? bodyOf.get(nodeId) : null;
      return body === null ? [] : snippetOf(new TextDecoder().decode(Bun.zstdDecompressSync(body.text)), words);
    });
  },
};
serve<QueryCalls>(calls, () => opened?.db.close());
