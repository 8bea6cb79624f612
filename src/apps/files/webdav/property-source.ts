import type { Actor } from "#platform/usecase";
import type { Call } from "./call.ts";
import type { NodeInfo, SpaceInfo } from "#storage/primary";
import type { NodeRights, PropertySource } from "./live-properties.ts";
import { lockDiscoveryXml } from "./lock-xml.ts";
import type { Dav } from "./dav.ts";
import { hrefOfNode } from "./target.ts";
import { listId } from "./virtual.ts";

const noRights: NodeRights = { canWrite: false, canShare: false, canLeave: false };

/** What properties of `folder` and of its children need, looked up once each. */
export function createPropertySource(dav: Dav, call: Call, folder: NodeInfo): PropertySource {
  const { actor } = call;
  const quotas = new Map<number, ReturnType<PropertySource["quota"]>>();
  const { access } = dav;
  const rights = new Map<number, NodeRights>();
  const writable = new Map<number, boolean>();
  const isPlain = access.isPlain(actor);
  const rightsOf = ({ id, spaceId, parentId }: NodeInfo): NodeRights => {
    const canWrite = access.can(actor, "write", { spaceId, nodeId: id });
    const isParentWritable = (nodeId: number) =>
      memo(writable, nodeId, () => access.can(actor, "write", { spaceId, nodeId }));
    return {
      canWrite,
      canShare: access.can(actor, "share", { spaceId, nodeId: id }),
      canLeave: parentId !== null && canWrite && isParentWritable(parentId),
    };
  };
  const above = once(() => dav.locks.covering(folder.id).filter(({ isDeep }) => isDeep));
  return {
    lockDiscovery: (node) => {
      if (!dav.locks.any()) return "<d:lockdiscovery/>";
      const own = dav.locks.on(node.id);
      const inherited = above().filter(({ nodeId }) => nodeId !== node.id);
      return lockDiscoveryXml([...own, ...inherited], dav.clock.now(), (nodeId) => hrefOfNode(dav, call, nodeId));
    },
    quota: (spaceId) =>
      // A client that mounts `/dav/` asks there whether anything fits: the answer is that of the home.
      memo(quotas, spaceId, () =>
        quotaOf(dav, actor, spaceId === listId ? dav.findSpace("home", actor.name)?.id : spaceId),
      ),
    rights: (node) => {
      if (node.id === listId) return noRights;
      if (!isPlain) return rightsOf(node);
      // For whom no entry concerns, everything in a space but its root is alike.
      const key = node.parentId === null ? -node.spaceId : node.spaceId;
      return rights.get(key) ?? memo(rights, key, () => rightsOf(node));
    },
  };
}

/** How full a space is concerns its members; whoever was let into a part of it only needs to know what fits. */
function quotaOf(dav: Dav, actor: Actor, spaceId: number | undefined): ReturnType<PropertySource["quota"]> {
  const space = dav.storage.spaces().find(({ id }) => id === spaceId);
  if (space === undefined) return { usedBytes: 0, availableBytes: 0 };
  const isMember = dav.access.can(actor, "read", { spaceId: space.id });
  return { usedBytes: isMember ? space.usedBytes : 0, availableBytes: availableBytes(dav, space) };
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
