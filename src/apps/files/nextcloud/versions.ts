import { mimeOf, readPermit, visibleNode } from "#apps/files/browse";
import {
  davOptions,
  encodePathBelow,
  escapeXml,
  multistatusClose,
  multistatusOpen,
  parsePathBelow,
  readDepth,
  xmlResponse,
} from "#apps/files/webdav";
import { versionsContract } from "#contract/apps/files/versions";
import { AppError } from "#platform/errors";
import { contentTypeOf, httpDate, type RequestContext, sendFile } from "#platform/http";
import type { Actor } from "#platform/usecase";
import { davRoot } from "./addresses.ts";
import { type OperationCaller, operationsOf, type RunOperation } from "./operations.ts";
import type { SurfaceDeps } from "./surface.ts";

export interface VersionsDeps extends Pick<SurfaceDeps, "dav"> {
  readonly run: RunOperation;
}

const versionsRoot = `${davRoot}/versions`;

interface Asked extends OperationCaller {
  readonly nodeId: number;
  /** The time a version is called by; undefined for the file itself. */
  readonly name: string | undefined;
}

/** `/remote.php/dav/versions/USER/versions/FILEID`: earlier contents, each called by the second it was changed in. */
export function createVersionsSurface({ dav, run }: VersionsDeps) {
  const operation = operationsOf(run, versionsContract);

  /** By name, the newest first; of two of one second the newer one is shown. */
  const list = async (asked: Asked) => {
    const { versions } = await operation("versions.list", { nodeId: asked.nodeId }, asked);
    type Version = (typeof versions)[number];
    const byName = new Map<string, Version>();
    for (const version of versions) {
      const name = String(Math.max(0, Math.trunc(version.modifiedAtMs / 1000)));
      if (!byName.has(name)) byName.set(name, version);
    }
    return byName;
  };
  const requireVersion = async (asked: Asked) => {
    const version = (await list(asked)).get(asked.name ?? "");
    if (version === undefined) throw new AppError("not-found", "There is no such version.");
    return version;
  };

  const propfind = async (asked: Asked): Promise<Response> => {
    if (readDepth(asked.request, 1) === "infinity") throw new AppError("forbidden", "A listing goes one level deep.");
    const node = visibleNode(dav, asked.actor, asked.nodeId);
    const base = encodePathBelow(versionsRoot, [asked.actor.name, "versions", String(node.id)]);
    const isSelf = readDepth(asked.request, 1) === 0;
    const rows = [...(isSelf ? [] : await list(asked))].map(([name, { number, sizeBytes, modifiedAtMs, author }]) =>
      row(`${base}/${name}`, [
        "<d:resourcetype/>",
        `<d:getcontentlength>${sizeBytes}</d:getcontentlength>`,
        `<d:getcontenttype>${mimeOf(node.name)}</d:getcontenttype>`,
        `<d:getlastmodified>${httpDate(modifiedAtMs)}</d:getlastmodified>`,
        `<d:getetag>"${node.id}-${number}"</d:getetag>`,
        "<nc:version-label/>",
        `<nc:version-author>${escapeXml(author ?? "")}</nc:version-author>`,
      ]),
    );
    const self = row(`${base}/`, ["<d:resourcetype><d:collection/></d:resourcetype>"]);
    return xmlResponse(207, `${multistatusOpen}${self}${rows.join("")}${multistatusClose}`);
  };

  const get = async (asked: Asked): Promise<Response> => {
    const { number } = await requireVersion(asked);
    const node = visibleNode(dav, asked.actor, asked.nodeId);
    const file = dav.storage.versions.open(node.id, number, { remote: true });
    const { modifiedAtMs } = file.version;
    const options = {
      etag: `${node.id}-${number}`,
      modifiedAtMs,
      contentType: contentTypeOf(node.name),
      headers: { "content-disposition": "attachment" },
    };
    return sendFile(asked.request, file, options, readPermit(dav, asked.actor, node));
  };

  const restore = async (asked: Asked): Promise<Response> => {
    const destination = asked.request.headers.get("destination") ?? "";
    const path = URL.canParse(destination) ? new URL(destination).pathname : destination;
    if (!path.startsWith(`${versionsRoot}/${asked.actor.name}/restore/`)) {
      throw new AppError("forbidden", "A version is brought back by moving it to restore/.");
    }
    const { number } = await requireVersion(asked);
    await operation("versions.restore", { nodeId: asked.nodeId, number }, asked);
    return new Response(null, { status: 204 });
  };

  const remove = async (asked: Asked): Promise<Response> => {
    const { number } = await requireVersion(asked);
    await operation("versions.remove", { nodeId: asked.nodeId, numbers: [number] }, asked);
    return new Response(null, { status: 204 });
  };

  const methods: Readonly<Record<string, (asked: Asked) => Promise<Response>>> = {
    PROPFIND: propfind,
    GET: get,
    HEAD: get,
    MOVE: restore,
    DELETE: remove,
  };
  return {
    owns: (rawPath: string) => rawPath.startsWith(`${versionsRoot}/`),
    handle: async (request: Request, context: RequestContext, actor: Actor): Promise<Response> => {
      if (request.method === "OPTIONS") return davOptions();
      const { names } = parsePathBelow(`${versionsRoot}/${actor.name}`, context.path);
      const [folder, id = "", name, ...more] = names;
      if (folder !== "versions" || !/^[1-9]\d{0,15}$/.test(id) || more.length > 0) throw new AppError("not-found");
      const method = methods[request.method];
      if (method === undefined || (name === undefined) !== (method === propfind)) {
        throw new AppError("method-not-allowed");
      }
      return method({ request, context, actor, nodeId: Number(id), name });
    },
  };
}

function row(href: string, properties: readonly string[]): string {
  return (
    `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${properties.join("")}</d:prop>` +
    `<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
  );
}
