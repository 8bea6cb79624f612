import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { anonymous } from "#platform/usecase";
import { compileRules } from "./compile.ts";
import { type Rule, weekdays } from "./contract.ts";
import { findLockouts, loginSteps, repairSteps } from "./lockout.ts";
import { actorOf, arbitraryRequest, arbitraryRules, factsOf, testAppOf, testPlaces } from "./testing.ts";
import { weekMinutes } from "./time-windows.ts";
import { createWorld, home, minuteMs, rule, stranger, type World } from "./testing-world.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

describe("changes", () => {
  const denyAll = rule("shut", { zones: ["household"] }, "deny");

  test("a rule that would lock its author out is refused with its name, also when it only could later", async () => {
    const { set, call } = world.open();
    const lockouts: [Rule, string][] = [
      [denyAll, "shut"],
      [rule("night", { times: [{ days: ["sun"], from: "03:00", to: "03:01" }] }, "deny"), "sun 03:00"],
      [rule("late", { unless: { times: [{ days: [...weekdays], from: "00:00", to: "10:00" }] } }, "deny"), "10:00"],
      [rule("guests", { apps: ["login"], vias: ["none"] }, "deny"), "session.current"],
      [rule("rate", { roles: ["owner"], rate: { requests: 1000, perMs: minuteMs, by: "user" } }, "deny"), "limit"],
      [rule("tight", { rate: { requests: 2, perMs: minuteMs, by: "address" } }, "throttle"), "tight"],
      [rule("always", { apps: ["admin"] }, "throttle"), "always"],
      [rule("cert", { paths: ["/api/guard.*"], certificate: false }, "deny"), "cert"],
      [rule("second", { paths: ["/api/session.second*"] }, "deny"), "session.secondFactor"],
      [rule("ways", { paths: ["/api/session.stepUpOptions"] }, "deny"), "session.stepUpOptions"],
      [rule("page", { paths: ["/"], addresses: ["192.168.0.0/16"] }, "ban"), "page"],
    ];
    for (const [one, named] of lockouts) {
      const answer = await set([one]);
      expect([one.id, answer.code]).toEqual([one.id, "conflict"]);
      expect(answer.detail).toContain(named);
      expect(answer.detail).toContain(one.id);
    }
    expect((await call("guard.rules", {})).version).toBe(0);
  });

  test("what leaves a way in is accepted", async () => {
    const { set } = world.open();
    const fine: Rule[] = [
      rule("others", { zones: ["outside"] }, "deny"),
      rule("night", { roles: ["member"], times: [{ days: ["sun"], from: "00:00", to: "24:00" }] }, "deny"),
      rule("pace", { rate: { requests: 300, perMs: minuteMs, by: "address" } }, "throttle"),
      rule("trap", { rate: { requests: 300, perMs: minuteMs, by: "address" } }, "ban"),
      rule("two", { apps: ["admin"] }, "challenge"),
      rule("shadowed", {}, "deny", { shadow: true }),
    ];
    for (const one of fine) expect(await set([one])).toMatchObject({ tests: [] });
  });

  test("two factors can be demanded only by somebody who has just shown two", async () => {
    const { set } = world.open();
    const two = rule("two", { apps: ["admin"] }, "challenge");
    expect((await set([two], {}, "owner")).detail).toContain("second factor");
    expect(await set([two], {}, "twice")).toMatchObject({ version: 1 });
  });

  test("a failing test refuses the change and is named; wrong rules are named too", async () => {
    const { set, call } = world.open();
    const no = rule("no", { paths: ["/dav/**"], zones: ["outside"] }, "deny");
    const tests = [
      {
        name: "sync from outside",
        request: { path: "/dav/a", zone: "outside" as const },
        expect: { outcome: "allow" as const },
      },
    ];
    const failing = await call("guard.setRules", { version: 0, document: { schema: 1, rules: [no], tests } });
    expect(failing).toMatchObject({ code: "bad-request" });
    expect(failing.detail).toContain("sync from outside");
    expect(failing.detail).toContain("deny by no");
    for (const [wrong, part] of [
      [rule("a", { zones: ["garden"] }, "deny"), "garden"],
      [rule("b", { addresses: ["300.1.1.1"] }, "deny"), "300.1.1.1"],
      [rule("c", { paths: ["/a**"] }, "deny"), "/a**"],
      [rule("d", { bodyBytes: { min: 5, max: 1 } }, "deny"), "body"],
    ] as const)
      expect((await set([wrong])).detail).toContain(part);
    expect((await set([no, no])).detail).toContain("Two rules");
    expect((await set([], { timeZone: "Moon/Sea" })).detail).toContain("Moon/Sea");
    expect(
      (await call("guard.check", { document: { schema: 1, rules: [denyAll, no], tests } })).problems,
    ).toMatchObject([
      { kind: "test", testName: "sync from outside" },
      { kind: "lockout", ruleId: "shut" },
    ]);
  });

  test("versions: a change from an old one is refused, undo goes back and is checked too, text comes back as it went", async () => {
    const { set, call, status } = world.open();
    const no = rule("no", { paths: ["/x"] }, "deny");
    await set([no]);
    expect(await call("guard.setRules", { version: 0, document: { schema: 1, rules: [] } })).toMatchObject({
      code: "conflict",
    });
    await set([]);
    expect(await status(home, "/x")).toBe(200);
    expect(await call("guard.undo", { version: 2 })).toMatchObject({ version: 3 });
    expect(await status(home, "/x")).toBe(403);
    for (const format of ["yaml", "json"]) {
      const { version, document } = await call("guard.rules", {});
      const { text, fileName } = await call("guard.export", { format });
      expect(fileName).toBe(`hearth-rules-${version}.${format}`);
      expect(await call("guard.import", { version, text })).toMatchObject({ version: version + 1 });
      expect((await call("guard.rules", {})).document).toEqual(document);
    }
    const { versions } = await call("guard.history", {});
    expect(versions.map((one: { version: number; current: boolean }) => [one.version, one.current])).toEqual([
      [5, true],
      [4, false],
      [3, false],
      [2, false],
      [1, false],
    ]);
    const schema = JSON.parse((await call("guard.export", { format: "schema" })).text);
    expect([schema.required, schema.additionalProperties]).toEqual([["schema", "rules"], false]);
    for (const text of ["schema: 2", "rules: [", "{}", "schema: 1\nrules: []\nextra: 1"]) {
      expect(await call("guard.import", { version: 5, text })).toMatchObject({ code: "bad-request" });
    }
  });

  test("rules, bans and counters are there after a restart, and strikes count on", async () => {
    const first = world.open();
    await first.set([rule("trap", { paths: ["/trap"] }, "ban")]);
    await first.status(stranger, "/trap");
    const before = await first.matches("trap");
    first.guard.stop();
    const second = world.open();
    expect(second.kernel).toEqual([`+${stranger}`]);
    expect(await second.status(stranger, "/")).toBe(403);
    expect(await second.matches("trap")).toEqual(before);
    world.wait(minuteMs);
    expect(await second.status(stranger, "/trap")).toBe(403);
    expect((await second.call("guard.bans", {})).bans[0]).toMatchObject({ strikes: 2 });
  });

  test("undo of the first change brings back what came with the program", async () => {
    const { set, call } = world.open();
    const { document } = await call("guard.rules", {});
    expect(await call("guard.undo", { version: 0 })).toMatchObject({ code: "conflict" });
    await set([]);
    await call("guard.undo", { version: 1 });
    expect((await call("guard.rules", {})).document).toEqual(document);
  });

  test("rules that can no longer be read: those that came with the program hold, and a notice says so", async () => {
    const first = world.open();
    await first.set([rule("no", { paths: ["/x"] }, "deny")]);
    await first.set([rule("also", { paths: ["/y"] }, "deny")]);
    world.spoil();
    const { status, call } = world.open();
    expect(await status(stranger, "/metrics")).toBe(403);
    expect(await status(stranger, "/y")).toBe(200);
    expect((await call("guard.findings", {})).notices[0].id).toBe("rules-unreadable");
    expect(await call("guard.undo", { version: 2 })).toMatchObject({ version: 3 });
    expect(await status(stranger, "/x")).toBe(403);
  });

  test("the rules of the guide are sound and pass their tests", async () => {
    const guide = readFileSync(join(import.meta.dir, "../../../docs/guide/firewall-rules.md"), "utf8");
    const text = /```yaml\n([^]*?)```/.exec(guide)?.[1] ?? "";
    const { call } = world.open();
    expect(await call("guard.import", { version: 0, text })).toMatchObject({ version: 1, tests: [{ passed: true }] });
  });

  test("whatever is accepted leaves the way in open, at any time and with any limit used up", () => {
    let accepted = 0;
    const usable = arbitraryRules.map((rules) => rules.slice(0, 6));
    const later = fc.array(fc.tuple(fc.nat(weekMinutes - 1), fc.array(fc.nat(11).map((n) => `r${n}`))), {
      minLength: 5,
    });
    fc.assert(
      fc.property(usable, arbitraryRequest, later, (rules, who, moments) => {
        const compiled = compileRules(rules);
        const places = testPlaces();
        const actor = actorOf(who);
        const present = { actor, place: places.of(who.address), hasCertificate: who.certificate };
        if (findLockouts(compiled, present, testAppOf).length > 0) return;
        accepted += 1;
        for (const [minute, usedUp] of moments) {
          for (const [steps, caller] of [
            [repairSteps, actor],
            [loginSteps, anonymous],
          ] as const) {
            for (const { method, path, bodyBytes } of steps) {
              const contentType = method === "POST" ? "application/json" : "";
              const request = { ...who, method, path, bodyBytes, contentType, minute, usedUp };
              const decision = compiled.decide(factsOf(request, places, caller), () => undefined);
              if ("pendingAt" in decision || decision.outcome !== "allow")
                expect({ path, minute, rules }).toBeUndefined();
            }
          }
        }
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(100);
  }, 60_000);

  test("the emergency switch lets everything pass, and a notice says so", async () => {
    const shut = world.open();
    await shut.set([rule("no", { paths: ["/x"] }, "deny"), rule("trap", { paths: ["/trap"] }, "ban")]);
    expect(await shut.status(stranger, "/trap")).toBe(403);
    writeFileSync(join(world.dataDir, "guard.off"), "");
    const { status, call, kernel } = world.open();
    expect(kernel).toEqual([]);
    expect(await status(stranger, "/x")).toBe(200);
    expect((await call("guard.findings", {})).notices[0].id).toBe("guard-off");
    expect((await call("guard.rules", {})).off).toBe(true);
  });
});

test("trying a request: which rule, and why each one before it did not match", async () => {
  const { set, call } = world.open();
  await set([
    rule("a", { methods: ["PUT"] }, "deny"),
    rule("b", { zones: ["household"] }, "log"),
    rule("c", { roles: ["member"], unless: { users: ["anna"] } }, "deny"),
    rule("d", { rate: { requests: 100, perMs: minuteMs, by: "address" } }, "throttle"),
    rule("e", { apps: ["webdav"] }, "deny", { shadow: true }),
    rule("f", { paths: ["/dav/**"], times: [{ days: ["sat"], from: "10:00", to: "11:00" }] }, "deny"),
    rule("g", { apps: ["webdav"], zones: ["outside"] }, "ban"),
    rule("h", {}, "allow"),
  ]);
  const request = { path: "/dav/./home//x", user: "anna", at: { day: "sat", time: "11:00" } };
  const explained = await call("guard.test", { request });
  expect(explained).toMatchObject({
    outcome: "ban",
    ruleId: "g",
    facts: { app: "webdav", path: "/dav/home/x", zone: "outside", roles: ["member"] },
  });
  expect(explained.steps.map(({ ruleId, matched, why }: Record<string, unknown>) => [ruleId, matched, why])).toEqual([
    ["a", false, "the method is GET, not PUT"],
    ["b", false, "the address is in outside"],
    ["c", false, "its exception holds"],
    ["d", false, "its rate or budget is not used up"],
    ["e", true, "it would deny, were it not in shadow"],
    ["f", false, "it is not the time"],
    ["g", true, "it decides: ban"],
  ]);
  const limited = await call("guard.test", { request: { ...request, usedUp: ["d"], zone: "vpn" } });
  expect(limited).toMatchObject({ outcome: "throttle", ruleId: "d" });
  expect((await call("guard.test", { request: { path: "/wp-admin/x" } })).detectors).toEqual(["scanner"]);
});
