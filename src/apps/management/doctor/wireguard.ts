import { existsSync } from "node:fs";
import { release } from "node:os";
import { type Exec, installLine } from "#platform/exec";
import type { DoctorFinding } from "./contract.ts";

const tunnelDevice = "/dev/net/tun";

/** Whether there is anything to speak WireGuard with: the kernel itself, or a program of its own. */
export function checkWireGuard(
  exec: Pick<Exec, "which">,
  exists: (path: string) => boolean = existsSync,
): DoctorFinding {
  const id = "tool.wireguard";
  const ok = (message: string): DoctorFinding => ({ id, state: "ok", message, remedy: null, feature: null });
  const module = `/lib/modules/${release()}/kernel/drivers/net/wireguard`;
  if (exists("/sys/module/wireguard") || exists(module)) return ok("the kernel speaks WireGuard");
  const program = exec.which("wireguard-go");
  if (program !== null && exists(tunnelDevice)) return ok(`wireguard-go is at ${program}`);
  const remedy = program === null ? (installLine("wireguard-go") ?? null) : "sudo modprobe tun";
  const message =
    program === null
      ? "neither the kernel nor a program speaks WireGuard"
      : `wireguard-go has no ${tunnelDevice} to work with`;
  return { id, state: "warning", message, remedy, feature: "the VPN" };
}
