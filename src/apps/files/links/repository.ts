import { type Db, queries } from "#platform/db";

export type LinkMode = "view" | "upload";

interface LinkTable {
  id: string;
  token: string;
  node_id: number;
  creator_id: number;
  mode: LinkMode;
  password_hash: string | null;
  cookie_key: Uint8Array;
  expires_at_ms: number | null;
  download_limit: number | null;
  downloads: number;
  created_at_ms: number;
  last_used_at_ms: number | null;
}

interface Tables {
  link: LinkTable;
}

const sql = queries<Tables>();

export interface LinkRow {
  readonly id: string;
  readonly token: string;
  readonly nodeId: number;
  readonly creatorId: number;
  readonly mode: LinkMode;
  readonly passwordHash: string | null;
  readonly cookieKey: Uint8Array;
  readonly expiresAtMs: number | null;
  readonly downloadLimit: number | null;
  readonly downloads: number;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
}

/** What a change may touch. */
export type LinkChange = Partial<
  Pick<LinkRow, "mode" | "passwordHash" | "cookieKey" | "expiresAtMs" | "downloadLimit" | "lastUsedAtMs">
>;

const select = () =>
  sql
    .selectFrom("link")
    .select([
      "id",
      "token",
      "node_id as nodeId",
      "creator_id as creatorId",
      "mode",
      "password_hash as passwordHash",
      "cookie_key as cookieKey",
      "expires_at_ms as expiresAtMs",
      "download_limit as downloadLimit",
      "downloads",
      "created_at_ms as createdAtMs",
      "last_used_at_ms as lastUsedAtMs",
    ]);

const linkedSql = `
SELECT DISTINCT node_id AS nodeId FROM link
WHERE node_id IN (SELECT value FROM json_each(?)) AND (expires_at_ms IS NULL OR expires_at_ms > ?)`;
const countSql = `
UPDATE link SET downloads = downloads + 1, last_used_at_ms = ?
WHERE id = ? AND (download_limit IS NULL OR downloads < download_limit)`;

/** All SQL of the module. */
export function createRepository(db: Db, onChanged: () => void = () => undefined) {
  const linked = db.prepare<{ nodeId: number }, [string, number]>(linkedSql);
  const count = db.prepare<unknown, [number, string]>(countSql);
  const forget = db.prepare<{ id: string }, [string]>(
    "DELETE FROM link WHERE node_id IN (SELECT value FROM json_each(?)) RETURNING id",
  );
  const nextExpiry = db.prepare<{ atMs: number | null }, [number]>(
    "SELECT min(expires_at_ms) AS atMs FROM link WHERE expires_at_ms > ?",
  );
  let version = 0;
  /** When the next link ends; undefined when that has to be asked for. */
  let endsAtMs: number | undefined;
  const changed = () => {
    version += 1;
    endsAtMs = undefined;
    onChanged();
  };
  const newestFirst = () => select().orderBy("created_at_ms", "desc").orderBy("id");
  return {
    byToken: (token: string): LinkRow | undefined => db.get<LinkRow>(select().where("token", "=", token)),
    byId: (id: string): LinkRow | undefined => db.get<LinkRow>(select().where("id", "=", id)),
    ofNode: (nodeId: number): LinkRow[] => db.all<LinkRow>(newestFirst().where("node_id", "=", nodeId)),
    ofCreator: (userId: number): LinkRow[] => db.all<LinkRow>(newestFirst().where("creator_id", "=", userId)),
    /** Raised by every change of what is linked, also when a link expires. */
    version: (nowMs: number): number => {
      if (endsAtMs !== undefined && endsAtMs <= nowMs) changed();
      endsAtMs ??= nextExpiry.get(nowMs)?.atMs ?? Number.POSITIVE_INFINITY;
      return version;
    },
    insert: (row: LinkRow): void => {
      changed();
      db.run(
        sql.insertInto("link").values({
          id: row.id,
          token: row.token,
          node_id: row.nodeId,
          creator_id: row.creatorId,
          mode: row.mode,
          password_hash: row.passwordHash,
          cookie_key: row.cookieKey,
          expires_at_ms: row.expiresAtMs,
          download_limit: row.downloadLimit,
          downloads: row.downloads,
          created_at_ms: row.createdAtMs,
          last_used_at_ms: row.lastUsedAtMs,
        }),
      );
    },
    update: (id: string, change: LinkChange): void => {
      const values = {
        mode: change.mode,
        password_hash: change.passwordHash,
        cookie_key: change.cookieKey,
        expires_at_ms: change.expiresAtMs,
        download_limit: change.downloadLimit,
        last_used_at_ms: change.lastUsedAtMs,
      };
      if (Object.values(values).every((value) => value === undefined)) return;
      changed();
      db.run(sql.updateTable("link").set(values).where("id", "=", id));
    },
    /** Counts one download; false when the limit is reached. One statement, so that two at once cannot both be the last. */
    countDownload: (id: string, nowMs: number): boolean => count.run(nowMs, id).changes === 1,
    remove: (id: string): void => {
      changed();
      db.run(sql.deleteFrom("link").where("id", "=", id));
    },
    /** Answers the ids of the links that went. */
    removeOfNodes: (nodeIds: readonly number[]): string[] => {
      const removed = forget.all(JSON.stringify(nodeIds)).map(({ id }) => id);
      if (removed.length > 0) changed();
      return removed;
    },
    liveOn: (nodeIds: readonly number[], nowMs: number): LinkRow[] =>
      nodeIds.length === 0
        ? []
        : db.all<LinkRow>(
            newestFirst()
              .where("node_id", "in", nodeIds)
              .where((where) => where.or([where("expires_at_ms", "is", null), where("expires_at_ms", ">", nowMs)])),
          ),
    linkedNodeIds: (nodeIds: readonly number[], nowMs: number): Set<number> =>
      new Set(linked.all(JSON.stringify(nodeIds), nowMs).map(({ nodeId }) => nodeId)),
  };
}

export type LinksRepository = ReturnType<typeof createRepository>;
