import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { anonymous } from "#platform/usecase";
import { createPasswordHasher } from "#security/identity";
import { addApp, type appOf, atHost } from "./testing-factors.ts";
import { codeOf, createHousehold, removeFolders } from "./testing.ts";

afterAll(removeFolders);

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

/** The household with what its model knows: which factor there is, and which tickets and codes are spent. */
async function createWorld() {
  let nowMs = 1_700_000_000_000;
  let visitors = 0;
  const house = createHousehold({ clock: { now: () => nowMs }, passwords });
  const { id } = await house.add("alice");
  return {
    house,
    id,
    now: () => nowMs,
    wait: (ms: number) => {
      nowMs += ms;
    },
    /** Every try from somewhere else, or nearly all would only be told to wait. */
    from: () => ({ ...atHost, address: `2001:db8:${(++visitors).toString(16)}::1` }),
    sessions: () => house.sessions.service.list(id).length,
    app: undefined as ReturnType<typeof appOf> | undefined,
    codes: [] as string[],
    lastCode: "",
    tickets: [] as { readonly ticket: string; spent: boolean }[],
    usedCodes: new Set<string>(),
  };
}
type World = Awaited<ReturnType<typeof createWorld>>;

async function tryPassword(world: World, right: boolean): Promise<void> {
  const before = world.sessions();
  const given = { name: "alice", password: right ? "alice-password" : "wrong password" };
  const answer = await world.house.call("session.login", given, anonymous, world.from()).then(
    (reply) => reply.answer,
    () => undefined,
  );
  if (!right) expect(answer).toBeUndefined();
  if (answer?.["step"] === "done") expect(world.app).toBeUndefined();
  else expect(world.sessions()).toBe(before);
  if (answer?.["step"] === "second-factor") world.tickets.push({ ticket: String(answer["ticket"]), spent: false });
}

async function trySecond(world: World, index: number, method: "totp" | "recovery-code", code: string): Promise<void> {
  // The last ones are those that may still hold.
  const known = world.tickets.at(-1 - index);
  if (known === undefined) return;
  const given = { method, ticket: known.ticket, code };
  const outcome = await codeOf(world.house.call("session.secondFactor", given, anonymous, world.from()));
  expect(["done", "unauthenticated", "gone", "too-many-requests"]).toContain(outcome);
  if (outcome !== "done") return;
  // A ticket and a code are each good for one login, and only while there is such a factor.
  expect(known.spent).toBe(false);
  expect(world.usedCodes.has(code)).toBe(false);
  expect(method === "totp" ? world.app !== undefined : world.codes.includes(code)).toBe(true);
  known.spent = true;
  world.usedCodes.add(code);
}

/** Sets the app up or takes it off, as somebody at the page with a fresh session of two factors. */
async function changeApp(world: World, kind: "set up" | "remove"): Promise<void> {
  const { house, id, now } = world;
  const person = house.identity.service.find(id);
  if (person === undefined) throw new Error("nobody");
  const shown = { factors: ["password", "totp"] as const, factorAtMs: now(), deviceId: null };
  const { token } = house.sessions.service.start(person, "192.0.2.1", "test", shown);
  const actor = await house.byCookie(`__Host-hearth=${token}`);
  if (kind === "remove") {
    await codeOf(house.call("totp.remove", {}, actor));
    world.app = undefined;
    world.codes = [];
    return;
  }
  const added = await addApp(house, actor, now());
  world.app = added;
  world.codes = added.recoveryCodes ?? world.codes;
  world.lastCode = added.codeAt(now());
  world.usedCodes.add(world.lastCode);
}

async function run(acts: readonly Act[]): Promise<void> {
  const world = await createWorld();
  const first: Act = { kind: "set up" };
  for (const one of [first, ...acts]) {
    if (one.kind === "wait") world.wait(one.ms);
    else if (one.kind === "password") await tryPassword(world, one.right);
    else if (one.kind === "totp") {
      world.lastCode = world.app?.codeAt(world.now() + one.shift * 30_000) ?? "000000";
      await trySecond(world, one.ticket, "totp", world.lastCode);
    } else if (one.kind === "again") await trySecond(world, one.ticket, "totp", world.lastCode);
    else if (one.kind === "recovery") {
      await trySecond(world, one.ticket, "recovery-code", world.codes[one.code] ?? "abcde-abcde-abcde");
    } else await changeApp(world, one.kind);
  }
  world.house.db.close();
}

test("whatever is tried in whatever order, with a second factor nobody gets in without it, and nothing works twice", async () => {
  await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 30 }), run), { numRuns: 80 });
}, 60_000);
