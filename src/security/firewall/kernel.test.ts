// needs: ip, nft, /root/.
// The real kernel, in a network namespace; making one is for root alone.
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { systemClock } from "#platform/clock";
import { createExec, type Exec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { anyPolicy } from "./arbitraries.ts";
import { createFirewall, type Firewall } from "./service.ts";

setDefaultTimeout(30_000);

const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
let namespace = "";
let exec: Exec;
let firewall: Firewall;

beforeEach(async () => {
  namespace = `hearth-fw-${process.pid}-${Math.floor(Math.random() * 10_000)}`;
  const outside = createExec({ log, clock: systemClock });
  await outside.run(["ip", "netns", "add", namespace], { timeoutMs: 5000, maxOutputBytes: 1000 });
  const prefix = ["ip", "netns", "exec", namespace];
  exec = {
    ...outside,
    run: (argv, options) => outside.run([...prefix, ...argv], options),
    stream: (argv, options) => outside.stream([...prefix, ...argv], options),
  };
  firewall = createFirewall({ exec, clock: systemClock, log, dropBanned: true });
});
afterEach(async () => {
  await firewall.stop();
  await exec.run(["ip", "netns", "delete", namespace], { timeoutMs: 5000, maxOutputBytes: 1000 });
  await exec.stopAll();
});

const nft = async (...args: string[]) => {
  const { stdout } = await exec.run(["nft", ...args], { timeoutMs: 5000, maxOutputBytes: 1_000_000 });
  return new TextDecoder().decode(stdout);
};
const banned = async () =>
  [...(await nft("list", "set", "inet", "hearth", "ban_4")).matchAll(/[\d./]+ timeout/g)].map(String);
const tunnel = {
  interface: "hearth0",
  rangeV4: "10.86.0.0/24",
  rangeV6: "fd86::/64",
  unmasked: [],
  zones: [],
};

test("the kernel takes whatever we render", async () => {
  await fc.assert(
    fc.asyncProperty(anyPolicy, async (policy) => {
      await firewall.setTunnel(policy);
      expect(firewall.status().state).toBe("applied");
    }),
    { numRuns: 25 },
  );
});

test("bans are dropped there, outlive a change of the table, end by themselves and are lifted", async () => {
  const nowMs = Date.now();
  firewall.ban("203.0.113.0/24", nowMs + 60_000);
  firewall.ban("198.51.100.7", nowMs + 1200);
  firewall.ban("192.0.2.1", nowMs + 60_000);
  firewall.ban("no address", nowMs + 60_000);
  await Bun.sleep(300);
  expect(await banned()).toEqual(["192.0.2.1 timeout", "198.51.100.7 timeout", "203.0.113.0/24 timeout"]);
  await firewall.setTunnel(tunnel);
  firewall.unban("192.0.2.1/32");
  await Bun.sleep(1200);
  expect(await banned()).toEqual(["203.0.113.0/24 timeout"]);
  expect(firewall.status().bans).toEqual([{ network: "203.0.113.0/24", untilMs: nowMs + 60_000 }]);
});

test("only our own table is ever made, renewed or removed; who flushes ours gets it back", async () => {
  const foreign =
    "table ip filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n";
  const load = () =>
    exec.run(["nft", "-f", "-"], { timeoutMs: 5000, maxOutputBytes: 1000, stdin: new TextEncoder().encode(foreign) });
  await load();
  await firewall.setTunnel(tunnel);
  await firewall.setTunnel({ ...tunnel, interface: "hearth1" });
  expect(await nft("list", "table", "ip", "filter")).toBe(foreign);
  expect(await firewall.foreignForwardDrops()).toEqual(["ip filter"]);
  await Bun.sleep(200);
  await nft("flush", "ruleset");
  const flushedAtMs = Date.now();
  while (!(await firewall.holds())) expect(Date.now() - flushedAtMs).toBeLessThan(2000);
  await load();
  await firewall.setTunnel(null);
  expect(await nft("list", "tables")).toContain("ip filter");
  await firewall.stop();
  expect(await nft("list", "tables")).toBe("table ip filter\n");
});
