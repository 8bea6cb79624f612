import { at, ensureFolder } from "#apps/files/browse";
import { type Call, davOptions, locate, readCall, type Webdav } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { RequestContext } from "#platform/http";
import type { Actor } from "#platform/usecase";
import { contentStream, type NodeInfo } from "#storage/primary";
import { davRoot } from "./addresses.ts";
import { reportFavorites } from "./favorites-report.ts";
import { type SearchDeps, searchFiles } from "./search.ts";
import { createSurface } from "./surface.ts";

export interface FilesDeps extends SearchDeps {
  readonly webdav: Webdav;
}

/** `/remote.php/dav/files/USER/…` and `/remote.php/webdav/…`: the methods of WebDAV over the tree of one person. */
export async function serveFiles(
  deps: FilesDeps,
  request: Request,
  context: RequestContext,
  actor: Actor,
  root: string,
): Promise<Response> {
  if (request.method === "OPTIONS") return davOptions();
  // The oldest form of chunks, for servers that know no other: taken for a whole file, it would put parts beside the files.
  if (request.headers.has("oc-chunked")) throw new AppError("bad-request", "Send chunks to /remote.php/dav/uploads/.");
  const call = readCall(request, context, actor, createSurface(deps, actor, root));
  if (request.method === "PATCH") return recalculateHash(deps, call);
  if (request.method === "REPORT") return reportFavorites(deps, call);
  if (request.method === "SEARCH") return searchFiles(deps, call);
  if (request.method === "PUT") await makeWantedFolders(deps, call);
  return deps.webdav.serve(call);
}

/** SEARCH at the root of WebDAV: the scope it names is the caller's own tree in any case. */
export function searchHome(
  deps: FilesDeps,
  request: Request,
  context: RequestContext,
  actor: Actor,
): Promise<Response> {
  const surface = createSurface(deps, actor, `${davRoot}/files/${actor.name}`);
  return searchFiles(deps, readCall(request, context, actor, surface, { names: ["home"], endsWithSlash: true }));
}

/** Apps that sort photos by date send them into folders that need not be there yet; then these are made. */
export async function makeWantedFolders(
  { dav }: Pick<FilesDeps, "dav">,
  { request, actor, path }: Call,
): Promise<void> {
  const { headers } = request;
  if (!headers.has("x-nc-webdav-auto-mkcol") && !headers.has("x-nc-webdav-automkcol")) return;
  const folders = path.names.slice(0, -1);
  const depth = folders.findLastIndex(
    (_name, index) => locate(dav, actor, folders.slice(0, index + 1)).kind === "node",
  );
  const start = locate(dav, actor, folders.slice(0, depth + 1));
  if (start.kind !== "node" || depth === folders.length - 1) return;
  const authorize = (folder: NodeInfo) => dav.access.require(actor, "write", at(folder));
  await ensureFolder(dav.storage, start.node.id, folders.slice(depth + 1), { actor, avoidFiles: false, authorize });
}

const hashKinds: Readonly<Record<string, "sha1" | "md5" | "sha256">> = { SHA1: "sha1", MD5: "md5", SHA256: "sha256" };

/** A client whose download does not match the checksum asks what the content has now; without a known kind it is told so. */
async function recalculateHash({ dav }: FilesDeps, call: Call): Promise<Response> {
  const kind = (call.request.headers.get("x-recalculate-hash") ?? "").toUpperCase();
  const algorithm = hashKinds[kind];
  if (algorithm === undefined) throw new AppError("bad-request", "X-Recalculate-Hash is SHA1, MD5 or SHA256.");
  const target = locate(dav, call.actor, call.path.names);
  if (target.kind !== "node" || target.node.kind !== "file") throw new AppError("not-found");
  const file = dav.storage.open(target.node.id, { remote: true });
  try {
    const hasher = new Bun.CryptoHasher(algorithm);
    await file.remote?.ready();
    for await (const chunk of contentStream(file)) hasher.update(chunk);
    const headers = { "oc-checksum": `${kind}:${hasher.digest("hex")}`, etag: `"${file.node.etag}"` };
    return new Response(null, { status: 204, headers });
  } finally {
    file.close();
  }
}
