import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { openDatabase } from "#platform/db";
import { createLogger } from "#platform/log";
import type { Actor } from "#platform/usecase";
import type { ResourceAction } from "#wire";
import { bits, maskOfSpaceRole } from "./actions.ts";
import { accessMigrations } from "./index.ts";
import {
  above,
  actions,
  type Household,
  household,
  nodeIds,
  nowMs,
  personOf,
  type RandomEntry,
  settle,
  spaceOf,
  userIds,
  type World,
} from "./random-policies.ts";

const log = createLogger({ clock: { now: () => 0 }, level: "error", write: () => undefined });
const db = openDatabase({ path: ":memory:", migrations: accessMigrations, clock: { now: () => 0 }, log });
afterAll(() => db.close());

/** The rules once more, written down as the guide tells them. */
function expected(drawn: Household, world: World, userId: number, action: ResourceAction, nodeId: number): boolean {
  const speaksTo = ({ subject, expiresAtMs }: RandomEntry) => {
    if (expiresAtMs !== null && expiresAtMs <= nowMs) return false;
    if (subject.kind === "user") return subject.id === userId;
    if (subject.kind === "link") return false;
    return subject.kind === "everyone" || drawn.groups[Number(subject.id) - 1]?.includes(userId) === true;
  };
  const spaceId = spaceOf(world.parents(), nodeId);
  const role = drawn.members.find((member) => member.spaceId === spaceId && member.userId === userId)?.role;
  const decide = (asked: ResourceAction): boolean => {
    for (const at of [nodeId, ...above(world.parents(), nodeId)]) {
      const here = drawn.entries.filter(
        (entry) => entry.nodeId === at && (entry.actions & bits[asked]) !== 0 && speaksTo(entry),
      );
      if (here.length > 0) return here.every(({ effect }) => effect === "allow");
    }
    return role !== undefined && (maskOfSpaceRole[role] & bits[asked]) !== 0;
  };
  return decide("read") && decide(action);
}

function resource(world: World, nodeId: number) {
  return { spaceId: spaceOf(world.parents(), nodeId), nodeId };
}

function allowed(world: World, actor: Actor, action: ResourceAction): number[] {
  return nodeIds.filter((nodeId) => world.access.can(actor, action, resource(world, nodeId)));
}

/** Both SQL forms find what can be read; without entries membership says it, and whoever asks names the spaces. */
function requireSameInSql(world: World, actor: Actor): void {
  const { rows, tree } = world.access.sightOf(actor);
  for (const filter of [rows, tree]) {
    if (filter === undefined) expect(world.access.isPlain(actor)).toBe(true);
    else expect(world.passing(filter)).toEqual(allowed(world, actor, "read"));
  }
}

const runs = { numRuns: 200 };
const slowMachineMs = 30_000;

test(
  "the decision, the explanation, both SQL forms and the rules as told agree, over ten thousand requests",
  () => {
    let requests = 0;
    fc.assert(
      fc.property(household, (drawn) => {
        const world = settle(db, drawn);
        for (const userId of userIds) {
          const actor = personOf(userId);
          for (const action of actions) {
            const right = nodeIds.filter((nodeId) => expected(drawn, world, userId, action, nodeId));
            expect(allowed(world, actor, action)).toEqual(right);
            for (const nodeId of nodeIds) {
              const { allowed: explained, reason } = world.access.explain(actor, action, resource(world, nodeId));
              if (explained !== right.includes(nodeId)) throw new Error(`${action} at ${nodeId}: ${reason}`);
            }
            requests += nodeIds.length;
          }
          requireSameInSql(world, actor);
        }
      }),
      runs,
    );
    expect(requests).toBeGreaterThan(10_000);
  },
  slowMachineMs,
);

test(
  "what is listed in a folder is what can be read in it",
  () => {
    fc.assert(
      fc.property(household, (drawn) => {
        const world = settle(db, drawn);
        for (const userId of userIds) {
          const actor = personOf(userId);
          const passing = new Set(world.passing(world.access.sightOf(actor).entries));
          for (const nodeId of nodeIds) {
            const parentId = world.parents().get(nodeId);
            if (parentId === undefined || !world.access.can(actor, "read", resource(world, parentId))) continue;
            expect(passing.has(nodeId)).toBe(world.access.can(actor, "read", resource(world, nodeId)));
          }
        }
      }),
      runs,
    );
  },
  slowMachineMs,
);

test(
  "without membership and without an entry that allows on the way up there is no access",
  () => {
    fc.assert(
      fc.property(household, (drawn) => {
        const allows = drawn.entries.filter(({ effect }) => effect === "allow");
        const world = settle(db, drawn);
        for (const userId of userIds) {
          for (const nodeId of nodeIds) {
            const way = [nodeId, ...above(world.parents(), nodeId)];
            const { spaceId } = resource(world, nodeId);
            const isMember = drawn.members.some((member) => member.userId === userId && member.spaceId === spaceId);
            if (isMember || allows.some((entry) => way.includes(entry.nodeId))) continue;
            expect(world.access.actionsAt(personOf(userId), { spaceId, nodeId })).toEqual([]);
          }
        }
      }),
      runs,
    );
  },
  slowMachineMs,
);

