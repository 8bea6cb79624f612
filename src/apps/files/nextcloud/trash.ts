import {
  createPropertyTable,
  davOptions,
  encodePathBelow,
  escapeXml,
  type LiveProperty,
  multistatusClose,
  multistatusOpen,
  nextcloudNamespace,
  owncloudNamespace,
  parsePathBelow,
  type PropertySource,
  readDepth,
  readPropertyQuery,
  readXml,
  xmlResponse,
} from "#apps/files/webdav";
import { trashContract } from "#contract/apps/files/trash";
import { AppError } from "#platform/errors";
import type { RequestContext } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { davRoot } from "./addresses.ts";
import { type OperationCaller, operationsOf, type RunOperation } from "./operations.ts";
import type { SurfaceDeps } from "./surface.ts";
import { trashName } from "./trash-names.ts";

export interface TrashDeps extends Pick<SurfaceDeps, "dav"> {
  readonly run: RunOperation;
}

const trashRoot = `${davRoot}/trashbin`;
const pageSize = 1000;
const maxItems = 20_000;

type Item = Awaited<ReturnType<ReturnType<typeof itemsOf>>>[number];

/** `/remote.php/dav/trashbin/USER/trash`: what a person can put back, from their home and their spaces. */
export function createTrashSurface(deps: TrashDeps) {
  const operation = operationsOf(deps.run, trashContract);
  const list = itemsOf(deps, operation);
  const itemAt = async (caller: OperationCaller, name: string): Promise<Item> => {
    const item = (await list(caller)).find((one) => trashName(one) === name);
    if (item === undefined) throw new AppError("not-found", "That is no longer in the trash.");
    return item;
  };

  const propfind = async (caller: OperationCaller, name: string | undefined): Promise<Response> => {
    const { request, actor } = caller;
    if (readDepth(request, 1) === "infinity") throw new AppError("forbidden", "A listing goes one level deep.");
    const isSelf = readDepth(request, 1) === 0 && name === undefined;
    const query = readPropertyQuery(await readXml(request), trashTable);
    const base = encodePathBelow(trashRoot, [actor.name, "trash"]);
    const items = isSelf ? [] : await list(caller);
    const named = items
      .map((item) => [trashName(item), item] as const)
      .filter(([key]) => name === undefined || key === name);
    if (name !== undefined && named.length === 0) throw new AppError("not-found");
    const self = name === undefined ? [{ href: `${base}/`, node: folderNode, item: undefined }] : [];
    const rows = named.map(([key, item]) => {
      const slash = item.kind === "folder" ? "/" : "";
      return { href: `${encodePathBelow(base, [key])}${slash}`, node: nodeOf(item), item };
    });
    const text = [...self, ...rows].map(
      ({ href, node, item }) =>
        `<d:response><d:href>${href}</d:href>${query.render(node, [], sourceOf(item))}</d:response>`,
    );
    return xmlResponse(207, `${multistatusOpen}${text.join("")}${multistatusClose}`);
  };

  const remove = async (caller: OperationCaller, name: string | undefined): Promise<Response> => {
    if (name !== undefined) await operation("trash.purge", { ids: [(await itemAt(caller, name)).id] }, caller);
    else for (const spaceId of spacesOf(deps, caller.actor)) await emptySpace(spaceId, caller);
    return new Response(null, { status: 204 });
  };
  /** What a person may only read they cannot empty; that of the others goes. */
  const emptySpace = async (spaceId: number, caller: OperationCaller) => {
    if (deps.dav.access.can(caller.actor, "write", { spaceId })) await operation("trash.empty", { spaceId }, caller);
  };

  const restore = async (caller: OperationCaller, name: string | undefined): Promise<Response> => {
    if (name === undefined) throw new AppError("forbidden", "Only what is in the trash can be moved.");
    const destination = caller.request.headers.get("destination") ?? "";
    const path = URL.canParse(destination) ? new URL(destination).pathname : destination;
    if (!path.startsWith(`${trashRoot}/${caller.actor.name}/restore/`)) {
      throw new AppError("forbidden", "From the trash something goes back to where it was: move it to restore/.");
    }
    await operation("trash.restore", { ids: [(await itemAt(caller, name)).id] }, caller);
    return new Response(null, { status: 201 });
  };

  return {
    owns: (rawPath: string) => rawPath.startsWith(`${trashRoot}/`),
    handle: async (request: Request, context: RequestContext, actor: Actor): Promise<Response> => {
      if (request.method === "OPTIONS") return davOptions();
      const { names } = parsePathBelow(`${trashRoot}/${actor.name}`, context.path);
      const [folder, name, ...more] = names;
      if (folder !== "trash" || more.length > 0) throw new AppError("not-found");
      const caller = { request, context, actor };
      if (request.method === "PROPFIND") return propfind(caller, name);
      if (request.method === "DELETE") return remove(caller, name);
      if (request.method === "MOVE") return restore(caller, name);
      throw new AppError("method-not-allowed");
    },
  };
}

