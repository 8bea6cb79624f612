import { expect, test } from "bun:test";
import fc from "fast-check";
import { anonymous } from "#platform/usecase";
import { createPasswordHasher } from "#security/identity";
import { addApp, type appOf, atHost } from "./testing-factors.ts";
import { codeOf, createHousehold } from "./testing.ts";

const passwords = createPasswordHasher({ memoryKib: 64, passes: 1 });

/** What people and others try, in any order, with what they have seen so far. */
const ticket = fc.nat(2);
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("password" as const), right: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("totp" as const), shift: fc.integer({ min: -2, max: 2 }), ticket }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("again" as const), ticket }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("recovery" as const), code: fc.nat(11), ticket }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 100_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("set up" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const) }) },
);

type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

async function run(acts: readonly Act[]) {
  let nowMs = 1_700_000_000_000;
  const house = createHousehold({ clock: { now: () => nowMs }, passwords });
  const { id } = await house.add("alice");
  let app: ReturnType<typeof appOf> | undefined;
  let codes: string[] = [];
  let lastCode = "";
  const tickets: { ticket: string; spent: boolean }[] = [];
  const usedCodes = new Set<string>();
  let address = 0;
  const from = () => ({ ...atHost, address: `2001:db8:${(++address).toString(16)}::1` });
  const second = async (index: number, method: "totp" | "recovery-code", code: string) => {
    // The last ones are those that may still hold.
    const known = tickets.at(-1 - index);
    if (known === undefined) return;
    const given = { method, ticket: known.ticket, code };
    const outcome = await codeOf(house.call("session.secondFactor", given, anonymous, from()));
    expect(["done", "unauthenticated", "gone", "too-many-requests"]).toContain(outcome);
    if (outcome !== "done") return;
    // A ticket and a code are each good for one login, and only while there is such a factor.
    expect(known.spent).toBe(false);
    expect(usedCodes.has(code)).toBe(false);
    expect(method === "totp" ? app !== undefined : codes.includes(code)).toBe(true);
    known.spent = true;
    usedCodes.add(code);
  };
  /** Somebody at the page, with a fresh session of two factors. */
  const acting = async () => {
    const person = house.identity.service.find(id);
    if (person === undefined) throw new Error("nobody");
    const shown = { factors: ["password", "totp"] as const, factorAtMs: nowMs, deviceId: null };
    const { token } = house.sessions.service.start(person, "192.0.2.1", "test", shown);
    return house.byCookie(`__Host-hearth=${token}`);
  };
  const first: Act = { kind: "set up" };
  for (const one of [first, ...acts]) {
    if (one.kind === "wait") nowMs += one.ms;
    else if (one.kind === "password") {
      const password = one.right ? "alice-password" : "wrong password";
      const before = house.sessions.service.list(id).length;
      const work = house.call("session.login", { name: "alice", password }, anonymous, from());
      const answer = await work.then(
        ({ answer: given }) => given,
        () => undefined,
      );
      if (!one.right) expect(answer).toBeUndefined();
      if (answer?.["step"] === "done") expect(app).toBeUndefined();
      else expect(house.sessions.service.list(id).length).toBe(before);
      if (answer?.["step"] === "second-factor") tickets.push({ ticket: String(answer["ticket"]), spent: false });
    } else if (one.kind === "totp") {
      lastCode = app?.codeAt(nowMs + one.shift * 30_000) ?? "000000";
      await second(one.ticket, "totp", lastCode);
    } else if (one.kind === "again") await second(one.ticket, "totp", lastCode);
    else if (one.kind === "recovery") await second(one.ticket, "recovery-code", codes[one.code] ?? "abcde-abcde-abcde");
    else if (one.kind === "set up") {
      const added = await addApp(house, await acting(), nowMs);
      lastCode = added.codeAt(nowMs);
      usedCodes.add(lastCode);
      app = added;
      codes = added.recoveryCodes ?? codes;
    } else {
      await codeOf(house.call("totp.remove", {}, await acting()));
      app = undefined;
      codes = [];
    }
  }
  house.db.close();
}

test("whatever is tried in whatever order, with a second factor nobody gets in without it, and nothing works twice", async () => {
  await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 30 }), run), { numRuns: 80 });
}, 60_000);
