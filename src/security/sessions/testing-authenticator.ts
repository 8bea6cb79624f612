import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { PasskeyAssertion, PasskeyRegistration } from "#contract/security/factors";

/** What this authenticator can be made to do wrong. */
interface Faults {
  readonly origin?: string;
  readonly rpId?: string;
  /** Presence only, as with a key that was merely touched. */
  readonly unverified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
}
interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
}

const flagPresent = 0x01;
const flagVerified = 0x04;
const flagAttested = 0x40;

/** A passkey in software: ES256, no attestation (WebAuthn §6.1, §6.5; CTAP2 canonical CBOR). */
export function createAuthenticator(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(16);
  let counter = 0;
  let userHandle = "";

  const authData = (rpId: string, faults: Faults, attested?: Buffer): Buffer => {
    const flags = flagPresent | (faults.unverified === true ? 0 : flagVerified) | (attested ? flagAttested : 0);
    const head = Buffer.alloc(5);
    head.writeUInt8(flags, 0);
    head.writeUInt32BE(faults.counter ?? counter, 1);
    return Buffer.concat([createHash("sha256").update(rpId).digest(), head, attested ?? Buffer.alloc(0)]);
  };
  const clientData = (type: string, challenge: string, faults: Faults): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin: faults.origin ?? origin, crossOrigin: false }));

  return {
    id: id.toString("base64url"),
    create: (options: unknown, faults: Faults = {}): PasskeyRegistration => {
      const { challenge, rp, user } = options as CreationOptions;
      userHandle = user.id;
      const idLength = Buffer.alloc(2);
      idLength.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), idLength, id, coseKey(publicKey)]);
      const data = authData(faults.rpId ?? rp.id ?? "", faults, attested);
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        ...[text("fmt"), text("none"), text("attStmt"), Buffer.from([0xa0]), text("authData"), bytes(data)],
      ]);
      return {
        ...named(id),
        response: {
          clientDataJSON: clientData("webauthn.create", challenge, faults).toString("base64url"),
          attestationObject: attestation.toString("base64url"),
          transports: ["internal"],
        },
      };
    },
    get: (options: unknown, faults: Faults = {}): PasskeyAssertion => {
      const { challenge, rpId = "" } = options as RequestOptions;
      counter++;
      const data = authData(faults.rpId ?? rpId, faults);
      const client = clientData("webauthn.get", challenge, faults);
      const signed = Buffer.concat([data, createHash("sha256").update(client).digest()]);
      return {
        ...named(id),
        response: {
          clientDataJSON: client.toString("base64url"),
          authenticatorData: data.toString("base64url"),
          signature: createSign("sha256").update(signed).sign(privateKey).toString("base64url"),
          userHandle: faults.userHandle ?? userHandle,
        },
      };
    },
  };
}

function named(id: Buffer) {
  const text64 = id.toString("base64url");
  return { id: text64, rawId: text64, type: "public-key" as const, clientExtensionResults: {} };
}

/** COSE_Key of P-256 (RFC 9053 §7.1). */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]);
  const coordinate = (label: number, value: string) =>
    Buffer.concat([Buffer.from([label]), bytes(Buffer.from(value, "base64url"))]);
  return Buffer.concat([head, coordinate(0x21, x), coordinate(0x22, y)]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
}

function bytes(value: Buffer): Buffer {
  const head = value.length < 256 ? [0x58, value.length] : [0x59, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from(head), value]);
}
