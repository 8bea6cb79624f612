import { at, attachment, visibleNode } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import { type HttpHandler, type Route, underPermit } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Actor } from "#platform/usecase";
import type { Access, Sight } from "#security/access";
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
  /** The ids of `?ids=1,2,3`. Throws `bad-request`, `too-large`. */
  idsOf(request: Request): number[];
  /**
   * Nodes as one streamed ZIP; the reader's right to them has been checked, and what lies below them is left out where their sight
   * does not reach. It is cut when the right to the nodes, or to the file that is being packed, goes. Throws `too-large`.
   */
  respond(request: Request, nodes: readonly NodeInfo[], reader: ArchiveReader): Response;
}

/** Whoever an archive is packed for. */
export interface ArchiveReader {
  readonly actor: Actor;
  /** What they may read now; throws when they may not come here any more. */
  sight(actor: Actor): Sight;
}

const maxIds = 1000;
/** The directory at the end of the archive is kept in memory: about 150 bytes an entry. */
const maxEntries = 500_000;
/** A reader may pause so long, as a laptop that sleeps. */
const idleTimeoutSeconds = 240;

/** Files and folders as a ZIP made while it is sent: stored, with zip64 where needed, no temporary file. */
export function createArchive({ storage, access, log }: ArchiveDeps): Archive {
  const idsOf = (request: Request): number[] => {
    const ids = new URL(request.url).searchParams.get("ids") ?? "";
    if (!/^[1-9]\d{0,15}(,[1-9]\d{0,15})*$/.test(ids))
      throw new AppError("bad-request", "ids must be a list, as 1,2,3.");
    const distinct = [...new Set(ids.split(",").map(Number))];
    if (distinct.length > maxIds) throw new AppError("too-large", `At most ${maxIds} files and folders at once.`);
    return distinct;
  };

  const respond = (request: Request, nodes: readonly NodeInfo[], reader: ArchiveReader): Response => {
    let sight = reader.sight(reader.actor);
    let packed: NodeInfo | undefined;
    if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
    const count = nodes.reduce((sum, node) => sum + 1 + node.count, 0);
    if (count > maxEntries) throw new AppError("too-large", `An archive can hold at most ${maxEntries} files.`);
    const headers = {
      "content-type": "application/zip",
      "content-disposition": attachment(`${titleOf(nodes, sight)}.zip`),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    };
    if (request.method === "HEAD") return new Response(null, { headers });
    const names = new Set(nodes.map(({ name }) => name.toLowerCase()));
    const stream = zipStream({
      storage,
      entries: archiveEntries(storage, nodes, sight.entries),
      mayPack: (node) => {
        packed = node;
        return sight.can(at(node));
      },
      missingName: freeName("_missing.txt", names),
      onMissing: (path, cause) => log.warn("a file could not be put into an archive", { path, cause }),
    });
    const holds = (actor: Actor): boolean => {
      sight = reader.sight(actor);
      const given = packed === undefined ? nodes : [...nodes, packed];
      return given.every((node) => sight.can(at(storage.node(node.id) ?? node)));
    };
    return underPermit(new Response(stream, { headers }), { actor: reader.actor, holds });
  };

  const titleOf = (nodes: readonly NodeInfo[], sight: Sight): string => {
    const [first] = nodes;
    if (first === undefined) return "files";
    const named = nodes.length === 1 ? first : storage.node(first.parentId ?? first.id);
    if (named !== undefined && !sight.can(at(named))) return "files";
    if (named === undefined || named.parentId === null) return storage.space(first.spaceId).name;
    return named.name;
  };

  const handle: HttpHandler = async (request, context) => {
    const actor = await context.actor();
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    const nodes = idsOf(request).map((id) => visibleNode({ storage, access }, actor, id));
    context.setIdleTimeout(idleTimeoutSeconds);
    return respond(request, nodes, { actor, sight: access.sightOf });
  };

  return { routes: [{ prefix: "/api/files/archive", handle }], idsOf, respond };
}
