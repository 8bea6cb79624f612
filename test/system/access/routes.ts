import type { Belongings } from "./household.ts";

export interface Probe {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A read-only credential of alice's own may do it. */
  readonly reads?: boolean;
}

type Probes = (things: Belongings) => readonly Probe[];

const noFiles: Probes = () => [];
const tus = { "tus-resumable": "1.0.0" };
const chunk = { ...tus, "content-type": "application/offset+octet-stream" };

/** Ways to get at alice's things below each prefix that answers over HTTP. A prefix that is missing here fails the test. */
export const probes: Readonly<Record<string, Probes>> = {
  // Operations are walked by themselves.
  "/api/": noFiles,
  "/api/files/content/": ({ fileId }) =>
    ["GET", "HEAD"].map((method) => ({ method, path: `/api/files/content/${fileId}`, reads: true })),
  "/api/files/preview/": ({ fileId }) =>
    ["GET", "HEAD"].map((method) => ({ method, path: `/api/files/preview/${fileId}?size=256`, reads: true })),
  "/api/files/version/": ({ fileId, versionNumber }) =>
    ["GET", "HEAD"].map((method) => ({ method, path: `/api/files/version/${fileId}/${versionNumber}`, reads: true })),
  "/api/files/archive": ({ folderId }) =>
    ["GET", "HEAD"].map((method) => ({ method, path: `/api/files/archive?ids=${folderId}`, reads: true })),
  "/api/uploads": ({ folderId, uploadPath }) => [
    {
      method: "POST",
      path: "/api/uploads",
      headers: {
        ...chunk,
        "upload-length": "1",
        "upload-metadata": `parentId ${btoa(String(folderId))},path ${btoa("put.txt")}`,
      },
      body: "x",
    },
    {
      method: "POST",
      path: "/api/uploads",
      headers: {
        ...chunk,
        "upload-length": "1",
        "upload-metadata": `parentId ${btoa(String(folderId))},path ${btoa("file.png")},onClash ${btoa("replace")}`,
      },
      body: "x",
    },
    { method: "PATCH", path: uploadPath, headers: { ...chunk, "upload-offset": "0" }, body: "x" },
    { method: "HEAD", path: uploadPath, headers: tus, reads: true },
    { method: "DELETE", path: uploadPath, headers: tus },
  ],
  // What changes is told to those who see it: its own test listens.
  "/api/events": noFiles,
  "/s/": ({ link, fileId, folderId, hiddenId }) => [
    ...[fileId, hiddenId, folderId].flatMap((id) => [
      { method: "GET", path: `${link.url}/content/${id}` },
      { method: "GET", path: `${link.url}/preview/${id}?size=256` },
      { method: "GET", path: `${link.url}/archive?ids=${id}` },
    ]),
    {
      method: "POST",
      path: `${link.url}/uploads`,
      headers: { ...chunk, "upload-length": "1", "upload-metadata": `path ${btoa("put.txt")}` },
      body: "x",
    },
  ],
  // Verbs are walked by themselves.
  "/dav": noFiles,
  "/healthz": noFiles,
  "/": noFiles,
  "/pki/": noFiles,
  "/api/audit/export": noFiles,
};

const propfind = `<d:propfind xmlns:d="DAV:"><d:allprop/></d:propfind>`;
const proppatch = `<d:propertyupdate xmlns:d="DAV:"><d:set><d:prop><x xmlns="u:">1</x></d:prop></d:set></d:propertyupdate>`;
const lock = `<d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/></d:locktype></d:lockinfo>`;

/** One request of a WebDAV verb at a path; `elsewhere` is where the caller may write. */
export function davProbe(method: string, path: string, elsewhere: string): Probe {
  const reads = ["OPTIONS", "GET", "HEAD", "PROPFIND"].includes(method);
  const destination = { destination: elsewhere };
  const forms: Readonly<Record<string, Omit<Probe, "method" | "path">>> = {
    PUT: { body: "x" },
    PROPFIND: { headers: { depth: "1" }, body: propfind },
    PROPPATCH: { body: proppatch },
    LOCK: { headers: { depth: "0" }, body: lock },
    UNLOCK: { headers: { "lock-token": "<opaquelocktoken:x>" } },
    COPY: { headers: destination },
    MOVE: { headers: destination },
  };
  return { method, path, reads, ...forms[method] };
}
