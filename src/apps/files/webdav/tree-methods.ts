import { at, requireRemovable } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { Call } from "./call.ts";
import { readDepth } from "./headers.ts";
import type { Dav } from "./dav.ts";
import { syncHeaders } from "./sync-headers.ts";
import { removeMount } from "./mount-methods.ts";
import { isMountRoot, locate, notThere } from "./target.ts";

/** MKCOL (RFC 4918 §9.3): 405 when the name is taken, 409 without the folder above, 415 for any body. */
export async function mkcol(dav: Dav, call: Call): Promise<Response> {
  const { request, actor } = call;
  if (await hasBody(request)) throw new AppError("unsupported-type", "MKCOL takes no body.");
  const target = locate(dav, actor, call.path.names);
  if (target.kind === "nowhere") throw new AppError("forbidden", "Shared spaces are made on the page.");
  if (target.kind !== "free") throw new AppError("method-not-allowed", "The name is taken.");
  const { parent, name } = target;
  if (parent === undefined) throw new AppError("conflict", "The folder above does not exist.");
  const node = await dav.storage.makeFolder(
    { parentId: parent.id, name },
    {
      actor,
      guard: (existing) => {
        if (existing !== undefined) throw new AppError("method-not-allowed", "The name is taken.");
        const locks = dav.checks.memberLocks(parent.id);
        dav.checks.requireWrite(call, { on: at(parent), current: undefined, locks });
      },
    },
  );
  return new Response(null, { status: 201, headers: syncHeaders(node) });
}

/** A body is looked for rather than believed: a chunked one announces no length. */
async function hasBody(request: Request): Promise<boolean> {
  if (request.body === null || request.headers.get("content-length") === "0") return false;
  const reader = request.body.getReader();
  try {
    for (let first = await reader.read(); !first.done; first = await reader.read()) {
      if (first.value.byteLength > 0) return true;
    }
    return false;
  } finally {
    await reader.cancel();
  }
}

/** DELETE (RFC 4918 §9.6): into the trash. Locks on what goes end with it. */
export async function remove(dav: Dav, call: Call): Promise<Response> {
  if (isMountRoot(call.path.names)) return removeMount(dav, call);
  const depth = readDepth(call.request, "infinity");
  const target = locate(dav, call.actor, call.path.names);
  if (target.kind === "list") throw new AppError("forbidden", "This list cannot be deleted.");
  if (target.kind !== "node") throw notThere(target);
  const { node } = target;
  if (node.kind === "folder" && depth !== "infinity") {
    throw new AppError("bad-request", "A folder is deleted with everything in it: Depth infinity.");
  }
  if (node.parentId === null) throw new AppError("forbidden", "The top folder of a space cannot be deleted.");
  let ended: ReturnType<typeof dav.locks.on> = [];
  const { trashId } = await dav.storage.remove(node.id, {
    actor: call.actor,
    guard: (existing) => {
      if (existing === undefined) throw new AppError("not-found");
      requireRemovable(dav, call.actor, existing);
      dav.checks.requireWrite(call, { on: at(existing), current: existing, locks: dav.checks.removalLocks(existing) });
      ended = [...dav.locks.on(existing.id), ...dav.locks.below(existing.id)];
    },
  });
  await dav.endLocks(ended);
  // Sync clients say so of what they made for themselves only.
  if (call.request.headers.get("x-nc-skip-trashbin") === "true") await dav.storage.trash.purge(trashId);
  return new Response(null, { status: 204 });
}
