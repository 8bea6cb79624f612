import { at, requireShown } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { NodeInfo } from "#storage/primary";
import type { Call } from "./call.ts";
import { DavError } from "./errors.ts";
import { isAppLock, lockByApp, unlockByApp } from "./app-lock-methods.ts";
import { readDepth, readLockSeconds } from "./headers.ts";
import { lockDiscoveryXml } from "./lock-xml.ts";
import type { Dav } from "./dav.ts";
import { type Lock, lockKinds } from "./repository.ts";
import { hrefOfNode, locate, notThere, type Target } from "./target.ts";
import { davChild, isDav, readXml, type XmlElement } from "./xml-read.ts";
import { multistatusClose, multistatusOpen, xmlHeader, xmlResponse } from "./xml-write.ts";

const maxOwnerLength = 16 * 1024;

interface Wanted {
  readonly isDeep: boolean;
  readonly isExclusive: boolean;
  readonly ownerXml: string;
  readonly timeoutSeconds: number;
}

/** LOCK (RFC 4918 §9.10): a new lock, or with no body a refresh. A name that is free becomes an empty file (§7.3). */
export async function lock(dav: Dav, call: Call): Promise<Response> {
  if (isAppLock(call)) return lockByApp(dav, call);
  const root = await readXml(call.request);
  const target = locate(dav, call.actor, call.path.names);
  if (target.kind === "list") throw new AppError("forbidden", "This list cannot be locked.");
  if (target.kind === "nowhere") throw new AppError("forbidden");
  if (root === undefined) return refresh(dav, call, target);
  const wanted = readWanted(call, root);
  if (target.kind === "free") return lockNewFile(dav, call, target, wanted);
  const { node } = target;
  dav.checks.requireWrite(call, { on: at(node), current: node, locks: [] });
  const conflict = conflictOf(dav, call, node, wanted);
  if (conflict !== undefined) return conflict;
  return grant(dav, call, node, wanted, 200);
}

function readWanted({ request }: Call, root: XmlElement): Wanted {
  if (!isDav(root, "lockinfo")) throw new AppError("bad-request", "The body is no lockinfo element.");
  const scope = davChild(root, "lockscope")?.children[0];
  const type = davChild(root, "locktype")?.children[0];
  const isExclusive = scope !== undefined && isDav(scope, "exclusive");
  if (scope === undefined || !(isExclusive || isDav(scope, "shared")) || type === undefined || !isDav(type, "write")) {
    throw new AppError("bad-request", "A lock is a write lock, exclusive or shared.");
  }
  const depth = readDepth(request, "infinity");
  if (depth === 1) throw new AppError("bad-request", "The depth of a lock is 0 or infinity.");
  const owner = davChild(root, "owner")?.toXml() ?? "";
  if (owner.length > maxOwnerLength) throw new AppError("too-large", "The owner of the lock is too long.");
  return { isDeep: depth === "infinity", isExclusive, ownerXml: owner, timeoutSeconds: readLockSeconds(request) };
}

async function lockNewFile(
  dav: Dav,
  call: Call,
  { parent, name }: Extract<Target, { kind: "free" }>,
  wanted: Wanted,
): Promise<Response> {
  if (parent === undefined) throw new AppError("conflict", "The folder does not exist.");
  const { node } = await dav.storage.put({ parentId: parent.id, name }, null, {
    actor: call.actor,
    sizeBytes: 0,
    guard: (existing) => {
      if (existing !== undefined) {
        requireShown(dav, call.actor, existing);
        throw new DavError("locked", "Somebody else has just made this file.", {});
      }
      const locks = dav.checks.memberLocks(parent.id);
      dav.checks.requireWrite(call, { on: at(parent), current: undefined, locks });
    },
  });
  return conflictOf(dav, call, node, wanted) ?? grant(dav, call, node, wanted, 201);
}

