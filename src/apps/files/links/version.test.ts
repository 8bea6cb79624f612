import { expect, test } from "bun:test";
import fc from "fast-check";
import { openDatabase } from "#platform/db";
import { createLogger } from "#platform/log";
import { linksMigrations } from "./migrations/index.ts";
import { createRepository, type LinkRow } from "./repository.ts";

const clock = { now: () => 0 };
const log = createLogger({ clock, level: "error", write: () => undefined });
const nodeIds = [1, 2, 3];

function linkOf(id: string, nodeId: number, expiresAtMs: number | null): LinkRow {
  return {
    id,
    token: id,
    nodeId,
    creatorId: 1,
    mode: "view",
    passwordHash: null,
    cookieKey: new Uint8Array(1),
    expiresAtMs,
    downloadLimit: null,
    downloads: 0,
    createdAtMs: 0,
    lastUsedAtMs: null,
  };
}

test("as long as the version is the same, the same nodes are linked: after every change, and as time passes", () => {
  const step = fc.record({
    act: fc.constantFrom("insert", "update", "remove", "removeOfNodes", "wait"),
    nodeId: fc.constantFrom(...nodeIds),
    lastsMs: fc.option(fc.nat(30)),
    waitMs: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const db = openDatabase({ path: ":memory:", migrations: linksMigrations, clock, log });
      const repository = createRepository(db);
      const seen = new Map<number, string>();
      let nowMs = 0;
      let made = 0;
      for (const { act, nodeId, lastsMs, waitMs } of steps) {
        const expiresAtMs = lastsMs === null ? null : nowMs + lastsMs;
        const [first] = repository.ofNode(nodeId);
        if (act === "insert") repository.insert(linkOf(`link${(made += 1)}`, nodeId, expiresAtMs));
        if (act === "update" && first !== undefined) repository.update(first.id, { expiresAtMs });
        if (act === "remove" && first !== undefined) repository.remove(first.id);
        if (act === "removeOfNodes") repository.removeOfNodes([nodeId]);
        if (act === "wait") nowMs += waitMs;
        const version = repository.version(nowMs);
        const linked = [...repository.linkedNodeIds(nodeIds, nowMs)].toSorted().join(" ");
        expect(seen.get(version) ?? linked).toBe(linked);
        seen.set(version, linked);
      }
      db.close();
    }),
    { numRuns: 60 },
  );
});