function spacesOf({ dav }: TrashDeps, actor: Actor): readonly number[] {
  const memberships = dav.access.spacesOf(actor.userId).map(({ spaceId }) => spaceId);
  return memberships.filter((spaceId) => dav.access.can(actor, "read", { spaceId }));
}

function itemsOf(deps: TrashDeps, operation: ReturnType<typeof operationsOf<typeof trashContract>>) {
  return async (caller: OperationCaller) => {
    const lists = spacesOf(deps, caller.actor).map(async (spaceId) => {
      const found = [];
      for (let offset = 0; offset < maxItems; offset += pageSize) {
        const { items } = await operation("trash.list", { spaceId, offset, limit: pageSize }, caller);
        found.push(...items);
        if (items.length < pageSize) break;
      }
      return found;
    });
    return (await Promise.all(lists)).flat();
  };
}

interface TrashSource extends PropertySource {
  readonly item: Item | undefined;
}

function sourceOf(item: Item | undefined): TrashSource {
  return {
    item,
    lockDiscovery: () => "<d:lockdiscovery/>",
    quota: () => ({ usedBytes: 0, availableBytes: 0 }),
    rights: () => ({ canWrite: false, canShare: false, canLeave: true }),
  };
}

const folderNode: NodeInfo = {
  id: 0,
  spaceId: 0,
  parentId: null,
  name: "trash",
  kind: "folder",
  sizeBytes: 0,
  count: 0,
  modifiedAtMs: 1000,
  createdAtMs: 1000,
  etag: "trash",
  sha1: null,
};

/** Its id is that of the item, for the node itself cannot be reached while it lies there. */
function nodeOf(item: Item): NodeInfo {
  const { id, spaceId, name, kind, sizeBytes, deletedAtMs } = item;
  const times = { modifiedAtMs: deletedAtMs, createdAtMs: deletedAtMs };
  const numericId = Number(Bun.hash(id) & 0x1f_ffff_ffff_ffffn);
  return { ...folderNode, ...times, id: numericId, spaceId, name, kind, sizeBytes, etag: id };
}

function trashProperty(namespace: string, prefix: string, name: string, render: (item: Item) => string): LiveProperty {
  return {
    namespace,
    name,
    isCommon: false,
    render: (_node, source) => {
      // The listing of the trash is made with sources of this kind.
      const { item } = source as TrashSource;
      return item === undefined ? undefined : `<${prefix}:${name}>${escapeXml(render(item))}</${prefix}:${name}>`;
    },
  };
}

const trashTable = createPropertyTable([
  trashProperty(nextcloudNamespace, "nc", "trashbin-filename", ({ name }) => name),
  trashProperty(nextcloudNamespace, "nc", "trashbin-original-location", ({ originalPath }) => originalPath),
  trashProperty(nextcloudNamespace, "nc", "trashbin-deletion-time", ({ deletedAtMs }) =>
    String(Math.floor(deletedAtMs / 1000)),
  ),
  trashProperty(nextcloudNamespace, "nc", "trashbin-deleted-by-display-name", ({ deletedBy }) => deletedBy ?? ""),
  trashProperty(nextcloudNamespace, "nc", "has-preview", () => "false"),
  trashProperty(owncloudNamespace, "oc", "permissions", () => "GD"),
]);
