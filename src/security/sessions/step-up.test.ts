import { afterAll, beforeEach, expect, test } from "bun:test";
import { type Actor, anonymous } from "#platform/usecase";
import { createPasswordHasher } from "#security/identity";
import { addApp, addPasskey, atHost, begin } from "./testing-factors.ts";
import { codeOf, createHousehold, removeFolders } from "./testing.ts";

afterAll(removeFolders);

const passwords = createPasswordHasher({ memoryKib: 64, passes: 1 });
const minuteMs = 60_000;

let nowMs = 0;
let house: ReturnType<typeof createHousehold>;
let cookie: string;
beforeEach(async () => {
  nowMs = 1_700_000_000_000;
  house = createHousehold({ clock: { now: () => nowMs }, passwords });
  await house.add("alice");
  cookie = await house.login("alice");
});

const alice = async (): Promise<Actor> => house.byCookie(cookie);
const password = "alice-password";
const make = async () => codeOf(house.call("appPassword.create", { label: "x" }, await alice()));
const options = async () =>
  (await house.call("session.stepUpOptions", {}, await alice(), atHost)).answer as {
    methods: string[];
    byProvider: boolean;
    passkey: { ticket: string; options: object } | null;
  };
/** Keeps the cookie that the browser would keep. */
async function stepUp(given: object): Promise<string> {
  return codeOf(
    (async () => {
      const answer = await house.call("session.stepUp", given, await alice(), atHost);
      expect(answer.answer).toEqual({ untilMs: nowMs + 5 * minuteMs });
      cookie = answer.cookie || cookie;
    })(),
  );
}

test("after a login dangerous acts are open for five minutes, then a factor opens them again", async () => {
  expect(await make()).toBe("done");
  nowMs += 5 * minuteMs;
  expect(await make()).toBe("step-up-required");
  expect(await options()).toEqual({ methods: ["password"], byProvider: false, passkey: null });
  expect(await stepUp({ method: "password", password: "wrong" })).toBe("forbidden");
  expect(await make()).toBe("step-up-required");
  const before = cookie;
  expect(await stepUp({ method: "password", password })).toBe("done");
  expect(cookie).toBe(before);
  expect(await make()).toBe("done");
});

test("with a second factor the password alone no longer opens anything", async () => {
  const app = await addApp(house, await alice(), nowMs);
  cookie = app.cookie;
  nowMs += 6 * minuteMs;
  expect((await options()).methods).toEqual(["totp", "recovery-code"]);
  expect(await stepUp({ method: "password", password })).toBe("forbidden");
  expect(await stepUp({ method: "totp", password: "wrong", code: app.codeAt(nowMs) })).toBe("forbidden");
  expect(await stepUp({ method: "totp", password, code: "000000" })).toBe("forbidden");
  expect(await stepUp({ method: "certificate", password })).toBe("forbidden");
  expect(await make()).toBe("step-up-required");
  expect(await stepUp({ method: "totp", password, code: app.codeAt(nowMs) })).toBe("done");
  expect(await make()).toBe("done");
  nowMs += 6 * minuteMs;
  const code = app.recoveryCodes?.[0];
  const before = cookie;
  expect(await stepUp({ method: "recovery-code", password, code })).toBe("done");
  expect(cookie).not.toBe(before);
  expect(await house.byCookie(before)).toBe(anonymous);
  expect((await alice()).factors).toEqual(["password", "totp", "recovery-code"]);
  expect(await stepUp({ method: "recovery-code", password, code })).toBe("forbidden");
});

test("a passkey confirms by itself, for the session that asked and once", async () => {
  const { device, cookie: rotated } = await addPasskey(house, await alice());
  cookie = rotated;
  nowMs += 6 * minuteMs;
  const { methods, passkey } = await options();
  expect(methods).toEqual(["passkey", "recovery-code"]);
  const given = { method: "passkey", ticket: passkey?.ticket, response: device.get(passkey?.options) };
  expect(await stepUp(given)).toBe("done");
  expect(await make()).toBe("done");
  expect(await stepUp(given)).toBe("gone");
  const other = await options();
  const foreign = { method: "passkey", ticket: other.passkey?.ticket, response: device.get(passkey?.options) };
  expect(await stepUp(foreign)).toBe("forbidden");
});

test("another session of the same person stays as old as it was", async () => {
  const { codeAt, cookie: first } = await addApp(house, await alice(), nowMs);
  nowMs += minuteMs;
  const { ticket } = await begin(house, "alice");
  const second = await house.call("session.secondFactor", { ticket, method: "totp", code: codeAt(nowMs) });
  nowMs += 6 * minuteMs;
  cookie = first;
  expect(await stepUp({ method: "totp", password, code: codeAt(nowMs) })).toBe("done");
  cookie = second.cookie;
  expect(await make()).toBe("step-up-required");
});

test("guessing the password at a step-up is slowed down like guessing at the login", async () => {
  for (let i = 0; i < 5; i++) expect(await stepUp({ method: "password", password: `guess ${i}` })).toBe("forbidden");
  expect(await stepUp({ method: "password", password })).toBe("too-many-requests");
});
