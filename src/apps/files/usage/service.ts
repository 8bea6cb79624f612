import { type PlaceUsage, usageContract } from "#contract/apps/files/usage";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { JobHandler } from "#platform/jobs";
import { type Actor, implement, type Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { SpaceInfo, Storage } from "#storage/primary";
import { dayMs, forecastOf, foretoldLevel } from "./forecast.ts";
import { createKinds } from "./kinds.ts";
import { largestFiles } from "./largest.ts";
import { createUsageRepository } from "./repository.ts";
import { sampleHandler } from "./sample-job.ts";

export interface UsageDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly access: Access;
  /** Whoever has the login name, as people are shown. */
  personNamed(name: string): { readonly id: number; readonly displayName: string } | undefined;
}

export interface Usage {
  readonly implementations: readonly Implementation[];
  /** The handler of `usageSample`. */
  readonly jobHandlers: readonly JobHandler[];
}

const shownDays = 90;

export function createUsage(deps: UsageDeps): Usage {
  const { db, clock, storage, access } = deps;
  const repository = createUsageRepository(db);
  const fillOf = (subject: string, usedBytes: number, limitBytes: number | null) => {
    const nowMs = clock.now();
    const samples = repository.since(subject, Math.floor(nowMs / dayMs) - shownDays + 1);
    const forecast = forecastOf(samples, limitBytes, nowMs);
    const history = samples.map(({ day, usedBytes: bytes }) => ({ atMs: day * dayMs, usedBytes: bytes }));
    return { ...forecast, level: foretoldLevel(usedBytes, limitBytes, forecast.fullAtMs, nowMs), history };
  };
  const present = presenter(deps, fillOf);

  const implementations = implement(usageContract, {
    "usage.overview": ({ actor }, { everyone }) => {
      const seesEveryone = mayLookAfter(actor);
      const own = new Set(access.spacesOf(actor.userId).map(({ spaceId }) => spaceId));
      const isOwn = ({ id: spaceId }: SpaceInfo) => own.has(spaceId) && access.can(actor, "read", { spaceId });
      // Asked for everyone, bars of one scale are compared; asked for oneself, the own files come first.
      const rankOf = (space: SpaceInfo) => (everyone ? 0 : space.kind === "home" ? 1 : 2);
      const spaces = storage.spaces().filter((space) => isOwn(space) || (everyone && seesEveryone));
      return {
        places: spaces
          .toSorted((a, b) => rankOf(a) - rankOf(b) || totalOf(b) - totalOf(a))
          .map((space) => present(space, actor)),
        disks: actor.capabilities.has("server.read") ? storage.volumes().map(disk) : [],
        seesEveryone,
      };
    },
    "usage.largest": (context, { spaceId, limit }) => {
      const { actor } = context;
      access.require(actor, "read", { spaceId });
      context.checked(`space ${spaceId}`);
      const root = storage.node(storage.rootIdOf(spaceId));
      if (root === undefined) throw new AppError("not-found");
      const filter = access.sightOf(actor).entries;
      const { files, complete } = largestFiles(storage, root, { limit, filter });
      return { files: files.map(({ id }) => largeFile(id)), complete };
    },
    "usage.setQuota": async (_, { spaceId, quotaBytes }) => {
      if (storage.space(spaceId).kind === "home")
        throw new AppError("bad-request", "The limit of a home is set where its person is.");
      db.transaction(() => storage.setQuota(spaceId, quotaBytes));
      await db.sync();
      return {};
    },
  });
  return { implementations, jobHandlers: [sampleHandler({ ...deps, repository })] };

  function disk({ name, online, sizeBytes, freeBytes }: ReturnType<Storage["volumes"]>[number]) {
    return { name, online, sizeBytes, freeBytes, fill: fillOf(`disk ${name}`, sizeBytes - freeBytes, sizeBytes) };
  }
  /** With the folders above it, all of which whoever sees it by way of its space sees too. */
  function largeFile(nodeId: number) {
    const lineage = storage.lineage(nodeId);
    const file = lineage.at(-1);
    if (file === undefined || file.parentId === null) throw new AppError("not-found");
    const { id, parentId, name, sizeBytes, modifiedAtMs } = file;
    const folderPath = lineage.slice(1, -1).map((folder) => folder.name);
    return { id, parentId, name, folderPath: folderPath.join("/"), sizeBytes, modifiedAtMs: Math.trunc(modifiedAtMs) };
  }
}

const totalOf = ({ usedBytes, trashBytes, versionBytes }: SpaceInfo) => usedBytes + trashBytes + versionBytes;

function mayLookAfter({ capabilities }: Actor): boolean {
  return capabilities.has("people.manage") || capabilities.has("server.read");
}

function presenter(
  { storage, access, clock, personNamed }: UsageDeps,
  fillOf: (subject: string, usedBytes: number, limitBytes: number | null) => PlaceUsage["fill"],
) {
  const byKind = createKinds(storage, clock);
  return (space: SpaceInfo, actor: Actor) => {
    const { id: spaceId, kind, usedBytes, trashBytes, versionBytes, quotaBytes, rootId } = space;
    const person = kind === "home" ? personNamed(space.name) : undefined;
    return {
      spaceId,
      kind,
      name: person?.displayName ?? space.name,
      personId: person?.id ?? null,
      rootId: access.can(actor, "read", { spaceId }) ? rootId : null,
      online: storage.volumes().some(({ name, online }) => name === space.volume && online),
      usedBytes,
      trashBytes,
      versionBytes,
      quotaBytes,
      byKind: byKind(spaceId, storage.node(rootId)?.etag ?? ""),
      fill: fillOf(`space ${spaceId}`, usedBytes + trashBytes, quotaBytes),
    };
  };
}
