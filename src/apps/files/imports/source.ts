import { AppError } from "#platform/errors";
import type { ForeignDb } from "#platform/db";

/** A person as the Nextcloud has them. */
export interface SourcePerson {
  readonly uid: string;
  readonly displayName: string;
  /** PHC string or bcrypt; null when it is of a kind that cannot be checked here. */
  readonly passwordHash: string | null;
  readonly disabled: boolean;
  /** Null is unlimited. */
  readonly quotaBytes: number | null;
  /** Number of their storage; null when they never logged in. */
  readonly storage: number | null;
}

/** What the Nextcloud knows of an entry of a folder. */
export interface SourceEntry {
  readonly id: number;
  readonly name: string;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly modifiedAtSeconds: number;
  /** End-to-end: the server has only what nobody can read. */
  readonly isEncrypted: boolean;
}

export interface SourceShare {
  readonly kind: "user" | "group" | "link";
  /** Uid or group; empty for a link. */
  readonly with: string;
  readonly ownerUid: string;
  readonly fileId: number;
  /** Bits: 1 read, 2 update, 4 create, 8 delete, 16 share. */
  readonly permissions: number;
  readonly expiresAtMs: number | null;
  readonly token: string | null;
  readonly passwordHash: string | null;
}

export interface SourceAppPassword {
  readonly uid: string;
  readonly label: string;
  /** SHA-512 of the password and the Nextcloud's secret, in hex. */
  readonly hash: string;
  readonly lastUsedAtMs: number | null;
}

export interface Source {
  people(): Promise<SourcePerson[]>;
  groups(): Promise<{ name: string; uids: string[] }[]>;
  shares(): Promise<SourceShare[]>;
  appPasswords(): Promise<SourceAppPassword[]>;
  favorites(): Promise<{ uid: string; fileId: number }[]>;
  /** Of a storage: the id of its folder `files`, and what is below it. */
  root(storage: number): Promise<{ id: number; files: number; sizeBytes: number } | undefined>;
  /** Path below `files` of what has this id, and whose it is; undefined for what lies elsewhere. */
  pathOf(fileId: number): Promise<{ storage: number; names: string[] } | undefined>;
  entries(folderId: number): Promise<ReadonlyMap<string, SourceEntry>>;
  maxFileId(): Promise<number>;
  facts(): Promise<{ encrypts: boolean; externalPlaces: number; groupFolders: number; otherAccounts: number }>;
  close(): Promise<void>;
}

/** MD5 of `files`, by which the table finds a path. */
const filesHash = "45b963397aa40d4a0063e0d85e4fe7a1";
const maxRows = 100_000;
const homePattern = /^(?:home|object::user)::?(.+)$/;

/** Reads the tables of a Nextcloud (12 to 32) whose names begin with `prefix`. */
export function createSource(db: ForeignDb, prefix: string): Source {
  const rows = <Row>(text: string) => db.rows<Row>(text.replaceAll("oc_", prefix));
  /** Of a table that an app brings: nothing where the app is not. */
  const count = async (table: string, where = "1 = 1"): Promise<number> => {
    const found = await rows<{ n: number | bigint }>(`SELECT count(*) AS n FROM ${table} WHERE ${where}`).catch(
      () => [],
    );
    return Number(found[0]?.n ?? 0);
  };
  return {
    people: () => readPeople(rows),
    groups: async () => {
      const members = await rows<{ gid: string; uid: string }>(`SELECT gid, uid FROM oc_group_user LIMIT ${maxRows}`);
      const byGroup = Map.groupBy(members, ({ gid }) => gid);
      return Array.from(byGroup, ([name, list]) => ({ name, uids: list.map(({ uid }) => uid) }));
    },
    shares: () => readShares(rows),
    appPasswords: async () => {
      const found = await rows<{ uid: string; name: string; token: string; last_activity: number }>(
        `SELECT uid, name, token, last_activity FROM oc_authtoken WHERE type = 1 LIMIT ${maxRows}`,
      );
      return found
        .filter(({ token }) => /^[0-9a-f]{128}$/.test(token))
        .map(({ uid, name, token, last_activity: last }) => {
          return { uid, label: name, hash: token, lastUsedAtMs: Number(last) > 0 ? Number(last) * 1000 : null };
        });
    },
    favorites: async () => {
      const found = await rows<{ uid: string; objid: number }>(
        `SELECT c.uid AS uid, o.objid AS objid FROM oc_vcategory c JOIN oc_vcategory_to_object o ON o.categoryid = c.id
         WHERE c.type = 'files' AND c.category = '_$!<Favorite>!$_' LIMIT ${maxRows}`,
      );
      return found.map(({ uid, objid }) => ({ uid, fileId: Number(objid) }));
    },
    root: async (storage) => {
      const [root] = await rows<{ fileid: number; size: number }>(
        `SELECT fileid, size FROM oc_filecache WHERE storage = ${whole(storage)} AND path_hash = '${filesHash}'`,
      );
      if (root === undefined) return undefined;
      const files = await count(
        "oc_filecache",
        `storage = ${whole(storage)} AND path LIKE 'files/%' AND mimetype NOT IN
         (SELECT id FROM oc_mimetypes WHERE mimetype = 'httpd/unix-directory')`,
      );
      return { id: Number(root.fileid), files, sizeBytes: Math.max(0, Number(root.size)) };
    },
    pathOf: async (fileId) => {
      const [found] = await rows<{ storage: number; path: string }>(
        `SELECT storage, path FROM oc_filecache WHERE fileid = ${whole(fileId)}`,
      );
      if (found === undefined || !/^files(\/|$)/.test(found.path)) return undefined;
      return { storage: Number(found.storage), names: found.path.split("/").slice(1) };
    },
    entries: async (folderId) => {
      const found = await rows<EntryRow>(
        `SELECT fileid, name, etag, size, mtime, encrypted FROM oc_filecache WHERE parent = ${whole(folderId)}`,
      );
      return new Map(found.map((row) => [row.name, toEntry(row)]));
    },
    maxFileId: async () => {
      const [found] = await rows<{ id: number | null }>("SELECT max(fileid) AS id FROM oc_filecache");
      return Number(found?.id ?? 0);
    },
    facts: async () => ({
      encrypts:
        (await count("oc_appconfig", "appid = 'core' AND configkey = 'encryption_enabled' AND configvalue = 'yes'")) >
        0,
      externalPlaces: await count("oc_external_mounts"),
      groupFolders: await count("oc_group_folders"),
      otherAccounts: await count("oc_ldap_user_mapping"),
    }),
    close: () => db.close(),
  };
}

