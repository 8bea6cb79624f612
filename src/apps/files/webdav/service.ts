import type { Mounts } from "#apps/files/mounts";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { RequestContext, Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Actor, Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import type { LockHolder } from "./app-lock-xml.ts";
import { createAppLocks } from "./app-locks.ts";
import { type Call, readCall } from "./call.ts";
import { createChecks } from "./checks.ts";
import type { Dav } from "./dav.ts";
import { createDeadProperties } from "./dead-properties.ts";
import { allowedMethods, renderError } from "./errors.ts";
import { lock, unlock } from "./lock-methods.ts";
import { createLockedStorage } from "./locked-storage.ts";
import { lockOperations } from "./lock-operations.ts";
import { createLocks } from "./locks.ts";
import { createPropertyTable } from "./live-properties.ts";
import { davAddresses, davPrefix } from "./path.ts";
import { createPropfind } from "./propfind.ts";
import { proppatch } from "./proppatch.ts";
import { put } from "./put.ts";
import { get } from "./read.ts";
import { copy, move } from "./relocate.ts";
import { createRepository } from "./repository.ts";
import { createSpaceLookup } from "./space-lookup.ts";
import type { Surface } from "./surface.ts";
import { mkcol, remove } from "./tree-methods.ts";

export interface WebdavDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly mounts: Mounts;
  /** Whether somebody sees the folder of external places, `/dav/places`, which another route serves. */
  readonly hasPlaces?: (actor: Actor) => boolean;
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Whom a lock is held by. */
  readonly person: (userId: number) => LockHolder | undefined;
}

export interface Webdav {
  /** `/dav/`. */
  readonly route: Route;
  readonly implementations: readonly Implementation[];
  /** The storage for whoever knows no lock tokens. */
  readonly lockedStorage: Storage;
  /** What the methods share, for another surface over the same tree: the same locks and properties. */
  readonly dav: Dav;
  /** Answers a request to another surface. Throws `unauthenticated`, `method-not-allowed` and what the method throws. */
  serve(call: Call): Promise<Response> | Response;
}

type Method = (dav: Dav, call: Call) => Promise<Response> | Response;

/** WebDAV classes 1, 2 and 3 (RFC 4918) at `/dav/`, for app passwords and passwords. */
export function createWebdav(deps: WebdavDeps): Webdav {
  const dav = createDav(deps);
  const methods: Readonly<Record<string, Method>> = {
    GET: get,
    HEAD: get,
    PUT: put,
    DELETE: remove,
    MKCOL: mkcol,
    COPY: copy,
    MOVE: move,
    PROPFIND: createPropfind(),
    PROPPATCH: proppatch,
    LOCK: lock,
    UNLOCK: unlock,
  };
  const surface: Surface = { addresses: davAddresses, table: createPropertyTable() };
  const serve = (call: Call) => {
    const method = methods[call.request.method];
    if (method === undefined) throw new AppError("method-not-allowed");
    return method(dav, call);
  };
  const run = (request: Request, context: RequestContext, actor: Actor) =>
    serve(readCall(request, context, requirePerson(actor), surface));
  return {
    dav,
    serve,
    implementations: lockOperations(dav),
    lockedStorage: createLockedStorage({ ...deps, locks: dav.locks }),
    route: {
      prefix: davPrefix,
      handle: (request, context) => {
        // Clients ask what this is before they have credentials.
        if (request.method === "OPTIONS") return davOptions();
        const actor = context.actor();
        return actor instanceof Promise
          ? actor.then((known) => run(request, context, known))
          : run(request, context, actor);
      },
      renderError,
    },
  };
}

function createDav({ storage, access, mounts, hasPlaces, db, clock, random, person }: WebdavDeps): Dav {
  const repository = createRepository(db);
  const locks = createLocks({ repository, storage, clock, random });
  const properties = createDeadProperties(db, repository);
  const findSpace = createSpaceLookup(storage);
  storage.events.subscribe("forgotten", ({ nodeIds }) => {
    properties.forget(nodeIds);
    locks.forget(nodeIds);
  });
  return {
    storage,
    access,
    findSpace,
    mounts,
    hasPlaces,
    db,
    clock,
    locks,
    appLocks: createAppLocks({ access, locks, person, sync: () => db.sync() }),
    properties,
    checks: createChecks({ storage, access, findSpace, mounts, locks }),
    endLocks: async (ended) => {
      if (ended.length === 0) return;
      locks.remove(ended);
      await db.sync();
    },
  };
}

/** A cookie opens nothing here: what the browser sends unasked must not be able to write. */
export function requirePerson(actor: Actor): Actor {
  if (actor.kind !== "person" || actor.via === "session") throw new AppError("unauthenticated");
  return actor;
}

/** The answer to OPTIONS, also at the root of the server: Windows asks there before it speaks WebDAV to a folder. */
export function davOptions(): Response {
  return new Response(null, {
    headers: { dav: "1, 2, 3", allow: allowedMethods, "ms-author-via": "DAV", "accept-ranges": "bytes" },
  });
}
