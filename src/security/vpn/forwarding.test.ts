import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { allowForwarding } from "./forwarding.ts";

let proc = "";
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), "hearth-proc-"));
});
afterEach(() => rmSync(proc, { recursive: true }));

function plant(values: Readonly<Record<string, string>>): void {
  for (const [path, value] of Object.entries(values)) {
    const file = join(proc, "sys/net", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, value);
  }
}
const read = (path: string) => readFileSync(join(proc, "sys/net", path), "utf8").trim();

test("forwarding goes on; interfaces that listen to router advertisements keep listening", () => {
  plant({
    "ipv4/ip_forward": "0\n",
    "ipv6/conf/all/forwarding": "0\n",
    "ipv6/conf/eth0/accept_ra": "1\n",
    "ipv6/conf/eth1/accept_ra": "0\n",
    "ipv6/conf/default/accept_ra": "1\n",
  });
  allowForwarding(proc);
  expect(["ipv4/ip_forward", "ipv6/conf/all/forwarding"].map(read)).toEqual(["1", "1"]);
  expect(["eth0", "eth1", "default"].map((name) => read(`ipv6/conf/${name}/accept_ra`))).toEqual(["2", "0", "2"]);
});

test("a machine that forwards already, or has no IPv6, is left as it is", () => {
  plant({ "ipv4/ip_forward": "1\n", "ipv6/conf/all/forwarding": "1\n", "ipv6/conf/eth0/accept_ra": "1\n" });
  allowForwarding(proc);
  expect(read("ipv6/conf/eth0/accept_ra")).toBe("1");
  rmSync(join(proc, "sys/net/ipv6"), { recursive: true });
  allowForwarding(proc);
});

test("what cannot be written throws", () => {
  plant({ "ipv4/ip_forward": "0\n" });
  mkdirSync(join(proc, "sys/net/ipv6/conf/all/forwarding"), { recursive: true });
  expect(() => allowForwarding(proc)).toThrow();
});
