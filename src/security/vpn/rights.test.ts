import { afterEach, beforeEach, expect, test } from "bun:test";
import { systemClock } from "#platform/clock";
import { type Db, openDatabase } from "#platform/db";
import { createLogger } from "#platform/log";
import { anonymous } from "#platform/usecase";
import { type Access, accessMigrations, capabilitiesOf, createAccess } from "#security/access";
import { identityMigrations } from "#security/identity";
import type { Role } from "#wire";
import { createZoneRights } from "./rights.ts";

const roles: Readonly<Record<number, Role>> = { 1: "owner", 2: "member", 3: "guest" };
const [owner, member, guest, disabled] = [1, 2, 3, 4];
let db: Db;
let access: Access;
let rights: ReturnType<typeof createZoneRights>;

beforeEach(() => {
  const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
  const migrations = [...identityMigrations, ...accessMigrations];
  db = openDatabase({ path: ":memory:", migrations, clock: systemClock, log });
  access = createAccess({
    db,
    clock: systemClock,
    tree: { above: () => [], rootIdOf: (spaceId) => spaceId },
    names: { person: (id) => `p${id}`, group: (id) => `g${id}`, space: (id) => `s${id}`, path: () => [] },
    groups: () => [{ id: 9, memberIds: [2] }],
  });
  rights = createZoneRights({
    access,
    actorOf: (userId) => {
      const role = roles[userId];
      if (role === undefined) return undefined;
      return {
        ...anonymous,
        kind: "person",
        userId,
        roles: [role],
        capabilities: capabilitiesOf([role]),
        readOnly: false,
      };
    },
  });
});
afterEach(() => db.close());

const allowed = (person: number, zone: string) => rights.mayReach(person, zone).allowed;
const put = (zone: string, effect: "allow" | "deny", subject: Parameters<Access["putEntry"]>[0]["subject"]) =>
  access.putEntry({
    resource: { kind: "vpn-zone", id: zone },
    subject,
    effect,
    actions: 1,
    expiresAtMs: null,
    createdBy: owner,
    createdAtMs: 0,
  });

test("this server for whoever may use the VPN, all for those who look after security, else what access says", () => {
  expect([allowed(owner, "hearth"), allowed(owner, "lan"), allowed(owner, "nas")]).toEqual([true, true, true]);
  expect([allowed(member, "hearth"), allowed(member, "lan"), allowed(member, "nas")]).toEqual([true, false, false]);
  expect([allowed(guest, "hearth"), allowed(disabled, "hearth")]).toEqual([false, false]);
  put("lan", "allow", { kind: "everyone" });
  put("nas", "allow", { kind: "group", id: 9 });
  expect([allowed(member, "lan"), allowed(member, "nas")]).toEqual([true, true]);
  expect(allowed(guest, "lan")).toBe(false);
});

test("a denial counts before everything, and says so", () => {
  put("lan", "allow", { kind: "everyone" });
  put("lan", "deny", { kind: "user", id: 2 });
  put("hearth", "deny", { kind: "group", id: 9 });
  put("lan", "deny", { kind: "user", id: 1 });
  expect([allowed(member, "lan"), allowed(member, "hearth"), allowed(owner, "lan")]).toEqual([false, false, false]);
  expect(rights.mayReach(member, "lan").reason).toContain("denied");
});

test("a zone that goes takes its entries along: one of the same name begins without them", () => {
  put("nas", "allow", { kind: "everyone" });
  put("lan", "allow", { kind: "everyone" });
  rights.onZoneRemoved("nas");
  expect([allowed(member, "nas"), allowed(member, "lan")]).toEqual([false, true]);
});
