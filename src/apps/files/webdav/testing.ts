import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMounts, mountsMigrations } from "#apps/files/mounts";
import { systemRandom } from "#platform/clock";
import { openDatabase } from "#platform/db";
import { createExec } from "#platform/exec";
import { createHttp } from "#platform/http";
import { createLogger } from "#platform/log";
import { type Actor, anonymous } from "#platform/usecase";
import { accessMigrations, capabilitiesOf, createAccess } from "#security/access";
import { createStorage, storageMigrations } from "#storage/primary";
import { webdavMigrations } from "./migrations/index.ts";
import { createWebdav } from "./service.ts";

export type TestDav = Awaited<ReturnType<typeof openTestDav>>;

/**
 * WebDAV on real storage in a temporary folder. anna and ben have homes; the space `family` has anna as manager, ben as viewer.
 * `/dav/` is asked with the header `x-test-user`; `reader` is anna with a read-only app password, `browser` anna with a cookie.
 */
export async function openTestDav() {
  const dir = mkdtempSync(join(tmpdir(), "hearth-dav-"));
  const volume = join(dir, "volume");
  mkdirSync(volume);
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs };
  const failures: unknown[] = [];
  const log = createLogger({ clock, level: "error", write: (line) => void failures.push(JSON.parse(line)) });
  const migrations = [...accessMigrations, ...storageMigrations, ...mountsMigrations, ...webdavMigrations];
  const db = openDatabase({ path: join(dir, "hearth.db"), migrations, clock, log });
  const exec = createExec({ log, clock });
  const deps = { db, clock, random: systemRandom, log, exec };
  const storage = createStorage({ ...deps, volumes: { main: volume }, durability: "relaxed" });
  const access = createAccess({
    db,
    clock,
    tree: storage,
    names: { person: () => undefined, group: () => undefined, space: () => undefined, path: storage.lineage },
    groups: () => [],
  });
  await storage.start();
  const anna = personOf(1, "anna");
  const ben = personOf(2, "ben");
  for (const { userId, name } of [anna, ben]) {
    access.grantHome((await storage.createSpace({ kind: "home", name, quotaBytes: null })).id, userId);
  }
  const family = await storage.createSpace({ kind: "shared", name: "family", quotaBytes: 1_000_000 });
  access.setMembers(family.id, [
    { userId: 1, role: "manager" },
    { userId: 2, role: "viewer" },
  ]);
  const actors: Readonly<Record<string, Actor>> = {
    anna,
    ben,
    reader: { ...anna, readOnly: true },
    browser: { ...anna, via: "session" },
  };
  const mounts = createMounts({ ...deps, storage, access, personName: () => undefined });
  const open = () =>
    createHttp({
      routes: [createWebdav({ ...deps, storage, access, mounts, person: () => undefined }).route],
      authenticate: (request) => actors[request.headers.get("x-test-user") ?? ""] ?? anonymous,
      log,
      clock,
    });
  let http = open();
  /** A request of a person; headers as an object, body as text. */
  const ask = async (
    user: string,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ) => {
    const request = new Request(`http://cloud.test${path}`, {
      method,
      headers: { host: "cloud.test", "x-test-user": user, ...headers },
      body,
    });
    const response = await http(request, { address: "192.0.2.1", setIdleTimeout: () => undefined });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return {
    ask,
    storage,
    access,
    mounts,
    actorOf: (user: string): Actor => actors[user] ?? anonymous,
    family,
    failures,
    /** How many properties of clients the database holds. */
    propertyCount: () =>
      db.prepare<{ count: number }, []>("SELECT count(*) AS count FROM webdav_property").get()?.count,
    folderOf: (user: string) => join(volume, "home", user),
    /** Moves the clock of the server on. */
    pass: (ms: number) => {
      aheadMs += ms;
    },
    /** A new start on the same database. */
    restart: () => {
      http = open();
    },
    close: async () => {
      await storage.stop();
      await exec.stopAll();
      db.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function personOf(userId: number, name: string): Actor {
  const roles = ["member"] as const;
  const capabilities = capabilitiesOf(roles);
  return { ...anonymous, kind: "person", userId, name, roles, capabilities, via: "app-password", readOnly: false };
}
