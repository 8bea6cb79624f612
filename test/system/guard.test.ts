// needs: unshare, ip
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, TOTP } from "otpauth";
import { type HouseRequest, openHouse } from "./guard-house.ts";

const inside = "127.0.0.1";
const outside = "203.0.113.5";
const other = "198.51.100.5";
const minuteMs = 60_000;

let dataDir = "";
let house: Awaited<ReturnType<typeof openHouse>>;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "hearth-guard-house-"));
  house = await openHouse(dataDir);
}, 60_000);
afterAll(async () => {
  await house.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

const status = async (from: string, path: string, more: Partial<HouseRequest> = {}) =>
  (await house.request({ from, path, ...more })).status;
/** An operation as the owner's page calls it from home. */
const call = async (name: string, input: unknown = {}, from = inside) => {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(input);
  const reply = await house.request({ from, path: `/api/${name}`, method: "POST", as: "owner", headers, body });
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
  return JSON.parse(reply.body) as any;
};
const rule = (id: string, when: object, kind: string, more: object = {}) => ({
  id,
  title: `the rule ${id}`,
  when,
  action: { kind },
  ...more,
});
const set = async (rules: readonly object[], rest: object = {}) => {
  const { version } = await call("guard.rules");
  return call("guard.setRules", { version, document: { schema: 1, rules, ...rest } });
};
const counter = async (ruleId: string) =>
  (await call("guard.counters")).rules.find((one: { ruleId: string }) => one.ruleId === ruleId);

describe("the application firewall of the running program", () => {
  test("what comes with it hinders nobody, inside or outside", async () => {
    const { version, document, household } = await call("guard.rules");
    expect(version).toBe(0);
    expect(household).toContain("127.0.0.0/8");
    expect((await call("guard.runTests")).tests.every((one: { passed: boolean }) => one.passed)).toBe(true);
    expect(document.rules.length).toBeGreaterThan(2);
    for (const from of [inside, outside]) {
      expect(await status(from, "/")).toBe(200);
      expect(await status(from, "/dav/home/", { method: "PROPFIND", as: "app", headers: { depth: "0" } })).toBe(207);
      expect(await status(from, "/dav/home/a.txt", { method: "PUT", as: "app", body: "a" })).toBeOneOf([201, 204]);
    }
  });

  test("deny: for the path in every spelling, for who it says and nobody else", async () => {
    await set([rule("closed", { paths: ["/dav/home/private/**"], zones: ["outside"] }, "deny")]);
    for (const path of [
      "/dav/home/private",
      "/dav/home/private/x",
      "/dav/home/%70rivate/x",
      "/dav/home//private/x",
      "/dav/home/y/..%2fprivate/x",
    ]) {
      expect(await status(outside, path, { as: "app" })).toBe(403);
    }
    expect(await status(outside, "/dav/home/a.txt", { as: "app" })).toBe(200);
    expect(await status(inside, "/dav/home/private", { as: "app" })).toBe(404);
    expect(await counter("closed")).toMatchObject({ matches: 5 });
  });

  test("throttle: 429 with the time to wait, by network", async () => {
    const rate = { requests: 4, perMs: minuteMs, by: "address" };
    await set([rule("slow", { apps: ["webdav"], zones: ["outside"], rate }, "throttle")]);
    const read = (from: string) => house.request({ from, path: "/dav/home/a.txt", as: "app" });
    for (let n = 0; n < 4; n += 1) expect((await read(outside)).status).toBe(200);
    const refused = await read(outside);
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "30"]);
    expect((await read(other)).status).toBe(200);
    for (let n = 0; n < 6; n += 1) expect((await read(inside)).status).toBe(200);
  });

  test("challenge: a second factor where the rule asks, in the form each client understands", async () => {
    await set([rule("two", { apps: ["webdav", "api", "files"], zones: ["outside"] }, "challenge")]);
    const asked = await house.request({ from: outside, path: "/dav/home/", method: "PROPFIND" });
    expect(asked.status).toBe(401);
    expect(await status(outside, "/dav/home/a.txt", { as: "app" })).toBe(403);
    expect(await call("files.spaces", {}, outside)).toMatchObject({ code: "step-up-required" });
    expect((await call("session.current", {}, outside)).person.name).toBe("alice");
    expect((await call("files.spaces")).spaces).toHaveLength(1);
  });

  test("shadow: counts and lets pass", async () => {
    await set([rule("would", { apps: ["webdav"] }, "deny", { shadow: true })]);
    for (let n = 0; n < 3; n += 1) expect(await status(outside, "/dav/home/a.txt", { as: "app" })).toBe(200);
    expect(await counter("would")).toMatchObject({ matches: 0, wouldHave: 3 });
  });

  test("ban: the whole network, recorded in the audit; never the household; lifted by hand", async () => {
    await set([rule("trap", { paths: ["/trap"] }, "ban")]);
    expect(await status(inside, "/trap")).toBe(403);
    expect(await status(inside, "/")).toBe(200);
    expect(await status(outside, "/trap")).toBe(403);
    expect(await status(outside, "/")).toBe(403);
    expect(await status(outside, "/dav/home/a.txt", { as: "app" })).toBe(403);
    expect(await status(other, "/")).toBe(200);
    expect((await call("guard.bans")).bans).toMatchObject([{ network: outside, strikes: 1, why: "the rule trap" }]);
    const { entries } = await call("audit.search", { operation: "guard", limit: 50 });
    const found = entries.map(
      (one: { operation: string; address: string; outcome: string }) =>
        `${one.operation} ${one.address} ${one.outcome}`,
    );
    expect(found).toContain(`guard.banned ${outside} refused`);
    expect(found).toContain(`guard.denied ${inside} refused`);
    expect(found).toContain(`guard.refused ${outside} refused`);
    expect(await call("guard.unban", { network: outside })).toEqual({});
    expect(await status(outside, "/")).toBe(200);
  });

  test("a restart keeps rules, bans with their end, strikes and counters", async () => {
    await status(outside, "/trap");
    const [before] = (await call("guard.bans")).bans;
    const counted = await counter("trap");
    await house.restart();
    const [after] = (await call("guard.bans")).bans;
    expect(after).toMatchObject({ network: before.network, untilMs: before.untilMs, strikes: before.strikes });
    expect(await status(outside, "/")).toBe(403);
    expect(await counter("trap")).toEqual(counted);
    await call("guard.unban", { network: outside });
  }, 30_000);

  test("guessing passwords for many accounts from one network: noticed, and slowed or banned when turned on", async () => {
    const login = (from: string, name: string) =>
      status(from, "/api/session.login", {
        method: "POST",
        body: JSON.stringify({ name, password: "wrong wrong wrong" }),
      });
    await set([], { detectors: { "credential-stuffing": "ban" } });
    for (let n = 0; n < 7; n += 1) expect(await login(other, `nobody${n}`)).toBe(401);
    expect(await login(other, "nobody8")).toBe(403);
    expect(await status(other, "/")).toBe(403);
    expect((await call("guard.findings")).detections).toMatchObject([
      { detector: "credential-stuffing", network: other, did: "banned" },
    ]);
    await call("guard.unban", { network: other });
  }, 30_000);

  test("a change that locks its author out, fails a test or comes from an old version is refused; rules go out and come in as text", async () => {
    const shut = rule("shut", { paths: ["/**"] }, "deny");
    expect(await set([shut])).toMatchObject({ code: "conflict" });
    expect((await set([shut])).detail).toContain("shut");
    const expectation = {
      name: "strangers see the page",
      request: { path: "/", zone: "outside" },
      expect: { outcome: "allow" },
    };
    const outsiders = rule("outsiders", { zones: ["outside"] }, "deny");
    const refused = await set([outsiders], { tests: [expectation] });
    expect(refused).toMatchObject({ code: "bad-request" });
    expect(refused.detail).toContain("strangers see the page");
    expect(await call("guard.setRules", { version: 0, document: { schema: 1, rules: [] } })).toMatchObject({
      code: "conflict",
    });

    await set([rule("kept", { paths: ["/kept"] }, "deny")]);
    const { text } = await call("guard.export", { format: "yaml" });
    const { version } = await set([]);
    expect(await status(inside, "/kept")).toBe(200);
    expect(await call("guard.import", { version, text })).toMatchObject({ version: version + 1 });
    expect(await status(inside, "/kept")).toBe(403);
    expect(await call("guard.undo", { version: version + 1 })).toMatchObject({ version: version + 2 });
    expect(await status(inside, "/kept")).toBe(200);
  });

  test("the emergency switch works beside the running program", async () => {
    await set([rule("closed", { paths: ["/closed"] }, "deny")]);
    const command = (state: string) =>
      Bun.spawnSync([process.execPath, "src/cli.ts", "guard", state, "--data", dataDir], { timeout: 20_000 }).exitCode;
    const until = async (expected: number) => {
      for (let n = 0; n < 50 && (await status(inside, "/closed")) !== expected; n += 1) await Bun.sleep(100);
      return status(inside, "/closed");
    };
    expect(await status(inside, "/closed")).toBe(403);
    expect(command("off")).toBe(0);
    expect(existsSync(join(dataDir, "guard.off"))).toBe(true);
    expect(await until(200)).toBe(200);
    expect(command("on")).toBe(0);
    expect(await until(403)).toBe(403);
  }, 30_000);

  // The last one: from here on the owner logs in with two factors.
  test("two factors for administration: refused to who has shown one, accepted and met by who has shown two", async () => {
    const two = rule("two", { apps: ["admin"] }, "challenge");
    expect(await set([two])).toMatchObject({ code: "conflict" });
    const { secret } = await call("totp.begin");
    const confirmed = await call("totp.confirm", { code: new TOTP({ secret: Secret.fromBase32(secret) }).generate() });
    expect(confirmed.recoveryCodes.length).toBeGreaterThan(5);
    expect(await set([two])).toMatchObject({ tests: [] });
    expect((await call("guard.rules", {}, outside)).document.rules).toHaveLength(1);
    expect((await call("people.list", {}, outside)).people).toHaveLength(1);
    const before = { from: outside, path: "/api/guard.rules", method: "POST", as: "app" as const, body: "{}" };
    expect((await house.request(before)).status).toBe(403);
  }, 30_000);
});
