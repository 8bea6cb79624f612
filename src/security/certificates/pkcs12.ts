import { createCipheriv, createHash, createHmac, pbkdf2Sync } from "node:crypto";
import type { Random } from "#platform/clock";
import * as der from "./der.ts";

interface Pkcs12 {
  /** PKCS#8, DER. */
  readonly key: Uint8Array;
  /** DER. */
  readonly certificate: Uint8Array;
  /** The issuers up to the root, DER. */
  readonly chain: readonly Uint8Array[];
  readonly name: string;
  /** ASCII. */
  readonly password: string;
}

/**
 * `modern` is AES-256-CBC with PBKDF2 and SHA-256, as OpenSSL 3, NSS, Windows 10 and Android read it; `legacy` is 3DES with
 * SHA-1, which Apple's systems and older Windows want.
 */
export type Pkcs12Encryption = "modern" | "legacy";

const data = der.objectId("1.2.840.113549.1.7.1");
const encryptedData = der.objectId("1.2.840.113549.1.7.6");
const shroudedKeyBag = der.objectId("1.2.840.113549.1.12.10.1.2");
const certificateBag = der.objectId("1.2.840.113549.1.12.10.1.3");
const x509Certificate = der.objectId("1.2.840.113549.1.9.22.1");
const friendlyName = der.objectId("1.2.840.113549.1.9.20");
const localKeyId = der.objectId("1.2.840.113549.1.9.21");

/** The password is random, so the count only has to be what every importer accepts. */
const iterations = 2048;

/** A PKCS#12 file (RFC 7292) with one key, its certificate and the chain above it. */
export function writePkcs12(content: Pkcs12, encryption: Pkcs12Encryption, random: Random): Uint8Array {
  const { password, name } = content;
  const keyId = createHash("sha1").update(content.certificate).digest();
  const ownAttributes = [
    der.sequence(friendlyName, der.setOf(der.bmpString(name))),
    der.sequence(localKeyId, der.setOf(der.octets(keyId))),
  ];
  const encrypt = encryption === "modern" ? encryptModern : encryptLegacy;
  const certificates = der.sequence(
    certificate(content.certificate, ownAttributes),
    ...content.chain.map((issuer) => certificate(issuer, [])),
  );
  const sealed = encrypt(certificates, password, random);
  const shrouded = encrypt(content.key, password, random);
  const keyBag = bag(shroudedKeyBag, der.sequence(shrouded.algorithm, der.octets(shrouded.bytes)), ownAttributes);
  const authenticated = der.sequence(
    der.sequence(
      encryptedData,
      der.explicit0(
        der.sequence(der.integer(0), der.sequence(data, sealed.algorithm, der.implicitOctets0(sealed.bytes))),
      ),
    ),
    der.sequence(data, der.explicit0(der.octets(der.sequence(keyBag)))),
  );
  return der.sequence(
    der.integer(3),
    der.sequence(data, der.explicit0(der.octets(authenticated))),
    authentication(authenticated, password, encryption === "modern" ? "sha256" : "sha1", random),
  );
}

function bag(kind: Uint8Array, value: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const trailer = attributes.length === 0 ? [] : [der.setOf(...attributes.toSorted(Buffer.compare))];
  return der.sequence(kind, der.explicit0(value), ...trailer);
}

function certificate(bytes: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  return bag(certificateBag, der.sequence(x509Certificate, der.explicit0(der.octets(bytes))), attributes);
}

