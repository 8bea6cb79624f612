import { mkdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createArchive } from "#apps/files/archive";
import { createBrowse } from "#apps/files/browse";
import { createLinks, linksMigrations } from "#apps/files/links";
import { createPreviews } from "#apps/files/previews";
import { createTrash, trashPurge } from "#apps/files/trash";
import { createUploads } from "#apps/files/uploads";
import { createWebdav, davOptions, webdavMigrations } from "#apps/files/webdav";
import { createDoctor } from "#apps/management/doctor";
import { createDerivedCache } from "#cache/derived";
import { createListeners } from "#edge/listener";
import { createPage } from "#edge/page";
import { type Clock, type Random, systemClock, systemRandom } from "#platform/clock";
import type { Config } from "#platform/config";
import { lockFolder, openDatabase } from "#platform/db";
import { createExec } from "#platform/exec";
import { apiHandler, createHttp, gatesInOrder, type Route } from "#platform/http";
import { createJobs, jobsMigrations } from "#platform/jobs";
import { createLogger } from "#platform/log";
import { type Actor, anonymous, createRunner, systemActor } from "#platform/usecase";
import { auditMigrations, auditRetention, createAudit } from "#security/audit";
import { type Access, accessMigrations, capabilitiesOf, createAccess, createAccessOperations } from "#security/access";
import {
  type CertificatesModule,
  certificatesMigrations,
  createCertificatesModule,
  lanNames,
} from "#security/certificates";
import { createFactorsModule, createSecretBox, factorsMigrations } from "#security/factors";
import { createFirewall, firewallUseCases } from "#security/firewall";
import { createGuard, guardMigrations } from "#security/guard";
import {
  createIdentityModule,
  createPasswordCheck,
  createPasswordHasher,
  type FirstRun,
  type Identity,
  identityMigrations,
  type SecurityEvent,
} from "#security/identity";
import { createOidc, oidcMigrations } from "#security/oidc";
import { createSessionsModule, sessionsMigrations } from "#security/sessions";
import { createVpnModule, createZoneRights, vpnMigrations } from "#security/vpn";
import { createStorage, type Storage, storageMigrations } from "#storage/primary";

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
const migrations = [
  ...jobsMigrations,
  ...identityMigrations,
  ...factorsMigrations,
  ...sessionsMigrations,
  ...auditMigrations,
  ...accessMigrations,
  ...certificatesMigrations,
  ...oidcMigrations,
  ...vpnMigrations,
  ...guardMigrations,
  ...storageMigrations,
  ...linksMigrations,
  ...webdavMigrations,
];

/** The one database of a data folder. */
export function databasePath(dataDir: string): string {
  return join(dataDir, "hearth.db");
}

