import { expect, test } from "bun:test";
import type { AppError } from "#platform/errors";
import { createRunner, anonymous } from "#platform/usecase";
import { callerFor, createTestIdentity } from "./testing.ts";

const owner = { name: "ada", displayName: "Ada", password: "long enough" };
const nothing = { user: undefined, password: undefined };

async function failure(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => {
      throw new Error("should have failed");
    },
    (thrown: unknown) => thrown as AppError,
  );
}

test("the code creates the owner once, whatever its case and dashes", async () => {
  const { setup, service, implementations, started } = createTestIdentity();
  const runner = createRunner({
    implementations,
    log: console as never,
    clock: { now: () => 0 },
    audit: () => undefined,
  });
  const first = await setup.begin(nothing);
  if (first.state !== "code") throw new Error(first.state);
  expect(first.code).toMatch(/^[a-z1-9]{4}-[a-z1-9]{4}-[a-z1-9]{4}$/);
  expect(await runner.run("setup.status", {}, callerFor(anonymous))).toEqual({ needed: true });
  const typed = ` ${first.code.toUpperCase().replaceAll("-", " ")} `;
  await runner.run("setup.createOwner", { code: typed, ...owner }, callerFor(anonymous));
  expect(service.findByName("ada")?.roles).toEqual(["owner"]);
  expect(started).toEqual(["ada"]);
  expect(await runner.run("setup.status", {}, callerFor(anonymous))).toEqual({ needed: false });
  expect((await failure(setup.createOwner(first.code, { ...owner, name: "eve" }, ""))).code).toBe("conflict");
  expect(await setup.begin(nothing)).toEqual({ state: "ready" });
});

test("two browsers with the code make one owner", async () => {
  const { setup, service } = createTestIdentity();
  const first = await setup.begin(nothing);
  if (first.state !== "code") throw new Error(first.state);
  const both = ["ada", "eve"].map((name) => setup.createOwner(first.code, { ...owner, name }, "192.0.2.1"));
  const outcomes = await Promise.allSettled(both);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(service.list().length).toBe(1);
});

test("wrong codes are refused, then slowed down", async () => {
  const { setup } = createTestIdentity();
  await setup.begin(nothing);
  for (let i = 0; i < 5; i++) {
    expect((await failure(setup.createOwner("aaaa-bbbb-cccc", owner, "192.0.2.1"))).code).toBe("forbidden");
  }
  expect((await failure(setup.createOwner("aaaa-bbbb-cccc", owner, "192.0.2.1"))).code).toBe("too-many-requests");
});

test("before the program has begun, no code is right", async () => {
  const { setup } = createTestIdentity();
  expect((await failure(setup.createOwner("", owner, "192.0.2.1"))).code).toBe("forbidden");
});

test("an unattended owner is created once; later starts change nothing", async () => {
  const { setup, service } = createTestIdentity();
  const given = { user: "ada", password: "long enough" };
  expect(await setup.begin(given)).toMatchObject({ state: "created", person: { name: "ada", roles: ["owner"] } });
  expect(await setup.begin({ user: "ada", password: "another password" })).toEqual({ state: "ready" });
  expect(await service.verifyPassword("ada", "long enough", "192.0.2.1")).not.toBeNull();
});

test("unattended values that cannot be used are named", async () => {
  const { setup, service } = createTestIdentity();
  const cases = [
    [{ user: "Ada Lovelace", password: "long enough" }, "HEARTH_ADMIN_USER"],
    [{ user: "ada", password: "short" }, "HEARTH_ADMIN_PASSWORD"],
    [{ user: "ada", password: undefined }, "HEARTH_ADMIN_PASSWORD_FILE"],
    [{ user: undefined, password: "long enough" }, "HEARTH_ADMIN_USER"],
  ] as const;
  for (const [given, variable] of cases) {
    const error = await failure(setup.begin(given));
    expect(error.code).toBe("bad-request");
    expect(error.detail).toContain(variable);
  }
  expect(service.list()).toEqual([]);
});
