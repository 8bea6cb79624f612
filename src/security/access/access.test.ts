import { expect, test } from "bun:test";
import fc from "fast-check";
import { openDatabase } from "#platform/db";
import type { AppError } from "#platform/errors";
import { createLogger } from "#platform/log";
import { type Actor, anonymous, systemActor } from "#platform/usecase";
import { capabilities, type ResourceAction, type Role, roles } from "#wire";
import { type Access, accessMigrations, capabilitiesOf, type SpaceMember, spaceRoles } from "./index.ts";
import { createTestAccess as createOn } from "./testing.ts";

const clock = { now: () => 0 };
const actions: readonly ResourceAction[] = ["read", "write", "share", "manage"];

function createTestAccess() {
  const log = createLogger({ clock, level: "error", write: () => undefined });
  const db = openDatabase({ path: ":memory:", migrations: accessMigrations, clock, log });
  return { db, access: createOn({ db }) };
}

function person(userId: number, rest: Partial<Actor> = {}, held: readonly Role[] = ["member"]): Actor {
  const base = { ...anonymous, kind: "person", userId, name: `p${userId}`, via: "session", readOnly: false } as const;
  return { ...base, roles: held, capabilities: capabilitiesOf(held), ...rest };
}

/** Time of one decision, all of which must be yes: the best of five rounds, for somebody else may use the machine. */
function bestNsOf(decide: (index: number) => boolean): number {
  const decisions = 20_000;
  const rounds = Array.from({ length: 5 }, () => {
    const startNs = Bun.nanoseconds();
    let allowed = 0;
    for (let index = 0; index < decisions; index++) if (decide(index)) allowed++;
    expect(allowed).toBe(decisions);
    return (Bun.nanoseconds() - startNs) / decisions;
  });
  return Math.min(...rounds);
}

function allowedActions(access: Access, actor: Actor, spaceId: number): string {
  return actions.filter((action) => access.can(actor, action, { spaceId })).join(" ");
}

test("roles are sets of capabilities, and more roles never mean fewer", () => {
  expect([...capabilitiesOf(["owner"])]).toEqual([...capabilities]);
  expect([...capabilitiesOf(["admin"])]).toEqual([...capabilities]);
  expect(capabilitiesOf(["operator"]).has("people.manage")).toBe(false);
  expect([...capabilitiesOf(["member"])]).toEqual(["files.use", "links.create", "people.read", "vpn.use"]);
  expect([...capabilitiesOf(["guest"])]).toEqual(["files.use"]);
  expect([...capabilitiesOf(["service"])]).toEqual(["files.use"]);
  expect(capabilitiesOf([]).size).toBe(0);
  const anyRoles = fc.subarray([...roles]);
  fc.assert(
    fc.property(anyRoles, anyRoles, (some, more) => {
      const all = capabilitiesOf([...some, ...more]);
      expect([...capabilitiesOf(some)].every((capability) => all.has(capability))).toBe(true);
    }),
  );
});

test("each role in a space allows what its name says, and being owner of the server opens nothing", () => {
  const { access } = createTestAccess();
  access.grantHome(1, 10);
  access.setMembers(2, [
    { userId: 10, role: "manager" },
    { userId: 11, role: "editor" },
    { userId: 12, role: "viewer" },
  ]);
  expect(allowedActions(access, person(10), 1)).toBe("read write share manage");
  expect(allowedActions(access, person(11), 2)).toBe("read write share");
  expect(allowedActions(access, person(12), 2)).toBe("read");
  expect(allowedActions(access, person(11), 1)).toBe("");
  expect(allowedActions(access, person(13, {}, ["owner"]), 1)).toBe("");
  expect(allowedActions(access, systemActor, 99)).toBe("read write share manage");
  expect(allowedActions(access, anonymous, 2)).toBe("");
  expect(allowedActions(access, { ...anonymous, via: "link", userId: 10 }, 2)).toBe("");
});

test("credentials narrow what the role allows", () => {
  const { access } = createTestAccess();
  access.grantHome(1, 10);
  expect(allowedActions(access, person(10, { readOnly: true }), 1)).toBe("read");
  expect(allowedActions(access, person(10, { capabilities: new Set(["files.use"]) }), 1)).toBe("read write manage");
  expect(allowedActions(access, person(10, { capabilities: new Set() }), 1)).toBe("");
});

test("a refusal names its rule, and does not tell strangers that the space exists", () => {
  const { access } = createTestAccess();
  access.setMembers(2, [
    { userId: 10, role: "manager" },
    { userId: 12, role: "viewer" },
  ]);
  const codeOf = (actor: Actor, action: ResourceAction, spaceId: number) => {
    try {
      access.require(actor, action, { spaceId });
      return "allowed";
    } catch (thrown) {
      return (thrown as AppError).code;
    }
  };
  expect(codeOf(person(12), "read", 2)).toBe("allowed");
  expect(codeOf(person(12), "write", 2)).toBe("forbidden");
  expect(codeOf(person(13), "write", 2)).toBe("not-found");
  expect(codeOf(person(13), "read", 2)).toBe("not-found");
  expect(codeOf(person(13), "read", 4711)).toBe("not-found");
  expect(codeOf(anonymous, "read", 2)).toBe("unauthenticated");
  expect(access.explain(person(12), "write", { spaceId: 2 }).reason).toContain("viewer");
});

