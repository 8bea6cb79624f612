// needs: nextcloudcmd, mariadbd, mariadb-install-db, my_print_defaults
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { basic, type RunningHearth, startHearth } from "#kit";
import { type FakePerson, logIn, plant, sqliteAt, writeNextcloud } from "./imports-nextcloud.ts";
import { startMariaDb } from "./imports-mariadb.ts";
import { createSyncClient, desktopQuery } from "./nextcloud-support.ts";
import { openPage } from "./oidc-support.ts";
import { startCountingProxy } from "./sync/counting-proxy.ts";

let root = "";
let hearth: RunningHearth;
let page: ReturnType<typeof openPage>;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "hearth-import-"));
  hearth = await startHearth();
  page = openPage(hearth, hearth.cookie);
});
afterAll(async () => {
  await hearth.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Runs an import to its end and answers how it went. */
async function importAll(folder: string, people: readonly { uid: string; name: string }[], how = "copy") {
  const started = await page("imports.start", { folder, people, how });
  expect(started.status, JSON.stringify(started.answer)).toBe(200);
  for (const until = performance.now() + 60_000; performance.now() < until;) {
    const { answer } = await page("imports.list", {});
    const run = answer.imports.find(({ id }: { id: number }) => id === started.answer.id);
    if (run.state !== "running") return run;
    await Bun.sleep(50);
  }
  throw new Error("the import did not end");
}

const argon = async (password: string) =>
  `3|${await Bun.password.hash(password, { algorithm: "argon2id", memoryCost: 1024, timeCost: 1 })}`;
const bcrypt = async (password: string) =>
  `1|${(await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 })).replace("$2b$", "$2y$")}`;
const propfind = async (user: string, password: string, path: string) => {
  const response = await fetch(`${hearth.url}/remote.php/dav/files/${user}/${path}`, {
    method: "PROPFIND",
    headers: { authorization: basic(user, password), depth: "0" },
    body: desktopQuery,
  });
  return { status: response.status, text: await response.text() };
};

test("people keep name, password, files, times, ids, groups, shares, links and favourites", async () => {
  const folder = join(root, "whole");
  plant(folder, {
    "carla/files/Documents/Letter.odt": "a letter",
    "carla/files/Photos/Sea.jpg": "the sea",
    "carla/files/Überschwemmung 🌊.txt": "wet",
    "dave/files/Notes.md": "notes",
  });
  const { execute, close } = await sqliteAt(folder);
  const people: FakePerson[] = [
    {
      uid: "carla",
      displayName: "Carla C.",
      password: await argon("carlas password"),
      quota: "5 GB",
      appPassword: "A".repeat(36) + "b".repeat(36),
    },
    { uid: "dave", displayName: "Dave", password: await bcrypt("daves password") },
  ];
  const { idOf, insert } = await writeNextcloud({ folder, execute, people, database: "'dbtype' => 'sqlite3'," });
  await insert("oc_group_user", ["Family", "carla"]);
  await insert("oc_group_user", ["Family", "dave"]);
  const photos = idOf("carla/files/Photos");
  const letter = idOf("carla/files/Documents/Letter.odt");
  await insert("oc_share", [1, 0, "dave", null, "carla", "carla", "folder", photos, 31, 0, null, null]);
  await insert("oc_share", [2, 3, null, null, "carla", "carla", "file", letter, 17, 0, null, "Tx9aB3cD4eF5gH6"]);
  await insert("oc_share", [
    3,
    3,
    null,
    await argon("of the link"),
    "carla",
    "carla",
    "folder",
    photos,
    1,
    0,
    "2099-01-01 00:00:00",
    "Zx9aB3cD4eF5gH6",
  ]);
  await insert("oc_vcategory", [1, "carla", "files", "_$!<Favorite>!$_"]);
  await insert("oc_vcategory_to_object", [letter, 1, "files"]);
  close();

  const found = await page("imports.inspect", { folder });
  expect(found.answer).toMatchObject({
    version: "29.0.4.1",
    groups: 1,
    shares: 1,
    links: 2,
    appPasswords: 1,
    canLink: true,
  });
  expect(found.answer.people).toMatchObject([
    { uid: "carla", name: "carla", exists: false, files: 3, sizeBytes: 18, keepsPassword: true },
    { uid: "dave", name: "dave", exists: false, files: 1, sizeBytes: 5, keepsPassword: true },
  ]);
  const run = await importAll(folder, [
    { uid: "carla", name: "carla" },
    { uid: "dave", name: "dave" },
  ]);
  expect(run).toMatchObject({
    state: "done",
    failures: [],
    brought: { people: 2, groups: 1, shares: 1, links: 2, appPasswords: 1 },
  });

  const seen = await propfind("carla", "carlas password", "Documents/Letter.odt");
  expect(seen.text).toContain(`<oc:fileid>${letter}</oc:fileid>`);
  expect(seen.text).toContain("Mon, 03 Feb 2020 04:05:06 GMT");
  expect((await propfind("carla", "A".repeat(36) + "b".repeat(36), "")).status).toBe(207);
  expect((await propfind("carla", "A".repeat(36) + "c".repeat(36), "")).status).toBe(401);
  expect((await propfind("dave", "daves password", "Photos/Sea.jpg")).status).toBe(207);
  expect((await propfind("dave", "daves password", "Documents/Letter.odt")).status).toBe(404);
  const link = await fetch(`${hearth.url}/s/Tx9aB3cD4eF5gH6/content/${letter}`);
  expect(await link.text()).toBe("a letter");
  expect((await fetch(`${hearth.url}/s/Zx9aB3cD4eF5gH6/content/${photos}`)).status).toBe(401);
  const favourites = await fetch(`${hearth.url}/remote.php/dav/files/carla/`, {
    method: "REPORT",
    headers: { authorization: basic("carla", "carlas password") },
    body: '<oc:filter-files xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:fileid/></d:prop><oc:filter-rules><oc:favorite>1</oc:favorite></oc:filter-rules></oc:filter-files>',
  });
  expect(await favourites.text()).toContain("Letter.odt");
  const { answer } = await page("people.list", {});
  expect(answer.people.find(({ name }: { name: string }) => name === "carla")).toMatchObject({
    displayName: "Carla C.",
    quotaBytes: 5 * 1024 ** 3,
    roles: ["member"],
  });
  expect(answer.groups).toMatchObject([{ name: "Family" }]);

  // Again: only what has come since is taken, and what somebody has changed here is left as it is.
  plant(folder, { "dave/files/Later.txt": "later", "dave/files/Notes.md": "other notes" });
  const again = await importAll(folder, [{ uid: "dave", name: "dave" }]);
  expect(again).toMatchObject({ state: "done", brought: { people: 0 }, failures: [{ path: "dave/Notes.md" }] });
  expect((await propfind("dave", "daves password", "Later.txt")).status).toBe(207);
});

test("a client that has synced with the Nextcloud goes on here without fetching or sending anything again", async () => {
  const before = await startHearth({ user: "erin" });
  const proxy = await startCountingProxy(before.url);
  const appPassword = "Erin".repeat(18);
  let password = before.appPassword;
  const client = createSyncClient(() => ({ url: proxy.url, user: "erin", appPassword: password }));
  try {
    for (let at = 0; at < 40; at += 1) client.write(`folder-${at % 4}/file-${at}.txt`, `content ${at}`.repeat(10_000));
    await client.sync();
    const folder = join(root, "erins");
    await cp(join(before.dataDir, "volumes/main/home/erin"), join(folder, "data/erin/files"), {
      recursive: true,
      preserveTimestamps: true,
    });
    const etags: Record<string, string> = {};
    for (const path of Object.keys(client.tree()).filter((each) => !each.endsWith("/"))) {
      const answer = await before.fetch(`/remote.php/dav/files/erin/${path}`, { method: "HEAD" });
      etags[path] = (answer.headers.get("etag") ?? "").replaceAll('"', "");
    }
    const { execute, close } = await sqliteAt(folder);
    const person = { uid: "erin", displayName: "Erin", password: await argon("erins password"), appPassword };
    await writeNextcloud({
      folder,
      execute,
      people: [person],
      etags,
      database: "'dbtype' => 'sqlite3',",
      firstFileId: 90_000,
    });
    close();
    expect(await importAll(folder, [{ uid: "erin", name: "erin" }], "link")).toMatchObject({
      state: "done",
      failures: [],
    });

    proxy.pointTo(hearth.url);
    password = appPassword;
    proxy.takeSentBytes();
    const inodes = () => Object.keys(client.tree()).map((path) => statSync(client.path(path)).ino);
    const tree = client.tree();
    const inodesBefore = inodes();
    await client.sync();
    expect(inodes()).toEqual(inodesBefore);
    expect(client.tree()).toEqual(tree);
    // Only questions went out: each of the 40 files alone has 90 KB.
    expect(proxy.takeSentBytes()).toBeLessThan(60_000);

    client.write("folder-1/file-1.txt", "changed after the move");
    await client.sync();
    expect(
      await (
        await fetch(`${hearth.url}/remote.php/dav/files/erin/folder-1/file-1.txt`, {
          headers: { authorization: basic("erin", appPassword) },
        })
      ).text(),
    ).toBe("changed after the move");
  } finally {
    client.remove();
    proxy.stop();
    await before.stop();
  }
});

test("killed in the middle it goes on after the start, and everything is there once", async () => {
  const folder = join(root, "many");
  const files = Object.fromEntries(
    Array.from({ length: 1500 }, (_, at) => [`hugo/files/${at % 30}/file-${at}.txt`, `content ${at}`]),
  );
  plant(folder, files);
  const { execute, close } = await sqliteAt(folder);
  await execute("BEGIN");
  const person = { uid: "hugo", displayName: "Hugo", password: await argon("hugos password") };
  await writeNextcloud({ folder, execute, people: [person], database: "'dbtype' => 'sqlite3'," });
  await execute("COMMIT");
  close();
  const dataDir = join(root, "killed");
  let house = await startHearth({ dataDir });
  try {
    const ask = openPage(house, house.cookie);
    const { status } = await ask("imports.start", { folder, people: [{ uid: "hugo", name: "hugo" }] });
    expect(status).toBe(200);
    const taken = () => countFiles(join(dataDir, "volumes/main/home/hugo"));
    await until(() => taken() > 200);
    await house.kill();
    const before = taken();
    expect(before).toBeLessThan(1500);
    house = await startHearth({ dataDir, again: house });
    const again = openPage(house, house.cookie);
    await until(async () => (await again("imports.list", {})).answer.imports[0].state === "done");
    expect((await again("imports.list", {})).answer.imports[0]).toMatchObject({
      failures: [],
      progress: { doneFiles: 1500 },
    });
    expect(taken()).toBe(1500);
  } finally {
    await house.stop();
  }
}, 120_000);

/** Files below `folder`; a home that is not made yet has none. */
function countFiles(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 90_000; !(await holds()); await Bun.sleep(20)) {
    if (performance.now() > end) throw new Error("it did not come to hold");
  }
}

test("a MariaDB is read like a SQLite; what cannot come along is named before and after", async () => {
  const folder = join(root, "maria");
  plant(folder, { "frank/files/a.txt": "a", "frank/files/secret/b.txt": "b", "Other Name/files/c.txt": "c" });
  const mariaDb = await startMariaDb(join(root, "mariadb"));
  try {
    const people = [
      { uid: "frank", displayName: "Frank", password: "an old hash of another kind" },
      { uid: "Other Name", displayName: "Other", password: await argon("password of other") },
    ];
    const { idOf, insert } = await writeNextcloud({
      folder,
      execute: mariaDb.execute,
      people,
      database: mariaDb.configPhp,
    });
    await mariaDb.execute(`UPDATE oc_filecache SET encrypted = 1 WHERE fileid = ${idOf("frank/files/secret")}`);
    const found = await page("imports.inspect", { folder });
    expect(found.answer.people).toMatchObject([
      { uid: "frank", keepsPassword: false },
      { uid: "Other Name", name: null },
    ]);
    const run = await importAll(folder, [
      { uid: "frank", name: "frank" },
      { uid: "Other Name", name: "other" },
    ]);
    expect(run).toMatchObject({ state: "done", failures: [{ path: "frank/secret" }] });
    expect((await propfind("other", "password of other", "c.txt")).status).toBe(207);
    await insert("oc_appconfig", ["core", "encryption_enabled", "yes"]);
    const refused = await page("imports.start", { folder, people: [{ uid: "frank", name: "frank" }] });
    expect(refused.answer).toMatchObject({ code: "conflict" });
    expect(refused.answer.detail).toContain("encryption");
  } finally {
    await mariaDb.stop();
  }
  const gone = await page("imports.inspect", { folder });
  expect(gone.answer).toMatchObject({ code: "unavailable" });
  expect(JSON.stringify(gone.answer)).not.toContain("maria-password");
});

test("whoever does not look after the server learns nothing, and bad places are refused with what is missing", async () => {
  const member = await page("people.create", {
    name: "gail",
    displayName: "Gail",
    password: "quite a long password",
    roles: ["member"],
  });
  expect(member.status).toBe(200);
  const asGail = openPage(hearth, await logIn(hearth, "gail", "quite a long password"));
  for (const [name, input] of [
    ["imports.inspect", { folder: root }],
    ["imports.list", {}],
    ["imports.cancel", { id: 1 }],
  ] as const)
    expect((await asGail(name, input)).answer.code).toBe("forbidden");
  expect((await page("imports.inspect", { folder: join(root, "nothing") })).answer.detail).toContain("config.php");
  expect((await page("imports.inspect", { folder: "relative" })).answer.code).toBe("bad-request");
  const folder = join(root, "whole");
  for (const people of [
    [],
    [{ uid: "carla", name: "Not A Name" }],
    [
      { uid: "nobody", name: "x" },
      { uid: "nobody", name: "y" },
    ],
  ])
    expect((await page("imports.start", { folder, people })).answer.code).toBe("bad-request");
});