type Rows = <Row>(text: string) => Promise<Row[]>;

interface EntryRow {
  readonly fileid: number;
  readonly name: string;
  readonly etag: string;
  readonly size: number;
  readonly mtime: number;
  readonly encrypted: number;
}

function toEntry({ fileid, name, etag, size, mtime, encrypted }: EntryRow): SourceEntry {
  return {
    ...{ id: Number(fileid), name, etag, sizeBytes: Number(size), modifiedAtSeconds: Number(mtime) },
    isEncrypted: Number(encrypted) > 0,
  };
}

/** Numbers alone go into the text of a query. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new AppError("bad-request", "The Nextcloud has a number that is none.");
  return value;
}

async function readPeople(rows: Rows): Promise<SourcePerson[]> {
  const users = await rows<{ uid: string; displayname: string | null; password: string }>(
    `SELECT uid, displayname, password FROM oc_users ORDER BY uid LIMIT ${maxRows}`,
  );
  const storages = await rows<{ id: string; numeric_id: number }>("SELECT id, numeric_id FROM oc_storages");
  const settings = await rows<{ userid: string; configkey: string; configvalue: string }>(
    `SELECT userid, configkey, configvalue FROM oc_preferences
     WHERE (appid = 'files' AND configkey = 'quota') OR (appid = 'core' AND configkey = 'enabled')`,
  );
  const homes = new Map(storages.map(({ id, numeric_id: number }) => [homePattern.exec(id)?.[1], Number(number)]));
  const settingOf = (uid: string, key: string) =>
    settings.find(({ userid, configkey }) => userid === uid && configkey === key)?.configvalue;
  return users.map(({ uid, displayname, password }) => ({
    uid,
    displayName: displayname?.trim() || uid,
    passwordHash: checkableHash(password),
    disabled: settingOf(uid, "enabled") === "false",
    quotaBytes: quotaOf(settingOf(uid, "quota")),
    storage: homes.get(uid) ?? null,
  }));
}

/** `3|$argon2id$…`: the number says which kind; the oldest stand without one and are another kind of hash. */
function checkableHash(stored: string): string | null {
  const hash = stored.replace(/^[123]\|/, "");
  return /^\$(?:argon2id?|argon2i|2[aby])\$/.test(hash) ? hash : null;
}

const units: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1024 ** 4,
};

/** `5 GB`, as the Nextcloud writes it, in bytes; null for `none`, `default` and what is not understood. */
function quotaOf(text: string | undefined): number | null {
  const [, number, unit = "b"] = /^([\d.]+)\s*([a-z]*)$/i.exec(text?.trim() ?? "") ?? [];
  const bytes = Math.round(Number(number) * (units[unit.toLowerCase() || "b"] ?? Number.NaN));
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

interface ShareRow {
  readonly share_type: number;
  readonly share_with: string | null;
  readonly uid_owner: string;
  readonly file_source: number | null;
  readonly permissions: number;
  readonly expiration: string | Date | null;
  readonly token: string | null;
  readonly password: string | null;
}

const shareKinds = new Map([
  [0, "user"],
  [1, "group"],
  [3, "link"],
] as const);

async function readShares(rows: Rows): Promise<SourceShare[]> {
  const found = await rows<ShareRow>(
    `SELECT share_type, share_with, uid_owner, file_source, permissions, expiration, token, password FROM oc_share
     WHERE share_type IN (0, 1, 3) AND item_type IN ('file', 'folder') LIMIT ${maxRows}`,
  );
  return found.flatMap((row): SourceShare[] => {
    const kind = shareKinds.get(Number(row.share_type) as 0 | 1 | 3);
    if (kind === undefined || row.file_source === null) return [];
    return [
      {
        kind,
        with: kind === "link" ? "" : (row.share_with ?? ""),
        ownerUid: row.uid_owner,
        fileId: Number(row.file_source),
        permissions: Number(row.permissions),
        expiresAtMs: timeOf(row.expiration),
        token: row.token,
        passwordHash: kind === "link" && row.password ? row.password : null,
      },
    ];
  });
}

/** Written without a zone, meant as UTC. */
function timeOf(expiration: string | Date | null): number | null {
  if (expiration === null) return null;
  const time = expiration instanceof Date ? expiration : new Date(`${expiration.replace(" ", "T")}Z`);
  return Number.isNaN(time.getTime()) ? null : time.getTime();
}
