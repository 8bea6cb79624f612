import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mmdbOf } from "./testing-mmdb.ts";
import { createWorld, home, minuteMs, rule, stranger, type World } from "./testing-world.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

describe("actions", () => {
  test("the first rule that decides wins; without one the request passes", async () => {
    const { set, status } = world.open();
    const rules = [
      rule("let", { paths: ["/dav/open/**"] }, "allow"),
      rule("no", { paths: ["/dav/**"], zones: ["outside"] }, "deny"),
    ];
    expect(await set(rules)).toMatchObject({ version: 1 });
    expect(await status(stranger, "/dav/open/x")).toBe(200);
    expect(await status(stranger, "/dav/open/%2e%2e/secret")).toBe(403);
    expect(await status(stranger, "/dav/x")).toBe(403);
    expect(await status(home, "/dav/x")).toBe(200);
    expect(await status(stranger, "/other")).toBe(200);
  });

  test("what is no operation belongs to its part all the same, and a refused download stays secret", async () => {
    const { set, status, events } = world.open();
    await set([
      rule("home", { apps: ["admin"], zones: ["outside"] }, "deny"),
      rule("keys", { apps: ["pki"], zones: ["outside"] }, "deny"),
    ]);
    expect(await status(stranger, "/api/audit/export?format=csv")).toBe(403);
    expect(await status(home, "/api/audit/export")).toBe(200);
    expect(await status(stranger, "/pki/device/ONETIMETOKEN")).toBe(403);
    await set([rule("sync", { apps: ["webdav"], zones: ["outside"] }, "deny")]);
    expect(await status(stranger, "/index.php/core/preview?fileId=7")).toBe(403);
    expect(await status(stranger, "/index.php/login/v2", { method: "POST" })).toBe(200);
    expect(JSON.stringify(events)).not.toContain("ONETIMETOKEN");
  });

  test("a copy or move needs both its paths, and counts once", async () => {
    const { set, status, matches } = world.open();
    const rate = { requests: 3, perMs: minuteMs, by: "address" } as const;
    await set([
      rule("seen", { apps: ["webdav"] }, "log"),
      rule("no", { paths: ["/dav/secret/**"] }, "deny"),
      rule("pace", { apps: ["webdav"], rate }, "throttle"),
    ]);
    const move = (path: string, destination: string, method = "MOVE") =>
      status(home, path, { method, headers: { destination } });
    expect(await move("/dav/a", "http://home.test/dav/b")).toBe(200);
    expect(await move("/dav/a", "/dav/%73ecret/b")).toBe(403);
    expect(await move("/dav/a", "http://elsewhere.test/dav/x/..%2fsecret", "COPY")).toBe(403);
    expect(await move("/dav/secret/a", "/dav/b")).toBe(403);
    expect(await status(home, "/dav/a", { headers: { destination: "/dav/secret" } })).toBe(429);
    expect(await matches("seen")).toMatchObject({ matches: 5 });
  });

  test("a challenge: who has two factors passes, others are asked in the way they can answer", async () => {
    const { set, send, status } = world.open();
    await set([rule("two", { paths: ["/**"], zones: ["outside"] }, "challenge")]);
    const ask = async (who: string) => {
      const response = await send(stranger, "/dav/x", { who });
      return [response.status, ((await response.json().catch(() => ({}))) as { code?: string }).code];
    };
    expect(await ask("nobody")).toEqual([401, "unauthenticated"]);
    expect(await ask("anna")).toEqual([403, "step-up-required"]);
    expect(await ask("app")).toEqual([403, "blocked"]);
    expect(await status(stranger, "/dav/x", { who: "twice" })).toBe(200);
    // Where it is met it never stands in the way.
    expect(await status(stranger, "/login")).toBe(200);
    expect(await status(stranger, "/api/session.login", { method: "POST" })).toBe(200);
  });

  test("a rate: so many pass, then 429 with the time to wait, and again when the time has gone", async () => {
    const { set, send, status } = world.open();
    const rate = { requests: 5, perMs: minuteMs, by: "address" } as const;
    await set([rule("slow", { paths: ["/s/**"], rate }, "throttle")]);
    for (let n = 0; n < 5; n += 1) expect(await status(stranger, "/s/x")).toBe(200);
    const refused = await send(stranger, "/s/x");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "20"]);
    expect(await status("203.0.113.10", "/s/x")).toBe(200);
    world.wait(13_000);
    expect(await status(stranger, "/s/x")).toBe(200);
    expect(await status(stranger, "/s/x")).toBe(429);
  });

  test("a budget counts what is sent, by its announced length; without one, a mebibyte", async () => {
    const { set, status } = world.open();
    const budget = { bytes: 3 * 1024 * 1024, perMs: minuteMs, by: "user" } as const;
    await set([rule("much", { methods: ["PUT"], budget }, "throttle")]);
    const put = (length: Record<string, string>) =>
      status(home, "/dav/x", { method: "PUT", who: "anna", headers: length });
    expect(await put({ "content-length": "2000000" })).toBe(200);
    expect(await put({ "transfer-encoding": "chunked" })).toBe(200);
    expect(await put({ "transfer-encoding": "chunked" })).toBe(429);
    expect(await put({ "content-length": "1000" })).toBe(200);
  });

  test("a ban holds for the network and everything, ends, and grows with each time", async () => {
    const { set, status, call, kernel, events } = world.open();
    await set([rule("trap", { paths: ["/trap"] }, "ban")]);
    const six = "2001:db8:1:2::5";
    for (let strike = 1; strike <= 4; strike += 1) {
      expect(await status(six, "/trap")).toBe(403);
      expect(await status("2001:db8:1:2:ffff::1", "/")).toBe(403);
      expect(await status("2001:db8:1:3::1", "/")).toBe(200);
      const [ban] = (await call("guard.bans", {})).bans;
      expect(ban).toMatchObject({
        network: "2001:db8:1:2::/64",
        strikes: strike,
        why: "the rule trap",
        ruleId: "trap",
      });
      expect(ban.untilMs - world.now()).toBe(minuteMs * 2 ** (strike - 1));
      world.setNow(ban.untilMs);
      expect(await status(six, "/")).toBe(200);
    }
    expect(kernel).toEqual(Array.from({ length: 4 }, () => "+2001:db8:1:2::/64"));
    expect(events.filter(({ operation }) => operation === "guard.banned")).toHaveLength(4);
    expect(events.filter(({ operation }) => operation === "guard.refused")).toHaveLength(4);
  });

  test("shadow counts what it would do and does nothing; log counts, is recorded and passes", async () => {
    const { set, status, matches, events } = world.open();
    await set([
      rule("would", { paths: ["/x"] }, "deny", { shadow: true }),
      rule("note", { paths: ["/x"] }, "log"),
      rule("off", { paths: ["/x"] }, "deny", { enabled: false }),
    ]);
    for (let n = 0; n < 3; n += 1) expect(await status(stranger, "/x")).toBe(200);
    expect(await matches("would")).toMatchObject({ matches: 0, wouldHave: 3, lastMatchAtMs: world.now() });
    expect(await matches("note")).toMatchObject({ matches: 3, wouldHave: 0 });
    expect(await matches("off")).toMatchObject({ matches: 0, wouldHave: 0, lastMatchAtMs: null });
    expect(events.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual(["guard.logged allowed"]);
  });

  test("times are those of the house", async () => {
    const { set, status } = world.open();
    const night = [{ days: ["wed" as const], from: "22:00", to: "06:00" }];
    await set([rule("night", { paths: ["/dav/**"], times: night }, "deny")], { timeZone: "Europe/Berlin" });
    for (const [utcHour, expected] of [
      [12, 200],
      [20, 200],
      [21, 403],
      [24 + 4, 403],
      [24 + 5, 200],
      [24 + 21, 200],
    ] as const) {
      world.setNow(Date.UTC(2026, 10, 25, utcHour));
      expect(await status(home, "/dav/x")).toBe(expected);
    }
  });

  test("countries are those of the file; without it the condition never holds and a notice says so", async () => {
    const { set, status, call } = world.open();
    const only = rule("abroad", { paths: ["/dav/**"], zones: ["outside"], unless: { countries: ["DE"] } }, "deny");
    const from = rule("from", { paths: ["/s/**"], countries: ["FR"] }, "deny");
    await set([only, from]);
    expect(await status(stranger, "/s/x")).toBe(200);
    expect((await call("guard.findings", {})).notices[0].id).toBe("country-file-missing");
    writeFileSync(join(world.dataDir, "country.mmdb"), "no database");
    await set([only, from]);
    expect((await call("guard.findings", {})).notices[0].id).toBe("country-file-unreadable");
    writeFileSync(
      join(world.dataDir, "country.mmdb"),
      mmdbOf({ "203.0.113.0/24": "DE", "198.51.100.0/24": "FR" }, world.now()),
    );
    await set([only, from]);
    expect((await call("guard.findings", {})).notices).toEqual([]);
    expect(await status(stranger, "/dav/x")).toBe(200);
    expect(await status("198.51.100.1", "/dav/x")).toBe(403);
    expect(await status("198.51.100.1", "/s/x")).toBe(403);
    expect(await status(stranger, "/s/x")).toBe(200);
    // A newer file is read when the rules are saved.
    writeFileSync(join(world.dataDir, "country.mmdb"), mmdbOf({ "203.0.113.0/24": "FR" }, world.now()));
    utimesSync(join(world.dataDir, "country.mmdb"), 1, 1);
    await set([only, from]);
    expect(await status(stranger, "/s/x")).toBe(403);
  });
});
