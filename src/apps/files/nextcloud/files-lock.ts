import { type Dav, type Lock, lockKinds } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { ocsFailure, type OcsValue } from "./ocs.ts";
import type { OcsCall, OcsOperation } from "./ocs-routes.ts";
import { readParameters } from "./share-input.ts";

const base = "apps/files_lock/lock";
const defaultSeconds = 30 * 60;

/** `files_lock` over OCS: PUT and DELETE of a file's id; 423 tells who holds the lock, 412 that there is none. */
export function lockOcsOperations(dav: Dav): readonly OcsOperation[] {
  const fileOf = (actor: Actor, rest: string): NodeInfo => {
    const id = /^\d{1,15}$/.test(rest) ? Number(rest) : 0;
    const node = dav.storage.node(id);
    if (node === undefined || !dav.access.can(actor, "read", { spaceId: node.spaceId, nodeId: id })) {
      throw new AppError("not-found", "There is no such file.");
    }
    if (node.kind !== "file") throw new AppError("bad-request", "Only a file can be locked.");
    return node;
  };
  const held = ({ form }: OcsCall, actor: Actor, lock: Lock) => {
    const { holder } = dav.appLocks.shown(actor, lock);
    return ocsFailure(form, 423, 423, `File is currently locked by ${holder.displayName}`, element(actor, lock));
  };
  const element = (actor: Actor, lock: Lock): OcsValue => {
    const { holder, isOwn } = dav.appLocks.shown(actor, lock);
    return {
      id: lock.nodeId,
      uri: "",
      userId: holder.id,
      displayName: holder.displayName,
      fileId: lock.nodeId,
      token: isOwn ? lock.token.replace(/^opaquelocktoken:/, "") : "",
      eta: Math.max(0, Math.ceil((lock.expiresAtMs - dav.clock.now()) / 1000)),
      creation: Math.floor(lock.createdAtMs / 1000),
      type: lock.kind,
    };
  };
  return [
    {
      key: `PUT ${base}/*`,
      handle: async (call, actor) => {
        const node = fileOf(actor, call.rest);
        const type = (await readParameters(call)).get("lockType") ?? "0";
        if (type !== "0" && type !== "2") throw new AppError("bad-request", "lockType is 0 or 2.");
        const kind = type === "0" ? lockKinds.person : lockKinds.token;
        const { lock, isGranted } = await dav.appLocks.lock(actor, node, { kind, seconds: defaultSeconds });
        return isGranted ? element(actor, lock) : held(call, actor, lock);
      },
    },
    {
      key: `DELETE ${base}/*`,
      handle: async (call, actor) => {
        const node = fileOf(actor, call.rest);
        const [lock] = dav.locks.on(node.id);
        if (lock === undefined) return ocsFailure(call.form, 412, 412, "File is not locked");
        if (!dav.appLocks.mayEnd(actor, node, lock)) return held(call, actor, lock);
        await dav.appLocks.end(actor, node);
        return [];
      },
    },
  ];
}
