import { contentResponse, idAfter } from "#apps/files/browse";
import { createTus } from "#apps/files/uploads";
import { AppError } from "#platform/errors";
import { type Permit, requireSameOrigin, type RequestContext, type Route } from "#platform/http";
import { createDownloads, isKnownTo } from "./downloads.ts";
import { type Gate, requireDownloadsLeft } from "./gate.ts";
import type { LinkRow, LinksRepository } from "./repository.ts";
import type { LinksDeps } from "./service.ts";
import { visitorOf } from "./visits.ts";

type Part = "content" | "preview" | "archive" | "uploads";
type Serve = (request: Request, context: RequestContext, token: string, base: string) => Promise<Response> | Response;

const prefix = "/s/";
/** A reader may pause so long, as a laptop that sleeps. */
const idleTimeoutSeconds = 240;

/** `/s/TOKEN` and what lies below it: the page, the bytes, the pictures, the archive, and uploads. */
export function linkRoute(deps: LinksDeps, repository: LinksRepository, gate: Gate): Route {
  const { storage, clock, db, archive, previews, page } = deps;
  const downloads = createDownloads(repository, clock);
  const tus = createTus({ storage, clock });
  const cookieOf = (request: Request) => request.headers.get("cookie");

  /** As long as the link shows these nodes to this visitor. */
  const permitFor = (request: Request, token: string, link: LinkRow, nodeIds: readonly number[]): Permit => {
    const cookie = cookieOf(request);
    return {
      actor: visitorOf(link),
      holds: () => {
        const now = gate.viewable(token, cookie);
        return nodeIds.every((id) => gate.within(now, id).id === id);
      },
    };
  };

  const count = async (link: LinkRow, what: string, request: Request, address: string): Promise<void> => {
    if (request.method !== "GET") return;
    downloads.start(link, what, request, address);
    if (link.downloadLimit !== null) await db.sync();
  };

  const parts: Readonly<Record<Part, Serve>> = {
    content: async (request, context, token, base) => {
      const live = gate.viewable(token, cookieOf(request));
      const node = storage.refresh(gate.within(live, idAfter(context.path, `${base}/content/`)).id);
      if (!isKnownTo(request, node)) await count(live.link, `content ${node.id}`, request, context.address);
      return contentResponse(request, storage, node, permitFor(request, token, live.link, [node.id]));
    },
    preview: (request, context, token, base) => {
      const live = gate.viewable(token, cookieOf(request));
      requireDownloadsLeft(live.link);
      return previews.respond(request, gate.within(live, idAfter(context.path, `${base}/preview/`)));
    },
    archive: async (request, context, token) => {
      const live = gate.viewable(token, cookieOf(request));
      const chosen = new URL(request.url).searchParams.has("ids") ? archive.idsOf(request) : [live.node.id];
      const nodes = chosen.map((id) => gate.within(live, id));
      const cookie = cookieOf(request);
      await count(live.link, `archive ${nodes.map(({ id }) => id).join()}`, request, context.address);
      context.setIdleTimeout(idleTimeoutSeconds);
      return archive.respond(request, nodes, {
        actor: visitorOf(live.link),
        sight: () => {
          const now = gate.viewable(token, cookie);
          for (const { id } of nodes) gate.within(now, id);
          return now.sight;
        },
      });
    },
    uploads: (request, context, token, base) => {
      if (cookieOf(request) !== null) requireSameOrigin(request);
      const cookie = cookieOf(request);
      const { link, node } = gate.unlocked(token, cookie);
      if (link.mode !== "upload") throw new AppError("forbidden", "This link shows files and takes none.");
      return tus.handle(request, context, {
        actor: visitorOf(link),
        owner: `link:${link.id}`,
        basePath: `${base}/uploads`,
        folderId: node.id,
        // Whoever sends files shall not learn which names are taken.
        onClash: "rename",
        holds: () => gate.unlocked(token, cookie).link.mode === "upload",
        authorize: (nodeId) => {
          const live = gate.live(token);
          if (!live.mayPut(gate.within(live, nodeId).id)) throw new AppError("forbidden", "Nothing can be put there.");
        },
      });
    },
  };

  return {
    prefix,
    secretPath: true,
    handle: (request, context) => {
      const [token = "", part = ""] = context.path.slice(prefix.length).split("/", 2);
      if (part === "") return page(request, context);
      if (!Object.hasOwn(parts, part)) throw new AppError("not-found");
      return parts[part as Part](request, context, token, `${prefix}${token}`);
    },
  };
}
