import type { Previews } from "#apps/files/previews";
import type { Search } from "#apps/files/search";
import { renderError, requirePerson, type Webdav } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import { syncContract } from "#contract/apps/files/nextcloud";
import type { HttpHandler, RequestContext, Route } from "#platform/http";
import { type Actor, implement, type Implementation } from "#platform/usecase";
import type { Groups, Identity } from "#security/identity";
import type { AppPasswords } from "#security/sessions";
import { filesRootOf } from "./addresses.ts";
import { type AvatarDeps, createAvatars } from "./avatars.ts";
import { capabilities } from "./capabilities.ts";
import { createChunkedUploads } from "./chunked-uploads.ts";
import { createDirectLinks } from "./direct-links.ts";
import { statusRoute } from "./discovery.ts";
import { createFavorites } from "./favorites.ts";
import { type FilesDeps, searchHome, serveFiles } from "./files.ts";
import { lockOcsOperations } from "./files-lock.ts";
import { indexRoute } from "./index-routes.ts";
import { createLogin, flowPath, type LoginDeps } from "./login.ts";
import { known, ocsRoute, type OcsOperation } from "./ocs-routes.ts";
import { createNodePages, privateLinkPath } from "./node-pages.ts";
import type { RunOperation } from "./operations.ts";
import { originOf } from "./origin.ts";
import { publicFilesRoute, type PublicFilesDeps } from "./public-files.ts";
import { createPush, preAuthPath, type PushDeps } from "./push.ts";
import type { AudienceDeps } from "./push-audience.ts";
import { type ChangeFingerprint, createRestores } from "./restores.ts";
import { createSeenEtags } from "./seen-etags.ts";
import { searchProviders } from "./search-providers.ts";
import { shareOperations } from "./shares.ts";
import { createTrashSurface } from "./trash.ts";
import { userData } from "./user.ts";
import { createVersionsSurface } from "./versions.ts";
import { createWipes } from "./wipes.ts";

export interface NextcloudDeps
  extends
    Omit<LoginDeps, "db">,
    Omit<PushDeps, keyof AudienceDeps>,
    Pick<PublicFilesDeps, "visits">,
    Pick<AvatarDeps, "cache"> {
  readonly appPasswords: AppPasswords;
  readonly webdav: Webdav;
  readonly run: RunOperation;
  readonly search: Pick<Search, "look" | "find">;
  readonly previews: Pick<Previews, "respond">;
  readonly identity: Pick<Identity, "find" | "findByName" | "list">;
  readonly groups: Pick<Groups, "list">;
  readonly linkedNodeIds: (nodeIds: readonly number[]) => ReadonlySet<number>;
  /** Raised whenever `linkedNodeIds` may answer otherwise than before. */
  readonly linksVersion: () => number;
}

export interface Nextcloud {
  /** `/status.php`, `/ocs/`, `/remote.php/`, `/index.php/`, `/public.php/` and `/push/`. */
  readonly routes: readonly Route[];
  readonly implementations: readonly Implementation[];
  readonly changeFingerprint: ChangeFingerprint;
  /** Of a file or folder that a person had marked elsewhere. The caller syncs the database. */
  markFavorite(userId: number, nodeId: number): void;
  /** Closes what waits for changes. */
  stop(): void;
}

