import { attachment, requireNode } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { HttpHandler, Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import { archiveEntries, freeName } from "./entries.ts";
import { zipStream } from "./zip-stream.ts";

export interface ArchiveDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly log: Logger;
}

export interface Archive {
  /** `/api/files/archive`. */
  readonly routes: readonly Route[];
  /** The nodes of `?ids=1,2,3`. Throws `bad-request`, `not-found`. */
  nodesOf(request: Request): NodeInfo[];
  /** Nodes as one streamed ZIP; the reader's right to them has been checked. Throws `too-large`. */
  respond(request: Request, nodes: readonly NodeInfo[]): Response;
}

const maxIds = 1000;
/** The directory at the end of the archive is kept in memory: about 150 bytes an entry. */
const maxEntries = 500_000;
/** A reader may pause so long, as a laptop that sleeps. */
const idleTimeoutSeconds = 240;

/** Files and folders as a ZIP made while it is sent: stored, with zip64 where needed, no temporary file. */
export function createArchive({ storage, access, log }: ArchiveDeps): Archive {
  const nodesOf = (request: Request): NodeInfo[] => {
    const ids = new URL(request.url).searchParams.get("ids") ?? "";
    if (!/^[1-9]\d{0,15}(,[1-9]\d{0,15})*$/.test(ids))
      throw new AppError("bad-request", "ids must be a list, as 1,2,3.");
    const distinct = [...new Set(ids.split(",").map(Number))];
    if (distinct.length > maxIds) throw new AppError("too-large", `At most ${maxIds} files and folders at once.`);
    return distinct.map((id) => requireNode(storage, id));
  };

  const respond = (request: Request, nodes: readonly NodeInfo[]): Response => {
    if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
    const count = nodes.reduce((sum, node) => sum + 1 + node.count, 0);
    if (count > maxEntries) throw new AppError("too-large", `An archive can hold at most ${maxEntries} files.`);
    const headers = {
      "content-type": "application/zip",
      "content-disposition": attachment(`${titleOf(nodes)}.zip`),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    };
    if (request.method === "HEAD") return new Response(null, { headers });
    const names = new Set(nodes.map(({ name }) => name.toLowerCase()));
    const stream = zipStream({
      storage,
      entries: archiveEntries(storage, nodes),
      missingName: freeName("_missing.txt", names),
      onMissing: (path, cause) => log.warn("a file could not be put into an archive", { path, cause }),
    });
    return new Response(stream, { headers });
  };

  const titleOf = (nodes: readonly NodeInfo[]): string => {
    const [first] = nodes;
    if (first === undefined) return "files";
    const named = nodes.length === 1 ? first : storage.node(first.parentId ?? first.id);
    if (named === undefined || named.parentId === null) return storage.space(first.spaceId).name;
    return named.name;
  };

  const handle: HttpHandler = async (request, context) => {
    const actor = await context.actor();
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    const nodes = nodesOf(request);
    for (const { spaceId } of nodes) access.require(actor, "read", { spaceId });
    context.setIdleTimeout(idleTimeoutSeconds);
    return respond(request, nodes);
  };

  return { routes: [{ prefix: "/api/files/archive", handle }], nodesOf, respond };
}
