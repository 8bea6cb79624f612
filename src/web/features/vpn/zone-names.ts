import type { VpnZone } from "#contract/security/vpn";
import { vpn } from "#web/strings/vpn.ts";

const names: Readonly<Record<string, string>> = vpn.zones.names;

/** What a zone is called on the page; those of the household have a name of their own. */
export const zoneLabel = ({ id, label }: Pick<VpnZone, "id" | "label">): string => names[id] ?? label;

/** The names of some zones, `This server, NAS`; one that is gone keeps its id. */
export const zoneLabels = (ids: readonly string[], zones: readonly VpnZone[]): string =>
  ids.map((id) => zoneLabel(zones.find((zone) => zone.id === id) ?? { id, label: id })).join(", ");
