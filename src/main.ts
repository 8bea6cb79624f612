import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { storeFindings } from "#apps/files/tiers";
import { davOptions } from "#apps/files/webdav";
import { createDoctor } from "#apps/management/doctor";
import { createPage } from "#edge/page";
import { type Clock, type Random, systemClock, systemRandom } from "#platform/clock";
import type { Config } from "#platform/config";
import { lockFolder, openDatabase } from "#platform/db";
import { createExec } from "#platform/exec";
import { apiHandler, createHttp, createTransfers, gatesInOrder, type Route } from "#platform/http";
import { createJobs, type Jobs } from "#platform/jobs";
import { createLogger } from "#platform/log";
import { createRunner, type Runner, systemActor } from "#platform/usecase";
import type { Access } from "#security/access";
import { firewallUseCases } from "#security/firewall";
import type { FirstRun, Identity } from "#security/identity";
import { createExternal } from "#storage/external";
import { createStorage, type Storage } from "#storage/primary";
import { composeApps } from "./main/apps.ts";
import { jobKinds, jobSchedules, quietJobs } from "./main/job-kinds.ts";
import { migrations } from "./main/migrations.ts";
import { composeWays, type Ways } from "./main/ways.ts";
import { composeWho, type Who } from "./main/who.ts";

export interface HearthOptions {
  readonly dataDir: string;
  readonly config: Config;
  /** Folder of the built page. */
  readonly pageDir: string;
  readonly owner: { readonly user: string | undefined; readonly password: string | undefined };
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface Hearth {
  readonly url: URL;
  readonly firstRun: FirstRun;
  readonly storage: Storage;
  readonly identity: Identity;
  readonly access: Access;
  /** Everything that answers over HTTP. */
  readonly routePrefixes: readonly string[];
  stop(): Promise<void>;
}

const drainMs = 5_000;
/** Writes within so short a time share a transaction (ADR 3). */
const commitHoldMs = 10;
/** The one database of a data folder. */
export function databasePath(dataDir: string): string {
  return join(dataDir, "hearth.db");
}

/** The whole product, from the listener to the disks: reading it from top to bottom is reading the picture in the design. */
export async function startHearth(options: HearthOptions): Promise<Hearth> {
  const { config, dataDir, clock = systemClock, random = systemRandom } = options;

  // What every layer stands on.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { logLevel } = config.security.monitoring;
  const log = createLogger({ clock, level: logLevel, write: (line) => process.stderr.write(line) });
  const lock = lockFolder(dataDir);
  const db = openDatabase({ path: databasePath(dataDir), migrations, clock, log, holdMs: commitHoldMs });
  const exec = createExec({ log, clock });
  const platform = { config, dataDir, db, clock, random, log, exec };

  // Storage layer.
  const volumes = Object.fromEntries(
    Object.entries(config.system.storage.volumes).map(([name, { path }]) => [name, path]),
  );
  const storage = createStorage({
    ...platform,
    volumes,
    durability: config.services.storage.durability,
    tiers: config.services.storage.tiers,
    mergeVersionsMs: config.services.storage.versions.mergeSeconds * 1000,
  });
  const external = createExternal({ ...platform, folder: join(dataDir, "places", "hosts") });
  const base = { ...platform, storage };

  // Security layer.
  const who = composeWho({ ...base, ways: () => ways });
  const ways: Ways = composeWays({
    ...base,
    who,
    permissionOf: (operation) => runner.implementations.get(operation)?.operation.permission,
  });
  const { audit, identity } = who;
  const transfers = createTransfers({ follow: who.sessions.follow, log });
  who.access.onChanged(transfers.look);
  who.sessions.onInvalidated(transfers.look);

  // Cache and application layer.
  const page = createPage(options.pageDir, { isHttpsOnly: isHttpsOnly(config) });
  const apps = composeApps({
    ...base,
    who,
    page: page.handle,
    transfers,
    run: (...call) => runner.run(...call),
    enqueue: (...job) => jobs.enqueue(...job),
    jobs: () => jobs,
    external,
  });
  const doctor = createDoctor({ exec, dataDir, volumes, more: () => storeFindings(storage) });
  const jobs: Jobs = createJobs({
    ...platform,
    // The folder is locked: whoever worked on it before has ended.
    isAlone: true,
    kinds: jobKinds,
    handlers: [...apps.jobHandlers, ...audit.jobHandlers],
    schedules: jobSchedules,
    onChange: (job) => {
      if (!quietJobs.has(job.kind) || job.state !== "done") audit.jobChanged(job);
    },
  });
  const runner: Runner = createRunner({
    implementations: [...securityOperations(who, ways), ...doctor.implementations, ...apps.implementations],
    log,
    clock,
    audit: audit.recordOperation,
  });

  // The way in.
  await storage.start();
  await audit.start();
  apps.ransomware.start();
  const firstRun = await beginAccounts(who, options);
  const routes: readonly Route[] = [
    { prefix: "/api/", handle: apiHandler(runner) },
    ...audit.routes,
    ways.certificates.route,
    ...apps.routes,
    ...ways.oidc.routes,
    { prefix: "/healthz", handle: () => new Response("ok\n") },
    // Windows asks the root of a server what it speaks before it opens a folder of it.
    {
      prefix: "/",
      handle: (request, context) => (request.method === "OPTIONS" ? davOptions() : page.handle(request, context)),
    },
  ];
  const handle = createHttp({
    routes,
    authenticate: ways.oidc.authenticateWith(who.sessions.authenticate),
    gate: gatesInOrder(ways.guard.gate, ways.certificates.gate),
    observe: audit.observe,
    transfers,
    log,
    clock,
  });
  const url = await ways.listeners.start(handle);
  jobs.start();
  apps.start();
  const stopExpiry = who.access.watchExpiry();
  void ways.vpn.service.start();

  const stop = async () => {
    apps.stop();
    stopExpiry();
    await ways.listeners.stop(drainMs);
    transfers.stop();
    await jobs.stop();
    await apps.ransomware.stop();
    await apps.stopMedia();
    await apps.stopSearch();
    await storage.stop();
    await ways.vpn.service.stop();
    await ways.firewall.stop();
    await external.stop();
    await exec.stopAll();
    ways.guard.stop();
    await audit.stop();
    db.close();
    lock.release();
  };
  const routePrefixes = routes.map(({ prefix }) => prefix);
  return { url, firstRun, storage, identity: identity.service, access: who.access, routePrefixes, stop };
}

function securityOperations(
  { identity, factors, sessions, audit }: Who,
  { oidc, certificates, firewall, vpn, guard }: Ways,
) {
  return [
    ...identity.implementations,
    ...factors.implementations,
    ...sessions.implementations,
    ...oidc.implementations,
    ...audit.implementations,
    ...certificates.implementations,
    ...firewallUseCases(firewall),
    ...vpn.implementations,
    ...guard.implementations,
  ];
}

/** A proxy in front decides for itself; the port for certificates alone does not make the house speak HTTPS. */
function isHttpsOnly({ services: { management } }: Config): boolean {
  return management.tls !== undefined || management.certificates.https;
}

/** The first owner, what was asked for on the command line, and homes that a crash kept from being made. */
async function beginAccounts(who: Who, { owner, dataDir }: HearthOptions): Promise<FirstRun> {
  const { audit, identity, factors, makeHome } = who;
  const firstRun = await identity.setup.begin(owner);
  if (firstRun.state === "created") {
    const account = firstRun.person;
    await audit.record({ operation: "setup.createOwner", outcome: "allowed", actor: systemActor, account });
  }
  await factors.applyRequestedResets(dataDir);
  for (const person of identity.service.list()) await makeHome(person);
  return firstRun;
}
