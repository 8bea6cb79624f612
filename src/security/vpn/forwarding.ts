import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a person can do where this program may not. */
export const forwardingRemedy = "sudo sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1";

/**
 * Lets the kernel pass packets on between interfaces; only a zone beyond this machine needs it. A machine that forwards IPv6 stops
 * listening to router advertisements and loses its default route, unless `accept_ra` is 2 before (ip-sysctl, accept_ra). Throws where
 * /proc cannot be written, as in many containers.
 */
export function allowForwarding(procDir: string): void {
  const net = join(procDir, "sys/net");
  turnOn(join(net, "ipv4/ip_forward"));
  const v6 = join(net, "ipv6/conf");
  if (!existsSync(v6) || read(join(v6, "all/forwarding")) === "1") return;
  for (const name of readdirSync(v6)) {
    const acceptRa = join(v6, name, "accept_ra");
    if (read(acceptRa) === "1") writeFileSync(acceptRa, "2");
  }
  turnOn(join(v6, "all/forwarding"));
}

function turnOn(path: string): void {
  if (read(path) === "0") writeFileSync(path, "1");
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8").trim() : "";
}