/** The whole product, from the listener to the disks: reading it from top to bottom is reading the picture in the design. */
export async function startHearth(options: HearthOptions): Promise<Hearth> {
  const { config, dataDir, clock = systemClock, random = systemRandom } = options;
  const { storage: storageConfig, management } = config.services;

  // What every layer stands on.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const log = createLogger({
    clock,
    level: config.security.monitoring.logLevel,
    write: (line) => process.stderr.write(line),
  });
  const lock = lockFolder(dataDir);
  const db = openDatabase({ path: databasePath(dataDir), migrations, clock, log, holdMs: commitHoldMs });
  const exec = createExec({ log, clock });
  const deps = { db, clock, random, log, exec };

  // Storage layer.
  const volumes = Object.fromEntries(
    Object.entries(config.system.storage.volumes).map(([name, { path }]) => [name, path]),
  );
  const storage = createStorage({ ...deps, volumes, durability: storageConfig.durability });

  // Security layer.
  const audit = createAudit({
    ...deps,
    dataDir,
    keepDays: config.security.monitoring.auditKeepDays,
    findAccount: (name) => identity.service.findByName(name),
  });
  const names = {
    person: (id: number) => identity.service.find(id)?.displayName,
    group: (id: number) => identity.groups.list().find((group) => group.id === id)?.name,
    space: (id: number) => storage.spaces().find((space) => space.id === id)?.name,
    path: storage.lineage,
  };
  const access = createAccess({ db, clock, tree: storage, names, groups: () => identity.groups.list() });
  storage.events.subscribe("forgotten", ({ nodeIds }) => access.forgetNodes(nodeIds));
  const makeHome = async (person: { id: number; name: string; quotaBytes: number | null }) => {
    const home =
      storage.findSpace("home", person.name) ??
      (await storage.createSpace({ kind: "home", name: person.name, quotaBytes: person.quotaBytes }));
    access.grantHome(home.id, person.id);
  };
  const passwords = createPasswordHasher();
  const secretsKey = join(dataDir, "security", "secrets.key");
  const identity = createIdentityModule({
    ...deps,
    passwords,
    checkPassword: createPasswordCheck(),
    onPersonCreated: makeHome,
    onAccountChanged: (id, change) => {
      sessions.accountChanged(id, change);
      certificates.accountChanged(id);
      oidc.accountChanged(id, change);
      vpn.service.refresh();
      const person = identity.service.find(id);
      const home = person && storage.findSpace("home", person.name);
      if (person && home) storage.setQuota(home.id, person.quotaBytes);
    },
    sessions: {
      start: (person, context) => sessions.sessionPort.start(person, context),
      notifyPasswordChanged: (id, context) => sessions.sessionPort.notifyPasswordChanged(id, context),
    },
    onGroupsChanged: access.groupsChanged,
    onLoginFailed: (name, address) => guard.loginFailed(name, address),
  });
  const record = (event: SecurityEvent) => {
    // The runner and the way in record refusals; what was shown is known here alone.
    if (event.outcome === "allowed") void audit.record(auditedEvent(event));
  };
  const factors = createFactorsModule({
    ...deps,
    identity: identity.service,
    record,
    keyFile: secretsKey,
    sessions: {
      shown: (context, factor, endOthers) => sessions.factorSessions.shown(context, factor, endOthers),
      endAll: (id) => sessions.factorSessions.endAll(id),
      invalidate: (id) => sessions.factorSessions.invalidate(id),
      notify: (id, kind, context, subject) => sessions.factorSessions.notify(id, kind, context, subject),
    },
  });
  const sessions = createSessionsModule({
    ...deps,
    identity: identity.service,
    factors: factors.service,
    devices: {
      deviceOf: (fingerprint) => certificates.deviceOf(fingerprint),
      ownsDevices: (id) => certificates.ownsDevices(id),
    },
    record,
  });
  const listeners = createListeners({ places: management, certificates: () => certificates, log });
  const certificates: CertificatesModule = createCertificatesModule({
    ...deps,
    dataDir,
    findPerson: identity.service.find,
    names: () => lanNames(management.certificates.names),
    hasEdge: management.edge !== undefined,
    enforce: management.certificates.enforce,
    listenerPort: listeners.certificatePort,
    permissionOf: (operation) => runner.implementations.get(operation)?.operation.permission,
    onRevoked: (deviceId) => sessions.service.endOfDevice(deviceId),
    closeRevoked: listeners.closeRevoked,
    onAuthorityChanged: () => void listeners.refresh(),
  });
  const oidc = createOidc({
    ...deps,
    folder: join(dataDir, "security", "oidc"),
    secrets: createSecretBox({ keyFile: secretsKey, random }),
    identity: identity.service,
    groups: identity.groups,
    startSession: async ({ id }, context) => {
      await sessions.loginByProvider(id, context);
    },
    endSession: ({ via, userId, credentialId }) => {
      if (via === "session" && credentialId !== null) sessions.service.end(userId, [credentialId]);
    },
    audit: audit.recordOperation,
  });
  const people = peopleOf(identity.service);
  const firewall = createFirewall({ ...deps, ...config.security.network.firewall });
  const vpn = createVpnModule({
    ...deps,
    firewall,
    config: config.security.network.vpn,
    folder: join(dataDir, "security", "vpn"),
    secrets: createSecretBox({ keyFile: secretsKey, random }),
    findPerson: (id) => {
      const person = identity.service.find(id);
      return person && { ...person, enabled: !person.disabled, mayUse: capabilitiesOf(person.roles).has("vpn.use") };
    },
    ...createZoneRights({ access, actorOf: people.actorOf }),
    serverPorts: listeners.ports,
  });
  access.onChanged(vpn.service.refresh);
  const guard = createGuard({
    ...deps,
    dataDir,
    permissionOf: (operation) => runner.implementations.get(operation)?.operation.permission,
    rolesOf: (name) => identity.service.findByName(name)?.roles,
    interfaces: networkInterfaces,
    vpn: config.security.network.vpn,
    bans: { onBan: firewall.ban, onUnban: firewall.unban },
    record: audit.record,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });

  // Cache layer.
  const derived = createDerivedCache({
    ...deps,
    folder: join(dataDir, "cache", "derived"),
    budgetBytes: storageConfig.thumbnails.budget,
  });

  // Application layer.
  const page = createPage(options.pageDir);
  const archive = createArchive({ ...deps, storage, access });
  const previews = createPreviews({ ...deps, storage, access, cache: derived });
  const uploads = createUploads({ ...deps, storage, access });
  const trash = createTrash({ ...deps, storage, access, keepDays: storageConfig.trash.keepDays });
  const links = createLinks({
    ...deps,
    storage,
    access,
    archive,
    previews,
    ...people,
    passwords,
    delays: identity.delays,
    page: page.handle,
  });
  const browse = createBrowse({
    ...deps,
    storage,
    access,
    personName: people.personName,
    linkedNodeIds: links.linkedNodeIds,
    sessionHolds: (actor) => sessions.service.list(actor.userId).some(({ id }) => id === actor.credentialId),
  });
  const accessOperations = createAccessOperations({
    db,
    clock,
    access,
    names,
    storage,
    actorOf: people.actorOf,
    people: () => identity.service.list(),
    linksOn: links.linksOn,
    findLink: links.find,
  });
  const webdav = createWebdav({ ...deps, storage, access });
  const doctor = createDoctor({ exec, dataDir, volumes });
  const apps = [browse, uploads, trash, links, archive, previews];

  const jobs = createJobs({
    ...deps,
    kinds: [trashPurge, auditRetention],
    handlers: [...trash.jobHandlers, ...audit.jobHandlers],
    schedules: [
      { name: "trash purge", kind: trashPurge, payload: {}, rhythm: { dailyAt: "03:30" } },
      { name: "audit retention", kind: auditRetention, payload: {}, rhythm: { dailyAt: "03:50" } },
    ],
    onChange: audit.jobChanged,
  });
  const runner = createRunner({
    implementations: [
      ...identity.implementations,
      ...factors.implementations,
      ...sessions.implementations,
      ...oidc.implementations,
      ...audit.implementations,
      ...accessOperations,
      ...certificates.implementations,
      ...firewallUseCases(firewall),
      ...vpn.implementations,
      ...guard.implementations,
      ...doctor.implementations,
      ...apps.flatMap((app) => ("implementations" in app ? app.implementations : [])),
    ],
    log,
    clock,
    audit: audit.recordOperation,
  });

  // The way in.
  await storage.start();
  await audit.start();
  const firstRun = await identity.setup.begin(options.owner);
  if (firstRun.state === "created") {
    await audit.record({
      operation: "setup.createOwner",
      outcome: "allowed",
      actor: systemActor,
      account: firstRun.person,
    });
  }
  await factors.applyRequestedResets(dataDir);
  // A crash between the account and its home is mended here.
  for (const person of identity.service.list()) await makeHome(person);
  const routes: readonly Route[] = [
    { prefix: "/api/", handle: apiHandler(runner) },
    ...audit.routes,
    certificates.route,
    ...apps.flatMap((app) => ("routes" in app ? app.routes : [])),
    webdav.route,
    ...oidc.routes,
    { prefix: "/healthz", handle: () => new Response("ok\n") },
    // Windows asks the root of a server what it speaks before it opens a folder of it.
    {
      prefix: "/",
      handle: (request, context) => (request.method === "OPTIONS" ? davOptions() : page.handle(request, context)),
    },
  ];
  const handle = createHttp({
    routes,
    authenticate: oidc.authenticateWith(sessions.authenticate),
    gate: gatesInOrder(guard.gate, certificates.gate),
    observe: audit.observe,
    log,
    clock,
  });
  const url = await listeners.start(handle);
  jobs.start();
  const stopExpiry = access.watchExpiry();
  void vpn.service.start();

  const stop = async () => {
    browse.stop();
    stopExpiry();
    await listeners.stop(drainMs);
    await jobs.stop();
    await storage.stop();
    await vpn.service.stop();
    await firewall.stop();
    await exec.stopAll();
    guard.stop();
    await audit.stop();
    db.close();
    lock.release();
  };
  const routePrefixes = routes.map(({ prefix }) => prefix);
  return { url, firstRun, storage, identity: identity.service, access, routePrefixes, stop };
}

/** What happened to the proof of who somebody is, in the words of the audit. */
function auditedEvent({ kind, personId, name, factors, ...event }: SecurityEvent) {
  const actor: Actor = { ...anonymous, kind: "person", userId: personId ?? 0, name, factors };
  return { ...event, operation: `proof.${kind}`, actor };
}

/** What the apps may know of people. */
function peopleOf(identity: Identity) {
  const active = (id: number) => {
    const person = identity.find(id);
    return person === undefined || person.disabled ? undefined : person;
  };
  return {
    personName: (id: number) => identity.find(id)?.displayName,
    actorOf: (id: number): Actor | undefined => {
      const person = active(id);
      if (person === undefined) return undefined;
      const { name, roles } = person;
      const capabilities = capabilitiesOf(roles);
      return {
        kind: "person",
        userId: id,
        name,
        roles,
        capabilities,
        via: "link",
        credentialId: null,
        readOnly: false,
        factors: [],
        factorAtMs: 0,
      };
    },
  };
}
