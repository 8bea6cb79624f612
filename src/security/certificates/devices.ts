import { X509Certificate } from "node:crypto";
import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";
import type { Authority } from "./authority.ts";
import type { Repository } from "./repository.ts";

/** The device and person that a certificate stands for. */
export interface DeviceOwner {
  readonly personId: number;
  readonly deviceId: string;
  readonly name: string;
}

interface Known extends DeviceOwner {
  readonly serial: string;
  readonly validFromMs: number;
  readonly validToMs: number;
  /** Undefined until somebody asks, and again when the account changes. */
  enabled: boolean | undefined;
  usedAtMs: number;
}

interface DevicesDeps {
  readonly repository: Repository;
  readonly clock: Clock;
  readonly log: Logger;
  readonly authority: Authority;
  /** Whether there is such a person and they may log in. */
  readonly isEnabled: (personId: number) => boolean;
}

export interface Devices {
  /** Null when the fingerprint is unknown, expired or revoked, or the person disabled. A look-up in memory. */
  deviceOf(fingerprint: string): DeviceOwner | null;
  /** Whether a person has a device with a certificate that holds. */
  ownsDevices(personId: number): boolean;
  /** The fingerprint of a certificate (DER) whose key the peer has proved to hold, when it is good; notes its use. */
  verify(der: Uint8Array, address: string): string | undefined;
  /** Reads certificates again at the next question. */
  reload(): void;
  /** Reads accounts again at the next question. */
  accountChanged(personId: number): void;
}

const writeUsedEveryMs = 60_000;
const clientAuthentication = "1.3.6.1.5.5.7.3.2";

/** The certificates that hold, by fingerprint: we know every one that we signed, so a name or an issuer alone proves nothing. */
export function createDevices(deps: DevicesDeps): Devices {
  const { repository, clock, authority } = deps;
  let known: Map<string, Known> | undefined;

  const load = (): Map<string, Known> => {
    const root = authority.view()?.root.fingerprint;
    const loaded = new Map<string, Known>();
    for (const row of repository.liveCertificates(clock.now())) {
      const device = repository.findDevice(row.device_id);
      if (device === undefined || row.root_fingerprint !== root) continue;
      loaded.set(row.fingerprint, {
        serial: row.serial,
        deviceId: device.id,
        personId: device.person_id,
        name: device.name,
        validFromMs: row.valid_from_ms,
        validToMs: row.valid_to_ms,
        enabled: undefined,
        usedAtMs: row.last_used_at_ms ?? 0,
      });
    }
    known = loaded;
    return loaded;
  };

  const find = (fingerprint: string): Known | undefined => {
    const entry = (known ?? load()).get(fingerprint);
    const nowMs = clock.now();
    if (entry === undefined || nowMs < entry.validFromMs || nowMs >= entry.validToMs) return undefined;
    entry.enabled ??= deps.isEnabled(entry.personId);
    return entry.enabled ? entry : undefined;
  };

  const noteUsed = (entry: Known, address: string): void => {
    const nowMs = clock.now();
    if (nowMs - entry.usedAtMs < writeUsedEveryMs) return;
    entry.usedAtMs = nowMs;
    try {
      repository.setUsed(entry.serial, nowMs, address);
    } catch (cause) {
      // Reading must go on when the disk is full; the time of last use is only a courtesy.
      deps.log.warn("the last use of a certificate could not be written", { cause });
    }
  };

  return {
    deviceOf: (fingerprint) => find(fingerprint) ?? null,
    ownsDevices: (personId) =>
      [...(known ?? load())].some(
        ([fingerprint, entry]) => entry.personId === personId && find(fingerprint) !== undefined,
      ),
    verify: (der, address) => {
      const fingerprint = Bun.SHA256.hash(der, "hex");
      const entry = find(fingerprint);
      if (entry === undefined || !isOfOurs(der, authority)) return undefined;
      noteUsed(entry, address);
      return fingerprint;
    },
    reload: () => {
      known = undefined;
    },
    accountChanged: (personId) => {
      for (const entry of known?.values() ?? []) if (entry.personId === personId) entry.enabled = undefined;
    },
  };
}

/** The fingerprint says all of this already; a second lock costs a connection 0.1 ms. */
function isOfOurs(der: Uint8Array, authority: Authority): boolean {
  const certificate = new X509Certificate(der);
  return !certificate.ca && certificate.keyUsage.includes(clientAuthentication) && authority.signed(certificate);
}
