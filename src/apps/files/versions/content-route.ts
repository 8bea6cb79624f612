import { contentHeaders, readPermit, safeContentType, visibleNode } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import { type Route, sendFile } from "#platform/http";
import type { Access } from "#security/access";
import { splitExtension, type Storage } from "#storage/primary";

interface ContentDeps {
  readonly storage: Storage;
  readonly access: Access;
}

const prefix = "/api/files/version/";
/** The last moment that a date can say. */
const maxTimeMs = 8.64e15;

/** The bytes of a version, as those of a file: `/api/files/version/NODE/NUMBER`, `?download=1` makes the browser save it. */
export function createContentRoute({ storage, access }: ContentDeps): Route {
  return {
    prefix,
    handle: async (request, context) => {
      const actor = await context.actor();
      if (actor.kind !== "person") throw new AppError("unauthenticated");
      if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
      const [nodeId, number] = idsAfter(context.path);
      const node = visibleNode({ storage, access }, actor, nodeId);
      const file = storage.versions.open(nodeId, number, { remote: true });
      const download = new URL(request.url).searchParams.get("download") === "1";
      const { version } = file;
      const options = {
        etag: `${nodeId}-${number}-${version.replacedAtMs.toString(36)}`,
        modifiedAtMs: version.modifiedAtMs,
        contentType: safeContentType(node.name),
        headers: contentHeaders(nameOf(node.name, version.modifiedAtMs, download), download),
      };
      return sendFile(request, file, options, readPermit({ storage, access }, actor, node));
    },
  };
}

function idsAfter(path: string): [number, number] {
  const match = /^([1-9]\d{0,15})\/([1-9]\d{0,15})$/.exec(path.slice(prefix.length));
  if (match === null) throw new AppError("not-found");
  return [Number(match[1]), Number(match[2])];
}

/** Saved beside the current file it must not take its name: `plan (2026-11-23).txt`. */
function nameOf(name: string, modifiedAtMs: number, download: boolean): string {
  if (!download) return name;
  const [base, extension] = splitExtension(name);
  return `${base} (${new Date(Math.min(modifiedAtMs, maxTimeMs)).toISOString().slice(0, 10)})${extension}`;
}
