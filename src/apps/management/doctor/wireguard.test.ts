import { expect, test } from "bun:test";
import { checkWireGuard } from "./wireguard.ts";

const withProgram = { which: () => "/usr/bin/wireguard-go" };
const without = { which: () => null };
const only = (path: string) => (asked: string) => asked.startsWith(path);

test("the kernel will do, and so will a program with a tunnel device; else what is missing is named", () => {
  expect(checkWireGuard(without, only("/sys/module/wireguard")).state).toBe("ok");
  expect(checkWireGuard(without, only("/lib/modules/")).state).toBe("ok");
  expect(checkWireGuard(withProgram, only("/dev/net/tun")).message).toBe("wireguard-go is at /usr/bin/wireguard-go");
  expect(checkWireGuard(without, () => false)).toMatchObject({
    state: "warning",
    remedy: "sudo apt-get install wireguard-go",
  });
  expect(checkWireGuard(withProgram, () => false)).toMatchObject({ state: "warning", remedy: "sudo modprobe tun" });
});
