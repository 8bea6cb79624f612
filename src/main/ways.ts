import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createListeners } from "#edge/listener";
import { capabilitiesOf } from "#security/access";
import { type CertificatesModule, createCertificatesModule, lanNames } from "#security/certificates";
import { createSecretBox } from "#security/factors";
import { createFirewall } from "#security/firewall";
import { createGuard } from "#security/guard";
import type { AccountChange } from "#security/identity";
import { createOidc } from "#security/oidc";
import { createVpnModule, createZoneRights } from "#security/vpn";
import type { Permission } from "#wire";
import type { Base } from "./base.ts";
import type { Who } from "./who.ts";

interface WaysDeps extends Base {
  readonly who: Who;
  /** Undefined for an operation that there is not. */
  readonly permissionOf: (operation: string) => Permission | undefined;
}

/** The ways in and what guards them: listeners, certificates of devices, single sign-on, the VPN and both firewalls. */
export function composeWays(deps: WaysDeps) {
  const { config, dataDir, log, random, who, permissionOf } = deps;
  const { management } = config.services;
  const { network } = config.security;
  const { audit, access, identity, sessions, people } = who;
  const secrets = createSecretBox({ keyFile: who.secretsKey, random });
  const listeners = createListeners({ places: management, certificates: () => certificates, log });
  const certificates: CertificatesModule = createCertificatesModule({
    ...deps,
    findPerson: identity.service.find,
    names: () => lanNames(management.certificates.names),
    hasEdge: management.edge !== undefined,
    enforce: management.certificates.enforce,
    listenerPort: listeners.certificatePort,
    onRevoked: (deviceId) => sessions.service.endOfDevice(deviceId),
    closeRevoked: listeners.closeRevoked,
    onAuthorityChanged: listeners.refresh,
  });
  const oidc = createOidc({
    ...deps,
    folder: join(dataDir, "security", "oidc"),
    secrets,
    identity: identity.service,
    groups: identity.groups,
    startSession: async ({ id }, context, authenticatedAtMs) => {
      await sessions.loginByProvider(id, context, authenticatedAtMs);
    },
    endSession: ({ via, userId, credentialId }) => {
      if (via === "session" && credentialId !== null) sessions.service.end(userId, [credentialId]);
    },
    audit: audit.recordOperation,
  });
  const firewall = createFirewall({ ...deps, ...network.firewall });
  const vpn = createVpnModule({
    ...deps,
    firewall,
    config: network.vpn,
    folder: join(dataDir, "security", "vpn"),
    secrets,
    findPerson: (id) => {
      const person = identity.service.find(id);
      return person && { ...person, enabled: !person.disabled, mayUse: capabilitiesOf(person.roles).has("vpn.use") };
    },
    ...createZoneRights({ access, actorOf: people.actorOf }),
    serverPorts: listeners.ports,
  });
  access.onChanged(vpn.service.refresh);
  const guard = createGuard({
    ...deps,
    permissionOf,
    rolesOf: (name) => identity.service.findByName(name)?.roles,
    interfaces: networkInterfaces,
    vpn: network.vpn,
    bans: { onBan: firewall.ban, onUnban: firewall.unban },
    record: audit.record,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const accountChanged = (id: number, change: AccountChange): void => {
    certificates.accountChanged(id);
    oidc.accountChanged(id, change);
    vpn.service.refresh();
  };
  return { listeners, certificates, oidc, firewall, vpn, guard, accountChanged };
}

export type Ways = ReturnType<typeof composeWays>;
