import { Database } from "bun:sqlite";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The tables of a Nextcloud 29 that matter here, with the columns and types that its migrations give them. */
const schema = [
  "CREATE TABLE oc_users (uid VARCHAR(64) PRIMARY KEY, displayname VARCHAR(64), password VARCHAR(255) NOT NULL, uid_lower VARCHAR(64))",
  "CREATE TABLE oc_group_user (gid VARCHAR(64) NOT NULL, uid VARCHAR(64) NOT NULL, PRIMARY KEY (gid, uid))",
  "CREATE TABLE oc_preferences (userid VARCHAR(64) NOT NULL, appid VARCHAR(32) NOT NULL, configkey VARCHAR(64) NOT NULL, configvalue TEXT, PRIMARY KEY (userid, appid, configkey))",
  "CREATE TABLE oc_appconfig (appid VARCHAR(32) NOT NULL, configkey VARCHAR(64) NOT NULL, configvalue TEXT, PRIMARY KEY (appid, configkey))",
  "CREATE TABLE oc_mimetypes (id BIGINT PRIMARY KEY, mimetype VARCHAR(255) NOT NULL)",
  "CREATE TABLE oc_storages (numeric_id BIGINT PRIMARY KEY, id VARCHAR(64), available INT NOT NULL DEFAULT 1)",
  `CREATE TABLE oc_filecache (fileid BIGINT PRIMARY KEY, storage BIGINT NOT NULL, path VARCHAR(4000), path_hash VARCHAR(32) NOT NULL,
     parent BIGINT NOT NULL, name VARCHAR(250), mimetype BIGINT NOT NULL, mimepart BIGINT NOT NULL, size BIGINT NOT NULL,
     mtime BIGINT NOT NULL, storage_mtime BIGINT NOT NULL, encrypted INT NOT NULL, unencrypted_size BIGINT NOT NULL,
     etag VARCHAR(40), permissions INT, checksum VARCHAR(255))`,
  `CREATE TABLE oc_share (id BIGINT PRIMARY KEY, share_type SMALLINT NOT NULL, share_with VARCHAR(255), password VARCHAR(255),
     uid_owner VARCHAR(64) NOT NULL, uid_initiator VARCHAR(64), item_type VARCHAR(64) NOT NULL, file_source BIGINT,
     permissions SMALLINT NOT NULL, stime BIGINT NOT NULL, expiration DATETIME, token VARCHAR(32))`,
  `CREATE TABLE oc_authtoken (id BIGINT PRIMARY KEY, uid VARCHAR(64) NOT NULL, login_name VARCHAR(255) NOT NULL, password TEXT,
     name TEXT NOT NULL, token VARCHAR(200) NOT NULL, type SMALLINT NOT NULL, last_activity INT NOT NULL)`,
  "CREATE TABLE oc_vcategory (id BIGINT PRIMARY KEY, uid VARCHAR(64) NOT NULL, type VARCHAR(64) NOT NULL, category VARCHAR(255) NOT NULL)",
  "CREATE TABLE oc_vcategory_to_object (objid BIGINT NOT NULL, categoryid BIGINT NOT NULL, type VARCHAR(64) NOT NULL, PRIMARY KEY (categoryid, objid, type))",
];

type Value = string | number | null;
export type Execute = (sql: string, values?: readonly Value[]) => Promise<unknown>;

export interface FakePerson {
  readonly uid: string;
  readonly displayName: string;
  /** As Nextcloud stores it, with its prefix. */
  readonly password: string;
  readonly quota?: string;
  /** Of an app password in clear. */
  readonly appPassword?: string;
}

const nextcloudSecret = "a secret of the Nextcloud";

