import { createHash } from "node:crypto";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import { RemoteOffline } from "./errors.ts";
import { hostAndPort } from "./parameters.ts";

const timeoutSeconds = 6;
/** The order in which rclone's SSH library asks for a key: the first that a server has is the one that will be compared. */
const preferred = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa", "ssh-ed25519"];

/** The key that an SFTP server shows, as `TYPE BASE64`. Throws RemoteOffline when it shows none. */
export async function readHostKey(exec: Exec, address: string): Promise<string> {
  const { host, port } = hostAndPort(address);
  if (host === "" || host.startsWith("-"))
    throw new AppError("bad-request", "The address must be a name, or name:port.");
  const argv = ["ssh-keyscan", "-T", String(timeoutSeconds), "-p", port === "" ? "22" : port];
  const { stdout } = await exec.run([...argv, "-t", "ecdsa,rsa,ed25519", host], {
    timeoutMs: timeoutSeconds * 3_000,
    maxOutputBytes: 64 * 1024,
  });
  const keys = new Map<string, string>();
  for (const line of new TextDecoder().decode(stdout).split("\n")) {
    const [, type, key] = line.split(" ");
    if (type !== undefined && key !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(key)) keys.set(type, key);
  }
  const type = preferred.find((candidate) => keys.has(candidate));
  if (type === undefined) throw new RemoteOffline("refused");
  return `${type} ${keys.get(type)}`;
}

/** As `ssh-keygen -l` writes it: `SHA256:…`. */
export function fingerprintOf(hostKey: string): string {
  const digest = createHash("sha256").update(Buffer.from(hostKey.split(" ")[1] ?? "", "base64"));
  return `SHA256:${digest.digest("base64").replace(/=+$/, "")}`;
}

/** The line of a known_hosts file (sshd(8)). */
export function knownHostsLine(address: string, hostKey: string): string {
  const { host, port } = hostAndPort(address);
  const isUsual = port === "" || port === "22";
  return `${isUsual ? host : `[${host}]:${port}`} ${hostKey}\n`;
}
