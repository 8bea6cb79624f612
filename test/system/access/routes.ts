import type { Belongings } from "./household.ts";

export interface Probe {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A read-only credential of alice's own may do it. */
  readonly reads?: boolean;
  /** This household has no such thing: a stranger must learn as much, and its module's own tests have the real ones. */
  readonly isAbsent?: boolean;
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
  "/api/metadata/picture/": () => [{ method: "GET", path: "/api/metadata/picture/1/poster", isAbsent: true }],
  "/api/works/cover/": () => [{ method: "GET", path: "/api/works/cover/1", isAbsent: true }],
  // Pictures of libraries: `src/apps/media/photos/rights.test.ts` has them, and strangers.
  "/api/photos/": () =>
    ["thumb", "original", "motion"].map((what) => ({ method: "GET", path: `/api/photos/${what}/1`, isAbsent: true })),
  // Songs of another home: `src/apps/media/music/music.test.ts` has them, and strangers.
  "/api/music/": () =>
    ["stream/1", "piece/1/init", "piece/1/0", "cover/album/1", "cover/song/1", "playlist/999.m3u8"].map((path) => ({
      method: "GET",
      path: `/api/music/${path}`,
      isAbsent: true,
    })),
  // Answers refusals with status 200 and a code: `test/conformance/opensubsonic.test.ts` has strangers.
  "/rest/": noFiles,
  // Playbacks and the files of items: `src/apps/media/stream/service.test.ts` has them, and strangers.
  "/media/play/": noFiles,
  "/media/items/": noFiles,
  // What is made of items: `src/apps/media/extras/extras.test.ts` has them, and strangers.
  "/media/extras/": () => [{ method: "GET", path: "/media/extras/1/s1.vtt", isAbsent: true }],
  // Copies of films: `src/apps/media/offline/offline.test.ts` has them, and strangers.
  "/media/offline/": () => [{ method: "GET", path: "/media/offline/1/file", isAbsent: true }],
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
  // What sync clients ask takes no session, so it is walked by itself too.
  "/remote.php/": noFiles,
  // Initials of people.
  "/remote.php/dav/avatars/": noFiles,
  // Both are walked with what sync clients ask.
  "/remote.php/direct/": noFiles,
  "/public.php/": noFiles,
  // What changes is told to those who see it: `test/conformance/nextcloud-push.test.ts` listens.
  "/push/": noFiles,
  "/ocs/": noFiles,
  "/index.php/": noFiles,
  "/status.php": noFiles,
  "/healthz": noFiles,
  // `test/conformance/places.test.ts` asks these as a stranger: here there is no place.
  "/api/places/content/": noFiles,
  "/api/places/archive/": noFiles,
  "/api/places/uploads": noFiles,
  "/dav/places": noFiles,
  "/": noFiles,
  "/pki/": noFiles,
  "/api/audit/export": noFiles,
};

/** Requests of a sync client for what is alice's; `own` is the name of whoever asks. */
export function syncProbes(things: Belongings, own: string): readonly Probe[] {
  const { homeName, spaceName, fileId, folderId, hiddenId } = things;
  const dav = "/remote.php/dav";
  const elsewhere = { destination: `${dav}/files/${own}/loot` };
  const verbs = ["GET", "HEAD", "PUT", "DELETE", "MKCOL", "PROPFIND", "PROPPATCH", "COPY", "MOVE", "LOCK", "PATCH"];
  const places = [`alice/${homeName}/file.png`, `${own}/${homeName}/file.png`, `${own}/${spaceName}/new.txt`];
  const verbProbes = places.flatMap((place) =>
    verbs.map((method) => davProbe(method, `${dav}/files/${place}`, `${dav}/files/${own}/loot`)),
  );
  const ids = [fileId, folderId, hiddenId];
  const ocs = "/ocs/v2.php/apps/files_sharing/api/v1/shares";
  return [
    ...verbProbes,
    { method: "MKCOL", path: `${dav}/uploads/alice/7` },
    {
      method: "MKCOL",
      path: `${dav}/uploads/${own}/7`,
      headers: { destination: `${dav}/files/alice/${homeName}/new` },
    },
    { method: "PROPFIND", path: `${dav}/trashbin/alice/trash`, headers: { depth: "1" } },
    { method: "MOVE", path: `${dav}/trashbin/${own}/trash/file.png.d1`, headers: elsewhere },
    ...ids.flatMap((id) => [
      { method: "PROPFIND", path: `${dav}/versions/${own}/versions/${id}`, headers: { depth: "1" } },
      { method: "GET", path: `${dav}/versions/${own}/versions/${id}/1` },
      { method: "GET", path: `/index.php/core/preview?fileId=${id}&x=256&y=256` },
      { method: "POST", path: `/ocs/v2.php/apps/dav/api/v1/direct?fileId=${id}` },
    ]),
    { method: "GET", path: `/index.php/core/preview.png?file=/${homeName}/file.png` },
    { method: "GET", path: `/remote.php/direct/${fileId}` },
    ...["GET", "PROPFIND", "PUT", "DELETE"].flatMap((method) =>
      ["file.png", `${homeName}/file.png`].map((path) => ({
        method,
        path: `${things.link.url.replace("/s/", "/public.php/dav/files/")}/${path}`,
      })),
    ),
    { method: "GET", path: `${ocs}?path=/${homeName}/file.png` },
    { method: "POST", path: `${ocs}?path=/${homeName}/file.png&shareType=3` },
    { method: "DELETE", path: `${ocs}/${things.entryId * 2}` },
    { method: "PUT", path: `${ocs}/${things.entryId * 2}?permissions=31` },
  ];
}

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
    PATCH: { headers: { "x-recalculate-hash": "SHA1" } },
  };
  return { method, path, reads, ...forms[method] };
}
