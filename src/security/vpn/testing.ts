import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "#platform/clock";
import { readConfig } from "#platform/config";
import { type Db, openDatabase } from "#platform/db";
import { createExec } from "#platform/exec";
import { createLogger, type Logger } from "#platform/log";
import { type Actor, anonymous, createRunner } from "#platform/usecase";
import { createSecretBox } from "#security/factors";
import { createFirewall } from "#security/firewall";
import { identityMigrations } from "#security/identity";
import type { Capability } from "#wire";
import { createVpnModule, vpnMigrations } from "./index.ts";

interface BenchOptions {
  readonly config?: string;
  /** Whether the process may change the network. */
  readonly mayChange?: boolean;
  /** Shell scripts that stand in for programs; each is asked with its arguments, and may read stdin. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** Anna looks after security, Ben is a member, Carl is a guest without the VPN, Dora is disabled. */
const people = [
  { id: 1, displayName: "Anna", enabled: true, mayUse: true },
  { id: 2, displayName: "Ben", enabled: true, mayUse: true },
  { id: 3, displayName: "Carl", enabled: true, mayUse: false },
  { id: 4, displayName: "Dora", enabled: false, mayUse: true },
];
const capabilitiesOf: Readonly<Record<number, readonly Capability[]>> = {
  1: ["vpn.use", "security.manage"],
  2: ["vpn.use"],
};

export type Bench = ReturnType<typeof createBench>;

/** The programs, and a `/proc` that says what this process may do. */
function plantMachine(folder: string, programs: Readonly<Record<string, string>>, mayChange: boolean) {
  const [bin, procDir] = [join(folder, "bin"), join(folder, "proc")];
  mkdirSync(join(procDir, "self"), { recursive: true });
  mkdirSync(bin);
  const capabilities = mayChange ? "00000000000010c0" : "0000000000000000";
  writeFileSync(join(procDir, "self/status"), `CapEff:\t${capabilities}\nCapAmb:\t${capabilities}\n`);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return { procDir, env: { PATH: `${bin}:/usr/bin:/bin` } };
}

function openPeople(log: Logger): Db {
  const migrations = [...identityMigrations, ...vpnMigrations];
  const db = openDatabase({ path: ":memory:", migrations, clock: systemClock, log });
  const insert = db.prepare("INSERT INTO person (id, name, display_name, created_at_ms) VALUES (?, ?, ?, 0)");
  for (const { id, displayName } of people) insert.run(id, displayName.toLowerCase(), displayName);
  return db;
}

function readVpnConfig(keys: string) {
  const lines = ["endpoint: home.example.org", "lanNetworks: [192.168.1.0/24]", ...(keys === "" ? [] : [keys])];
  const read = readConfig(`security: { network: { vpn: { ${lines.join(", ")} } } }\n`);
  if (!read.ok) throw new Error(JSON.stringify(read.findings));
  return read.config.security.network.vpn;
}

const actorOf = (id: number): Actor => ({
  ...anonymous,
  kind: "person",
  userId: id,
  capabilities: new Set(capabilitiesOf[id]),
  via: "session",
  readOnly: false,
  factorAtMs: Date.now(),
});
const caller = {
  requestId: "test",
  address: "192.0.2.1",
  userAgent: "test",
  secure: true,
  replyHeaders: new Headers(),
};

/** The module on a database in memory, with programs that do what the test says. */
export function createBench({ config = "", mayChange = false, programs = {} }: BenchOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), "hearth-vpn-"));
  const { procDir, env } = plantMachine(folder, programs, mayChange);
  const lines: string[] = [];
  const log = createLogger({ clock: systemClock, level: "debug", write: (line) => void lines.push(line) });
  const db = openPeople(log);
  const exec = createExec({ log, clock: systemClock, env });
  const shared = { db, clock: systemClock, random: systemRandom, log, exec, procDir };
  const firewall = createFirewall({ ...shared, dropBanned: false });
  const denied = new Set<string>();
  const removed: string[] = [];
  const vpn = createVpnModule({
    ...shared,
    firewall,
    config: readVpnConfig(config),
    folder: join(folder, "vpn"),
    secrets: createSecretBox({ keyFile: join(folder, "secrets.key"), random: systemRandom }),
    findPerson: (id) => people.find((person) => person.id === id),
    mayReach: (personId, zoneId) => ({ allowed: !denied.has(`${personId} ${zoneId}`), reason: "so the test says" }),
    onZoneRemoved: (id) => void removed.push(id),
    serverPorts: () => [8420],
    interfaces: () => ({}),
  });
  const runner = createRunner({
    implementations: vpn.implementations,
    log,
    clock: systemClock,
    audit: () => undefined,
  });
  return {
    folder,
    vpn: vpn.service,
    /** `person zone` pairs that are refused. */
    denied,
    /** Named zones that went. */
    removed,
    /** Everything logged so far. */
    log: () => lines.join(""),
    // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
    call: (personId: number, name: string, input: unknown = {}): Promise<any> =>
      runner.run(name, input, { ...caller, actor: actorOf(personId) }),
    close: async () => {
      await vpn.service.stop();
      await firewall.stop();
      await exec.stopAll();
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
