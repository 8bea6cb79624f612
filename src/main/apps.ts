import { join } from "node:path";
import { createArchive } from "#apps/files/archive";
import { createBrowse } from "#apps/files/browse";
import { createCamera } from "#apps/files/camera";
import { createLinks } from "#apps/files/links";
import { createMounts } from "#apps/files/mounts";
import { createNextcloud } from "#apps/files/nextcloud";
import { createPlaces } from "#apps/files/places";
import { createPreviews } from "#apps/files/previews";
import { createSearch } from "#apps/files/search";
import { createTrash } from "#apps/files/trash";
import { createUploads } from "#apps/files/uploads";
import { createVersions } from "#apps/files/versions";
import { createWebdav } from "#apps/files/webdav";
import { createDerivedCache } from "#cache/derived";
import { createAccessOperations } from "#security/access";
import { createSecretBox } from "#security/factors";
import type { External } from "#storage/external";
import type { HttpHandler, Transfers } from "#platform/http";
import type { Jobs } from "#platform/jobs";
import type { Runner } from "#platform/usecase";
import type { Base } from "./base.ts";
import { composeCare } from "./care.ts";
import { composeMedia } from "./media.ts";
import type { Who } from "./who.ts";

export interface AppsDeps extends Base {
  readonly who: Who;
  /** Answers with the page itself, as below a share link. */
  readonly page: HttpHandler;
  /** What takes long and ends with the right to it. */
  readonly transfers: Transfers;
  /** Runs an operation; not before the program runs. */
  readonly run: Runner["run"];
  /** Adds a job; not before the program runs. */
  readonly enqueue: Jobs["enqueue"];
  /** The queue; not before the program runs. */
  readonly jobs: () => Jobs;
  /** Other servers. */
  readonly external: External;
}

/** What the household came for, and the cache it stands on. */
export function composeApps(deps: AppsDeps) {
  const { config, dataDir, who } = deps;
  const { storage: storageConfig } = config.services;
  const { access, identity, sessions, people } = who;
  const cache = createDerivedCache({
    ...deps,
    folder: join(dataDir, "cache", "derived"),
    budgetBytes: storageConfig.thumbnails.budget,
  });
  const mounts = createMounts({ ...deps, access, personName: people.personName });
  const webdav = createWebdav({
    ...deps,
    access,
    hasPlaces: (actor) => places.hasAny(actor),
    mounts,
    person: people.holder,
  });
  // For all that knows no lock tokens: what somebody has locked is closed to everybody else on every way in.
  const locked = { storage: webdav.lockedStorage };
  const archive = createArchive({ ...deps, access });
  const previews = createPreviews({ ...deps, access, cache });
  const uploads = createUploads({ ...deps, ...locked, access });
  const trash = createTrash({ ...deps, ...locked, access, ...storageConfig.trash });
  const versions = createVersions({ ...deps, ...locked, ...people, access, ...storageConfig.versions });
  const camera = createCamera({ ...deps, access });
  const places = createPlaces({
    ...deps,
    ...locked,
    ...people,
    access,
    secrets: createSecretBox({ keyFile: who.secretsKey, random: deps.random }),
    groupName: (id) => identity.groups.list().find((group) => group.id === id)?.name,
  });
  const { passwords } = who;
  const { delays } = identity;
  const links = createLinks({ ...deps, ...locked, ...people, access, archive, previews, passwords, delays });
  const search = createSearch({
    ...deps,
    access,
    options: storageConfig.search,
    linkedNodeIds: links.linkedNodeIds,
  });
  const browse = createBrowse({
    ...deps,
    ...locked,
    access,
    mounts,
    personName: people.personName,
    linkedNodeIds: links.linkedNodeIds,
    sessionHolds: (actor) => sessions.service.list(actor.userId).some(({ id }) => id === actor.credentialId),
  });
  const accessOperations = createAccessOperations({
    ...deps,
    ...who,
    actorOf: people.actorOf,
    people: () => identity.service.list(),
    linksOn: links.linksOn,
    findLink: links.find,
  });
  const nextcloud = createNextcloud({
    ...deps,
    webdav,
    search,
    previews,
    identity: identity.service,
    groups: identity.groups,
    linkedNodeIds: links.linkedNodeIds,
    linksVersion: links.version,
    visits: links.visits,
    cache,
    appPasswords: sessions.appPasswords,
    invalidate: sessions.invalidate,
    onCredentialsChanged: sessions.onInvalidated,
    endSession: ({ userId, credentialId }) =>
      void sessions.service.end(userId, credentialId === null ? [] : [credentialId]),
    audit: who.audit.recordOperation,
  });
  const care = composeCare({ ...deps, links, nextcloud });
  const media = composeMedia({ ...deps, cache, previews, broadcast: browse.broadcast });
  const modules = [
    media,
    ...care.modules,
    browse,
    search,
    mounts,
    webdav,
    camera,
    places,
    uploads,
    trash,
    versions,
    links,
    archive,
    previews,
    nextcloud,
  ];
  return {
    implementations: [
      ...accessOperations,
      ...modules.flatMap((module) => ("implementations" in module ? module.implementations : [])),
    ],
    routes: [...modules.flatMap((module) => ("routes" in module ? module.routes : [])), webdav.route],
    jobHandlers: [
      ...media.jobHandlers,
      ...care.jobHandlers,
      ...trash.jobHandlers,
      ...versions.jobHandlers,
      ...search.jobHandlers,
      ...places.jobHandlers,
    ],
    start: () => {
      search.start();
      media.start();
    },
    stopMedia: async () => {
      await media.stop();
      await previews.stop();
    },
    stop: () => {
      browse.stop();
      nextcloud.stop();
    },
    stopSearch: search.stop,
    ransomware: care.ransomware,
  };
}
