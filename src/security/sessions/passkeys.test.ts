import { afterAll, beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import { type Actor, anonymous } from "#platform/usecase";
import { createPasswordHasher } from "#security/identity";
import { createAuthenticator } from "./testing-authenticator.ts";
import { addPasskey, atHost, begin, host, origin } from "./testing-factors.ts";
import { codeOf, createHousehold, removeFolders } from "./testing.ts";

afterAll(removeFolders);

const passwords = createPasswordHasher({ memoryKib: 64, passes: 1 });
const minuteMs = 60_000;

let nowMs = 0;
let house: ReturnType<typeof createHousehold>;
let device: ReturnType<typeof createAuthenticator>;
let alice: Actor;
beforeEach(async () => {
  nowMs = 1_700_000_000_000;
  house = createHousehold({ clock: { now: () => nowMs }, passwords });
  await house.add("alice");
  const added = await addPasskey(house, await house.byCookie(await house.login("alice")));
  device = added.device;
  alice = await house.byCookie(added.cookie);
});

const ask = async (rest: object = atHost) =>
  (await house.call("session.passkeyOptions", {}, anonymous, rest)).answer as { ticket: string; options: object };
const login = (ticket: string, response: unknown, rest: object = atHost) =>
  house.call("session.passkeyLogin", { ticket, response }, anonymous, rest);

test("a passkey alone is a login without a name, and counts as two factors", async () => {
  const { ticket, options } = await ask();
  expect(options).toMatchObject({ rpId: host, userVerification: "required", allowCredentials: [] });
  const { answer, cookie } = await login(ticket, device.get(options));
  expect(answer).toMatchObject({ step: "done", person: { name: "alice" } });
  expect(await house.byCookie(cookie)).toMatchObject({ factors: ["passkey"], factorAtMs: nowMs });
});

test("an answer is good for one challenge, once, and for five minutes", async () => {
  const first = await ask();
  const response = device.get(first.options);
  expect(await codeOf(login(first.ticket, response))).toBe("done");
  expect(await codeOf(login(first.ticket, response))).toBe("gone");
  const other = await ask();
  expect(await codeOf(login(other.ticket, response))).toBe("unauthenticated");
  const late = await ask();
  nowMs += 5 * minuteMs;
  expect(await codeOf(login(late.ticket, device.get(late.options)))).toBe("gone");
});

test("nobody makes the challenges of others void by asking for very many", async () => {
  const { ticket, options } = await ask();
  const flood = { address: "198.51.100.9" };
  const codes = new Set<string>();
  for (let i = 0; i < 200; i++) {
    codes.add(await codeOf(house.call("session.passkeyOptions", {}, anonymous, { ...atHost, ...flood })));
  }
  expect([...codes].at(-1)).toBe("too-many-requests");
  expect(await codeOf(login(ticket, device.get(options)))).toBe("done");
});

test("another page, another name, a mere touch, another account and a counter that went back are refused", async () => {
  const faults = [
    { origin: "https://evil.test" },
    { origin: `http://${host}` },
    { rpId: "evil.test" },
    { unverified: true },
    { userHandle: "c29tZWJvZHk" },
    { counter: 0 },
  ];
  const { ticket, options } = await ask();
  expect(await codeOf(login(ticket, device.get(options)))).toBe("done");
  for (const [i, fault] of faults.entries()) {
    const next = await ask();
    const rest = { ...atHost, address: `192.0.2.${10 + i}` };
    expect(`${Object.keys(fault)[0]} ${await codeOf(login(next.ticket, device.get(next.options, fault), rest))}`).toBe(
      `${Object.keys(fault)[0]} unauthenticated`,
    );
  }
  const again = await ask();
  expect(await codeOf(login(again.ticket, createAuthenticator(origin).get(again.options)))).toBe("unauthenticated");
  const good = await ask();
  expect(await codeOf(login(good.ticket, device.get(good.options)))).toBe("done");
});

test("under another name of the server the passkey is not offered and does not work", async () => {
  const elsewhere = { host: "other.test" };
  expect(await begin(house, "alice", elsewhere)).toMatchObject({ offers: ["recovery-code"], passkey: null });
  const { ticket, options } = await ask(elsewhere);
  const response = device.get(options, { origin: "https://other.test" });
  expect(await codeOf(login(ticket, response, elsewhere))).toBe("unauthenticated");
});

test("as a second step a passkey follows the password, and only one's own does", async () => {
  await house.add("bob");
  const bobs = (await addPasskey(house, await house.byCookie(await house.login("bob")))).device;
  const second = async (answer: (options: unknown) => unknown) => {
    const { ticket, passkey } = await begin(house, "alice");
    const given = { ticket, method: "passkey", response: answer(passkey) };
    return house.call("session.secondFactor", given, anonymous, atHost);
  };
  expect(await codeOf(second((options) => bobs.get(options)))).toBe("unauthenticated");
  const { cookie } = await second((options) => device.get(options));
  expect((await house.byCookie(cookie)).factors).toEqual(["password", "passkey"]);
});

test("where browsers allow no passkey, the answer says why and what to do", async () => {
  const status = async (rest: object) =>
    (await house.call("factors.status", {}, alice, rest)).answer["passkeysPossible"] as {
      possible: boolean;
      reason: string;
    };
  expect(await status(atHost)).toEqual({ possible: true, reason: null as never });
  expect((await status({ host: "localhost:8080", secure: false })).possible).toBe(true);
  const cases: [rest: object, why: string][] = [
    [{ host: "192.168.1.5:8443", secure: true }, "by the server's name"],
    [{ host: "[fd00::1]:443", secure: true }, "by the server's name"],
    [{ host: "hearth.test:8080", secure: false }, "HTTPS"],
    [{ host: "", secure: true }, "by the server's name"],
  ];
  for (const [rest, why] of cases) {
    expect(await status(rest)).toMatchObject({ possible: false, reason: expect.stringContaining(why) });
    expect(await codeOf(house.call("passkey.registerOptions", {}, alice, rest))).toBe("bad-request");
    expect(await codeOf(house.call("session.passkeyOptions", {}, anonymous, rest))).toBe("bad-request");
  }
});

test("adding belongs to the session that began it, and one key is added once", async () => {
  await house.add("bob");
  const bob = await house.byCookie(await house.login("bob"));
  const options = async (actor: Actor) =>
    (await house.call("passkey.registerOptions", {}, actor, atHost)).answer as { ticket: string; options: object };
  const add = (actor: Actor, ticket: string, response: unknown) =>
    codeOf(house.call("passkey.register", { ticket, response, name: "x" }, actor, atHost));
  const begun = await options(alice);
  const key = createAuthenticator(origin);
  expect(await add(bob, begun.ticket, key.create(begun.options))).toBe("gone");
  const again = await options(alice);
  expect(await add(alice, again.ticket, key.create(again.options, { unverified: true }))).toBe("bad-request");
  const theirs = await options(bob);
  expect(await add(bob, theirs.ticket, device.create(theirs.options))).toBe("exists");
});

test("renaming and removing; the last second factor takes the recovery codes along", async () => {
  const status = async () => (await house.call("factors.status", {}, alice, atHost)).answer;
  await house.call("passkey.rename", { id: device.id, name: "My phone" }, alice);
  expect(await status()).toMatchObject({
    passkeys: [{ name: "My phone", host, lastUsedAtMs: null }],
    recoveryCodesLeft: 10,
  });
  expect(await codeOf(house.call("passkey.rename", { id: "other", name: "x" }, alice))).toBe("not-found");
  expect(await codeOf(house.call("passkey.remove", { id: "other" }, alice))).toBe("not-found");
  await house.call("passkey.remove", { id: device.id }, alice);
  expect(await status()).toMatchObject({ passkeys: [], recoveryCodesLeft: null });
  expect((await begin(house, "alice")).step).toBe("done");
});

/** A text of base64url with some of its bytes changed, cut or repeated. */
const damage = fc.record({ at: fc.nat(500), byte: fc.integer({ min: 1, max: 255 }), cut: fc.boolean() });
function damaged(text: string, { at, byte, cut }: { at: number; byte: number; cut: boolean }): string {
  const bytes = Buffer.from(text, "base64url");
  const index = at % bytes.length;
  if (cut) return bytes.subarray(0, index).toString("base64url");
  bytes[index] = (bytes[index] ?? 0) ^ byte;
  return bytes.toString("base64url");
}

test("an answer that was tampered with anywhere is refused, and breaks nothing", async () => {
  const part = fc.constantFrom("clientDataJSON", "authenticatorData", "signature", "userHandle" as const);
  await fc.assert(
    fc.asyncProperty(part, damage, fc.ipV4(), async (name, fault, address) => {
      const { ticket, options } = await ask({ ...atHost, address });
      const response = device.get(options);
      const text = response.response[name as keyof typeof response.response] ?? "";
      // The frame around the two numbers of a signature may be written in several ways; the numbers may not.
      const at = name === "signature" ? 8 + (fault.at % 20) : fault.at;
      const tampered = { ...response, response: { ...response.response, [name]: damaged(text, { ...fault, at }) } };
      expect(await codeOf(login(ticket, tampered, { ...atHost, address }))).toBe("unauthenticated");
    }),
    { numRuns: 150 },
  );
});

test("a new key that was tampered with is refused or just another key, and breaks nothing", async () => {
  const part = fc.constantFrom("clientDataJSON", "attestationObject");
  await fc.assert(
    fc.asyncProperty(part, damage, async (name, fault) => {
      const { ticket, options } = (await house.call("passkey.registerOptions", {}, alice, atHost)).answer;
      const response = createAuthenticator(origin).create(options);
      const text = response.response[name as keyof typeof response.response] as string;
      const tampered = { ...response, response: { ...response.response, [name]: damaged(text, fault) } };
      const given = { ticket, response: tampered, name: "x" };
      // Without attestation nobody signs the rest: the key itself, its make, or words that mean nothing.
      expect(["bad-request", "done"]).toContain(await codeOf(house.call("passkey.register", given, alice, atHost)));
      house.db.prepare("DELETE FROM factor_passkey WHERE name = 'x'").run();
    }),
    { numRuns: 150 },
  );
});