/** The interface that Nextcloud's desktop and phone clients and rclone speak, over the same files as everything else. */
export function createNextcloud(deps: NextcloudDeps): Nextcloud {
  const { webdav, identity, linkedNodeIds, linksVersion } = deps;
  const { dav } = webdav;
  const favorites = createFavorites(dav.db);
  dav.storage.events.subscribe("forgotten", ({ nodeIds }) => favorites.forget(nodeIds));
  const displayName = (name: string) => identity.findByName(name)?.displayName;
  const restores = createRestores({ ...deps, db: dav.db, onChanged: () => push.look() });
  const { fingerprintOf } = restores;
  const seenEtags = createSeenEtags(dav);
  const { look, find } = deps.search;
  const files = { webdav, dav, look, favorites, displayName, linkedNodeIds, linksVersion, fingerprintOf, seenEtags };
  const uploads = createChunkedUploads({ ...files, clock: deps.clock });

  const trash = createTrashSurface({ dav, run: deps.run });
  const versions = createVersionsSurface({ dav, run: deps.run });
  const pages = createNodePages({ ...files, previews: deps.previews });
  const login = createLogin({ ...deps, db: dav.db });
  const wipes = createWipes({ ...deps, db: dav.db });
  const avatar = createAvatars({ ...deps, dav });
  const direct = createDirectLinks({ ...deps, dav });
  const push = createPush({ ...deps, ...files });

  const operations: readonly OcsOperation[] = [
    { key: "GET cloud/capabilities", isOpen: true, handle: ({ request }) => capabilities(originOf(request)) },
    ...shareOperations({ ...deps, ...files }),
    ...lockOcsOperations(dav),
    ...direct.operations,
    ...searchProviders({ ...files, find }),
    { key: "GET core/getapppassword", handle: login.exchange },
    { key: "DELETE core/apppassword", handle: login.revoke },
    { key: "GET cloud/user", handle: (_call, actor) => userData(dav, actor, known(identity.find(actor.userId))) },
  ];
  return {
    routes: [
      statusRoute,
      ocsRoute(operations),
      davRoute(files, [uploads, trash, versions]),
      indexRoute({
        ...networkProbe,
        ...loginPages(login),
        "/index.php/core/preview": pages.preview,
        "/index.php/core/preview.png": pages.preview,
        [privateLinkPath]: pages.privateLink,
        "/index.php/core/wipe/check": wipes.check,
        "/index.php/core/wipe/success": wipes.success,
        [preAuthPath]: push.preAuth,
        "/index.php/avatar/": avatar,
      }),
      { prefix: "/remote.php/dav/avatars/", handle: avatar, renderError },
      push.route,
      direct.route,
      // Visitors know no lock tokens.
      publicFilesRoute({ dav: { ...dav, storage: webdav.lockedStorage }, visits: deps.visits }),
    ],
    implementations: implement(syncContract, { ...wipes.handlers, ...restores.handlers }),
    changeFingerprint: restores.changeFingerprint,
    markFavorite: (userId, nodeId) => favorites.set(userId, nodeId, true),
    stop: push.stop,
  };
}

/** Asked to find out whether the network is there: any other answer counts as a captive portal. */
const networkProbe: Readonly<Record<string, HttpHandler>> = {
  "/index.php/204": () => new Response(null, { status: 204 }),
};

function loginPages(login: ReturnType<typeof createLogin>): Readonly<Record<string, HttpHandler>> {
  return {
    "/index.php/login/v2": login.begin,
    "/index.php/login/v2/poll": login.poll,
    [flowPath]: login.page,
    "/index.php/login/flow": login.legacyPage,
  };
}

/** Everything of a person at `/remote.php/` that is not among their files. */
interface PersonalTree {
  readonly owns: (path: string) => boolean;
  readonly handle: (request: Request, context: RequestContext, actor: Actor) => Promise<Response> | Response;
}

/** `/remote.php/dav/…` and `/remote.php/webdav/…`. */
function davRoute(files: FilesDeps, trees: readonly PersonalTree[]): Route {
  const serve = (request: Request, context: RequestContext, actor: Actor) => {
    const root = filesRootOf(context.path, actor);
    if (root !== undefined) return serveFiles(files, request, context, actor, root);
    const tree = trees.find(({ owns }) => owns(context.path));
    if (tree !== undefined) return tree.handle(request, context, actor);
    if (request.method === "SEARCH" && /^\/remote\.php\/dav\/?$/.test(context.path)) {
      return searchHome(files, request, context, actor);
    }
    throw new AppError("not-found");
  };
  return {
    prefix: "/remote.php/",
    handle: async (request, context) => serve(request, context, requirePerson(await context.actor())),
    renderError: (error, request) => renderError(asOneFolder(error), request),
  };
}

/** Without these words a client takes an offline disk for the whole server being in maintenance, and syncs no other folder. */
function asOneFolder(error: AppError): AppError {
  if (error.code !== "storage-offline") return error;
  return new AppError("storage-offline", `Storage is temporarily not available. ${error.detail}`, { cause: error });
}
