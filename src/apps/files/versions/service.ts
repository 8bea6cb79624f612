import { requireWritable, visibleNode } from "#apps/files/browse";
import { versionsContract } from "#contract/apps/files/versions";
import { AppError } from "#platform/errors";
import type { Route } from "#platform/http";
import type { JobHandler } from "#platform/jobs";
import { type Actor, implement, type Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo, Version } from "#storage/primary";
import { createContentRoute } from "./content-route.ts";
import { restoreVersion } from "./restore.ts";
import { thinHandler, type ThinDeps } from "./thin-job.ts";

export interface VersionsDeps extends ThinDeps {
  readonly access: Access;
  /** Undefined for somebody who is gone. */
  readonly personName: (userId: number) => string | undefined;
}

export interface Versions {
  readonly implementations: readonly Implementation[];
  /** `/api/files/version/`. */
  readonly routes: readonly Route[];
  /** The handler of `versionsThin`. */
  readonly jobHandlers: readonly JobHandler[];
}

/** Earlier contents of files, for whoever may see the file. */
export function createVersions(deps: VersionsDeps): Versions {
  const { storage, access, personName } = deps;
  const nameOf = (userId: number | null) => (userId === null ? null : (personName(userId) ?? null));
  const present = ({ number, sizeBytes, modifiedAtMs, replacedAtMs, authorId, replacedById }: Version) => ({
    number,
    sizeBytes,
    modifiedAtMs,
    replacedAtMs,
    author: nameOf(authorId),
    replacedBy: nameOf(replacedById),
  });
  const visibleFile = (actor: Actor, nodeId: number): NodeInfo => {
    const node = visibleNode(deps, actor, nodeId);
    if (node.kind !== "file") throw new AppError("bad-request", `${node.name} is a folder; only files have versions.`);
    return node;
  };

  const implementations = implement(versionsContract, {
    "versions.list": (context, { nodeId }) => {
      const node = visibleFile(context.actor, nodeId);
      context.checked(`node ${nodeId}`);
      const versions = storage.versions.list(nodeId);
      return {
        versions: versions.map(present),
        sizeBytes: versions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        canWrite: access.can(context.actor, "write", { spaceId: node.spaceId, nodeId }),
      };
    },
    "versions.restore": async (context, { nodeId, number }) => {
      visibleFile(context.actor, nodeId);
      const node = requireWritable(deps, context.actor, nodeId);
      context.checked(`node ${nodeId}`);
      return restoreVersion(deps, context.actor, node, number);
    },
    "versions.remove": async (context, { nodeId, numbers }) => {
      visibleFile(context.actor, nodeId);
      requireWritable(deps, context.actor, nodeId);
      context.checked(`node ${nodeId}`);
      return { removed: await storage.versions.remove(nodeId, [...new Set(numbers)]) };
    },
  });
  return { implementations, routes: [createContentRoute(deps)], jobHandlers: [thinHandler(deps)] };
}
