import { afterEach, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { type Bench, createBench } from "./testing.ts";

let bench: Bench | undefined;
afterEach(() => bench?.close());

/** An `ip` of a machine without our interface. */
const noLink = 'case "$*" in *show*) exit 1;; esac';
const keyLike = /[A-Za-z0-9+/]{43}=/;

test("what wg complains of quotes keys: neither the answer, the status nor the log has any", async () => {
  bench = createBench({
    mayChange: true,
    programs: { ip: noLink, nft: "exit 0", wg: "cat >&2; cat >&1 </dev/null; exit 1" },
  });
  const failed: Error = await bench.call(1, "vpn.enable").then(
    () => new Error("allowed"),
    (error: Error) => error,
  );
  expect(failed.message).toBe(
    "unavailable: The VPN interface hearth0: setting its devices or its port, which another program may have, did not work.",
  );
  const status = await bench.call(1, "vpn.status");
  expect(status).toMatchObject({ enabled: true, state: "failed" });
  const { publicKey, ...rest } = status;
  const key = await Bun.file(`${bench.folder}/vpn/interface.key`).text();
  expect(key).toMatch(keyLike);
  expect(JSON.stringify(rest)).not.toMatch(keyLike);
  expect(publicKey).not.toBe(key.trim());
  expect(bench.log()).toContain("the VPN could not be set up");
  expect(bench.log()).not.toMatch(keyLike);
  expect(Bun.inspect(failed)).not.toMatch(keyLike);
});

test("a dump that cannot be read costs the traffic, not the list; it never reaches the log", async () => {
  const dump = `printf 'PRIVATEPRIVATEPRIVATEPRIVATEPRIVATEPRIVATE0=\\tPUB\\t51820\\toff\\n'`;
  bench = createBench({
    mayChange: true,
    programs: { ip: noLink, nft: "exit 0", wg: `case "$3" in dump) ${dump}; exit 1;; esac; cat >/dev/null; exit 0` },
  });
  await bench.call(1, "vpn.enable");
  await bench.call(1, "vpnPeer.create", { device: "x" });
  expect((await bench.call(1, "vpnPeer.list")).peers).toMatchObject([{ online: false, receivedBytes: 0 }]);
  expect(bench.log()).toContain("traffic could not be read");
  expect(bench.log()).not.toContain("PRIVATE");
});

test("when the kernel refuses the table nobody is let in: the interface goes down", async () => {
  bench = createBench({
    mayChange: true,
    programs: { ip: 'echo "ip $*" >> "$0.log"', wg: 'echo "wg $*" >> "$0.log"; cat >/dev/null', nft: "exit 1" },
  });
  expect(bench.call(1, "vpn.enable")).rejects.toThrow("The kernel did not take the firewall table.");
  await Bun.sleep(200);
  expect(await bench.call(1, "vpn.status")).toMatchObject({ state: "failed", backend: null });
  expect(await Bun.file(`${bench.folder}/bin/wg.log`).exists()).toBe(false);
});

test("an interface of that name that is none of ours is left alone", async () => {
  const link = `[{"ifname":"hearth0","linkinfo":{"info_kind":"bridge"}}]`;
  bench = createBench({
    mayChange: true,
    programs: {
      ip: `echo "ip $*" >> "$0.log"; case "$*" in *show*) echo '${link}';; esac`,
      wg: "exit 0",
      nft: "exit 0",
    },
  });
  expect(await bench.call(1, "vpn.enable").catch((error: Error) => error.message)).toContain("no tunnel of ours");
  expect(await Bun.file(`${bench.folder}/bin/ip.log`).text()).not.toContain("delete");
});

test("a kernel that speaks WireGuard is used; without IPv6, or where packets cannot be passed on, the rest works", async () => {
  bench = createBench({
    mayChange: true,
    programs: { ip: `case "$*" in *show*|*replace*:*) exit 1;; esac`, wg: "cat >/dev/null", nft: "exit 0" },
  });
  await bench.call(1, "vpn.enable");
  expect(await bench.call(1, "vpn.status")).toMatchObject({ state: "running", backend: "kernel", findings: [] });
  // A folder where the kernel has a file: it can neither be read nor written.
  mkdirSync(`${bench.folder}/proc/sys/net/ipv4/ip_forward`, { recursive: true });
  await bench.call(1, "vpnPeer.create", { device: "x", zones: ["lan"] });
  expect(await bench.call(1, "vpn.status")).toMatchObject({ state: "running", findings: [{ id: "forwarding" }] });
});
