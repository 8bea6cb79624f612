import { join } from "node:path";
import { createArchive } from "#apps/files/archive";
import { createBrowse } from "#apps/files/browse";
import { createLinks } from "#apps/files/links";
import { createNextcloud } from "#apps/files/nextcloud";
import { createPreviews } from "#apps/files/previews";
import { createTrash } from "#apps/files/trash";
import { createUploads } from "#apps/files/uploads";
import { createVersions } from "#apps/files/versions";
import { createWebdav } from "#apps/files/webdav";
import { createDerivedCache } from "#cache/derived";
import { createAccessOperations } from "#security/access";
import type { HttpHandler } from "#platform/http";
import type { Runner } from "#platform/usecase";
import type { Base } from "./base.ts";
import type { Who } from "./who.ts";

interface AppsDeps extends Base {
  readonly who: Who;
  /** Answers with the page itself, as below a share link. */
  readonly page: HttpHandler;
  /** Runs an operation; not before the program runs. */
  readonly run: Runner["run"];
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
  const archive = createArchive({ ...deps, access });
  const previews = createPreviews({ ...deps, access, cache });
  const uploads = createUploads({ ...deps, access });
  const trash = createTrash({ ...deps, access, keepDays: storageConfig.trash.keepDays });
  const versions = createVersions({ ...deps, ...people, access, ...storageConfig.versions });
  const { passwords } = who;
  const { delays } = identity;
  const links = createLinks({ ...deps, ...people, access, archive, previews, passwords, delays });
  const browse = createBrowse({
    ...deps,
    access,
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
  const webdav = createWebdav({ ...deps, access });
  const nextcloud = createNextcloud({
    ...deps,
    webdav,
    previews,
    identity: identity.service,
    groups: identity.groups,
    linkedNodeIds: links.linkedNodeIds,
    appPasswords: sessions.appPasswords,
    invalidate: sessions.invalidate,
    endSession: ({ userId, credentialId }) =>
      void sessions.service.end(userId, credentialId === null ? [] : [credentialId]),
    audit: who.audit.recordOperation,
  });
  const modules = [browse, uploads, trash, versions, links, archive, previews, nextcloud];
  return {
    implementations: [
      ...accessOperations,
      ...modules.flatMap((module) => ("implementations" in module ? module.implementations : [])),
    ],
    routes: [...modules.flatMap((module) => ("routes" in module ? module.routes : [])), webdav.route],
    jobHandlers: [...trash.jobHandlers, ...versions.jobHandlers],
    stop: browse.stop,
  };
}
