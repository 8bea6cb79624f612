import { expect, test } from "bun:test";
import { AppError } from "#platform/errors";
import { anonymous, createRunner } from "#platform/usecase";
import { createPasswordCheck } from "./quality.ts";
import { actorFor, callerFor, createTestIdentity } from "./testing.ts";

test("zxcvbn knows common passwords, names and patterns, off the main thread", async () => {
  const check = createPasswordCheck(50);
  expect(await check("correct horse battery", [])).toMatchObject({ score: 4, good: true });
  expect(await check("password12", [])).toMatchObject({ good: false, warning: "This is a commonly used password." });
  expect((await check("Wolfeschlegelstein", [])).good).toBe(true);
  expect((await check("Wolfeschlegelstein", ["wolfeschlegelstein"])).good).toBe(false);
  expect((await check("x".repeat(1024), [])).good).toBe(false);
  const many = await Promise.allSettled(Array.from({ length: 40 }, () => check("abcdefghij", [])));
  expect(many.filter(({ status }) => status === "fulfilled").length).toBe(20);
  await Bun.sleep(120);
  expect((await check("abcdefghij", [])).good).toBe(false);
});

test("wherever somebody chooses a password it has to be good, and the answer says what to do", async () => {
  const asked: string[][] = [];
  const identity = createTestIdentity({
    checkPassword: async (password, words) => {
      asked.push([...words]);
      const good = password !== "easy password";
      return { score: good ? 4 : 1, good, warning: "It is easy.", suggestions: ["Take another."] };
    },
  });
  const { implementations, setup, service, clock } = identity;
  const runner = createRunner({ implementations, log: console as never, clock, audit: () => undefined });
  const first = await setup.begin({ user: undefined, password: undefined });
  const code = first.state === "code" ? first.code : "";
  const password = "easy password";
  const owner = { code, name: "ada", displayName: "Ada", password };
  const run = async (name: string, input: unknown, actor = anonymous) =>
    runner.run(name, input, callerFor(actor)).then(
      () => "done",
      (thrown: unknown) => (thrown instanceof AppError ? thrown.detail : String(thrown)),
    );
  const refusal = "This password is too easy to guess. It is easy. Take another.";
  expect(await run("setup.createOwner", owner)).toBe(refusal);
  expect(service.list()).toEqual([]);
  expect(await run("setup.createOwner", { ...owner, password: "hard password" })).toBe("done");
  const ada = service.findByName("ada");
  if (ada === undefined) throw new Error("no owner");
  const actor = actorFor(ada, { via: "session", credentialId: "s", factorAtMs: clock.now() });
  const newcomer = { name: "ben", displayName: "Ben B.", password, roles: ["member"] };
  expect(await run("people.create", newcomer, actor)).toBe(refusal);
  expect(await run("people.resetPassword", { id: ada.id, password }, actor)).toBe(refusal);
  expect(await run("me.changePassword", { current: "hard password", next: password }, actor)).toBe(refusal);
  expect(asked).toEqual([
    ["ada", "Ada"],
    ["ada", "Ada"],
    ["ben", "Ben B."],
    ["ada", "Ada"],
    ["ada", "Ada"],
  ]);
});

test("asking what a password is worth is open to all and bounded per address", async () => {
  const { implementations, clock } = createTestIdentity();
  const runner = createRunner({ implementations, log: console as never, clock, audit: () => undefined });
  const ask = (address: string) =>
    runner.run("password.check", { password: "x" }, callerFor(anonymous, { address })).then(
      () => "done",
      (thrown: unknown) => (thrown as AppError).code,
    );
  const outcomes = await Promise.all(Array.from({ length: 130 }, () => ask("192.0.2.1")));
  expect(outcomes.filter((outcome) => outcome === "done").length).toBe(120);
  expect(outcomes.at(-1)).toBe("too-many-requests");
  expect(await ask("192.0.2.2")).toBe("done");
  clock.advance(60_000);
  expect(await ask("192.0.2.1")).toBe("done");
});
