import { createQuickAck } from "#platform/tcp";

/** One file or folder as the stub remembers it: everything but the content. */
interface Entry {
  readonly id: number;
  readonly parent: Entry | undefined;
  readonly name: string;
  /** Undefined for a file. */
  readonly children: Map<string, Entry> | undefined;
  sizeBytes: number;
  modifiedAtSeconds: number;
  etag: number;
}

const davRoots = [/^\/remote\.php\/dav\/files\/[^/]+/, /^\/remote\.php\/webdav/];
const xml = { "content-type": "application/xml; charset=utf-8" };
const maxFileBytes = 16 * 1024 * 1024;

/** A server for sync clients that stores nothing, on a free loopback port. */
export interface SyncStub {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/**
 * The least a server can do for a Nextcloud client: it remembers names, sizes, times, ids and etags in memory, lets everybody in, and
 * answers a download with zeros of the right length. The time a client needs with it is the limit for every real server.
 */
export function startSyncStub(port = 0): SyncStub {
  const zeros = new Uint8Array(maxFileBytes);
  let lastId = 0;
  let lastEtag = 0;
  const make = (parent: Entry | undefined, name: string, isFolder: boolean): Entry => {
    const children = isFolder ? new Map<string, Entry>() : undefined;
    const modifiedAtSeconds = Math.trunc(Date.now() / 1000);
    const entry = { id: ++lastId, parent, name, children, sizeBytes: 0, modifiedAtSeconds, etag: 0 };
    parent?.children?.set(name, entry);
    return entry;
  };
  /** A change of an entry is one of all above it: that is how a client finds it. */
  const touch = (entry: Entry | undefined): void => {
    const etag = ++lastEtag;
    for (let above = entry; above !== undefined; above = above.parent) above.etag = etag;
  };
  const root = make(undefined, "", true);
  touch(root);

  const answerDav = async (request: Request, path: string, base: string): Promise<Response> => {
    const names = path.slice(base.length).split("/").filter(Boolean).map(decodeURIComponent);
    const find = (depth: number) =>
      names.slice(0, depth).reduce<Entry | undefined>((entry, name) => entry?.children?.get(name), root);
    const entry = find(names.length);
    const parent = find(names.length - 1);
    const name = names.at(-1);
    if (request.method === "PUT" || request.method === "MKCOL") {
      if (name === undefined || parent?.children === undefined) return new Response(null, { status: 409 });
      const body = await request.bytes();
      const isFolder = request.method === "MKCOL";
      if (isFolder && entry !== undefined) return new Response(null, { status: 405 });
      const made = entry ?? make(parent, name, isFolder);
      made.sizeBytes = body.byteLength;
      made.modifiedAtSeconds = Number(request.headers.get("x-oc-mtime") ?? made.modifiedAtSeconds);
      touch(made);
      const headers = { ...identity(made), "x-oc-mtime": "accepted" };
      return new Response(null, { status: entry === undefined ? 201 : 204, headers });
    }
    if (entry === undefined) return new Response(null, { status: 404 });
    if (request.method === "PROPFIND") {
      const listed = request.headers.get("depth") === "0" ? [] : [...(entry.children?.values() ?? [])];
      const href = path.replace(/\/+$/, "");
      const rows = listed.map((child) => row(`${href}/${encodeURIComponent(child.name)}`, child));
      return new Response(multistatus(row(href, entry) + rows.join("")), { status: 207, headers: xml });
    }
    if (request.method === "DELETE") {
      parent?.children?.delete(entry.name);
      touch(parent);
      return new Response(null, { status: 204 });
    }
    if (request.method !== "GET" || entry.children !== undefined) return new Response(null, { status: 405 });
    const modified = new Date(entry.modifiedAtSeconds * 1000).toUTCString();
    return new Response(zeros.subarray(0, entry.sizeBytes), {
      headers: { ...identity(entry), "last-modified": modified, "content-type": "application/octet-stream" },
    });
  };

  const quickAck = createQuickAck();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    maxRequestBodySize: maxFileBytes,
    fetch: (request) => {
      // The client sends a body when its head is acknowledged: waiting for the kernel to do so would hide what a server costs.
      if (request.method === "PUT") quickAck(server.requestIP(request)?.port ?? 0);
      const { pathname } = new URL(request.url);
      const base = davRoots.map((pattern) => pattern.exec(pathname)?.[0]).find((match) => match !== undefined);
      if (base !== undefined) return answerDav(request, pathname, base);
      const known = Object.entries(discovery).find(([end]) => pathname.endsWith(end))?.[1];
      return known === undefined ? new Response(null, { status: 404 }) : Response.json(known);
    },
  });
  return { port: Number(server.port), stop: () => server.stop(true) };
}

function ocs(data: unknown): unknown {
  return { ocs: { meta: { status: "ok", statuscode: 100, message: "OK" }, data } };
}

const version = { major: 32, minor: 0, micro: 0, string: "32.0.0" };

/** What a client asks before it syncs, by the end of the path. */
const discovery: Readonly<Record<string, unknown>> = {
  "/status.php": {
    installed: true,
    maintenance: false,
    needsDbUpgrade: false,
    version: "32.0.0.0",
    versionstring: "32.0.0",
  },
  "/cloud/capabilities": ocs({
    version,
    capabilities: {
      core: { pollinterval: 60, "webdav-root": "remote.php/webdav" },
      dav: { chunking: "1.0" },
      files: { bigfilechunking: true },
      checksums: { supportedTypes: ["SHA1"], preferredUploadType: "SHA1" },
    },
  }),
  "/cloud/user": ocs({
    id: "bench",
    "display-name": "bench",
    email: "",
    quota: { free: 1e12, used: 0, total: 1e12, quota: -3 },
  }),
};

function identity(entry: Entry): Record<string, string> {
  return { etag: `"${entry.etag}"`, "oc-etag": `"${entry.etag}"`, "oc-fileid": fileId(entry) };
}

function fileId({ id }: Entry): string {
  return `${String(id).padStart(8, "0")}stub`;
}

function multistatus(rows: string): string {
  const names = 'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"';
  return `<?xml version="1.0" encoding="utf-8"?>\n<d:multistatus ${names}>${rows}</d:multistatus>`;
}

function row(href: string, entry: Entry): string {
  const { children, etag, id, modifiedAtSeconds, sizeBytes } = entry;
  const kind =
    children === undefined
      ? `<d:resourcetype/><d:getcontentlength>${sizeBytes}</d:getcontentlength>`
      : "<d:resourcetype><d:collection/></d:resourcetype>";
  return (
    `<d:response><d:href>${href}${children === undefined ? "" : "/"}</d:href><d:propstat><d:prop>${kind}` +
    `<d:getlastmodified>${new Date(modifiedAtSeconds * 1000).toUTCString()}</d:getlastmodified>` +
    `<d:getetag>"${etag}"</d:getetag><oc:size>${sizeBytes}</oc:size><oc:id>${fileId(entry)}</oc:id><oc:fileid>${id}</oc:fileid>` +
    `<oc:permissions>RGDNV${children === undefined ? "W" : "CK"}</oc:permissions><oc:share-types/>` +
    "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
  );
}
