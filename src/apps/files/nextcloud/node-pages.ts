import { idAfter, visibleNode } from "#apps/files/browse";
import type { Previews } from "#apps/files/previews";
import { requirePerson } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { HttpHandler } from "#platform/http";
import { nodeAt } from "./share-presenter.ts";
import type { SurfaceDeps } from "./surface.ts";

export interface NodePagesDeps extends SurfaceDeps {
  readonly previews: Pick<Previews, "respond">;
}

export const privateLinkPath = "/index.php/f/";
/** Whoever wants more than this gets the large picture. */
const smallPixels = 256;

/** Pictures of files for apps, and addresses that lead to a file on the page. */
export function createNodePages(deps: NodePagesDeps): { preview: HttpHandler; privateLink: HttpHandler } {
  const { dav, previews } = deps;
  return {
    /** `core/preview?fileId=&x=&y=` and `core/preview.png?file=`; 404 when there is no picture. */
    preview: async (request, context) => {
      const actor = requirePerson(await context.actor());
      const { searchParams: query } = new URL(request.url);
      const path = query.get("file");
      const fileId = Number(query.get("fileId") ?? Number.NaN);
      if (path === null && !Number.isSafeInteger(fileId)) throw new AppError("bad-request", "Which file?");
      const node = path === null ? visibleNode(dav, actor, fileId) : nodeAt(deps, actor, path);
      const wanted = Math.max(...["x", "y"].map((side) => Number.parseInt(query.get(side) ?? "", 10) || 0));
      const address = new URL(request.url);
      address.search = `?size=${wanted > smallPixels ? 1600 : smallPixels}`;
      return previews.respond(new Request(address, { method: request.method, headers: request.headers }), node);
    },
    /** `/index.php/f/ID`: to the folder on the page, with the file selected. */
    privateLink: async (_request, context) => {
      const actor = await context.actor();
      if (actor.kind !== "person") return redirect(`/login?next=${encodeURIComponent(context.path)}`);
      const node = visibleNode(dav, actor, idAfter(context.path, privateLinkPath));
      if (node.kind === "folder") return redirect(`/files/${node.id}`);
      return redirect(`/files/${node.parentId}?at=${node.id}`);
    },
  };
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}
