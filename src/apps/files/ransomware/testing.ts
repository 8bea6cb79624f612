import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "#platform/clock";
import { openDatabase } from "#platform/db";
import { createExec } from "#platform/exec";
import { createJobs, type Jobs, jobsMigrations } from "#platform/jobs";
import { createLogger } from "#platform/log";
import { type Actor, anonymous, createRunner } from "#platform/usecase";
import { type Access, accessMigrations, capabilitiesOf, createAccess } from "#security/access";
import { createStorage, type SpaceInfo, type Storage, storageMigrations } from "#storage/primary";
import { ransomwareMigrations } from "./migrations/index.ts";
import type { Ports } from "./ports.ts";
import { ransomwareRollBack, ransomwareUndo } from "./roll-back-job.ts";
import type { RollBackJobs } from "./roll-backs.ts";
import { createRansomware, type Ransomware } from "./service.ts";

export type TestGuard = Awaited<ReturnType<typeof openTestGuard>>;

const people = ["anna", "ben", "root"] as const;
export type TestPerson = (typeof people)[number];

/**
 * The guard on real storage in a temporary folder. anna and ben have homes, root looks after the server; `laptop` is an app password
 * of anna's.
 */
export async function openTestGuard(dir = mkdtempSync(join(tmpdir(), "hearth-guard-")), startAheadMs = 0) {
  const volume = join(dir, "volume");
  const attic = { name: "attic", kind: "disk", role: "cold", path: join(dir, "attic") } as const;
  for (const folder of [volume, attic.path]) mkdirSync(folder, { recursive: true });
  let aheadMs = startAheadMs;
  const clock = { now: () => systemClock.now() + aheadMs };
  const failures: string[] = [];
  const log = createLogger({ clock, level: "error", write: (line) => void failures.push(line) });
  const migrations = [...jobsMigrations, ...accessMigrations, ...storageMigrations, ...ransomwareMigrations];
  const db = openDatabase({ path: join(dir, "hearth.db"), migrations, clock, log });
  const exec = createExec({ log, clock });
  const deps = { db, clock, random: systemRandom, log, exec };
  const storage = createStorage({ ...deps, volumes: { main: volume }, durability: "relaxed", tiers: [attic] });
  const names = { person: () => undefined, group: () => undefined, space: () => undefined, path: storage.lineage };
  const access = createAccess({ db, clock, tree: storage, names, groups: () => [] });
  await storage.start();
  const homes = await makeHomes(storage, access);
  await storage.settled();

  const seen: Seen = { frozen: new Set(), notices: [], restored: [] };
  const guard: Ransomware = createRansomware({
    ...deps,
    storage,
    access,
    enabled: true,
    jobs: jobsLater(() => jobs),
    ports: portsOf(access, seen),
  });
  const jobs: Jobs = createJobs({
    ...deps,
    kinds: [ransomwareRollBack, ransomwareUndo],
    handlers: guard.jobHandlers,
  });
  const runner = createRunner({ implementations: guard.implementations, log, clock, audit: () => undefined });
  guard.start();
  jobs.start();

  const person = (name: TestPerson) => actorOf(name, clock.now());
  const stop = async () => {
    await jobs.stop();
    await guard.stop();
    await storage.stop();
    await exec.stopAll();
    db.close();
  };
  return {
    storage,
    access,
    guard,
    ...seen,
    failures,
    home: homes.get("anna") as SpaceInfo,
    benHome: homes.get("ben") as SpaceInfo,
    folderOnDisk: join(volume, "home", "anna"),
    person,
    laptop: { ...person("anna"), via: "app-password", credentialId: "laptop" } as Actor,
    call: async <T>(name: string, input: unknown, who: TestPerson = "anna"): Promise<T> =>
      (await runner.run(name, input, {
        actor: person(who),
        requestId: "t",
        address: "::1",
        userAgent: "",
        secure: true,
        replyHeaders: new Headers(),
      })) as T,
    passTime: (ms: number) => {
      aheadMs += ms;
    },
    /** The same data after a restart. */
    reopen: async () => {
      await stop();
      return openTestGuard(dir, aheadMs);
    },
    close: async () => {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const jobsLater = (jobs: () => Jobs): RollBackJobs => ({
  enqueue: (...job) => jobs().enqueue(...job),
  cancel: (id) => jobs().cancel(id),
  stateOf: (id) => jobs().find(id)?.state,
});

/** What the guard asked of the rest of the house. */
interface Seen {
  readonly frozen: Set<string>;
  readonly notices: { personId: number; label: string }[];
  readonly restored: number[];
}

function portsOf(access: Access, { frozen, notices, restored }: Seen): Ports {
  return {
    describe: (device) => ({ label: device, personId: device.startsWith("disk:") ? 0 : 1 }),
    freeze: (device) => void frozen.add(device),
    thaw: (device) => void frozen.delete(device),
    caretakers: () => [3],
    managersOf: (spaceId) => access.membersOf(spaceId).map(({ userId }) => userId),
    personName: (id) => people[id - 1],
    notify: (personId, label) => void notices.push({ personId, label }),
    record: () => undefined,
    contentRestored: (spaceId) => void restored.push(spaceId),
  };
}

function actorOf(name: TestPerson, nowMs: number): Actor {
  return {
    ...anonymous,
    kind: "person",
    userId: people.indexOf(name) + 1,
    name,
    via: "session",
    credentialId: `browser-${name}`,
    readOnly: false,
    capabilities: capabilitiesOf([name === "root" ? "owner" : "member"]),
    factors: ["password"],
    factorAtMs: nowMs,
  };
}

async function makeHomes(storage: Storage, access: Access): Promise<ReadonlyMap<TestPerson, SpaceInfo>> {
  const homes = new Map<TestPerson, SpaceInfo>();
  for (const [index, name] of people.entries()) {
    const known = storage.findSpace("home", name);
    const home = known ?? (await storage.createSpace({ kind: "home", name, quotaBytes: null }));
    access.grantHome(home.id, index + 1);
    homes.set(name, home);
  }
  return homes;
}
