import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { basic, type RunningHearth, startHearth } from "#kit";
import { logIn, plant, sqliteAt, writeNextcloud } from "./imports-nextcloud.ts";
import { openPage } from "./oidc-support.ts";

// Whole programs start, on a machine that may be busy.
setDefaultTimeout(60_000);

let root = "";
let hearth: RunningHearth;
let page: ReturnType<typeof openPage>;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "hearth-import-rights-"));
  hearth = await startHearth();
  page = openPage(hearth, hearth.cookie);
});
afterAll(async () => {
  await hearth.stop();
  rmSync(root, { recursive: true, force: true });
});

test("an import opens nobody's account to whoever may not change it", async () => {
  const password = "quite a long password";
  for (const [name, role] of [
    ["olga", "operator"],
    ["adam", "admin"],
  ])
    expect((await page("people.create", { name, displayName: name, password, roles: [role] })).status).toBe(200);
  const folder = join(root, "forged");
  plant(folder, { [`${hearth.user}/files/a.txt`]: "a", "ines/files/b.txt": "b" });
  const { execute, close } = await sqliteAt(folder);
  const people = [
    { uid: hearth.user, displayName: "x", password: "x", appPassword: "c".repeat(72) },
    { uid: "ines", displayName: "Ines", password: "x" },
  ];
  await writeNextcloud({ folder, execute, people, database: "'dbtype' => 'sqlite3'," });
  close();
  const order = { folder, people: [{ uid: hearth.user, name: hearth.user }] };

  // Making accounts and their credentials is not what looks after the machine.
  const asOperator = openPage(hearth, await logIn(hearth, "olga", password));
  for (const [operation, input] of [
    ["imports.inspect", { folder }],
    ["imports.start", { folder, people: [{ uid: "ines", name: "ines" }] }],
    ["imports.list", {}],
  ] as const)
    expect((await asOperator(operation, input)).answer.code).toBe("forbidden");
  const asAdmin = openPage(hearth, await logIn(hearth, "adam", password));
  expect((await asAdmin("imports.start", order)).answer.code).toBe("forbidden");
  const davUrl = `${hearth.url}/remote.php/dav/files/${hearth.user}/`;
  const forged = await fetch(davUrl, {
    method: "PROPFIND",
    headers: { authorization: basic(hearth.user, "c".repeat(72)) },
  });
  expect(forged.status).toBe(401);
  for (const uid of ["..", ".", "../ines", "ines/files"])
    expect((await asAdmin("imports.start", { folder, people: [{ uid, name: "ines" }] })).answer.code).toBe(
      "bad-request",
    );
});

test("what lies in Hearth's own folders is no Nextcloud, by whatever path", async () => {
  const dataDir = join(root, "own");
  const house = await startHearth({ dataDir });
  try {
    const ask = openPage(house, house.cookie);
    const home = join(dataDir, "volumes/main/home", house.user);
    const folder = join(home, "forged");
    plant(folder, { "ines/files/b.txt": "b" });
    const { execute, close } = await sqliteAt(folder);
    const people = [{ uid: "ines", displayName: "Ines", password: "x" }];
    await writeNextcloud({ folder, execute, people, database: "'dbtype' => 'sqlite3'," });
    close();
    const alias = join(root, "alias");
    symlinkSync(folder, alias);
    const outside = join(root, "moved");
    await cp(folder, outside, { recursive: true });
    for (const place of [
      { folder },
      { folder: alias },
      { folder: outside, dataFolder: join(folder, "data") },
      { folder: outside, dataFolder: root },
    ]) {
      for (const operation of ["imports.inspect", "imports.start"]) {
        const { answer } = await ask(operation, { ...place, people: [{ uid: "ines", name: "ines" }] });
        expect(answer).toMatchObject({ code: "bad-request" });
        expect(answer.detail).toContain("Hearth itself");
      }
    }
  } finally {
    await house.stop();
  }
});
