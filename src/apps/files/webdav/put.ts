import { requireShown } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Guard, NodeInfo } from "#storage/primary";
import type { Call } from "./call.ts";
import { readAnnounced, readMtimeMs } from "./headers.ts";
import type { Dav } from "./dav.ts";
import { writtenHeaders } from "./sync-headers.ts";
import { locate, type Target } from "./target.ts";

/** A body of this size may take longer than the usual idle time to sync to disk. */
const largeBodyBytes = 64 * 1024 * 1024;
const largeBodyIdleSeconds = 255;
const smallBodyBytes = 64 * 1024;

/** PUT (RFC 9110 §9.3.4, RFC 4918 §9.7): 201 for a new file, 204 for a replaced one, 409 without the folder above. */
export async function put(dav: Dav, call: Call): Promise<Response> {
  const { request, actor } = call;
  if (request.headers.has("content-range")) throw new AppError("bad-request", "A PUT of a part is not supported.");
  const modifiedAtMs = readMtimeMs(request);
  const announced = readAnnounced(request);
  const { place, guard } = openFilePlace(dav, call);
  const requireHeld = call.context.limitTo({ actor, holds: (now) => mayStillPut(dav, now, place) });
  if ((announced.sizeBytes ?? largeBodyBytes) >= largeBodyBytes) call.context.setIdleTimeout(largeBodyIdleSeconds);
  // Taken whole, a small body costs a fraction of the stream it would otherwise become.
  const isSmall = announced.sizeBytes !== undefined && announced.sizeBytes <= smallBodyBytes;
  const body = isSmall ? await request.bytes() : request.body;
  const options = { actor, guard: alsoHeld(guard, requireHeld), modifiedAtMs, ...announced };
  const { node, created } = await dav.storage.put(place, body, options);
  return new Response(null, { status: created ? 201 : 204, headers: writtenHeaders(node, modifiedAtMs) });
}

/** The guard, for whoever began to send this and may send it still. */
function alsoHeld(guard: Guard, requireHeld: () => void): Guard {
  return (existing) => {
    requireHeld();
    guard(existing);
  };
}

function mayStillPut({ access, storage }: Dav, actor: Actor, { spaceId, parentId, name }: FilePlace): boolean {
  return access.can(actor, "write", { spaceId, nodeId: storage.child(parentId, name)?.id ?? parentId });
}

/**
 * Where the file of a call goes, and what must hold when it is put there. Checked at once, so that a refusal costs no transfer;
 * the guard is for once more, when the content stands on the disk.
 */
export function openFilePlace(dav: Dav, call: Call): { readonly place: FilePlace; readonly guard: Guard } {
  const target = locate(dav, call.actor, call.path.names);
  const place = filePlace(call, target);
  const guard = (existing: NodeInfo | undefined) => {
    if (existing !== undefined) requireShown(dav, call.actor, existing);
    if (existing?.kind === "folder")
      throw new AppError("method-not-allowed", "A folder cannot be overwritten by a file.");
    const locks = existing === undefined ? dav.checks.memberLocks(place.parentId) : dav.checks.contentLocks(existing);
    const nodeId = existing?.id ?? place.parentId;
    dav.checks.requireWrite(call, { on: { spaceId: place.spaceId, nodeId }, current: existing, locks });
  };
  guard(target.kind === "node" ? target.node : undefined);
  return { place, guard };
}

interface FilePlace {
  readonly spaceId: number;
  readonly parentId: number;
  readonly name: string;
}

function filePlace(call: Call, target: Target): FilePlace {
  if (target.kind === "list") throw new AppError("method-not-allowed", "This is a list of folders.");
  if (target.kind === "nowhere") throw new AppError("forbidden");
  if (target.kind === "free") {
    if (target.parent === undefined) throw new AppError("conflict", "The folder does not exist.");
    if (call.path.endsWithSlash) throw new AppError("conflict", "The address of a file has no slash at its end.");
    return { spaceId: target.space.id, parentId: target.parent.id, name: target.name };
  }
  const { node, space } = target;
  if (node.kind === "folder" || node.parentId === null) {
    throw new AppError("method-not-allowed", "A folder cannot be overwritten by a file.");
  }
  return { spaceId: space.id, parentId: node.parentId, name: node.name };
}