/** Writes `config.php` and the tables of a Nextcloud whose data folder is there, and answers what its files are known as. */
export async function writeNextcloud(options: {
  readonly folder: string;
  readonly database: string;
  readonly execute: Execute;
  readonly people: readonly FakePerson[];
  /** Etag by path below the home; made up without one. */
  readonly etags?: Readonly<Record<string, string>>;
  readonly firstFileId?: number;
}) {
  const { folder, execute, people, etags = {} } = options;
  mkdirSync(join(folder, "config"), { recursive: true });
  writeFileSync(join(folder, "config", "config.php"), configPhp(folder, options.database));
  for (const statement of schema) await execute(statement);
  const insert = (table: string, values: readonly Value[]) =>
    execute(`INSERT INTO ${table} VALUES (${values.map(() => "?").join(", ")})`, values);
  await insert("oc_mimetypes", [2, "httpd/unix-directory"]);
  let fileId = options.firstFileId ?? 70_000;
  const ids = new Map<string, number>();
  const addEntry = async (storage: number, uid: string, path: string, parent: number): Promise<void> => {
    const full = join(folder, "data", uid, path);
    const { size, mtimeMs } = statSync(full);
    const isFolder = statSync(full).isDirectory();
    const id = fileId++;
    ids.set(`${uid}/${path}`, id);
    const mtime = Math.floor(mtimeMs / 1000);
    const etag = etags[path.replace(/^files\/?/, "")] ?? createHash("md5").update(`${id}`).digest("hex");
    const hash = createHash("md5").update(path).digest("hex");
    const name = path.split("/").at(-1) ?? "";
    const bytes = isFolder ? sizeBelow(full) : size;
    await insert("oc_filecache", [
      ...[id, storage, path, hash, parent, name, isFolder ? 2 : 3, 1, bytes, mtime, mtime, 0, 0, etag, 27, ""],
    ]);
    if (isFolder)
      for (const child of readdirSync(full).toSorted()) await addEntry(storage, uid, `${path}/${child}`, id);
  };
  for (const [at, { uid, displayName, password, quota, appPassword }] of people.entries()) {
    await insert("oc_users", [uid, displayName, password, uid.toLowerCase()]);
    await insert("oc_storages", [at + 1, `home::${uid}`, 1]);
    await addEntry(at + 1, uid, "files", 1);
    if (quota !== undefined) await insert("oc_preferences", [uid, "files", "quota", quota]);
    if (appPassword !== undefined) {
      const token = createHash("sha512")
        .update(appPassword + nextcloudSecret)
        .digest("hex");
      await insert("oc_authtoken", [at + 1, uid, uid, null, "Desktop of " + uid, token, 1, 1_700_000_000]);
    }
  }
  const idOf = (path: string): number => {
    const id = ids.get(path);
    if (id === undefined) throw new Error(`the Nextcloud has no ${path}`);
    return id;
  };
  return { idOf, insert };
}

function sizeBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function configPhp(folder: string, database: string): string {
  return `<?php
$CONFIG = array (
  'instanceid' => 'oc8k3xq0n1ab',
  'passwordsalt' => 'not of use',
  'secret' => '${nextcloudSecret}',
  'trusted_domains' =>
  array (
    0 => 'cloud.example.org',
  ),
  'datadirectory' => '${folder}/data',
  ${database}
  'version' => '29.0.4.1',
  'installed' => true,
);
`;
}

const day = new Date("2020-02-03T04:05:06Z");
/** Writes files into the data folder of a Nextcloud. */
export function plant(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder, "data", path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    utimesSync(full, day, day);
  }
}

/** Its database as a fresh SQLite file. */
export async function sqliteAt(folder: string): Promise<{ execute: Execute; close: () => void }> {
  mkdirSync(join(folder, "data"), { recursive: true });
  const db = new Database(join(folder, "data", "owncloud.db"), { create: true });
  return { execute: async (sql, values = []) => void db.query(sql).run(...values), close: () => db.close() };
}

/** The cookie of a new session. */
export async function logIn({ url }: { readonly url: string }, name: string, password: string): Promise<string> {
  const response = await fetch(`${url}/api/session.login`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ name, password }),
  });
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}
