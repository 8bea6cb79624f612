import { at } from "#apps/files/browse";
import { linksContract } from "#contract/apps/files/links";
import { accessContract } from "#contract/security/access";
import { AppError } from "#platform/errors";
import type { Entry } from "#security/access";
import type { NodeInfo } from "#storage/primary";
import type { OcsValue } from "./ocs.ts";
import type { OcsOperation } from "./ocs-routes.ts";
import { operationsOf, type RunOperation } from "./operations.ts";
import { shareBits } from "./permissions.ts";
import { findSharees } from "./sharees.ts";
import { readExpiry, readParameters, readPermissions } from "./share-input.ts";
import {
  actionsOfPermissions,
  entryOfNumber,
  numberOfLink,
  permissionsOfActions,
  type Share,
  shareElement,
  shareKinds,
} from "./share-model.ts";
import { type Asked, createPresenter, isShared, nodeAt, type PresenterDeps, subjectOf } from "./share-presenter.ts";

export interface SharesDeps extends PresenterDeps {
  readonly run: RunOperation;
}

interface EntryChange {
  readonly permissions: number;
  readonly expiresAtMs: number | null;
}

const base = "apps/files_sharing/api/v1/shares";
/** What apps call the shares that somebody has taken from their own tree. */
const deletedBase = "apps/files_sharing/api/v1/deletedshares";