/** The answer when other locks are in the way; undefined when there are none. */
function conflictOf(dav: Dav, call: Call, node: NodeInfo, wanted: Wanted): Response | undefined {
  // What somebody has locked for themselves is open to their programs, also to one that locks it once more.
  const isMine = ({ kind, userId }: Lock) => kind === lockKinds.person && userId === call.actor.userId;
  const conflicts = dav.locks.conflicts(node.id, wanted).filter((lock) => !isMine(lock));
  if (conflicts.length === 0) return undefined;
  const hrefs = [...new Set(conflicts.map(({ nodeId }) => hrefOfNode(dav, call, nodeId)))];
  const below = conflicts.filter(({ nodeId }) => nodeId !== node.id && dav.storage.isWithin(nodeId, node.id));
  if (below.length < conflicts.length) {
    const list = hrefs.map((href) => `<d:href>${href}</d:href>`).join("");
    throw new DavError("locked", "Somebody else holds a lock.", {
      conditionXml: `<d:no-conflicting-lock>${list}</d:no-conflicting-lock>`,
    });
  }
  // RFC 4918 §9.10.9: name what is locked below, and the folder that could not be locked because of it.
  const rows = hrefs.map((href) => statusRow(href, "423 Locked")).join("");
  const own = statusRow(`${call.surface.addresses.href(call.path.names)}/`, "424 Failed Dependency");
  return xmlResponse(207, `${multistatusOpen}${rows}${own}${multistatusClose}`);
}

function statusRow(href: string, status: string): string {
  return `<d:response><d:href>${href}</d:href><d:status>HTTP/1.1 ${status}</d:status></d:response>`;
}

async function grant(dav: Dav, call: Call, node: NodeInfo, wanted: Wanted, status: number): Promise<Response> {
  const granted = dav.locks.grant({
    ...wanted,
    isDeep: wanted.isDeep && node.kind === "folder",
    nodeId: node.id,
    userId: call.actor.userId,
    kind: lockKinds.token,
  });
  await dav.db.sync();
  return discovery(dav, call, granted, status, { "lock-token": `<${granted.token}>` });
}

async function refresh(dav: Dav, call: Call, target: Target): Promise<Response> {
  if (target.kind !== "node") throw notThere(target);
  if (call.ifLists.length === 0)
    throw new AppError("bad-request", "A lock is refreshed with its token in the If header.");
  dav.access.require(call.actor, "write", at(target.node));
  dav.checks.requireIf(call);
  const held = dav.locks
    .covering(target.node.id)
    .filter(({ token, userId }) => userId === call.actor.userId && call.submitted.has(token));
  const [first] = held;
  if (first === undefined) {
    throw new DavError("precondition-failed", "No such lock covers this address.", {
      conditionXml: "<d:lock-token-matches-request-uri/>",
    });
  }
  const refreshed = dav.locks.refresh(first, readLockSeconds(call.request));
  await dav.db.sync();
  return discovery(dav, call, refreshed, 200);
}

function discovery(
  dav: Dav,
  call: Call,
  granted: Lock,
  status: number,
  headers: Record<string, string> = {},
): Response {
  const xml = lockDiscoveryXml([granted], dav.clock.now(), (nodeId) => hrefOfNode(dav, call, nodeId));
  return xmlResponse(status, `${xmlHeader}<d:prop xmlns:d="DAV:">${xml}</d:prop>`, headers);
}

/** UNLOCK (RFC 4918 §9.11): 409 for a token that does not cover the address, 403 for somebody else's lock. */
export async function unlock(dav: Dav, call: Call): Promise<Response> {
  if (isAppLock(call)) return unlockByApp(dav, call);
  const token = /^\s*<([^<>]+)>\s*$/.exec(call.request.headers.get("lock-token") ?? "")?.[1];
  if (token === undefined) throw new AppError("bad-request", "The Lock-Token header is missing.");
  const target = locate(dav, call.actor, call.path.names);
  if (target.kind !== "node") throw notThere(target);
  dav.checks.requireIf(call);
  const found = dav.locks.covering(target.node.id).find((held) => held.token === token);
  if (found === undefined) {
    throw new DavError("conflict", "No such lock covers this address.", {
      conditionXml: "<d:lock-token-matches-request-uri/>",
    });
  }
  if (found.userId !== call.actor.userId) throw new AppError("forbidden", "Somebody else holds this lock.");
  await dav.endLocks([found]);
  return new Response(null, { status: 204 });
}
