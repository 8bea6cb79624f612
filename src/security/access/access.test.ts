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

test("a decision costs next to nothing once memberships are known", () => {
  const { access } = createTestAccess();
  for (let spaceId = 1; spaceId <= 200; spaceId++) access.grantHome(spaceId, 10);
  const actor = person(10);
  const rounds = 200_000;
  const startNs = Bun.nanoseconds();
  let allowed = 0;
  for (let i = 0; i < rounds; i++) if (access.can(actor, "write", { spaceId: (i % 200) + 1 })) allowed++;
  expect(allowed).toBe(rounds);
  expect((Bun.nanoseconds() - startNs) / rounds).toBeLessThan(3000);
});
