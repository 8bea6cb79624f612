import { z } from "zod";
import type { Selectable } from "kysely";
import { type Db, queries } from "#platform/db";
import { type NamedZone, type VpnPeer, ZoneId, ZoneTarget } from "./contract.ts";

interface Tables {
  vpn_setting: { id: number; enabled: number; range_v4: string; range_v6: string };
  vpn_peer: {
    id: string;
    person_id: number;
    device: string;
    /** Its place in both ranges. */
    host: number;
    public_key: string;
    key_made_by: VpnPeer["keyMadeBy"];
    preshared_key_sealed: string;
    /** JSON list of zone ids. */
    zones: string;
    keepalive: number;
    created_at_ms: number;
    expires_at_ms: number | null;
    last_handshake_at_ms: number | null;
  };
  vpn_zone: { id: string; position: number; label: string; targets: string };
}

export interface VpnSetting {
  readonly enabled: boolean;
  readonly rangeV4: string;
  readonly rangeV6: string;
}

/** A device as it is stored. */
export interface Peer extends Pick<VpnPeer, "id" | "personId" | "device" | "publicKey" | "keyMadeBy" | "keepalive"> {
  readonly host: number;
  readonly presharedKeySealed: string;
  readonly zones: readonly string[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  /** As of the last look before the interface went; null is never. */
  readonly lastHandshakeAtMs: number | null;
}

const sql = queries<Tables>();

export type Repository = ReturnType<typeof createRepository>;

/** All SQL about the VPN. */
export function createRepository(db: Db) {
  return {
    setting: (): VpnSetting | undefined => {
      const row = db.get(sql.selectFrom("vpn_setting").selectAll());
      return row && { enabled: row.enabled === 1, rangeV4: row.range_v4, rangeV6: row.range_v6 };
    },
    setSetting: ({ enabled, rangeV4, rangeV6 }: VpnSetting): void => {
      const values = { enabled: enabled ? 1 : 0, range_v4: rangeV4, range_v6: rangeV6 };
      const insert = sql.insertInto("vpn_setting").values({ id: 1, ...values });
      db.run(insert.onConflict((conflict) => conflict.column("id").doUpdateSet(values)));
    },
    /** In order of their addresses. */
    peers: (): Peer[] => db.all(sql.selectFrom("vpn_peer").selectAll().orderBy("host")).map(toPeer),
    peer: (id: string): Peer | undefined => {
      const row = db.get(sql.selectFrom("vpn_peer").selectAll().where("id", "=", id));
      return row && toPeer(row);
    },
    insertPeer: (peer: Peer): void => {
      db.run(sql.insertInto("vpn_peer").values({ id: peer.id, ...toRow(peer) }));
    },
    updatePeer: (peer: Peer): void => {
      db.run(sql.updateTable("vpn_peer").set(toRow(peer)).where("id", "=", peer.id));
    },
    setLastHandshake: (id: string, atMs: number): void => {
      db.run(sql.updateTable("vpn_peer").set({ last_handshake_at_ms: atMs }).where("id", "=", id));
    },
    removePeer: (id: string): number => db.run(sql.deleteFrom("vpn_peer").where("id", "=", id)),
    zones: (): NamedZone[] =>
      db
        .all(sql.selectFrom("vpn_zone").selectAll().orderBy("position"))
        .map(({ id, label, targets }) => ({ id, label, targets: z.array(ZoneTarget).parse(JSON.parse(targets)) })),
    /** In one transaction of the caller's. */
    setZones: (zones: readonly NamedZone[]): void => {
      db.run(sql.deleteFrom("vpn_zone"));
      for (const [position, { id, label, targets }] of zones.entries()) {
        db.run(sql.insertInto("vpn_zone").values({ id, position, label, targets: JSON.stringify(targets) }));
      }
    },
  };
}

function toPeer(row: Selectable<Tables["vpn_peer"]>): Peer {
  return {
    id: row.id,
    personId: row.person_id,
    device: row.device,
    host: row.host,
    publicKey: row.public_key,
    keyMadeBy: row.key_made_by,
    presharedKeySealed: row.preshared_key_sealed,
    zones: z.array(ZoneId).parse(JSON.parse(row.zones)),
    keepalive: row.keepalive === 1,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    lastHandshakeAtMs: row.last_handshake_at_ms,
  };
}

function toRow(peer: Peer): Omit<Selectable<Tables["vpn_peer"]>, "id"> {
  return {
    person_id: peer.personId,
    device: peer.device,
    host: peer.host,
    public_key: peer.publicKey,
    key_made_by: peer.keyMadeBy,
    preshared_key_sealed: peer.presharedKeySealed,
    zones: JSON.stringify(peer.zones),
    keepalive: peer.keepalive ? 1 : 0,
    created_at_ms: peer.createdAtMs,
    expires_at_ms: peer.expiresAtMs,
    last_handshake_at_ms: peer.lastHandshakeAtMs,
  };
}
