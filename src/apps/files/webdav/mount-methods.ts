import { AppError } from "#platform/errors";
import { evaluateConditions } from "#platform/http";
import type { NodeInfo } from "#storage/primary";
import type { Call } from "./call.ts";
import { readDestination } from "./headers.ts";
import type { Dav } from "./dav.ts";
import { syncHeaders } from "./sync-headers.ts";
import { isMountRoot, locate, requireNode } from "./target.ts";

/** MOVE of a share or a space itself: another name, or another folder of the home, for the caller alone. Always 201. */
export async function moveMount(dav: Dav, call: Call): Promise<Response> {
  const { node } = requireMount(dav, call);
  const names = readDestination(call.request, call.surface.addresses).names;
  await takingTaken(() => dav.mounts.move(call.actor, node.id, placeOf(dav, call, names)));
  return new Response(null, { status: 201, headers: syncHeaders(node) });
}

/** DELETE of a share itself: declined, which takes it from the caller's tree and changes nothing for anybody else. */
export async function removeMount(dav: Dav, call: Call): Promise<Response> {
  const { node } = requireMount(dav, call);
  if (call.path.names[0] === "spaces") throw new AppError("forbidden", "A shared space cannot be deleted here.");
  await dav.mounts.decline(call.actor, node.id);
  return new Response(null, { status: 204 });
}

function requireMount(dav: Dav, call: Call): { readonly node: NodeInfo } {
  const { node } = requireNode(locate(dav, call.actor, call.path.names));
  if (call.actor.readOnly) throw new AppError("forbidden", "This app password may only read.");
  if (evaluateConditions(call.request, node) === "failed") throw new AppError("precondition-failed");
  dav.checks.requireIf(call);
  return { node };
}

/** Where a destination lets it stand. Throws `forbidden`, `conflict`, `precondition-failed`. */
function placeOf(dav: Dav, call: Call, names: readonly string[]): { readonly folderId?: number | null; name: string } {
  const name = names.at(-1) ?? "";
  const [area] = call.path.names;
  if (call.surface.placesMounts !== true) {
    if (isMountRoot(names) && names[0] === area) return { name };
    throw new AppError("forbidden", `It stays in ${area}/, where it can be called something else.`);
  }
  const isSame = names.join("/") === call.path.names.join("/");
  if (isSame) throw new AppError("forbidden", "Source and destination are the same.");
  if (names[0] !== "home") throw new AppError("forbidden", "What is shared cannot be put into something else that is.");
  const target = locate(dav, call.actor, names);
  if (target.kind === "node") throw new AppError("precondition-failed", "The destination exists.");
  if (target.kind !== "free" || target.parent === undefined) {
    throw new AppError("conflict", "The folder above the destination does not exist.");
  }
  return { folderId: target.parent.id, name };
}

/** A taken name is what clients know as a failed condition here (RFC 4918 §9.9.4). */
async function takingTaken(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "exists") throw thrown;
    throw new AppError("precondition-failed", thrown.detail, { cause: thrown });
  }
}
