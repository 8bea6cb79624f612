import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createArchive } from "#apps/files/archive";
import { createBrowse } from "#apps/files/browse";
import { createLinks, linksMigrations } from "#apps/files/links";
import { createMounts, mountsMigrations } from "#apps/files/mounts";
import { createPreviews } from "#apps/files/previews";
import { createSearch } from "#apps/files/search";
import { createTiers, tiersMigrations, tiersMove, tiersNightly } from "#apps/files/tiers";
import { createTrash } from "#apps/files/trash";
import { createUploads } from "#apps/files/uploads";
import { createCamera } from "#apps/files/camera";
import { createUsage, usageMigrations } from "#apps/files/usage";
import { createVersions } from "#apps/files/versions";
import { extrasMigrations } from "#apps/media/extras";
import { libraryMigrations } from "#apps/media/library";
import { metadataMigrations } from "#apps/media/metadata";
import { musicMigrations } from "#apps/media/music";
import { worksMigrations } from "#apps/media/works";
import { offlineMigrations } from "#apps/media/offline";
import { photosMigrations } from "#apps/media/photos";
import { probeMigrations } from "#apps/media/probe";
import { watchMigrations } from "#apps/media/watch";
import { createDerivedCache } from "#cache/derived";
import { startListener } from "#edge/listener";
import { type Clock, systemClock, systemRandom } from "#platform/clock";
import { openDatabase } from "#platform/db";
import { createExec } from "#platform/exec";
import { apiHandler, createHttp } from "#platform/http";
import { createJobs, type JobHandler, type Jobs, jobsMigrations } from "#platform/jobs";
import { createLogger } from "#platform/log";
import { type Actor, anonymous, createRunner, systemActor } from "#platform/usecase";
import { accessMigrations, capabilitiesOf, createAccess, createAccessOperations } from "#security/access";
import { createIdentityModule, createPasswordHasher, identityMigrations } from "#security/identity";
import { createStorage, type SpaceInfo, storageMigrations, type TierConfig } from "#storage/primary";
import type { Role } from "#wire";

interface CloudOptions {
  readonly clock?: Clock;
  readonly durability?: "strict" | "relaxed";
  readonly quotaBytes?: number | null;
  /** Stores beside the volume; with some, runs of content are worked off. */
  readonly tiers?: readonly TierConfig[];
  readonly search?: { readonly maxFileBytes?: number; readonly text?: boolean };
}

export type TestCloud = Awaited<ReturnType<typeof openTestCloud>>;

const passwords = () => createPasswordHasher({ memoryKib: 1024, passes: 1 });
/** Names the caller of a request: `anna`, `ben`, `root`; nobody without it. */
const userHeader = "x-test-user";
const jobMs = 5_000;

/**
 * The apps of files on real storage in a temporary folder, wired as the program wires them; only logging in is replaced by a
 * header. People: anna and ben (members), root (owner).
 */
