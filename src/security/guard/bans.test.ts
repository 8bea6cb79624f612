import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { banMs } from "./bans.ts";
import type { Conditions, RuleDocument } from "./contract.ts";
import { createWorld, home, minuteMs, rule, stranger, type World } from "./testing-world.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

describe("bans", () => {
  test("growth: one minute, doubling, never longer than a day", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (strikes) => {
        expect(banMs(1)).toBe(minuteMs);
        expect(banMs(strikes + 1)).toBe(Math.min(24 * 60 * minuteMs, banMs(strikes) * 2));
      }),
    );
  });

  test("nobody in the household or the VPN is ever banned, whatever the rules, detectors and requests", async () => {
    const address = fc.oneof(
      fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `192.168.${a % 2 === 0 ? 1 : a}.${b}`),
      fc.constantFrom("127.0.0.1", "::1", "10.8.0.77", "::ffff:192.168.1.9", "10.8.1.1", "203.0.113.4", "2001:db8::7"),
    );
    const isInside = (text: string) => /^(?:::ffff:)?192\.168\.1\.|^127\.|^::1$|^10\.8\.0\./.test(text);
    const rate = { requests: 1, perMs: minuteMs, by: "address" } as const;
    const budget = { bytes: 1, perMs: minuteMs, by: "session" } as const;
    const banning = fc.constantFrom<Conditions>(
      {},
      { rate },
      { budget },
      { apps: ["webdav", "files"], rate },
      { zones: ["household", "vpn"] },
    );
    const path = fc.constantFrom(
      "/dav/a.jpg",
      "/api/uploads/1",
      "/api/files/preview/3",
      "/wp-login.php",
      "/?q=../../etc/passwd",
      "/x/..%2f..%2fy",
    );
    const { set, send, call, kernel, guard, events } = world.open();
    await fc.assert(
      fc.asyncProperty(
        banning,
        fc.array(fc.tuple(address, path), { minLength: 1, maxLength: 20 }),
        async (when, requests) => {
          const all = ["path-traversal", "scanner", "injection", "credential-stuffing"] as const;
          const detectors = Object.fromEntries(all.map((name) => [name, "ban"])) as RuleDocument["detectors"];
          const unless = { paths: ["/api/guard.*", "/", "/assets/*", "/api/session.*"] };
          const changed = await set([rule("b", { ...when, unless }, "ban")], { detectors });
          expect(changed.code).toBeUndefined();
          for (const [from, to] of requests) {
            await send(from, to, {
              method: to.startsWith("/dav") ? "PUT" : "GET",
              headers: { "content-length": "5000" },
            });
            guard.loginFailed(`account ${world.now()} ${to}`, from);
          }
          const { bans } = await call("guard.bans", {});
          for (const { network } of bans) expect(isInside(network)).toBe(false);
          for (const line of kernel) expect(isInside(line.slice(1))).toBe(false);
          for (const { operation, address: from = "" } of events) {
            if (isInside(from)) expect(operation).not.toBe("guard.refused");
          }
          world.wait(10 * minuteMs);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  test("a connection that had gone before its address was asked bans nobody", async () => {
    const { set, status, call, kernel } = world.open();
    await set([rule("trap", { paths: ["/trap"] }, "ban")]);
    expect(await status("", "/trap")).toBe(403);
    expect(await status("", "/")).toBe(200);
    expect([(await call("guard.bans", {})).bans, kernel]).toEqual([[], []]);
  });

  test("by hand: never one's own network nor the household, at most a range, and lifting forgets the strikes", async () => {
    const { call, status, kernel } = world.open();
    const ban = (network: string, from = home) =>
      call("guard.ban", { network, durationMs: minuteMs, why: "test" }, "twice", from);
    for (const network of ["192.168.1.77", "192.168.0.0/16", "10.8.0.0/25", "127.0.0.1"]) {
      expect(await ban(network)).toMatchObject({ code: "conflict" });
    }
    expect(await ban("203.0.113.0/24", "203.0.113.200")).toMatchObject({ code: "conflict" });
    expect(await ban("208.0.0.0/4")).toMatchObject({ code: "bad-request" });
    expect(await ban("nonsense")).toMatchObject({ code: "bad-request" });
    expect(await ban("203.0.113.0/24")).toMatchObject({ ban: { network: "203.0.113.0/24", by: "olga", ruleId: null } });
    expect(await status(stranger, "/")).toBe(403);
    expect(await call("guard.unban", { network: "203.0.113.0/24" })).toEqual({});
    expect(await status(stranger, "/")).toBe(200);
    expect(await call("guard.unban", { network: "203.0.113.0/24" })).toMatchObject({ code: "not-found" });
    expect(kernel).toEqual(["+203.0.113.0/24", "-203.0.113.0/24"]);
    expect((await ban("2001:db8::5")).ban.network).toBe("2001:db8::/64");
  });
});

describe("detectors", () => {
  test("in shadow they count and let pass; the token of a link is in no record", async () => {
    const { status, call, events } = world.open();
    for (const path of ["/wp-login.php", "/s/SECRETTOKEN/..%2f..%2fetc", "/x?id=1%20UNION%20SELECT%20name"]) {
      expect(await status(stranger, path)).toBe(200);
    }
    expect(await status(stranger, "/", { headers: { "user-agent": "sqlmap/1.7" } })).toBe(200);
    const { detections } = await call("guard.findings", {});
    expect(
      detections.map((one: { detector: string; count: number; did: string }) => [one.detector, one.count, one.did]),
    ).toEqual([
      ["scanner", 2, "counted"],
      ["injection", 1, "counted"],
      ["path-traversal", 1, "counted"],
    ]);
    expect(JSON.stringify(events)).not.toContain("SECRETTOKEN");
    expect(JSON.stringify(events)).not.toContain("UNION");
  });

  test("turned on they slow down or ban; at home only ever slow down", async () => {
    const { status, set, call } = world.open();
    await set([], {
      detectors: { "path-traversal": "throttle", scanner: "ban", injection: "off", "credential-stuffing": "ban" },
    });
    expect(await status(stranger, "/?file=../../etc/shadow")).toBe(429);
    expect(await status(stranger, "/x?q=%3Cscript%3E")).toBe(200);
    expect(await status(home, "/.env")).toBe(429);
    expect(await status(home, "/")).toBe(200);
    expect(await status(stranger, "/.env")).toBe(403);
    expect(await status(stranger, "/")).toBe(403);
    expect((await call("guard.bans", {})).bans).toMatchObject([{ network: stranger, ruleId: "scanner" }]);
  });

  test("names that people give their files and folders are no attack", async () => {
    const { status, call } = world.open();
    for (const path of [
      "/dav/home/..hidden/a..b.txt",
      "/dav/home/wp-login.php",
      "/dav/home/50%25%20off/select%20union.sql",
      "/api/files/content/3?download=1",
      "/index.php/login/v2",
      "/remote.php/dav/files/anna/x.php",
      "/?folder=Pictures%20and%20more&sort=name",
      "/search?q=select+a+seat+or+2+more",
      "/.well-known/acme-challenge/abc",
    ])
      expect(await status(stranger, path)).toBe(200);
    expect((await call("guard.findings", {})).detections).toEqual([]);
  });

  test("credential stuffing: many accounts from one network, one account from many; a family's typing is none", async () => {
    const { guard, set, status, call } = world.open();
    const detectors = {
      "path-traversal": "off",
      scanner: "off",
      injection: "off",
      "credential-stuffing": "ban",
    } as const;
    await set([], { detectors });
    for (let n = 0; n < 30; n += 1) guard.loginFailed(`member${n % 5}`, home);
    expect((await call("guard.findings", {})).detections).toEqual([]);
    for (let n = 0; n < 7; n += 1) guard.loginFailed(`name${n}`, stranger);
    for (let n = 0; n < 7; n += 1) guard.loginFailed(`name${n}`, home);
    for (let n = 0; n < 12; n += 1) guard.loginFailed("anna", `198.51.100.${n}`);
    expect(await status(stranger, "/")).toBe(403);
    expect(await status("198.51.100.11", "/")).toBe(403);
    expect(await status("198.51.100.1", "/")).toBe(200);
    // At home logins wait, and nothing else does.
    expect(await status(home, "/api/session.login", { method: "POST" })).toBe(429);
    expect(await status(home, "/dav/x", { method: "PUT" })).toBe(200);
    world.wait(6 * minuteMs);
    expect(await status(home, "/api/session.login", { method: "POST" })).toBe(200);
  });
});
