import type { KeyObject } from "node:crypto";
import { type Clock, type Random, randomToken, readableToken } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { type Authority, newSerial } from "./authority.ts";
import type { CertificateFormat } from "./contract.ts";
import type { Devices } from "./devices.ts";
import type { Downloads } from "./downloads.ts";
import { writePkcs12 } from "./pkcs12.ts";
import { writeProfile } from "./profile.ts";
import type { DeviceRow, Repository } from "./repository.ts";
import { fingerprintOf, newKey, readSigningRequest, toPem } from "./x509.ts";

const dayMs = 86_400_000;
const deviceLifeMs = 90 * dayMs;
/** RFC 5280, ub-common-name. */
const maxCommonName = 64;
const maxDevices = 100;
/** So long it is told which devices there were. */
const keepEndedMs = 400 * dayMs;

export interface Wish {
  readonly signingRequestPem?: string | undefined;
  readonly format: CertificateFormat;
}

export interface Delivery {
  readonly certificatePem: string | null;
  readonly download: {
    readonly path: string;
    readonly fileName: string;
    readonly password: string;
    readonly expiresAtMs: number;
  } | null;
}

export interface Issuing {
  /** A first certificate for a new device; durable when it resolves. Throws `conflict` when there are too many. */
  newDevice(person: Person, name: string, wish: Wish): Promise<{ device: DeviceRow; delivery: Delivery }>;
  /** One more certificate for a device; durable when it resolves. */
  certificate(device: DeviceRow, personName: string, wish: Wish): Promise<Delivery>;
}

interface Person {
  readonly id: number;
  readonly displayName: string;
}

interface IssueDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly repository: Repository;
  readonly authority: Authority;
  readonly devices: Devices;
  readonly downloads: Downloads;
}

export const downloadPath = "/pki/device/";

export function createIssuing(deps: IssueDeps): Issuing {
  const { db, clock, random, repository, authority } = deps;

  const issue = async (device: DeviceRow, personName: string, wish: Wish, isNew: boolean): Promise<Delivery> => {
    const view = authority.view();
    const organisation = view?.name ?? "";
    const ownKey = wish.signingRequestPem === undefined ? newKey() : undefined;
    const publicKey = ownKey?.publicKey ?? (await readSigningRequest(wish.signingRequestPem ?? ""));
    const serial = newSerial(random);
    const { der, validity } = await authority.sign({
      serial,
      subject: { commonName: [...`${device.name} (${personName})`].slice(0, maxCommonName).join(""), organisation },
      publicKey,
      lifeMs: deviceLifeMs,
      kind: { type: "device" },
    });
    const row = {
      serial,
      fingerprint: fingerprintOf(der),
      device_id: device.id,
      root_fingerprint: view?.root.fingerprint ?? "",
      issued_at_ms: clock.now(),
      valid_from_ms: validity.fromMs,
      valid_to_ms: validity.toMs,
      revoked_at_ms: null,
      key_made_on_device: ownKey === undefined ? 1 : 0,
      last_used_at_ms: null,
      last_address: null,
    };
    db.transaction(() => {
      if (isNew) repository.insertDevice(device);
      repository.insertCertificate(row);
    });
    await db.sync();
    deps.devices.reload();
    return ownKey === undefined
      ? { certificatePem: toPem(der) + authority.chainPem().intermediate, download: null }
      : { certificatePem: null, download: pack(deps, device, der, ownKey.key, wish.format, organisation) };
  };

  return {
    newDevice: async (person, name, wish) => {
      repository.removeEnded(clock.now() - keepEndedMs);
      if (repository.listDevices(person.id).length >= maxDevices) {
        throw new AppError("conflict", `There can be ${maxDevices} devices of one person.`);
      }
      const device = { id: randomToken(random, 72), person_id: person.id, name, created_at_ms: clock.now() };
      return { device, delivery: await issue(device, person.displayName, wish, true) };
    },
    certificate: (device, personName, wish) => issue(device, personName, wish, false),
  };
}

/** Key and certificate as one file behind a one-time address; the password is only in the answer. */
function pack(
  { random, authority, downloads }: IssueDeps,
  device: DeviceRow,
  certificate: Uint8Array,
  key: KeyObject,
  format: CertificateFormat,
  organisation: string,
): NonNullable<Delivery["download"]> {
  const { root, intermediate } = authority.chain();
  const password = readableToken(random, 4, 5);
  const content = {
    key: key.export({ type: "pkcs8", format: "der" }),
    certificate,
    chain: [intermediate, root],
    name: `${device.name} at ${organisation}`,
    password,
  };
  const pkcs12 = writePkcs12(content, format === "pkcs12" ? "modern" : "legacy", random);
  const base = device.name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
  const file =
    format === "apple-profile"
      ? {
          bytes: Buffer.from(
            writeProfile({ organisation, deviceName: device.name, id: device.id, pkcs12, root, intermediate }),
          ),
          contentType: "application/x-apple-aspen-config",
          fileName: `${base}.mobileconfig`,
        }
      : { bytes: pkcs12, contentType: "application/x-pkcs12", fileName: `${base}.p12` };
  const { token, expiresAtMs } = downloads.offer(file);
  return { path: `${downloadPath}${token}`, fileName: file.fileName, password, expiresAtMs };
}
