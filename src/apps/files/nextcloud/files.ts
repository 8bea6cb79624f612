import { type Call, davOptions, locate, readCall, type Webdav } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { RequestContext } from "#platform/http";
import type { Actor } from "#platform/usecase";
import { createSurface, type SurfaceDeps } from "./surface.ts";

export interface FilesDeps extends SurfaceDeps {
  readonly webdav: Webdav;
}

/** `/remote.php/dav/files/USER/…` and `/remote.php/webdav/…`: the methods of WebDAV over the tree of one person. */
export function serveFiles(
  deps: FilesDeps,
  request: Request,
  context: RequestContext,
  actor: Actor,
  root: string,
): Promise<Response> | Response {
  if (request.method === "OPTIONS") return davOptions();
  const call = readCall(request, context, actor, createSurface(deps, actor, root));
  if (request.method === "PATCH") return recalculateHash(deps, call);
  return deps.webdav.serve(call);
}

const hashKinds: Readonly<Record<string, "sha1" | "md5" | "sha256">> = { SHA1: "sha1", MD5: "md5", SHA256: "sha256" };

/** A client whose download does not match the checksum asks what the content has now; without a known kind it is told so. */
async function recalculateHash({ dav }: FilesDeps, call: Call): Promise<Response> {
  const kind = (call.request.headers.get("x-recalculate-hash") ?? "").toUpperCase();
  const algorithm = hashKinds[kind];
  if (algorithm === undefined) throw new AppError("bad-request", "X-Recalculate-Hash is SHA1, MD5 or SHA256.");
  const target = locate(dav, call.actor, call.path.names);
  if (target.kind !== "node" || target.node.kind !== "file") throw new AppError("not-found");
  const file = dav.storage.open(target.node.id);
  try {
    const hasher = new Bun.CryptoHasher(algorithm);
    for await (const chunk of Bun.file(file.fdPath).stream()) hasher.update(chunk);
    const headers = { "oc-checksum": `${kind}:${hasher.digest("hex")}`, etag: `"${file.node.etag}"` };
    return new Response(null, { status: 204, headers });
  } finally {
    file.close();
  }
}