interface Encrypted {
  /** AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly bytes: Uint8Array;
}

/** PBES2 (RFC 8018 §6.2). */
function encryptModern(plain: Uint8Array, password: string, random: Random): Encrypted {
  const [salt, iv] = [random.bytes(16), random.bytes(16)];
  const cipher = createCipheriv("aes-256-cbc", pbkdf2Sync(password, salt, iterations, 32, "sha256"), iv);
  const prf = der.sequence(der.objectId("1.2.840.113549.2.9"), der.nothing);
  const derivation = der.sequence(
    der.objectId("1.2.840.113549.1.5.12"),
    der.sequence(der.octets(salt), der.integer(iterations), prf),
  );
  const scheme = der.sequence(der.objectId("2.16.840.1.101.3.4.1.42"), der.octets(iv));
  return {
    algorithm: der.sequence(der.objectId("1.2.840.113549.1.5.13"), der.sequence(derivation, scheme)),
    bytes: Buffer.concat([cipher.update(plain), cipher.final()]),
  };
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 appendix C). */
function encryptLegacy(plain: Uint8Array, password: string, random: Random): Encrypted {
  const salt = random.bytes(8);
  const cipher = createCipheriv(
    "des-ede3-cbc",
    derive("sha1", password, salt, purpose.key, 24),
    derive("sha1", password, salt, purpose.iv, 8),
  );
  return {
    algorithm: der.sequence(
      der.objectId("1.2.840.113549.1.12.1.3"),
      der.sequence(der.octets(salt), der.integer(iterations)),
    ),
    bytes: Buffer.concat([cipher.update(plain), cipher.final()]),
  };
}

const digests = {
  sha1: { id: der.objectId("1.3.14.3.2.26"), sizeBytes: 20 },
  sha256: { id: der.objectId("2.16.840.1.101.3.4.2.1"), sizeBytes: 32 },
} as const;

/** MacData (RFC 7292 §4). */
function authentication(
  content: Uint8Array,
  password: string,
  digest: keyof typeof digests,
  random: Random,
): Uint8Array {
  const salt = random.bytes(16);
  const key = derive(digest, password, salt, purpose.mac, digests[digest].sizeBytes);
  const mac = createHmac(digest, key).update(content).digest();
  const algorithm = der.sequence(digests[digest].id, der.nothing);
  return der.sequence(der.sequence(algorithm, der.octets(mac)), der.octets(salt), der.integer(iterations));
}

const purpose = { key: 1, iv: 2, mac: 3 } as const;
/** Block size of SHA-1 and SHA-256. */
const blockBytes = 64;

/** The key derivation of RFC 7292 appendix B.2. */
function derive(
  digest: keyof typeof digests,
  password: string,
  salt: Uint8Array,
  id: number,
  sizeBytes: number,
): Uint8Array {
  const secret = der.utf16be(`${password}\0`);
  const diversifier = new Uint8Array(blockBytes).fill(id);
  const state = Buffer.concat([fillBlocks(salt), fillBlocks(secret)]);
  const output: Uint8Array[] = [];
  for (let madeBytes = 0; madeBytes < sizeBytes; madeBytes += digests[digest].sizeBytes) {
    let hash = createHash(digest).update(diversifier).update(state).digest();
    for (let round = 1; round < iterations; round++) hash = createHash(digest).update(hash).digest();
    output.push(hash);
    for (let start = 0; start < state.byteLength; start += blockBytes) {
      addOnePlus(state.subarray(start, start + blockBytes), hash);
    }
  }
  return Buffer.concat(output).subarray(0, sizeBytes);
}

/** The bytes again and again until they fill whole blocks. */
function fillBlocks(bytes: Uint8Array): Uint8Array {
  const sizeBytes = Math.ceil(bytes.byteLength / blockBytes) * blockBytes;
  return Uint8Array.from({ length: sizeBytes }, (_, i) => bytes[i % bytes.byteLength] ?? 0);
}

/** block := block + hash (repeated to its length) + 1, modulo 2^512. */
function addOnePlus(block: Uint8Array, hash: Uint8Array): void {
  let carry = 1;
  for (let i = block.byteLength - 1; i >= 0; i--) {
    const sum = (block[i] ?? 0) + (hash[i % hash.byteLength] ?? 0) + carry;
    block[i] = sum % 256;
    carry = sum >> 8;
  }
}