test("members that make no sense are refused and change nothing", () => {
  const { access } = createTestAccess();
  access.setMembers(2, [{ userId: 10, role: "manager" }]);
  expect(() => access.setMembers(2, [{ userId: 10, role: "editor" }])).toThrow("bad-request");
  const twice: SpaceMember[] = [
    { userId: 10, role: "manager" },
    { userId: 10, role: "viewer" },
  ];
  expect(() => access.setMembers(2, twice)).toThrow("bad-request");
  expect(access.membersOf(2)).toEqual([{ userId: 10, role: "manager" }]);
  access.setMembers(2, []);
  expect(access.membersOf(2)).toEqual([]);
});

test("whatever changes, decisions follow the last change, and the list holds what can be read", () => {
  const member = fc.record({ userId: fc.integer({ min: 1, max: 5 }), role: fc.constantFrom(...spaceRoles) });
  const members = fc.uniqueArray(member, { selector: ({ userId }) => userId, maxLength: 5 });
  const change = fc.record({ spaceId: fc.integer({ min: 1, max: 4 }), members });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 10 }), (changes) => {
      const { access, db } = createTestAccess();
      const model = new Map<number, readonly SpaceMember[]>();
      for (const { spaceId, members: wanted } of changes) {
        const sound = wanted.length === 0 || wanted.some(({ role }) => role === "manager");
        if (!sound) continue;
        access.setMembers(spaceId, wanted);
        model.set(spaceId, wanted);
        for (let userId = 1; userId <= 5; userId++) {
          const spaces = [1, 2, 3, 4];
          const mine = spaces.filter((id) => model.get(id)?.some((entry) => entry.userId === userId) === true);
          expect(access.spacesOf(userId).map((entry) => entry.spaceId)).toEqual(mine);
          expect(spaces.filter((id) => access.can(person(userId), "read", { spaceId: id }))).toEqual(mine);
        }
      }
      db.close();
    }),
    { numRuns: 60 },
  );
});

test("listeners hear of an entry that expires without anybody asking", async () => {
  let nowMs = 0;
  const db = createTestAccess().db;
  const access = createOn({ db, clock: { now: () => nowMs } });
  const zone = { kind: "vpn-zone", id: "lan" } as const;
  const subject = { kind: "user", id: 10 } as const;
  access.putEntry({
    resource: zone,
    subject,
    effect: "allow",
    actions: 1,
    expiresAtMs: 5,
    createdBy: 1,
    createdAtMs: 0,
  });
  expect(access.can(person(10), "read", zone)).toBe(true);
  const heard = Promise.withResolvers<void>();
  access.onChanged(heard.resolve);
  const stop = access.watchExpiry();
  nowMs = 5;
  await heard.promise;
  stop();
  expect(access.can(person(10), "read", zone)).toBe(false);
  expect(access.entriesOn(zone)).toEqual([]);
});

test("resources without a tree are open to nobody without an entry, and a deny wins", () => {
  const { access } = createTestAccess();
  const zone = { kind: "vpn-zone", id: "lan" } as const;
  const put = (id: number, effect: "allow" | "deny", actions: number) =>
    access.putEntry({
      resource: zone,
      subject: id === 0 ? { kind: "everyone" } : { kind: "user", id },
      effect,
      actions,
      expiresAtMs: null,
      createdBy: 1,
      createdAtMs: 0,
    });
  const owner = person(10, {}, ["owner"]);
  expect(access.actionsAt(owner, zone)).toEqual([]);
  put(0, "allow", 3);
  expect(access.actionsAt(owner, zone)).toEqual(["read", "write"]);
  expect(access.actionsAt(person(10, { readOnly: true }), zone)).toEqual(["read"]);
  expect(access.actionsAt(anonymous, zone)).toEqual([]);
  put(10, "deny", 15);
  expect(access.actionsAt(owner, zone)).toEqual([]);
  expect(access.explain(owner, "read", zone).reason).toBe("p10 is denied reading at vpn-zone lan.");
  access.forgetSubject({ kind: "user", id: 10 });
  expect(access.can(owner, "read", zone)).toBe(true);
});

test("a decision deep in a tree costs little too, with entries that concern the person and with many that do not", () => {
  const { db } = createTestAccess();
  const depth = 12;
  const above = Array.from({ length: depth }, (_, at) => depth - at);
  const access = createOn({ db, tree: { above: (nodeId) => (nodeId > depth ? above : []), rootIdOf: () => 1 } });
  access.grantHome(1, 10);
  db.transaction(() => {
    for (let id = 2; id <= 1000; id++) {
      access.putEntry({
        resource: { kind: "node", id },
        subject: { kind: "user", id: id % 3 === 0 ? 10 : 11 },
        effect: "deny",
        actions: 4,
        expiresAtMs: 1e15,
        createdBy: 1,
        createdAtMs: 0,
      });
    }
  });
  const actor = person(10);
  expect(bestNsOf((i) => access.can(actor, "read", { spaceId: 1, nodeId: 13 + (i % 200) }))).toBeLessThan(3000);
});

test("a decision costs next to nothing once memberships are known", () => {
  const { access } = createTestAccess();
  for (let spaceId = 1; spaceId <= 200; spaceId++) access.grantHome(spaceId, 10);
  const actor = person(10);
  expect(bestNsOf((i) => access.can(actor, "write", { spaceId: (i % 200) + 1 }))).toBeLessThan(3000);
});
