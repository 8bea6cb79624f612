import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Role } from "#wire";
import type { Authority, NewAuthority } from "./authority.ts";
import type { CertifiedDevice } from "./contract.ts";
import type { Devices } from "./devices.ts";
import type { Delivery, Issuing, Wish } from "./issue.ts";
import type { DeviceRow, Repository } from "./repository.ts";
import { type Now, viewCertificate, viewDevice } from "./views.ts";

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
  readonly disabled: boolean;
  readonly roles: readonly Role[];
}

export interface ServiceDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repository: Repository;
  readonly authority: Authority;
  readonly devices: Devices;
  readonly issuing: Issuing;
  readonly findPerson: (id: number) => Person | undefined;
  /** The certificates of a device have ended: what was opened with one ends too. Synchronous, inside the transaction. */
  readonly onRevoked: (deviceId: string, personId: number) => void;
  /** After a change is durable: revocation list, connections and the server's own certificate follow. */
  /** Resolves when what stands on it, as the listener that asks for certificates, has followed. */
  readonly onChanged: (change: "authority" | "revoked") => Promise<void>;
}

export interface Issued extends Delivery {
  readonly device: CertifiedDevice;
}

/** All acts on devices and the authority; whether the caller may is asked before. Durable when they resolve. */
export interface CertificateService {
  createAuthority(name: string, replace: boolean): Promise<NewAuthority>;
  renewAuthority(rootKeyPem: string, passphrase: string): Promise<void>;
  /** Throws `not-found`, `conflict`, `bad-request` (the signing request). */
  issue(personId: number, deviceName: string, wish: Wish): Promise<Issued>;
  /** Throws `conflict` outside the last 30 days of the newest certificate. */
  renew(device: DeviceRow, wish: Wish): Promise<Issued>;
  /** How many certificates ended. */
  revoke(devices: readonly DeviceRow[]): Promise<number>;
  /** Newest first; of everybody without a person. */
  list(personId: number | undefined, currentDeviceId: string | undefined): CertifiedDevice[];
  /** Throws `not-found`. */
  device(id: string): DeviceRow;
  devicesOf(personId: number): DeviceRow[];
}

export function createCertificateService(deps: ServiceDeps): CertificateService {
  const { db, clock, repository, authority, devices, issuing } = deps;
  const now = (): Now => ({ nowMs: clock.now(), rootFingerprint: authority.view()?.root.fingerprint });
  const personName = (id: number): string => deps.findPerson(id)?.displayName ?? "";

  const view = (device: DeviceRow, currentDeviceId?: string): CertifiedDevice => {
    const certificates = repository.certificatesOf([device.id]).map((row) => viewCertificate(row, now()));
    return viewDevice(device, {
      personName: personName(device.person_id),
      certificates,
      current: device.id === currentDeviceId,
    });
  };
  const end = (ending: readonly DeviceRow[]): number => {
    const ids = ending.map(({ id }) => id);
    const nowMs = clock.now();
    const live = repository.certificatesOf(ids).filter((row) => row.revoked_at_ms === null && row.valid_to_ms > nowMs);
    repository.revoke(
      live.map(({ serial }) => serial),
      nowMs,
    );
    for (const device of ending) deps.onRevoked(device.id, device.person_id);
    return live.length;
  };

  return {
    createAuthority: async (name, replace) => {
      const made = await authority.create(name, replace);
      db.transaction(() => end(repository.listDevices()));
      devices.reload();
      await db.sync();
      await deps.onChanged("authority");
      return made;
    },
    renewAuthority: async (rootKeyPem, passphrase) => {
      await authority.renew(rootKeyPem, passphrase);
      await deps.onChanged("authority");
    },
    issue: async (personId, deviceName, wish) => {
      const person = deps.findPerson(personId);
      if (person === undefined || person.disabled) throw new AppError("not-found", "There is no such person.");
      const { device, delivery } = await issuing.newDevice(person, deviceName, wish);
      return { device: view(device), ...delivery };
    },
    renew: async (device, wish) => {
      const newest = view(device).certificates[0];
      if (newest?.state !== "ending") throw notRenewable(newest);
      const delivery = await issuing.certificate(device, personName(device.person_id), wish);
      return { device: view(device), ...delivery };
    },
    revoke: async (ending) => {
      const count = db.transaction(() => end(ending));
      // Before any wait: nobody may log in with it once its sessions have ended.
      devices.reload();
      await db.sync();
      await deps.onChanged("revoked");
      return count;
    },
    list: (personId, currentDeviceId) => repository.listDevices(personId).map((row) => view(row, currentDeviceId)),
    device: (id) => {
      const device = repository.findDevice(id);
      if (device === undefined) throw new AppError("not-found", "There is no such device.");
      return device;
    },
    devicesOf: (personId) => repository.listDevices(personId),
  };
}

function notRenewable(newest: CertifiedDevice["certificates"][number] | undefined): AppError {
  if (newest?.state !== "valid") return new AppError("conflict", "Its certificate has ended: make a new one.");
  const from = new Date(newest.renewFromMs).toISOString().slice(0, 10);
  return new AppError("conflict", `Its certificate is good for long; it can be renewed from ${from}.`);
}
