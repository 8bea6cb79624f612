import { afterAll, beforeAll, expect, test } from "bun:test";
import { TOTP } from "otpauth";
import { basic, rawHttp } from "#kit";
import { answerOf, codeOf, type House, openHouse, type Person } from "./attacks/house.ts";
import { defectsIn } from "./support.ts";

let house: House;
let ben: Person;

beforeAll(async () => {
  house = await openHouse();
  ben = await house.add("ben");
});
afterAll(async () => {
  const log = house.log();
  await house.stop();
  expect(defectsIn(log)).toEqual([]);
});

test("credential stuffing from many addresses: slowed down, nobody gets in, the owner is not locked out, all of it is in the log", async () => {
  const tries = 100;
  const before = await house.audited({ operation: "session.login", userId: ben.id, outcome: "refused" });
  const statuses: number[] = [];
  for (let i = 0; i < tries; i += 10) {
    const batch = Array.from({ length: 10 }, (_, k) => `127.0.1.${i + k + 1}`);
    const replies = await Promise.all(batch.map((from, k) => house.login("ben", `guess number ${i + k}`, from)));
    statuses.push(...replies.map(({ status }) => status));
    expect(replies.filter(({ headers }) => headers.has("set-cookie"))).toEqual([]);
  }
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  // Few guesses are looked at: the account answers slowly, whoever asks.
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(12);
  // Where he has logged in before, ben still does, with the right password.
  expect((await house.login("ben", ben.password)).status).toBe(200);
  expect(await house.audited({ operation: "session.login", userId: ben.id, outcome: "refused" })).toBe(before + tries);
}, 120_000);

test("many accounts from one address: slowed down for all of them, and names that do not exist are not kept", async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 30; i++) statuses.push((await house.login(`person${i}`, "summer2026!!", "127.0.2.1")).status);
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(21);
  expect(statuses.at(-1)).toBe(429);
  expect(await house.audited({ operation: "session.login", address: "127.0.2.1" })).toBe(30);
  expect(JSON.stringify(await house.audit({ address: "127.0.2.1" }))).not.toContain("person");
}, 120_000);

test("Basic authentication is no way around: the same slowing, with the account and the address in the log", async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 40; i++) {
    const reply = await rawHttp(house.url, {
      method: "PROPFIND",
      target: "/dav/home/",
      headers: [
        ["Authorization", basic("ben", `wrong ${i}`)],
        ["Depth", "0"],
      ],
      from: "127.0.3.1",
    });
    statuses.push(reply.status);
  }
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect(await house.audited({ operation: "dav", userId: ben.id, address: "127.0.3.1", outcome: "refused" })).toBe(40);
}, 120_000);

test("a name that does not exist takes as long as a wrong password", async () => {
  const known = ["alice", "ben"];
  for (const name of ["clara", "dora", "emil", "fritz"]) {
    known.push(name);
    await house.add(name);
  }
  const samples: { unknown: number[]; known: number[] } = { unknown: [], known: [] };
  // Each attempt from an address of its own, few for each account, so that no delay speaks.
  for (let i = 0; i < 18; i++) {
    for (const kind of i % 2 === 0 ? (["unknown", "known"] as const) : (["known", "unknown"] as const)) {
      const name = kind === "known" ? (known[i % known.length] ?? "") : `nobody${i}`;
      const startMs = performance.now();
      const { status, body } = await house.login(
        name,
        "not the right password",
        `127.0.4.${i * 2 + (kind === "known" ? 1 : 2)}`,
      );
      const ms = performance.now() - startMs;
      if (status === 401) {
        samples[kind].push(ms);
        expect(JSON.parse(body)).toMatchObject({ code: "unauthenticated", detail: "Name or password is not right." });
      } else expect(status).toBe(429);
    }
  }
  expect(samples.known.length).toBeGreaterThanOrEqual(14);
  // How often one of the known takes longer than one of the unknown: a half when nothing can be told, 0 or 1 when all can.
  const pairs = samples.known.flatMap((a) => samples.unknown.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
  const share = pairs.reduce<number>((sum, one) => sum + one, 0) / pairs.length;
  expect(share).toBeGreaterThan(0.15);
  expect(share).toBeLessThan(0.85);
}, 120_000);

test("a second factor is not guessed: a few tries for each login, slowed down, and a code counts once", async () => {
  const gustav = await house.add("gustav");
  const { secret } = await answerOf(house.page(gustav, "totp.begin"));
  const totp = new TOTP({ secret: String(secret) });
  const used = totp.generate();
  await answerOf(house.page(gustav, "totp.confirm", { code: used }));
  const begin = async () => {
    const { body, headers } = await house.login("gustav", gustav.password);
    expect(headers.has("set-cookie")).toBe(false);
    return (JSON.parse(body) as { ticket?: string }).ticket ?? "";
  };
  const tryCode = (ticket: string, code: string) =>
    codeOf(house.as({ origin: house.url }, "session.secondFactor", { method: "totp", ticket, code }));
  const ticket = await begin();
  // The one that set it up is used up.
  const codes = [await tryCode(ticket, used)];
  for (let i = 0; i < 30; i++) codes.push(await tryCode(ticket, String(100_000 + i * 7)));
  expect(codes.filter((code) => code === "unauthenticated").length).toBeLessThanOrEqual(5);
  const refused = new Set(["unauthenticated", "gone", "too-many-requests"]);
  expect(codes.filter((code) => !refused.has(code))).toEqual([]);
  // Nor does a code alone, with a ticket of nobody, or the password over Basic.
  expect(await tryCode("A".repeat(43), totp.generate())).toMatch(/gone|bad-request/);
  expect(
    (
      await fetch(`${house.url}/dav/home/`, {
        method: "PROPFIND",
        headers: { authorization: basic("gustav", gustav.password) },
      })
    ).status,
  ).toBe(401);
  const found = await house.audit({ operation: "session.secondFactor", userId: gustav.id });
  expect(found.filter(({ outcome }) => outcome === "allowed")).toEqual([]);
  expect(found.some(({ outcome }) => outcome === "refused")).toBe(true);
  expect(await house.audited({ operation: "session.secondFactor" })).toBeGreaterThanOrEqual(codes.length + 1);
}, 60_000);

test("session fixation: a login gives a new session, whatever the browser was made to bring", async () => {
  const evil = await house.add("mallory");
  const planted = `hearth=${"A".repeat(43)}`;
  for (const brought of [planted, evil.cookie, `${planted}; ${evil.cookie}`, `hearth=; ${planted}`]) {
    const response = await house.as(
      { cookie: brought, origin: house.url, "content-type": "application/json" },
      "session.login",
      { name: "ben", password: ben.password },
    );
    expect(response.status).toBe(200);
    const set = response.headers.get("set-cookie") ?? "";
    expect(set).toMatch(/^hearth=[A-Za-z0-9_-]{43};/);
    expect(set).toContain("HttpOnly");
    expect(set).toContain("SameSite=Lax");
    const fresh = set.split(";")[0] ?? "";
    expect(brought).not.toContain(fresh.slice("hearth=".length));
    const who = async (cookie: string) => {
      const { person } = (await (await house.page({ cookie }, "session.current")).json()) as {
        person: { name: string } | null;
      };
      return person?.name;
    };
    expect(await who(fresh)).toBe("ben");
    // What was planted is nobody, and the attacker's own session never becomes ben's.
    expect(await who(planted)).toBeUndefined();
    expect(await who(evil.cookie)).not.toBe("ben");
  }
  const logins = await house.audit({ operation: "session.login", userId: ben.id, outcome: "allowed" });
  expect(logins.length).toBeGreaterThanOrEqual(4);
});