test(
  "a deny wins at its node, whoever else is allowed there, and whatever role somebody has",
  () => {
    fc.assert(
      fc.property(household, fc.constantFrom(...userIds), fc.constantFrom(...nodeIds), (drawn, userId, nodeId) => {
        const deny = {
          nodeId,
          subject: { kind: "user", id: userId },
          effect: "deny",
          actions: 15,
          expiresAtMs: null,
        } as const;
        const others = drawn.entries.filter(
          ({ nodeId: at, subject }) => at !== nodeId || subject.kind !== "user" || subject.id !== userId,
        );
        const world = settle(db, { ...drawn, entries: [...others, deny] });
        expect(world.access.actionsAt(personOf(userId), resource(world, nodeId))).toEqual([]);
      }),
      runs,
    );
  },
  slowMachineMs,
);

test(
  "a move changes the rights to what moved as the rules say, and to nothing else",
  () => {
    const move = fc.record({
      nodeId: fc.integer({ min: 3, max: nodeIds.length }),
      parentId: fc.constantFrom(...nodeIds),
    });
    fc.assert(
      fc.property(household, fc.array(move, { minLength: 1, maxLength: 3 }), (drawn, moves) => {
        const world = settle(db, drawn);
        for (const { nodeId, parentId } of moves) {
          if (parentId === nodeId || above(world.parents(), parentId).includes(nodeId)) continue;
          const moved = new Set(nodeIds.filter((id) => id === nodeId || above(world.parents(), id).includes(nodeId)));
          const before = userIds.map((userId) => actions.map((action) => allowed(world, personOf(userId), action)));
          world.move(nodeId, parentId);
          for (const [at, userId] of userIds.entries()) {
            for (const [index, action] of actions.entries()) {
              const now = allowed(world, personOf(userId), action);
              const stayed = (ids: readonly number[] = []) => ids.filter((id) => !moved.has(id));
              expect(stayed(now)).toEqual(stayed(before[at]?.[index]));
              expect(now).toEqual(nodeIds.filter((id) => expected(drawn, world, userId, action, id)));
            }
            requireSameInSql(world, personOf(userId));
          }
        }
      }),
      { numRuns: 60 },
    );
  },
  slowMachineMs,
);

test(
  "what is shown of a path is the longest end of it that can be read without a gap",
  () => {
    fc.assert(
      fc.property(household, (drawn) => {
        const world = settle(db, drawn);
        for (const userId of userIds) {
          const actor = personOf(userId);
          for (const nodeId of nodeIds) {
            const way = [nodeId, ...above(world.parents(), nodeId)];
            const gap = way.findIndex((id) => !world.access.can(actor, "read", resource(world, id)));
            const shown = gap === -1 ? way.length : gap;
            expect(world.access.shownSteps(actor, resource(world, nodeId))).toBe(shown);
            expect(world.access.reaches(actor, resource(world, nodeId))).toBe(shown === way.length);
          }
        }
      }),
      runs,
    );
  },
  slowMachineMs,
);

test(
  "something below that may not be changed is found exactly when there is something",
  () => {
    fc.assert(
      fc.property(household, (drawn) => {
        const world = settle(db, drawn);
        for (const userId of userIds) {
          const actor = personOf(userId);
          for (const folderId of allowed(world, actor, "write")) {
            const below = nodeIds.filter((id) => above(world.parents(), id).includes(folderId));
            const fixed = below.filter((id) => !world.access.can(actor, "write", resource(world, id)));
            const found = world.access.obstacleBelow(actor, "write", resource(world, folderId));
            if (fixed.length === 0) expect(found).toBeUndefined();
            else expect(fixed).toContain(found as number);
          }
        }
      }),
      runs,
    );
  },
  slowMachineMs,
);

test(
  "a credential only takes away, in the decision, the explanation and the SQL forms alike",
  () => {
    fc.assert(
      fc.property(household, (drawn) => {
        const world = settle(db, drawn);
        const narrowed: Partial<Actor>[] = [
          { readOnly: true },
          { capabilities: new Set(["files.use"]) },
          { capabilities: new Set() },
        ];
        for (const userId of userIds) {
          for (const rest of narrowed) {
            const actor = personOf(userId, rest);
            for (const action of actions) {
              const whole = allowed(world, personOf(userId), action);
              const part = allowed(world, actor, action);
              expect(part.every((nodeId) => whole.includes(nodeId))).toBe(true);
              for (const nodeId of nodeIds) {
                const { allowed: explained } = world.access.explain(actor, action, resource(world, nodeId));
                expect(explained).toBe(part.includes(nodeId));
              }
            }
            requireSameInSql(world, actor);
          }
        }
      }),
      { numRuns: 40 },
    );
  },
  slowMachineMs,
);

test(
  "a link shows what its maker may share, without what the link itself is denied",
  () => {
    fc.assert(
      fc.property(household, fc.constantFrom(...userIds), (drawn, creatorId) => {
        const world = settle(db, drawn);
        const sight = world.access.sightOfLink({ linkId: "ab", creator: personOf(creatorId) });
        const isOpen = (nodeId: number) => {
          for (const at of [nodeId, ...above(world.parents(), nodeId)]) {
            const entry = drawn.entries.find(({ nodeId: on, subject }) => on === at && subject.kind === "link");
            const counts = entry !== undefined && (entry.expiresAtMs === null || entry.expiresAtMs > nowMs);
            if (counts && (entry.actions & bits.read) !== 0) return entry.effect === "allow";
          }
          return true;
        };
        const right = nodeIds.filter((id) => expected(drawn, world, creatorId, "share", id) && isOpen(id));
        expect(nodeIds.filter((id) => sight.can(resource(world, id)))).toEqual(right);
        const passing = new Set(world.passing(sight.entries));
        for (const id of nodeIds) {
          if (right.includes(world.parents().get(id) ?? 0)) expect(passing.has(id)).toBe(right.includes(id));
        }
      }),
      runs,
    );
  },
  slowMachineMs,
);
