import fc from "fast-check";
import type { Db } from "#platform/db";
import { type Actor, anonymous } from "#platform/usecase";
import type { ResourceAction } from "#wire";
import { soundMask } from "./actions.ts";
import { capabilitiesOf, type SpaceRole, spaceRoles } from "./capabilities.ts";
import type { AccessSubject } from "./contract.ts";
import type { NodeFilter } from "./filter.ts";
import type { Access } from "./service.ts";
import { createTestAccess } from "./testing.ts";

/** Made-up households for the property tests: two spaces with a tree each, a few people and groups, and entries anywhere. */
export const actions: readonly ResourceAction[] = ["read", "write", "share", "manage"];
export const userIds = [1, 2, 3] as const;
export const nowMs = 1_000_000;
const nodeCount = 12;
/** The first two nodes are the roots of the spaces 1 and 2. */
const rootCount = 2;

export interface RandomEntry {
  readonly nodeId: number;
  readonly subject: AccessSubject;
  readonly effect: "allow" | "deny";
  readonly actions: number;
  readonly expiresAtMs: number | null;
}

export interface Household {
  /** Parent of each node by id; the roots have none. */
  readonly parents: ReadonlyMap<number, number>;
  readonly members: readonly { readonly spaceId: number; readonly userId: number; readonly role: SpaceRole }[];
  /** Members of the groups 1 and 2. */
  readonly groups: readonly (readonly number[])[];
  readonly entries: readonly RandomEntry[];
}

const subject: fc.Arbitrary<AccessSubject> = fc.oneof(
  fc.record({ kind: fc.constant("user" as const), id: fc.constantFrom(...userIds) }),
  fc.record({ kind: fc.constant("group" as const), id: fc.constantFrom(1, 2) }),
  fc.constant({ kind: "everyone" as const }),
  fc.constant({ kind: "link" as const, id: "ab" }),
);
const entry: fc.Arbitrary<RandomEntry> = fc
  .record({
    nodeId: fc.integer({ min: 1, max: nodeCount }),
    subject,
    effect: fc.constantFrom("allow" as const, "deny" as const),
    actions: fc.integer({ min: 1, max: 15 }),
    expiresAtMs: fc.constantFrom(null, null, nowMs - 1, nowMs, nowMs + 1),
  })
  .map((drawn) => ({ ...drawn, actions: soundMask(drawn.effect, drawn.actions) }));
const parents = fc
  .tuple(...Array.from({ length: nodeCount - rootCount }, (_, at) => fc.integer({ min: 1, max: at + rootCount })))
  .map((drawn) => new Map(drawn.map((parent, at) => [at + rootCount + 1, parent])));
const member = fc.record({
  spaceId: fc.constantFrom(1, 2),
  userId: fc.constantFrom(...userIds),
  role: fc.constantFrom(...spaceRoles),
});

export const household: fc.Arbitrary<Household> = fc.record({
  parents,
  members: fc.uniqueArray(member, { selector: ({ spaceId, userId }) => `${spaceId} ${userId}`, maxLength: 4 }),
  groups: fc.tuple(fc.subarray([...userIds]), fc.subarray([...userIds])),
  entries: fc.uniqueArray(entry, {
    selector: ({ nodeId, subject: who }) => `${nodeId} ${JSON.stringify(who)}`,
    maxLength: 8,
  }),
});

export const nodeIds = Array.from({ length: nodeCount }, (_, at) => at + 1);

export function above(from: ReadonlyMap<number, number>, nodeId: number): number[] {
  const way: number[] = [];
  for (let at = from.get(nodeId); at !== undefined; at = from.get(at)) way.push(at);
  return way;
}

export function spaceOf(from: ReadonlyMap<number, number>, nodeId: number): number {
  return above(from, nodeId).at(-1) ?? nodeId;
}

/** A person with everything but what is taken away. */
export function personOf(userId: number, rest: Partial<Actor> = {}): Actor {
  const base = { ...anonymous, kind: "person", userId, name: `p${userId}`, via: "session", readOnly: false } as const;
  return { ...base, roles: ["member"], capabilities: capabilitiesOf(["member"]), ...rest };
}

export interface World {
  readonly access: Access;
  /** Gives a node another folder. */
  move(nodeId: number, parentId: number): void;
  parents(): ReadonlyMap<number, number>;
  /** Ids of nodes that pass, as the database finds them. */
  passing(filter: NodeFilter | undefined): number[];
}

/** A household in a database, with the columns of the index that rules look at. */
export function settle(db: Db, drawn: Household): World {
  db.prepare("DELETE FROM access_grant").run();
  db.prepare("DELETE FROM space_member").run();
  db.prepare(
    "CREATE TABLE IF NOT EXISTS node (id INTEGER PRIMARY KEY, parent_id INTEGER, space_id INTEGER, kind INTEGER)",
  ).run();
  const tree = new Map(drawn.parents);
  const write = db.prepare<never, [number, number | null, number]>("INSERT OR REPLACE INTO node VALUES (?, ?, ?, 1)");
  const save = () => {
    for (const id of nodeIds) write.run(id, tree.get(id) ?? null, spaceOf(tree, id));
  };
  save();
  const access = createTestAccess({
    db,
    clock: { now: () => nowMs },
    tree: { above: (nodeId) => above(tree, nodeId), rootIdOf: (spaceId) => spaceId },
    groups: () => drawn.groups.map((memberIds, at) => ({ id: at + 1, memberIds })),
  });
  for (const { spaceId, userId, role } of drawn.members) {
    db.prepare<never, [number, number, string]>("INSERT INTO space_member VALUES (?, ?, ?)").run(spaceId, userId, role);
  }
  db.transaction(() => {
    for (const { nodeId, ...rest } of drawn.entries) {
      access.putEntry({ ...rest, resource: { kind: "node", id: nodeId }, createdBy: 1, createdAtMs: 0 });
    }
  });
  return {
    access,
    parents: () => tree,
    move: (nodeId, parentId) => {
      tree.set(nodeId, parentId);
      save();
    },
    passing: (filter) =>
      db
        .prepare<{ id: number }, (string | number)[]>(`SELECT id FROM node WHERE ${filter?.sql ?? "1"} ORDER BY id`)
        .all(...(filter?.params ?? []))
        .map(({ id }) => id),
  };
}
