import { requireRemovable, requireRenamable, requireReplaceable, visibleNode } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { NodeInfo, Place } from "#storage/primary";
import type { Call } from "./call.ts";
import { readDepth, readDestination, readMtimeMs, readOverwrite } from "./headers.ts";
import type { Dav } from "./dav.ts";
import type { Lock } from "./repository.ts";
import { writtenHeaders } from "./sync-headers.ts";
import { moveMount } from "./mount-methods.ts";
import { isMountRoot, locate, type NodeTarget, notThere, type Target } from "./target.ts";

/** A large tree may be copied for longer than the usual idle time. */
const longIdleSeconds = 255;

interface Relocation {
  readonly isMove: boolean;
  readonly source: NodeTarget;
  readonly spaceId: number;
  readonly place: Place;
  readonly replace: boolean;
  /** COPY with Depth 0: the folder without what is in it. */
  readonly shallow: boolean;
}

/** COPY (RFC 4918 §9.8). */
export function copy(dav: Dav, call: Call): Promise<Response> {
  return relocate(dav, call, false);
}

/** MOVE (RFC 4918 §9.9): keeps ids and properties; locks stay behind and end. */
export function move(dav: Dav, call: Call): Promise<Response> {
  return relocate(dav, call, true);
}

async function relocate(dav: Dav, call: Call, isMove: boolean): Promise<Response> {
  if (isMove && isMountRoot(call.path.names)) return moveMount(dav, call);
  const modifiedAtMs = readMtimeMs(call.request);
  const relocation = readRelocation(dav, call, isMove);
  call.context.setIdleTimeout(longIdleSeconds);
  const ended: Lock[] = [];
  const guard = (existing: NodeInfo | undefined) => {
    ended.length = 0;
    ended.push(...requireRelocation(dav, call, relocation, existing));
  };
  const written = await act(dav, call, relocation, guard);
  await dav.endLocks(ended);
  const node =
    modifiedAtMs === undefined
      ? written.node
      : await dav.storage.touch(written.node.id, modifiedAtMs, { actor: call.actor });
  return new Response(null, { status: written.created ? 201 : 204, headers: writtenHeaders(node, modifiedAtMs) });
}

function readRelocation(dav: Dav, call: Call, isMove: boolean): Relocation {
  const depth = readDepth(call.request, "infinity");
  const replace = readOverwrite(call.request);
  const names = readDestination(call.request, call.surface.addresses).names;
  const source = locate(dav, call.actor, call.path.names);
  if (source.kind === "list") throw new AppError("forbidden", "This list cannot be copied or moved.");
  if (source.kind !== "node") throw notThere(source);
  const isFolder = source.node.kind === "folder";
  if (depth === 1 || (isMove && isFolder && depth !== "infinity")) {
    throw new AppError("bad-request", "Depth is infinity here, or 0 for a COPY.");
  }
  if (isMove && source.node.parentId === null)
    throw new AppError("forbidden", "The top folder of a space cannot be moved.");
  const shallow = isFolder && depth === 0;
  const target = locate(dav, call.actor, names);
  const place = placeOf(target);
  if (target.kind === "node" && target.node.id === source.node.id && place.name === source.node.name) {
    throw new AppError("forbidden", "Source and destination are the same.");
  }
  if (!shallow && dav.storage.isWithin(place.parentId, source.node.id)) {
    throw new AppError("forbidden", "A folder cannot be put into itself.");
  }
  return {
    isMove,
    source,
    replace,
    shallow,
    spaceId: place.spaceId,
    place: { parentId: place.parentId, name: place.name },
  };
}

function placeOf(target: Target): Place & { readonly spaceId: number } {
  if (target.kind === "list" || target.kind === "nowhere") throw new AppError("forbidden", "Nothing can be put there.");
  const { space, names } = target;
  if (isMountRoot(names)) throw new AppError("forbidden", "Something that was shared stands there.");
  const parentId = target.kind === "node" ? target.node.parentId : target.parent?.id;
  if (parentId === undefined) throw new AppError("conflict", "The folder above the destination does not exist.");
  if (parentId === null) throw new AppError("forbidden", "The top folder of a space cannot be replaced.");
  return { spaceId: space.id, parentId, name: names.at(-1) ?? "" };
}

/** All checks; answers the locks that end when the act is done. */
function requireRelocation(
  dav: Dav,
  call: Call,
  { isMove, source, spaceId, place, replace }: Relocation,
  existing: NodeInfo | undefined,
): Lock[] {
  const { checks, locks } = dav;
  const current = visibleNode(dav, call.actor, source.node.id);
  if (isMove && current.parentId === place.parentId) requireRenamable(dav, call.actor, current);
  else if (isMove) requireRemovable(dav, call.actor, current);
  const isReplacing = existing !== undefined && existing.id !== current.id;
  if (isReplacing && !replace) throw new AppError("precondition-failed", "The destination exists.");
  if (isReplacing) requireReplaceable(dav, call.actor, existing);
  checks.requireWrite(call, {
    on: { spaceId, nodeId: place.parentId },
    current,
    locks: [
      ...(isMove ? checks.removalLocks(current) : []),
      ...(isReplacing ? checks.removalLocks(existing) : checks.memberLocks(place.parentId)),
    ],
  });
  const leaving = [...(isMove ? [current] : []), ...(isReplacing ? [existing] : [])];
  return leaving.flatMap((node) => [...locks.on(node.id), ...locks.below(node.id)]);
}

async function act(
  dav: Dav,
  { actor }: Call,
  { isMove, source, spaceId, place, replace, shallow }: Relocation,
  guard: (existing: NodeInfo | undefined) => void,
): Promise<{ node: NodeInfo; created: boolean }> {
  const { storage, access } = dav;
  const nodeId = source.node.id;
  const isSameVolume = source.space.volume === storage.space(spaceId).volume;
  if (isMove && isSameVolume) return storage.move(nodeId, place, { actor, replace, guard });
  const filter = access.sightOf(actor).entries;
  const { pairs, ...written } = await storage.copy(nodeId, place, { actor, replace, guard, shallow, filter });
  // A file that was copied over has kept its id, and has the properties of the source now.
  dav.properties.forget(pairs.map(([, copiedId]) => copiedId));
  dav.properties.copy(pairs);
  await dav.db.sync();
  // Between disks a move is a copy, then the original goes into the trash.
  if (isMove) await storage.remove(nodeId, { actor });
  return written;
}
