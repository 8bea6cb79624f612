import { at } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import { evaluateConditions } from "#platform/http";
import type { NodeInfo } from "#storage/primary";
import { appLockProperties, appLockXml } from "./app-lock-xml.ts";
import type { Call } from "./call.ts";
import type { Dav } from "./dav.ts";
import { readLockSeconds } from "./headers.ts";
import { type Lock, lockKinds } from "./repository.ts";
import { locate, requireNode } from "./target.ts";
import { davNamespace, nextcloudNamespace, xmlHeader, xmlResponse } from "./xml-write.ts";

/** LOCK and UNLOCK of Nextcloud's apps: without a body and a token, in the name of the person. */
export function isAppLock({ request }: Call): boolean {
  return /^(1|true)$/i.test(request.headers.get("x-user-lock") ?? "");
}

/** Locks a file for the person (type 0) or for one program of theirs (type 2): 200, or 423 with who holds it. */
export async function lockByApp(dav: Dav, call: Call): Promise<Response> {
  const node = fileOf(dav, call);
  const type = call.request.headers.get("x-user-lock-type")?.trim() || "0";
  if (type !== "0" && type !== "2") throw new AppError("bad-request", "X-User-Lock-Type is 0 or 2.");
  const kind = type === "0" ? lockKinds.person : lockKinds.token;
  const { lock, isGranted } = await dav.appLocks.lock(call.actor, node, {
    kind,
    seconds: readLockSeconds(call.request),
  });
  return answer(dav, call, node, isGranted ? 200 : 423, lock);
}

/** 200, 412 when the file is not locked, 423 with who holds it when that may not be broken. */
export async function unlockByApp(dav: Dav, call: Call): Promise<Response> {
  const node = fileOf(dav, call);
  const [lock] = dav.locks.on(node.id);
  if (lock === undefined) return answer(dav, call, node, 412, undefined);
  if (!dav.appLocks.mayEnd(call.actor, node, lock)) return answer(dav, call, node, 423, lock);
  await dav.appLocks.end(call.actor, node);
  return answer(dav, call, node, 200, undefined);
}

function fileOf(dav: Dav, call: Call): NodeInfo {
  const { node } = requireNode(locate(dav, call.actor, call.path.names));
  if (node.kind !== "file") throw new AppError("forbidden", "Only a file can be locked like this.");
  dav.access.require(call.actor, "write", at(node));
  if (evaluateConditions(call.request, node) === "failed") throw new AppError("precondition-failed");
  return node;
}

function answer(dav: Dav, call: Call, node: NodeInfo, status: number, lock: Lock | undefined): Response {
  const shown = lock && dav.appLocks.shown(call.actor, lock);
  const properties = appLockProperties.map((name) => appLockXml(name, shown) ?? `<nc:${name}/>`).join("");
  return xmlResponse(
    status,
    `${xmlHeader}<d:prop xmlns:d="${davNamespace}" xmlns:nc="${nextcloudNamespace}">` +
      `<d:getetag>"${node.etag}"</d:getetag>${properties}</d:prop>`,
  );
}
