import { type Db, queries } from "#platform/db";

interface Tables {
  webdav_property: { node_id: number; namespace: string; name: string; xml: string };
  webdav_lock: {
    token: string;
    node_id: number;
    is_deep: number;
    is_exclusive: number;
    owner_xml: string;
    user_id: number;
    timeout_seconds: number;
    expires_at_ms: number;
    kind: LockKind;
    created_at_ms: number;
  };
}

const sql = queries<Tables>();

/** A property a client has set. */
export interface DeadProperty {
  readonly nodeId: number;
  /** Empty for a name in no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** The whole element, with its namespaces declared. */
  readonly xml: string;
}

/** Whom a lock lets write: all programs of the person who holds it, or the one that shows its token. */
export const lockKinds = { person: 0, token: 2 } as const;
export type LockKind = (typeof lockKinds)[keyof typeof lockKinds];

export interface Lock {
  readonly token: string;
  readonly nodeId: number;
  /** Depth infinity: covers everything below the node too. */
  readonly isDeep: boolean;
  readonly isExclusive: boolean;
  /** What the client wrote into `owner`, as ready XML; empty without one. */
  readonly ownerXml: string;
  readonly userId: number;
  readonly timeoutSeconds: number;
  readonly expiresAtMs: number;
  readonly kind: LockKind;
  readonly createdAtMs: number;
}

export type Repository = ReturnType<typeof createRepository>;

/** All SQL of the module. */
export function createRepository(db: Db) {
  const ofNodes = db.prepare<DeadProperty, [string]>(
    `SELECT node_id AS nodeId, namespace, name, xml FROM webdav_property
     WHERE node_id IN (SELECT value FROM json_each(?)) ORDER BY node_id`,
  );
  const copyAll = db.prepare<unknown, [string]>(
    `INSERT OR REPLACE INTO webdav_property (node_id, namespace, name, xml)
     SELECT pair.value ->> 1, property.namespace, property.name, property.xml
     FROM json_each(?) AS pair JOIN webdav_property AS property ON property.node_id = pair.value ->> 0`,
  );
  const forgetAll = db.prepare<unknown, [string]>(
    "DELETE FROM webdav_property WHERE node_id IN (SELECT value FROM json_each(?))",
  );
  return {
    propertiesOf: (nodeIds: readonly number[]): DeadProperty[] => ofNodes.all(JSON.stringify(nodeIds)),
    hasProperties: (): boolean => db.get(sql.selectFrom("webdav_property").select("node_id").limit(1)) !== undefined,
    setProperty: ({ nodeId, namespace, name, xml }: DeadProperty): void => {
      db.run(
        sql
          .insertInto("webdav_property")
          .values({ node_id: nodeId, namespace, name, xml })
          .onConflict((conflict) => conflict.columns(["node_id", "namespace", "name"]).doUpdateSet({ xml })),
      );
    },
    removeProperty: (nodeId: number, namespace: string, name: string): void => {
      db.run(
        sql
          .deleteFrom("webdav_property")
          .where("node_id", "=", nodeId)
          .where("namespace", "=", namespace)
          .where("name", "=", name),
      );
    },
    /** `pairs` are [from id, to id]. */
    copyProperties: (pairs: readonly (readonly [number, number])[]): number =>
      copyAll.run(JSON.stringify(pairs)).changes,
    forgetProperties: (nodeIds: readonly number[]): number => forgetAll.run(JSON.stringify(nodeIds)).changes,

    locks: (): Lock[] =>
      db.all(sql.selectFrom("webdav_lock").selectAll()).map((row) => ({
        token: row.token,
        nodeId: row.node_id,
        isDeep: row.is_deep === 1,
        isExclusive: row.is_exclusive === 1,
        ownerXml: row.owner_xml,
        userId: row.user_id,
        timeoutSeconds: row.timeout_seconds,
        expiresAtMs: row.expires_at_ms,
        kind: row.kind,
        createdAtMs: row.created_at_ms,
      })),
    saveLock: (lock: Lock): void => {
      const times = { timeout_seconds: lock.timeoutSeconds, expires_at_ms: lock.expiresAtMs };
      db.run(
        sql
          .insertInto("webdav_lock")
          .values({
            ...times,
            token: lock.token,
            node_id: lock.nodeId,
            is_deep: lock.isDeep ? 1 : 0,
            is_exclusive: lock.isExclusive ? 1 : 0,
            owner_xml: lock.ownerXml,
            user_id: lock.userId,
            kind: lock.kind,
            created_at_ms: lock.createdAtMs,
          })
          .onConflict((conflict) => conflict.column("token").doUpdateSet(times)),
      );
    },
    removeLocks: (tokens: readonly string[]): void => {
      db.run(sql.deleteFrom("webdav_lock").where("token", "in", tokens));
    },
  };
}