export async function openTestCloud(options: CloudOptions = {}) {
  const { clock = systemClock, durability = "relaxed", quotaBytes = null } = options;
  const dir = mkdtempSync(join(tmpdir(), "hearth-cloud-"));
  const volume = join(dir, "volume");
  mkdirSync(volume);
  const failures: unknown[] = [];
  const log = createLogger({ clock, level: "error", write: (line) => void failures.push(JSON.parse(line)) });
  const migrations = [
    ...identityMigrations,
    ...accessMigrations,
    ...storageMigrations,
    ...linksMigrations,
    ...mountsMigrations,
    ...usageMigrations,
    ...jobsMigrations,
    ...tiersMigrations,
    ...libraryMigrations,
    ...worksMigrations,
    ...metadataMigrations,
    ...probeMigrations,
    ...extrasMigrations,
    ...watchMigrations,
    ...musicMigrations,
    ...photosMigrations,
    ...offlineMigrations,
  ];
  const db = openDatabase({ path: join(dir, "hearth.db"), migrations, clock, log });
  const exec = createExec({ log, clock });
  const deps = { db, clock, random: systemRandom, log, exec, passwords: passwords() };
  const storage = createStorage({ ...deps, volumes: { main: volume }, durability, tiers: options.tiers ?? [] });
  const names = {
    person: (id: number) => personName(id),
    group: (id: number) => identity.groups.list().find((group) => group.id === id)?.name,
    space: (id: number) => storage.space(id).name,
    path: storage.lineage,
  };
  const access = createAccess({ db, clock, tree: storage, names, groups: () => identity.groups.list() });
  storage.events.subscribe("forgotten", ({ nodeIds }) => access.forgetNodes(nodeIds));
  await storage.start();

  const identity = createIdentityModule({
    ...deps,
    onAccountChanged: () => undefined,
    sessions: { start: () => undefined, notifyPasswordChanged: () => undefined, endAppPasswords: () => undefined },
    checkPassword: async () => ({ score: 4, good: true, warning: null, suggestions: [] }),
    onGroupsChanged: access.groupsChanged,
    onPersonCreated: async ({ id, name }) => {
      access.grantHome((await storage.createSpace({ kind: "home", name, quotaBytes })).id, id);
    },
  });
  const people = new Map<string, Actor>();
  const homes = new Map<string, SpaceInfo>();
  const addPerson = async (name: string, roles: readonly Role[]) => {
    const draft = { name, displayName: name.toUpperCase(), roles, quotaBytes: null };
    const { id } = await identity.service.create(systemActor, draft, "a long password");
    const capabilities = capabilitiesOf(roles);
    people.set(name, {
      ...anonymous,
      kind: "person",
      userId: id,
      name,
      roles,
      capabilities,
      via: "session",
      readOnly: false,
      // Nobody here shows a factor again: it was just shown, however far a test turns the clock.
      factorAtMs: Number.MAX_SAFE_INTEGER,
    });
    const home = storage.findSpace("home", name);
    if (home !== undefined) homes.set(name, home);
  };
  await addPerson("root", ["owner"]);
  await addPerson("anna", ["member"]);
  await addPerson("ben", ["member"]);
  await storage.settled();

  const actor = (name: string): Actor => people.get(name) ?? anonymous;
  const actorOf = (userId: number) => [...people.values()].find((person) => person.userId === userId);
  const personName = (userId: number) => identity.service.find(userId)?.displayName;
  const cache = createDerivedCache({ ...deps, folder: join(dir, "derived"), budgetBytes: 50_000_000 });
  const archive = createArchive({ ...deps, storage, access });
  const previews = createPreviews({ ...deps, storage, access, cache });
  const mounts = createMounts({ ...deps, storage, access, personName });
  const uploads = createUploads({ ...deps, storage, access });
  const trash = createTrash({ ...deps, storage, access, keepDays: 30, maxShare: 0.5 });
  const versions = createVersions({ ...deps, storage, access, personName, keepDays: 365, maxShare: 0.5 });
  const usage = createUsage({ ...deps, storage, access, personNamed: (name) => identity.service.findByName(name) });
  const tiers = createTiers({ ...deps, storage, access, actorOf, jobs: () => jobs });
  const jobs: Jobs = createJobs({ ...deps, kinds: [tiersMove, tiersNightly], handlers: tiers.jobHandlers });
  if (options.tiers !== undefined) jobs.start();
  const page = () => new Response("the page of a link");
  const links = createLinks({
    ...deps,
    storage,
    access,
    archive,
    previews,
    delays: identity.delays,
    actorOf,
    personName,
    page,
  });
  const search = createSearch({
    ...deps,
    storage,
    access,
    dataDir: dir,
    options: { text: true, maxFileBytes: 2 ** 20, ...options.search },
    linkedNodeIds: links.linkedNodeIds,
    // Texts are read by `settled`.
    enqueue: () => 0,
  });
  const browse = createBrowse({
    ...deps,
    storage,
    access,
    mounts,
    personName,
    linkedNodeIds: links.linkedNodeIds,
    sessionHolds: () => true,
  });
  const accessOperations = createAccessOperations({
    db,
    clock,
    access,
    names,
    storage,
    actorOf,
    people: () => identity.service.list(),
    linksOn: links.linksOn,
    findLink: links.find,
  });
  const implementations = [
    ...browse.implementations,
    ...search.implementations,
    ...mounts.implementations,
    ...usage.implementations,
    ...createCamera({ storage, access }).implementations,
    ...tiers.implementations,
    ...trash.implementations,
    ...versions.implementations,
    ...links.implementations,
    ...identity.implementations,
    ...accessOperations,
  ];
  const runner = createRunner({ implementations, log, clock, audit: () => undefined });
  const http = createHttp({
    routes: [
      { prefix: "/api/", handle: apiHandler(runner) },
      ...[browse, uploads, versions, links, archive, previews].flatMap(({ routes }) => routes),
    ],
    authenticate: (request) => actor(request.headers.get(userHeader) ?? ""),
    log,
    clock,
  });

  const fetchAs = async (
    name: string,
    path: string,
    init: RequestInit & { address?: string } = {},
  ): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (name !== "") headers.set(userHeader, name);
    if (!headers.has("sec-fetch-site")) headers.set("sec-fetch-site", "same-origin");
    const request = new Request(`http://cloud.test${path}`, { ...init, headers });
    return http(request, { address: init.address ?? "192.0.2.1", setIdleTimeout: () => undefined });
  };
  /** The answer of an operation; a refusal is `{ code, detail, status, … }`. */
  const call = async (name: string, operation: string, input: unknown, init: RequestInit = {}) => {
    const response = await fetchAs(name, `/api/${operation}`, { ...init, method: "POST", body: JSON.stringify(input) });
    // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
    return (await response.json()) as any;
  };
  /** Runs a job at once, once. */
  const runJob = async (job: JobHandler | undefined): Promise<void> => {
    const signal = AbortSignal.timeout(jobMs);
    await job?.run({ id: 1, attempt: 1, signal, log, progress: () => undefined }, {});
  };
  const homeOf = (name: string): SpaceInfo => {
    const home = homes.get(name);
    if (home === undefined) throw new Error(`no home of ${name}`);
    return home;
  };

  let plantedUs = 0;

  return {
    dir,
    /** What other modules are made with. */
    deps,
    storage,
    access,
    mounts,
    exec,
    trash,
    versions,
    search,
    previews,
    usage,
    people,
    actor,
    homeOf,
    runJob,
    fetchAs,
    call,
    /** Whatever was logged as an error: a test that ends with something here has met a defect. */
    failures,
    /** Folder of a home on disk. */
    homePath: (name: string) => join(volume, "home", name),
    /** Writes a file behind the back of the index, and answers its node. */
    plant: (name: string, path: string, bytes: string | Uint8Array) => {
      const target = join(volume, "home", name, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes);
      // The kernel's times are as coarse as its tick: what was looked at within it would look the same. A folder may have been given such a
      // time by the program a moment ago, so the new one lies beyond what stands there, too.
      const places = [target];
      while (dirname(places.at(-1)!).startsWith(volume)) places.push(dirname(places.at(-1)!));
      const standing = places.map((place) => Math.ceil(statSync(place).mtimeMs * 1000));
      plantedUs = Math.max(plantedUs, Date.now() * 1000, ...standing) + 10;
      for (const place of places) utimesSync(place, plantedUs / 1e6, plantedUs / 1e6);
      let node = storage.refresh(homeOf(name).rootId);
      for (const segment of path.split("/")) {
        const child = storage.child(node.id, segment);
        if (child === undefined) throw new Error(`${path} was not seen`);
        node = storage.refresh(child.id);
      }
      return node;
    },
    /** The same handler behind a real listener on a free port. */
    listen: () => startListener({ hostname: "127.0.0.1", port: 0, handle: http, log }),
    openDescriptors: () =>
      readdirSync("/proc/self/fd").filter((fd) => {
        try {
          return readFileSync(`/proc/self/fdinfo/${fd}`, "utf8") !== "";
        } catch {
          return false;
        }
      }).length,
    close: async () => {
      browse.stop();
      await jobs.stop();
      await search.stop();
      await previews.stop();
      await storage.stop();
      await exec.stopAll();
      db.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
