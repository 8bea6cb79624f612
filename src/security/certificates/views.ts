import type { CertifiedDevice, DeviceCertificate } from "./contract.ts";
import type { CertificateRow, DeviceRow } from "./repository.ts";

const dayMs = 86_400_000;
const renewBeforeMs = 30 * dayMs;
/** Best first. */
const states = ["valid", "ending", "expired", "revoked"] as const;

export interface Now {
  readonly nowMs: number;
  /** Of the authority in force; what another one signed is void. */
  readonly rootFingerprint: string | undefined;
}

function stateOf(row: CertificateRow, { nowMs, rootFingerprint }: Now): DeviceCertificate["state"] {
  if (row.revoked_at_ms !== null || row.root_fingerprint !== rootFingerprint) return "revoked";
  if (nowMs >= row.valid_to_ms) return "expired";
  return nowMs >= row.valid_to_ms - renewBeforeMs ? "ending" : "valid";
}

export function viewCertificate(row: CertificateRow, now: Now): DeviceCertificate {
  return {
    serial: row.serial,
    fingerprint: row.fingerprint,
    validFromMs: row.valid_from_ms,
    validToMs: row.valid_to_ms,
    state: stateOf(row, now),
    issuedAtMs: row.issued_at_ms,
    renewFromMs: row.valid_to_ms - renewBeforeMs,
    revokedAtMs: row.revoked_at_ms,
    keyMadeOnDevice: row.key_made_on_device === 1,
    lastUsedAtMs: row.last_used_at_ms,
    lastAddress: row.last_address,
  };
}

interface Beside {
  readonly personName: string;
  readonly certificates: readonly DeviceCertificate[];
  readonly current: boolean;
}

export function viewDevice(row: DeviceRow, { personName, certificates, current }: Beside): CertifiedDevice {
  return {
    id: row.id,
    name: row.name,
    personId: row.person_id,
    personName,
    createdAtMs: row.created_at_ms,
    state: states.find((state) => certificates.some((certificate) => certificate.state === state)) ?? "revoked",
    current,
    certificates: [...certificates],
  };
}
