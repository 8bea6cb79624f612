import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { z } from "zod";
import { type RunningHearth, startHearth } from "#kit";
import { type Exchange, replay } from "./golden.ts";

// Whole programs start, on a machine that may be busy.
setDefaultTimeout(60_000);

const clients = ["desktop", "android", "ios"] as const;
const homes: RunningHearth[] = [];
const played = new Map<string, Awaited<ReturnType<typeof replay>>>();

beforeAll(async () => {
  for (const client of clients) {
    const hearth = await startHearth();
    homes.push(hearth);
    played.set(client, await replay(client, hearth));
  }
});
afterAll(() => Promise.all(homes.map((hearth) => hearth.stop())));

const exchangesOf = (client: string): readonly Exchange[] => played.get(client)?.exchanges ?? [];
const all = () => clients.flatMap((client) => exchangesOf(client).map((one) => ({ client, ...one })));
const of = (client: string, title: string): Exchange => {
  const found = exchangesOf(client).find((one) => one.title === title);
  if (found === undefined) throw new Error(`${client} never does: ${title}`);
  return found;
};

test.each(clients)("%s is answered as it was written down", (client) => {
  const { exchanges, differences } = played.get(client) ?? { exchanges: [], differences: [] };
  expect(exchanges.length).toBeGreaterThan(25);
  expect(differences).toEqual([]);
});

