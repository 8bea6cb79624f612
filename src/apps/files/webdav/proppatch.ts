import { at } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import { parseHttpDate } from "#platform/http";
import type { Call } from "./call.ts";
import type { PropertyChange } from "./dead-properties.ts";
import { parseUnixSeconds } from "./headers.ts";
import type { Dav } from "./dav.ts";
import { emptyElement } from "./property-query.ts";
import type { Surface } from "./surface.ts";
import { locate, type NodeTarget, notThere } from "./target.ts";
import { isDav, readXml, type XmlElement } from "./xml-read.ts";
import { multistatusClose, multistatusOpen, xmlResponse } from "./xml-write.ts";

const windows = "urn:schemas-microsoft-com:";
const maxChanges = 500;

type Change = PropertyChange & {
  /** Set for the properties that are the file's modification time under another name. */
  readonly modifiedAtMs?: number;
  /** Set for a property that the surface keeps apart. */
  readonly set?: ((nodeId: number) => void) | undefined;
  readonly isProtected: boolean;
};

/** PROPPATCH (RFC 4918 §9.2): all changes or none. */
export async function proppatch(dav: Dav, call: Call): Promise<Response> {
  const changes = readChanges(call.surface, await readXml(call.request));
  const target = locate(dav, call.actor, call.path.names);
  if (target.kind === "list") throw new AppError("forbidden", "This list has no properties to set.");
  if (target.kind !== "node") throw notThere(target);
  const isRefused = changes.some(({ isProtected }) => isProtected);
  // A mark of one's own changes nothing for anybody else: whoever may read the file may set it.
  const isOwnMark = changes.every(({ set }) => set !== undefined) && !call.actor.readOnly;
  const guard = () => {
    if (isOwnMark) return dav.checks.requireIf(call);
    dav.checks.requireWrite(call, {
      on: at(target.node),
      current: dav.storage.node(target.node.id),
      locks: dav.checks.contentLocks(target.node),
    });
  };
  guard();
  if (!isRefused) await apply(dav, call, target, changes, guard);
  return report(call, target, changes, isRefused);
}

async function apply(
  dav: Dav,
  call: Call,
  target: NodeTarget,
  changes: readonly Change[],
  guard: () => void,
): Promise<void> {
  const nodeId = target.node.id;
  const modifiedAtMs = changes.findLast((change) => change.modifiedAtMs !== undefined)?.modifiedAtMs;
  const dead = changes.filter((change) => change.modifiedAtMs === undefined && change.set === undefined);
  const changeDead = () => {
    if (dead.length > 0) dav.properties.change(nodeId, dead);
    for (const { set } of changes) set?.(nodeId);
  };
  if (modifiedAtMs === undefined) {
    // The guard has passed in this very turn of the event loop.
    changeDead();
  } else {
    // Inside the guard, the properties are part of the transaction that sets the time.
    const both = () => {
      guard();
      changeDead();
    };
    await dav.storage.touch(nodeId, modifiedAtMs, { actor: call.actor, guard: both });
  }
  await dav.db.sync();
}

/** Throws `bad-request` for anything but a propertyupdate with at least one property. */
function readChanges(surface: Surface, root: XmlElement | undefined): Change[] {
  if (root === undefined || !isDav(root, "propertyupdate")) {
    throw new AppError("bad-request", "The body is no propertyupdate element.");
  }
  const changes = root.children.flatMap((step) => {
    const isSet = isDav(step, "set");
    if (!isSet && !isDav(step, "remove")) return [];
    return step.children
      .filter((child) => isDav(child, "prop"))
      .flatMap((prop) => prop.children.map((element) => readChange(surface, element, isSet)));
  });
  if (changes.length === 0) throw new AppError("bad-request", "No property is set or removed.");
  if (changes.length > maxChanges) throw new AppError("bad-request", "Too many properties are changed at once.");
  return changes;
}

function readChange(surface: Surface, element: XmlElement, isSet: boolean): Change {
  const { namespace, name } = element;
  const modifiedAtMs = isSet ? readModified(element) : undefined;
  const set = surface.setter?.(element, isSet);
  const isProtected = set === undefined && surface.table.find(namespace, name) !== undefined;
  return { namespace, name, xml: isSet ? element.toXml() : undefined, modifiedAtMs, set, isProtected };
}

/** rclone sets `DAV:lastmodified` in seconds, Windows `Win32LastModifiedTime` as an HTTP date. */
function readModified({ namespace, name, text }: XmlElement): number | undefined {
  if (namespace === "DAV:" && name === "lastmodified") return parseUnixSeconds(text);
  if (namespace === windows && name === "Win32LastModifiedTime") return parseHttpDate(text.trim());
  return undefined;
}

function report(call: Call, target: NodeTarget, changes: readonly Change[], isRefused: boolean): Response {
  const slash = target.node.kind === "folder" ? "/" : "";
  const named = (some: readonly Change[]) => some.map(({ namespace, name }) => emptyElement(namespace, name)).join("");
  const ok = changes.filter(({ isProtected }) => !isProtected);
  const groups = isRefused
    ? propstat(named(changes.filter(({ isProtected }) => isProtected)), "403 Forbidden", cannotModify) +
      propstat(named(ok), "424 Failed Dependency")
    : propstat(named(ok), "200 OK");
  return xmlResponse(
    207,
    `${multistatusOpen}<d:response><d:href>${call.surface.addresses.href(target.names)}${slash}</d:href>${groups}</d:response>` +
      multistatusClose,
  );
}

const cannotModify = "<d:error><d:cannot-modify-protected-property/></d:error>";

function propstat(properties: string, status: string, error = ""): string {
  if (properties === "") return "";
  return `<d:propstat><d:prop>${properties}</d:prop><d:status>HTTP/1.1 ${status}</d:status>${error}</d:propstat>`;
}