/** `files_sharing`: people and groups let in by the rules of access, and links; every change runs the product's own operation. */
export function shareOperations(deps: SharesDeps): readonly OcsOperation[] {
  const { dav } = deps;
  const links = operationsOf(deps.run, linksContract);
  const access = operationsOf(deps.run, accessContract);
  const present = createPresenter(deps);

  const ofNode = async (asked: Asked, node: NodeInfo): Promise<Share[]> => {
    if (!dav.access.can(asked.actor, "share", at(node))) return [];
    const { entries } = await access("access.panel", { resource: { kind: "node", id: node.id } }, asked);
    const { links: found } = await links("links.list", { nodeId: node.id }, asked);
    return [
      ...entries.flatMap((entry) => present.entry(asked, node, entry)),
      ...found.map((link) => present.link(asked, node, link)),
    ];
  };
  const own = async (asked: Asked): Promise<Share[]> => {
    const entries = dav.access.entries().filter(({ createdBy }) => createdBy === asked.actor.userId);
    const nodeIds = new Set(entries.flatMap(({ resource }) => (resource.kind === "node" ? [resource.id] : [])));
    const { links: found } = await links("links.list", {}, asked);
    for (const { nodeId } of found) nodeIds.add(nodeId);
    const nodes = [...nodeIds].flatMap((id) => dav.storage.node(id) ?? []);
    return (await Promise.all(nodes.map((node) => ofNode(asked, node)))).flat();
  };
  const find = async (asked: Asked): Promise<Share> => {
    const number = Number(asked.rest);
    const entryId = entryOfNumber(number);
    const entry = entryId === undefined ? undefined : dav.access.entry(entryId);
    const node = entry?.resource.kind === "node" ? dav.storage.node(entry.resource.id) : undefined;
    const shares = node === undefined ? await own(asked) : await ofNode(asked, node);
    const share = [...shares, ...present.received(asked)].find(({ id }) => id === number);
    if (share === undefined) throw new AppError("not-found", "Wrong share ID, share does not exist.");
    return share;
  };
  /** The node of a share that lets the caller in. */
  const receivedNodeId = ({ rest, actor }: Asked): number | undefined => {
    const entryId = entryOfNumber(Number(rest));
    const entry = dav.access.entriesFor(actor.userId).find(({ id, effect }) => id === entryId && effect === "allow");
    const nodeId = entry?.resource.kind === "node" ? entry.resource.id : undefined;
    return dav.mounts.shared(actor).find(({ node }) => node.id === nodeId)?.node.id;
  };
  const linkIdOf = async (asked: Asked, share: Share): Promise<string> => {
    const { links: found } = await links("links.list", { nodeId: share.node.id }, asked);
    const link = found.find(({ id }) => numberOfLink(id) === share.id);
    if (link === undefined) throw new AppError("not-found");
    return link.id;
  };
  const setEntry = async (asked: Asked, node: NodeInfo, subject: Entry["subject"], change: EntryChange) => {
    const { permissions, expiresAtMs } = change;
    const resource = { kind: "node", id: node.id } as const;
    const actions = actionsOfPermissions(permissions);
    const input = { resource, subject, effect: "allow", actions, expiresAtMs };
    const { entry } = await access("access.set", input, asked);
    const [share] = present.entry(asked, node, entry);
    if (share === undefined) throw new AppError("internal");
    return share;
  };

  const list = async (asked: Asked): Promise<OcsValue> => {
    const { query, actor } = asked;
    const path = query.get("path");
    if (query.get("shared_with_me") === "true") {
      const nodeId = path === null ? undefined : nodeAt(deps, actor, path).id;
      const received = present.received(asked).filter(({ node }) => nodeId === undefined || node.id === nodeId);
      return received.map(shareElement);
    }
    if (path === null) return (await own(asked)).map(shareElement);
    const node = nodeAt(deps, actor, path);
    const isInside = query.get("subfiles") === "true" && node.kind === "folder";
    const nodes = isInside ? dav.storage.children(node.id, dav.access.sightOf(actor).entries) : [node];
    const concerned = isInside ? nodes.filter((child) => isShared(deps, child)) : nodes;
    const shares = (await Promise.all(concerned.map((one) => ofNode(asked, one)))).flat();
    // Those that others have made come with `reshares`.
    const isAsked = ({ by }: Share) => query.get("reshares") === "true" || by.id === actor.name;
    return shares.filter(isAsked).map(shareElement);
  };

  const create = async (asked: Asked): Promise<OcsValue> => {
    const given = await readParameters(asked);
    const node = nodeAt(deps, asked.actor, given.get("path") ?? "/");
    const kind = Number(given.get("shareType") ?? Number.NaN);
    const permissions = readPermissions(given.get("permissions"));
    const expiresAtMs = readExpiry(given.get("expireDate")) ?? null;
    if (kind === shareKinds.link) {
      const mode = permissions === shareBits.create ? "upload" : "view";
      const password = given.get("password") || null;
      const { link } = await links("links.create", { nodeId: node.id, mode, password, expiresAtMs }, asked);
      return shareElement(present.link(asked, node, link));
    }
    const subject = subjectOf(deps, kind, given.get("shareWith") ?? "");
    const bits = permissions ?? permissionsOfActions(node, ["read", "write"]);
    return shareElement(await setEntry(asked, node, subject, { permissions: bits, expiresAtMs }));
  };

  const update = async (asked: Asked): Promise<OcsValue> => {
    const share = await find(asked);
    const given = await readParameters(asked);
    const permissions = readPermissions(given.get("permissions"));
    const expiresAtMs = readExpiry(given.get("expireDate"));
    if (share.kind === shareKinds.link) {
      const password = given.get("password");
      const mode = permissions === undefined ? undefined : permissions === shareBits.create ? "upload" : "view";
      const change = { expiresAtMs, mode, password: password === "" ? null : password };
      const { link } = await links("links.update", { id: await linkIdOf(asked, share), ...change }, asked);
      return shareElement(present.link(asked, share.node, link));
    }
    const subject = subjectOf(deps, share.kind, share.with?.id ?? "");
    const kept = {
      permissions: permissions ?? share.permissions,
      expiresAtMs: expiresAtMs === undefined ? share.expiresAtMs : expiresAtMs,
    };
    return shareElement(await setEntry(asked, share.node, subject, kept));
  };

  const decline = async (asked: Asked): Promise<OcsValue> => {
    await dav.mounts.decline(asked.actor, receivedNodeId(asked) ?? 0);
    return [];
  };
  const accept = async (asked: Asked): Promise<OcsValue> => {
    const share = present.declined(asked).find(({ id }) => String(id) === asked.rest);
    await dav.mounts.accept(asked.actor, share?.node.id ?? 0);
    return [];
  };
  const listDeclined = async (asked: Asked): Promise<OcsValue> => present.declined(asked).map(shareElement);

  const remove = async (asked: Asked): Promise<OcsValue> => {
    // Whoever was let in takes it from their own tree alone.
    if (receivedNodeId(asked) !== undefined) return decline(asked);
    const share = await find(asked);
    if (share.kind === shareKinds.link) await links("links.remove", { id: await linkIdOf(asked, share) }, asked);
    else await access("access.remove", { id: entryOfNumber(share.id) }, asked);
    return [];
  };

  const operation = (key: string, handle: (asked: Asked) => Promise<OcsValue>): OcsOperation => ({
    key,
    handle: (call, actor) => handle({ ...call, actor }),
  });
  return [
    operation(`GET ${base}`, list),
    operation(`POST ${base}`, create),
    operation(`GET ${base}/pending`, listDeclined),
    operation(`POST ${base}/pending/*`, accept),
    operation(`DELETE ${base}/pending/*`, decline),
    operation(`GET ${deletedBase}`, listDeclined),
    operation(`POST ${deletedBase}/*`, accept),
    operation(`GET ${base}/*`, async (asked) => [shareElement(await find(asked))]),
    operation(`PUT ${base}/*`, update),
    operation(`DELETE ${base}/*`, remove),
    { key: "GET apps/files_sharing/api/v1/sharees", handle: (call, actor) => findSharees(deps, call, actor) },
  ];
}
