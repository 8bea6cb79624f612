import { join } from "node:path";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Gate, Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Actor, Implementation } from "#platform/usecase";
import type { Permission } from "#wire";
import { createAuthority } from "./authority.ts";
import type { CertificateScope } from "./contract.ts";
import { createDevices, type DeviceOwner } from "./devices.ts";
import { createDownloads } from "./downloads.ts";
import { createIssuing } from "./issue.ts";
import { createPki } from "./pki.ts";
import { createPolicy } from "./policy.ts";
import { createRepository } from "./repository.ts";
import { certificatesUseCases } from "./routes.ts";
import { createServerCertificate, type KeyPair } from "./server-certificate.ts";
import { createCertificateService, type Person } from "./service.ts";

export type { DeviceOwner } from "./devices.ts";
export { certificatesMigrations } from "./migrations/index.ts";
export { lanNames } from "./lan-names.ts";
export type { KeyPair } from "./server-certificate.ts";

export interface CertificatesModuleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly dataDir: string;
  readonly findPerson: (id: number) => Person | undefined;
  /** Host names and addresses under which this server is reached. */
  readonly names: () => readonly string[];
  /** Port of the listener that asks for certificates; undefined when there is none. */
  readonly listenerPort: () => number | undefined;
  /** A proxy before us asks for certificates too. */
  readonly hasEdge: boolean;
  /** False lifts every rule on certificates, for whoever has locked themselves out and may edit the configuration. */
  readonly enforce: boolean;
  /** What an operation asks of its caller. */
  readonly permissionOf: (operation: string) => Permission | undefined;
  /** Ends the sessions that were opened with a certificate of this device. Synchronous, inside the transaction. */
  readonly onRevoked: (deviceId: string, personId: number) => void;
  /** Certificates or accounts have ended: connections that rest on them must. */
  readonly closeRevoked: () => void;
  /** The authority is new or renewed: the server needs other keys. */
  readonly onAuthorityChanged: () => Promise<void>;
}

export interface CertificatesModule {
  /** Null when the fingerprint is unknown, expired or revoked, or the person disabled. A look-up in memory. */
  deviceOf(fingerprint: string): DeviceOwner | null;
  /** Whether a person has a device with a certificate that holds. */
  ownsDevices(personId: number): boolean;
  /** For the listener: the fingerprint of a certificate whose key the peer holds, when it is one of ours and good. */
  verify(der: Uint8Array, address: string): string | undefined;
  /** Whether a certificate is required of this person for that. */
  requires(actor: Pick<Actor, "kind" | "userId">, scope: CertificateScope): boolean;
  /** Refuses what a certificate is required for on a connection that shows none of that person's. */
  readonly gate: Gate;
  /** The server's own certificate; undefined while there is no authority. */
  serverKeys(): Promise<KeyPair | undefined>;
  /** Signed by nobody else, for a server that shall speak TLS before there is an authority. */
  temporaryKeys(): Promise<KeyPair>;
  /** Who signs the certificates of devices, PEM; empty while there is no authority. */
  clientAuthorities(): string[];
  /** To be called when a person is changed or disabled. */
  accountChanged(personId: number): void;
  readonly implementations: readonly Implementation[];
  readonly route: Route;
}

export function createCertificatesModule(deps: CertificatesModuleDeps): CertificatesModule {
  const folder = join(deps.dataDir, "security", "ca");
  const repository = createRepository(deps.db);
  const authority = createAuthority({ ...deps, folder });
  const isEnabled = (personId: number) => deps.findPerson(personId)?.disabled === false;
  const devices = createDevices({ ...deps, repository, authority, isEnabled });
  const downloads = createDownloads(deps);
  const pki = createPki({ ...deps, repository, authority, downloads });
  const server = createServerCertificate({ ...deps, folder, authority });
  const policy = createPolicy({ ...deps, repository, devices });
  if (!deps.enforce && policy.rules().length > 0) {
    deps.log.warn("certificates are required of nobody: services.management.certificates.enforce is off");
  }
  const issuing = createIssuing({ ...deps, repository, authority, devices, downloads });
  const service = createCertificateService({
    ...deps,
    repository,
    authority,
    devices,
    issuing,
    onChanged: async (change) => {
      pki.forgetList();
      deps.closeRevoked();
      if (change === "authority") await deps.onAuthorityChanged();
    },
  });
  return {
    deviceOf: devices.deviceOf,
    ownsDevices: devices.ownsDevices,
    verify: devices.verify,
    requires: policy.requires,
    gate: policy.gate,
    serverKeys: server.current,
    temporaryKeys: server.temporary,
    clientAuthorities: () => {
      if (authority.view() === undefined) return [];
      const { root, intermediate } = authority.chainPem();
      return [intermediate, root];
    },
    accountChanged: (personId) => {
      devices.accountChanged(personId);
      deps.closeRevoked();
    },
    implementations: certificatesUseCases({ ...deps, service, authority, devices, policy, server }),
    route: pki.route,
  };
}
