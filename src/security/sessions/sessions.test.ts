import { afterAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#platform/db";
import { createLogger } from "#platform/log";
import { type Actor, anonymous } from "#platform/usecase";
import { createPasswordHasher, identityMigrations } from "#security/identity";
import { sessionsMigrations } from "./index.ts";
import { codeOf, createHousehold, removeFolders } from "./testing.ts";

afterAll(removeFolders);

const minuteMs = 60_000;
const dayMs = 86_400_000;
const passwords = createPasswordHasher({ memoryKib: 64, passes: 1 });

let nowMs = 0;
let house: ReturnType<typeof createHousehold>;
beforeEach(() => {
  nowMs = 1_700_000_000_000;
  house = createHousehold({ clock: { now: () => nowMs }, passwords });
});

test("login gives a cookie that is the person, with frozen rights", async () => {
  const alice = await house.add("alice");
  const cookie = await house.login("alice");
  expect(cookie).toMatch(/^__Host-hearth=[\w-]{43}$/);
  const actor = await house.byCookie(cookie);
  expect(actor).toMatchObject({ kind: "person", userId: alice.id, name: "alice", via: "session", readOnly: false });
  expect([...actor.capabilities]).toEqual(["files.use", "links.create", "people.read", "vpn.use"]);
  expect(actor).toMatchObject({ factors: ["password"], factorAtMs: nowMs });
  expect(Object.isFrozen(actor) && Object.isFrozen(actor.roles) && Object.isFrozen(actor.factors)).toBe(true);
  expect(await house.byCookie(cookie)).toBe(actor);
});

test("the token itself is nowhere in the database", async () => {
  await house.add("alice");
  const token = (await house.login("alice")).split("=")[1] ?? "";
  const rows = JSON.stringify(house.db.prepare("SELECT * FROM session").all());
  expect(rows.length).toBeGreaterThan(10);
  expect(rows).not.toContain(token);
});

test("a cookie that nobody knows is nobody, not an error", async () => {
  await house.add("alice");
  for (const cookie of ["__Host-hearth=", "__Host-hearth=x", `__Host-hearth=${"A".repeat(43)}`, "", "other=1"]) {
    expect(await house.byCookie(cookie)).toBe(anonymous);
  }
});

test("a session ends after 30 idle days and not before", async () => {
  await house.add("alice");
  const [idle, busy] = [await house.login("alice"), await house.login("alice")];
  nowMs += 29 * dayMs;
  expect((await house.byCookie(busy)).kind).toBe("person");
  nowMs += dayMs;
  expect(await house.byCookie(idle)).toBe(anonymous);
  expect((await house.byCookie(busy)).kind).toBe("person");
});

test("the absolute limit holds for a session in daily use, also out of memory", async () => {
  const alice = await house.add("alice");
  const cookie = await house.login("alice");
  for (let day = 1; day < 180; day++) {
    nowMs += dayMs;
    expect((await house.byCookie(cookie)).kind).toBe("person");
  }
  nowMs += dayMs;
  expect(await house.byCookie(cookie)).toBe(anonymous);
  house.sessions.invalidate(alice.id);
  expect(await house.byCookie(cookie)).toBe(anonymous);
  expect(house.sessions.service.list(alice.id)).toEqual([]);
});

test("last seen is written at most once a minute", async () => {
  const alice = await house.add("alice");
  const cookie = await house.login("alice");
  const started = nowMs;
  const seen = () => house.sessions.service.list(alice.id)[0]?.last_seen_at_ms;
  for (let second = 0; second < 59; second++) {
    nowMs += 1000;
    await house.byCookie(cookie);
  }
  expect(seen()).toBe(started);
  nowMs += 1000;
  await house.byCookie(cookie);
  expect(seen()).toBe(started + minuteMs);
  expect(house.identity.service.find(alice.id)?.lastSeenAtMs).toBe(started + minuteMs);
});

test("a revoked session is out with the next request, and only that one", async () => {
  await house.add("alice");
  await house.add("mallory");
  const [first, second] = [await house.login("alice"), await house.login("alice")];
  const [a, b] = [await house.byCookie(first), await house.byCookie(second)];
  const mallory = await house.byCookie(await house.login("mallory"));
  expect(await codeOf(house.call("session.revoke", { id: a.credentialId }, mallory))).toBe("not-found");
  expect((await house.byCookie(first)).kind).toBe("person");
  expect((await house.call("session.revoke", { id: a.credentialId }, b)).answer).toEqual({ ended: 1 });
  expect(await house.byCookie(first)).toBe(anonymous);
  expect(await house.byCookie(second)).toBe(b);
});

test("`others` ends all but this one, and the list says which this is", async () => {
  await house.add("alice");
  const cookies = [await house.login("alice"), await house.login("alice"), await house.login("alice")];
  const actor = await house.byCookie(cookies[1]!);
  const list = async () => (await house.call("session.list", {}, actor)).answer["sessions"] as { current: boolean }[];
  expect((await list()).filter(({ current }) => current).length).toBe(1);
  expect((await house.call("session.revoke", { others: true }, actor)).answer).toEqual({ ended: 2 });
  expect(await Promise.all(cookies.map(async (cookie) => (await house.byCookie(cookie)).kind))).toEqual([
    "visitor",
    "person",
    "visitor",
  ]);
  expect((await list()).length).toBe(1);
});

test("logging in again rotates the token; logging out forgets it", async () => {
  await house.add("alice");
  const first = await house.login("alice");
  const actor = await house.byCookie(first);
  const second = (await house.call("session.login", { name: "alice", password: "alice-password" }, actor)).cookie;
  expect(second).not.toBe(first);
  expect(await house.byCookie(first)).toBe(anonymous);
  const { setCookie } = await house.call("session.logout", {}, await house.byCookie(second));
  expect(setCookie).toContain("Max-Age=0");
  expect(await house.byCookie(second)).toBe(anonymous);
});

test("a new password ends every session and goes on with a fresh one", async () => {
  await house.add("alice");
  const cookies = [await house.login("alice"), await house.login("alice")];
  const actor = await house.byCookie(cookies[0]!);
  const { cookie } = await house.call("me.changePassword", { current: "alice-password", next: "new password" }, actor);
  for (const old of cookies) expect(await house.byCookie(old)).toBe(anonymous);
  expect((await house.byCookie(cookie)).name).toBe("alice");
});

test("a role that changes counts from the next request on", async () => {
  const owner = await house.byCookie((await house.add("olga", ["owner"]), await house.login("olga")));
  const alice = await house.add("alice", ["admin"]);
  const cookie = await house.login("alice");
  const can = async () => (await house.byCookie(cookie)).capabilities.has("people.manage");
  expect(await can()).toBe(true);
  await house.call("people.update", { id: alice.id, roles: ["member"] }, owner);
  expect(await can()).toBe(false);
});

test("a disabled account is out at once, and stays out until somebody logs in anew", async () => {
  const owner = await house.byCookie((await house.add("olga", ["owner"]), await house.login("olga")));
  const alice = await house.add("alice");
  const cookie = await house.login("alice");
  expect((await house.byCookie(cookie)).kind).toBe("person");
  await house.call("people.update", { id: alice.id, disabled: true }, owner);
  expect(await house.byCookie(cookie)).toBe(anonymous);
  expect(await codeOf(house.login("alice"))).toBe("unauthenticated");
  await house.call("people.update", { id: alice.id, disabled: false }, owner);
  expect(await house.byCookie(cookie)).toBe(anonymous);
  expect((await house.byCookie(await house.login("alice"))).name).toBe("alice");
});

test("a person has at most 100 sessions; the oldest go", async () => {
  const alice = await house.add("alice");
  const first = await house.login("alice");
  for (let i = 0; i < 100; i++) {
    nowMs += 1;
    house.sessions.service.start(alice, "192.0.2.1", "test", {
      factors: ["password"],
      factorAtMs: nowMs,
      deviceId: null,
    });
  }
  expect(house.sessions.service.list(alice.id).length).toBe(100);
  expect(await house.byCookie(first)).toBe(anonymous);
});

test("who is logged in can be asked by anybody", async () => {
  await house.add("alice");
  expect((await house.call("session.current", {})).answer).toEqual({
    person: null,
    capabilities: [],
    factors: [],
    mustSetUpFactor: false,
    stepUpUntilMs: null,
  });
  const actor: Actor = await house.byCookie(await house.login("alice"));
  expect((await house.call("session.current", {}, actor)).answer).toMatchObject({
    person: { name: "alice" },
    factors: ["password"],
    stepUpUntilMs: nowMs + 5 * minuteMs,
  });
});

test("sessions of an earlier version go on, as logged in with a password when they began", () => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-sessions-"));
  const clock = { now: () => nowMs };
  const log = createLogger({ clock, level: "error", write: () => undefined });
  const open = (migrations: typeof sessionsMigrations) =>
    openDatabase({ path: join(folder, "hearth.db"), migrations: [...identityMigrations, ...migrations], clock, log });
  const old = open(sessionsMigrations.slice(0, 1));
  old.prepare("INSERT INTO person (id, name, display_name, created_at_ms) VALUES (1, 'a', 'A', 0)").run();
  old.prepare("INSERT INTO session VALUES ('s', 1, 'hash', 5, 7, '192.0.2.1', 'test')").run();
  old.close();
  const db = open(sessionsMigrations);
  expect(db.prepare("SELECT factors, factor_at_ms, device_id FROM session").get()).toEqual({
    factors: '["password"]',
    factor_at_ms: 5,
    device_id: null,
  });
  db.close();
  rmSync(folder, { recursive: true });
});
