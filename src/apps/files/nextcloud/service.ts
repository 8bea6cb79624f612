import type { Previews } from "#apps/files/previews";
import { renderError, requirePerson, type Webdav } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { RequestContext, Route } from "#platform/http";
import type { Actor, Implementation } from "#platform/usecase";
import type { Groups, Identity } from "#security/identity";
import { filesRootOf } from "./addresses.ts";
import { capabilities } from "./capabilities.ts";
import { createChunkedUploads } from "./chunked-uploads.ts";
import { statusRoute } from "./discovery.ts";
import { createFavorites } from "./favorites.ts";
import { searchHome, serveFiles } from "./files.ts";
import { indexRoute } from "./index-routes.ts";
import { createLogin, flowPath, type LoginDeps } from "./login.ts";
import { known, ocsRoute, type OcsOperation } from "./ocs-routes.ts";
import { createNodePages, privateLinkPath } from "./node-pages.ts";
import type { RunOperation } from "./operations.ts";
import { originOf } from "./origin.ts";
import { shareOperations } from "./shares.ts";
import { createTrashSurface } from "./trash.ts";
import { userData } from "./user.ts";
import { createVersionsSurface } from "./versions.ts";
import { createWipes } from "./wipes.ts";

export interface NextcloudDeps extends Omit<LoginDeps, "db"> {
  readonly webdav: Webdav;
  readonly run: RunOperation;
  readonly previews: Pick<Previews, "respond">;
  readonly identity: Pick<Identity, "find" | "findByName" | "list">;
  readonly groups: Pick<Groups, "list">;
  readonly linkedNodeIds: (nodeIds: readonly number[]) => ReadonlySet<number>;
}

export interface Nextcloud {
  /** `/status.php`, `/ocs/`, `/remote.php/` and `/index.php/`. */
  readonly routes: readonly Route[];
  readonly implementations: readonly Implementation[];
}

/** The interface that Nextcloud's desktop and phone clients and rclone speak, over the same files as everything else. */
export function createNextcloud(deps: NextcloudDeps): Nextcloud {
  const { webdav, identity, linkedNodeIds } = deps;
  const { dav } = webdav;
  const favorites = createFavorites(dav.db);
  dav.storage.events.subscribe("forgotten", ({ nodeIds }) => favorites.forget(nodeIds));
  const displayName = (name: string) => identity.findByName(name)?.displayName;
  const files = { webdav, dav, favorites, displayName, linkedNodeIds };
  const uploads = createChunkedUploads({ ...files, clock: deps.clock });

  const trash = createTrashSurface({ dav, run: deps.run });
  const versions = createVersionsSurface({ dav, run: deps.run });
  const pages = createNodePages({ ...files, previews: deps.previews });
  const login = createLogin({ ...deps, db: dav.db });
  const wipes = createWipes({ ...deps, db: dav.db });

  const serveDav = (request: Request, context: RequestContext, actor: Actor) => {
    const root = filesRootOf(context.path, actor);
    if (root !== undefined) return serveFiles(files, request, context, actor, root);
    if (uploads.owns(context.path)) return uploads.handle(request, context, actor);
    if (trash.owns(context.path)) return trash.handle(request, context, actor);
    if (versions.owns(context.path)) return versions.handle(request, context, actor);
    if (request.method === "SEARCH" && /^\/remote\.php\/dav\/?$/.test(context.path)) {
      return searchHome(files, request, context, actor);
    }
    throw new AppError("not-found");
  };
  const operations: readonly OcsOperation[] = [
    { key: "GET cloud/capabilities", isOpen: true, handle: ({ request }) => capabilities(originOf(request)) },
    ...shareOperations({ ...deps, ...files }),
    { key: "GET core/getapppassword", handle: login.exchange },
    { key: "DELETE core/apppassword", handle: login.revoke },
    { key: "GET cloud/user", handle: (_call, actor) => userData(dav, actor, known(identity.find(actor.userId))) },
  ];
  return {
    routes: [
      statusRoute,
      ocsRoute(operations),
      {
        prefix: "/remote.php/",
        handle: async (request, context) => serveDav(request, context, requirePerson(await context.actor())),
        renderError: (error, request) => renderError(asOneFolder(error), request),
      },
      indexRoute({
        // Asked to find out whether the network is there: any other answer counts as a captive portal.
        "/index.php/204": () => new Response(null, { status: 204 }),
        "/index.php/login/v2": login.begin,
        "/index.php/login/v2/poll": login.poll,
        [flowPath]: login.page,
        "/index.php/login/flow": login.legacyPage,
        "/index.php/core/preview": pages.preview,
        "/index.php/core/preview.png": pages.preview,
        [privateLinkPath]: pages.privateLink,
        "/index.php/core/wipe/check": wipes.check,
        "/index.php/core/wipe/success": wipes.success,
      }),
    ],
    implementations: wipes.implementations,
  };
}

/** Without these words a client takes an offline disk for the whole server being in maintenance, and syncs no other folder. */
function asOneFolder(error: AppError): AppError {
  if (error.code !== "storage-offline") return error;
  return new AppError("storage-offline", `Storage is temporarily not available. ${error.detail}`, { cause: error });
}
