import type { Actor } from "#platform/usecase";
import type { NodeResource } from "#security/access";
import type { NodeInfo, SpaceInfo } from "#storage/primary";
import type { PropertySource } from "./live-properties.ts";
import { lockDiscoveryXml } from "./lock-xml.ts";
import type { Dav } from "./dav.ts";
import { hrefOfNode } from "./target.ts";
import { listId } from "./virtual.ts";

/** What properties of `folder` and of its children need, looked up once each. */
export function createPropertySource(dav: Dav, actor: Actor, folder: NodeInfo): PropertySource {
  const quotas = new Map<number, ReturnType<PropertySource["quota"]>>();
  const rights = new Map<number, { readonly canWrite: boolean; readonly canShare: boolean }>();
  const rightsAt = (resource: NodeResource) => ({
    canWrite: dav.access.can(actor, "write", resource),
    canShare: dav.access.can(actor, "share", resource),
  });
  const isPlain = dav.access.isPlain(actor);
  const above = once(() => dav.locks.covering(folder.id).filter(({ isDeep }) => isDeep));
  return {
    lockDiscovery: (node) => {
      if (!dav.locks.any()) return "<d:lockdiscovery/>";
      const own = dav.locks.on(node.id);
      const inherited = above().filter(({ nodeId }) => nodeId !== node.id);
      return lockDiscoveryXml([...own, ...inherited], dav.clock.now(), (nodeId) => hrefOfNode(dav, actor, nodeId));
    },
    quota: (spaceId) =>
      // A client that mounts `/dav/` asks there whether anything fits: the answer is that of the home.
      memo(quotas, spaceId, () => quotaOf(dav, spaceId === listId ? dav.findSpace("home", actor.name)?.id : spaceId)),
    rights: ({ id, spaceId, parentId }) => {
      if (id === listId) return { canWrite: false, canShare: false, canLeave: false };
      const own = isPlain ? memo(rights, spaceId, () => rightsAt({ spaceId })) : rightsAt({ spaceId, nodeId: id });
      const isMovable = parentId !== null && own.canWrite;
      const canLeave = isMovable && (isPlain || dav.access.can(actor, "write", { spaceId, nodeId: parentId }));
      return { ...own, canLeave };
    },
  };
}

function quotaOf(dav: Dav, spaceId: number | undefined): ReturnType<PropertySource["quota"]> {
  const space = dav.storage.spaces().find(({ id }) => id === spaceId);
  if (space === undefined) return { usedBytes: 0, availableBytes: 0 };
  return { usedBytes: space.usedBytes, availableBytes: availableBytes(dav, space) };
}

function availableBytes(dav: Dav, space: SpaceInfo): number {
  const freeBytes = dav.storage.volumes().find(({ name }) => name === space.volume)?.freeBytes ?? 0;
  if (space.quotaBytes === null) return freeBytes;
  return Math.max(0, Math.min(freeBytes, space.quotaBytes - space.usedBytes - space.trashBytes));
}

function memo<Key, Value>(kept: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = kept.get(key);
  if (value === undefined) {
    value = make();
    kept.set(key, value);
  }
  return value;
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
