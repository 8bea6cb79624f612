import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createMounts, mountsMigrations } from "#apps/files/mounts";
import { createWebdav, webdavMigrations } from "#apps/files/webdav";
import { systemClock, systemRandom } from "#platform/clock";
import { openDatabase } from "#platform/db";
import { createExec } from "#platform/exec";
import { createHttp } from "#platform/http";
import { createLogger } from "#platform/log";
import { type Actor, anonymous } from "#platform/usecase";
import { type Access, accessMigrations, capabilitiesOf, createAccess } from "#security/access";
import { createStorage, type Storage, storageMigrations } from "#storage/primary";

const files = 1000;
const expiresInMs = 3600_000;

export interface House {
  readonly access: Access;
  readonly storage: Storage;
  readonly anna: Actor;
  /** A node six folders deep. */
  readonly deepId: number;
  readonly spaceId: number;
  ask(method: string, path: string, body?: string): Promise<Response>;
  close(): Promise<void>;
}

/** WebDAV without a network: anna's home with a folder of 1,000 files, and `entries` of the one kind on other folders. */
export async function openHouse(tempRoot: string, entries: "none" | "of others" | "of everybody"): Promise<House> {
  const dir = mkdtempSync(join(tempRoot, "hearth-bench-access-"));
  const clock = systemClock;
  const log = createLogger({ clock, level: "error", write: (line) => process.stderr.write(line) });
  const migrations = [...accessMigrations, ...storageMigrations, ...mountsMigrations, ...webdavMigrations];
  const db = openDatabase({ path: join(dir, "hearth.db"), migrations, clock, log });
  const exec = createExec({ log, clock });
  const deps = { db, clock, random: systemRandom, log, exec };
  mkdirSync(join(dir, "volume"));
  const storage = createStorage({ ...deps, volumes: { main: join(dir, "volume") }, durability: "relaxed" });
  const names = { person: () => undefined, group: () => undefined, space: () => undefined, path: storage.lineage };
  const access = createAccess({ db, clock, tree: storage, names, groups: () => [] });
  await storage.start();
  const home = await storage.createSpace({ kind: "home", name: "anna", quotaBytes: null });
  access.grantHome(home.id, 1);
  const capabilities = capabilitiesOf(["member"]);
  const anna: Actor = {
    ...anonymous,
    kind: "person",
    userId: 1,
    name: "anna",
    capabilities,
    via: "password",
    readOnly: false,
  };
  const folder = join(dir, "volume", "home", "anna");
  mkdirSync(join(folder, "big"));
  mkdirSync(join(folder, "a/b/c/d/e"), { recursive: true });
  for (let n = 0; n < files; n++) writeFileSync(join(folder, "big", `file-${n}.txt`), "x".repeat(4096));
  for (let n = 0; n < files; n++) mkdirSync(join(folder, "others", String(n)), { recursive: true });
  writeFileSync(join(folder, "a/b/c/d/e/deep.txt"), "x".repeat(4096));
  const mounts = createMounts({ ...deps, storage, access, personName: () => undefined });
  const http = createHttp({
    routes: [createWebdav({ ...deps, storage, access, mounts, person: () => undefined }).route],
    authenticate: () => anna,
    log,
    clock,
  });
  const ask = async (method: string, path: string, body?: string) => {
    const headers = { host: "x", depth: "1", ...(method === "PUT" ? { "content-length": String(body?.length) } : {}) };
    const request = new Request(`http://x/dav/home/${path}`, { method, headers, body });
    const response = await http(request, { address: "192.0.2.1", setIdleTimeout: () => undefined });
    await response.arrayBuffer();
    return response;
  };
  for (const path of ["", "big", "others", "a", "a/b", "a/b/c", "a/b/c/d", "a/b/c/d/e"]) await ask("PROPFIND", path);
  if (entries !== "none") addEntries(storage, access, home.rootId, entries);
  const deep = storage.resolve(home.id, ["a", "b", "c", "d", "e", "deep.txt"]);
  return {
    access,
    storage,
    anna,
    deepId: deep?.id ?? 0,
    spaceId: home.id,
    ask,
    close: async () => {
      await storage.stop();
      await exec.stopAll();
      db.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function addEntries(storage: Storage, access: Access, rootId: number, entries: string): void {
  const others = storage.child(rootId, "others");
  const subject = entries === "of others" ? ({ kind: "user", id: 2 } as const) : ({ kind: "everyone" } as const);
  for (const { id } of others === undefined ? [] : storage.children(others.id)) {
    access.putEntry({
      resource: { kind: "node", id },
      subject,
      effect: "deny",
      actions: 4,
      expiresAtMs: Date.now() + expiresInMs,
      createdBy: 1,
      createdAtMs: 0,
    });
  }
}