describe("every answer of every client", () => {
  test("is no error of the server, and tells errors in the form that clients read", () => {
    for (const { client, title, path, reply } of all()) {
      expect([client, title, reply.status < 500 && reply.status > 0]).toEqual([client, title, true]);
      if (reply.status < 400 || !path.startsWith("/remote.php/dav/") || reply.body === "") continue;
      expect([title, reply.body]).toEqual([title, expect.stringContaining("<s:exception>Sabre\\DAV\\Exception\\")]);
      expect(reply.body).toContain('<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">');
    }
  });

  test("a multistatus has the exact type, literal prefixes, paths, and what was found first", () => {
    const listings = all().filter(({ reply }) => reply.status === 207);
    expect(listings.length).toBeGreaterThan(10);
    for (const { title, path, reply } of listings) {
      expect([title, reply.headers.get("content-type")]).toEqual([title, "application/xml; charset=utf-8"]);
      const head = `<d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns">`;
      expect(reply.body).toContain(head);
      const own = reply.body.replaceAll(/<\/?(?:d|oc|nc|x1|s):[\w-]+|<\?xml/g, "");
      // What is left of elements are names of other spaces, which have no prefix.
      expect(own.match(/<\w+:/g)).toBeNull();
      for (const [, href = ""] of reply.body.matchAll(/<d:href>([^<]*)/g)) expect(href).toStartWith("/");
      for (const response of reply.body.split("<d:response>").slice(1)) {
        const [first = ""] = response.split("</d:propstat>");
        if (!path.includes("trashbin") && title !== "browse: a favourite")
          expect([title, first]).toEqual([title, expect.stringContaining("HTTP/1.1 200 OK")]);
      }
    }
  });

  test("an etag is quoted, is the same in both headers, and has no word that a client would cut out of it", () => {
    for (const { title, method, reply } of all()) {
      const etag = reply.headers.get("etag");
      if (etag === undefined) continue;
      expect([title, etag]).toEqual([title, expect.stringMatching(/^"[^"]+"$/)]);
      expect(etag).not.toContain("gzip");
      expect(reply.headers.has("content-encoding")).toBe(false);
      if (["PUT", "MOVE"].includes(method) && reply.headers.has("oc-etag"))
        expect(reply.headers.get("oc-etag")).toBe(etag);
    }
  });

  test("of an envelope: compact, 100 and 200 by version, a list or a map and never the wrong one", () => {
    for (const { client, title, path, reply } of all().filter((one) => one.path.startsWith("/ocs/"))) {
      const isJson = client === "ios" || path.includes("format=json");
      expect([title, reply.headers.get("content-type")?.includes(isJson ? "json" : "xml")]).toEqual([title, true]);
      if (!isJson || reply.status >= 400) continue;
      // The pattern of the desktop client, and what it would not survive.
      expect(/"statuscode":(\d+)/.exec(reply.body)?.[1]).toBe(path.startsWith("/ocs/v1.php") ? "100" : "200");
      expect(reply.body).toBe(JSON.stringify(JSON.parse(reply.body)));
    }
  });
});

describe("traps", () => {
  test("the network check is an empty 204, terms of service are 404, the root asks for no password", async () => {
    expect(of("desktop", "start: is there a network").reply).toMatchObject({ status: 204, body: "" });
    expect(of("desktop", "start: terms of service, which must be none").reply.status).toBe(404);
    const [hearth] = homes;
    const root = await fetch(hearth?.url ?? "", { redirect: "manual" });
    expect([200, 302, 303]).toContain(root.status);
  });

  test("without credentials: 401 with Basic for files, and capabilities all the same", () => {
    const { reply } = of("desktop", "start: how does it want to be asked for credentials");
    expect([reply.status, reply.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringContaining("Basic realm="),
    ]);
    expect(of("desktop", "start: capabilities without credentials").reply.status).toBe(200);
  });

  test("codes that clients insist on: MKCOL, chunk, rename 201; DELETE 204, a second one 404; range 206", () => {
    const codes = {
      "upload in chunks: begin": 201,
      "upload in chunks: the first": 201,
      "upload in chunks: the end": 201,
      "rename: MOVE must be 201": 201,
      "rename: and the old name 404": 404,
      delete: 204,
      "delete once more, which is as good": 404,
      "browse: the rest of one that was broken off": 206,
      "upload: a small file": 400,
      "upload: a change of what has changed meanwhile": 412,
    };
    for (const [title, status] of Object.entries(codes)) {
      expect([title, of("desktop", title).reply.status]).toEqual([title, status]);
    }
    const end = of("desktop", "upload in chunks: the end").reply.headers;
    expect([end.get("oc-fileid"), end.get("x-oc-mtime")]).toEqual([expect.stringMatching(/^\d{8,}[a-z]/), "accepted"]);
  });

  test("a rename keeps id, etag and time, or the desktop client loads the file again", () => {
    const entry = (body: string, name: string) => body.split("<d:response>").find((part) => part.includes(name)) ?? "";
    const listed = entry(of("desktop", "browse: a folder").reply.body, "large.bin");
    const etag = /<d:getetag>("[^"]+")/.exec(listed)?.[1];
    expect(of("desktop", "browse: a download").reply.headers.get("etag")).toBe(etag);
    expect(of("desktop", "upload in chunks: the end").reply.headers.get("etag")).toBe(etag);
  });

  test("every entry of a listing has what the desktop and Android clients cannot do without", () => {
    for (const [client, title] of [
      ["desktop", "browse: the top"],
      ["desktop", "browse: a folder"],
      ["android", "browse: the folder"],
      ["ios", "browse: the folder"],
    ] as const) {
      const { body } = of(client, title).reply;
      for (const entry of body.split("<d:response>").slice(1)) {
        const found = entry.split("</d:propstat>")[0] ?? "";
        for (const part of ["<d:getetag>", "<oc:id>", "<oc:permissions>", "<oc:fileid>", "<d:getlastmodified>"]) {
          expect([title, found]).toEqual([title, expect.stringContaining(part)]);
        }
        if (!found.includes("<d:collection/>")) expect(found).toContain("<d:getcontentlength>");
        else expect(found).toContain("<d:resourcetype><d:collection/></d:resourcetype>");
      }
    }
    // Apps look for C and K side by side.
    expect(of("android", "browse: the folder").reply.body).toContain("<oc:permissions>RGDNVCK</oc:permissions>");
  });

  test("fractions of seconds, long natural numbers and folders on the way are understood", () => {
    expect(of("ios", "upload: a photo into folders that are not there").reply.status).toBe(201);
    const { body } = of("ios", "browse: the folder").reply;
    expect(body).toContain("Tue, 14 Nov 2023 22:15:00 GMT");
    const download = of("android", "browse: a download").reply;
    const sha1 = new Bun.CryptoHasher("sha1").update("0123456789the end").digest("hex");
    expect([download.body, download.headers.get("oc-checksum")]).toEqual(["0123456789the end", `SHA1:${sha1}`]);
  });

  test("what the iOS app decodes strictly has the types it insists on", () => {
    expect(iosCapabilities.safeParse(JSON.parse(of("ios", "start: capabilities").reply.body)).error).toBeUndefined();
    const user = JSON.parse(of("ios", "start: who is it").reply.body).ocs.data;
    expect(iosUser.safeParse(user).error).toBeUndefined();
  });

  test("Android reads shares as XML", () => {
    const { reply } = of("android", "share: what is there");
    expect(reply.body).toStartWith('<?xml version="1.0"?>\n<ocs><meta><status>ok</status><statuscode>200</statuscode>');
    expect(reply.body).toContain("<data><element><id>");
    expect(of("android", "share: none of this number").reply.status).toBe(404);
  });
});

const flag = z.boolean().optional();
const expiry = z.object({ enforced: flag, days: z.int().optional() }).optional();
const words = z.array(z.string()).optional();
const text = z.string().optional();

/** NextcloudKit 7.4, `NextcloudKit+Capabilities.swift`: a key that is there has this type, or the login fails. */
const iosCapabilities = z.object({
  ocs: z.object({
    meta: z.object({ status: text, message: text, statuscode: z.int().optional() }),
    data: z.object({
      version: z.object({ string: z.string(), minor: z.int(), micro: z.int(), major: z.int() }),
      capabilities: z.object({
        files_sharing: z.object({
          api_enabled: flag,
          group_sharing: flag,
          resharing: flag,
          default_permissions: z.int().optional(),
          public: z.object({
            enabled: z.boolean(),
            upload: flag,
            password: z.object({ enforced: flag, askForOptionalPassword: flag }).optional(),
            send_mail: flag,
            upload_files_drop: flag,
            multiple_links: flag,
            expire_date: expiry,
            expire_date_internal: expiry,
            expire_date_remote: expiry,
          }),
        }),
        theming: z.object({
          color: text,
          "color-element": text,
          "color-text": text,
          "color-element-bright": text,
          "background-default": flag,
          "background-plain": flag,
          "color-element-dark": text,
          name: text,
          slogan: text,
          url: text,
          logo: text,
          background: text,
        }),
        activity: z.undefined().optional(),
        "end-to-end-encryption": z.undefined().optional(),
        notifications: z.object({ "ocs-endpoints": words }).optional(),
        files: z.object({
          undelete: flag,
          "api-feature-lock-type": flag,
          locking: text,
          comments: flag,
          versioning: flag,
          directEditing: z.object({ url: text, etag: text, supportsFileId: flag }).optional(),
          bigfilechunking: flag,
          version_deletion: flag,
          version_labeling: flag,
          windows_compatible_filenames: flag,
          forbidden_filenames: words,
          forbidden_filename_basenames: words,
          forbidden_filename_characters: words,
          forbidden_filename_extensions: words,
        }),
        user_status: z.undefined().optional(),
        terms_of_service: z.undefined().optional(),
        groupfolders: z.undefined().optional(),
        notify_push: z.object({
          type: z.array(z.string()),
          endpoints: z.object({ websocket: z.string().startsWith("ws"), pre_auth: z.string().startsWith("http") }),
        }),
      }),
    }),
  }),
});

const iosUser = z.object({
  id: z.literal("alice"),
  "display-name": z.string(),
  displayname: z.string(),
  enabled: z.boolean(),
  groups: z.array(z.string()),
  language: z.string(),
  quota: z.object({ free: z.int(), used: z.int(), total: z.int(), relative: z.number(), quota: z.int() }),
});
