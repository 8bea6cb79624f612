import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Verdict } from "./zones.ts";

interface RightsDeps {
  readonly access: Pick<Access, "explain" | "entriesFor" | "entriesOn" | "removeEntry">;
  readonly actorOf: (personId: number) => Actor | undefined;
}

const zone = (id: string) => ({ kind: "vpn-zone", id }) as const;

/** What the VPN asks of access. */
export function createZoneRights({ access, actorOf }: RightsDeps) {
  /**
   * What devices of a person may be given at most: a denial first; then this server for everybody who may use the VPN, everything
   * for those who look after security, and for the rest what an entry of access on the zone lets them read.
   */
  const mayReach = (personId: number, zoneId: string): Verdict => {
    const actor = actorOf(personId);
    if (actor?.capabilities.has("vpn.use") !== true) {
      return { allowed: false, reason: "This account may not use the VPN." };
    }
    const decision = access.explain(actor, "read", zone(zoneId));
    const isDenied = access
      .entriesFor(personId)
      .some(({ resource, effect }) => effect === "deny" && resource.kind === "vpn-zone" && resource.id === zoneId);
    if (isDenied || decision.allowed) return { allowed: decision.allowed, reason: decision.reason };
    if (zoneId === "hearth") return { allowed: true, reason: "Everybody who may use the VPN reaches this server." };
    if (actor.capabilities.has("security.manage")) {
      return { allowed: true, reason: "Those who look after security reach every zone." };
    }
    return { allowed: false, reason: "Nobody has let this person into the zone." };
  };
  return {
    mayReach,
    /** A later zone of the same name must not begin with rights of this one. */
    onZoneRemoved: (zoneId: string): void => {
      for (const { id } of access.entriesOn(zone(zoneId))) access.removeEntry(id);
    },
  };
}
