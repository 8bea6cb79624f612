import { generateKeyPairSync, type KeyObject, type X509Certificate } from "node:crypto";
import type * as X509 from "@peculiar/x509";
import { AppError } from "#platform/errors";
import { integer } from "./der.ts";
import { encodeConstraints } from "./name-constraints.ts";

let loaded: Promise<typeof X509> | undefined;

/** The library weighs some 20 MB, so it is loaded when the first certificate is made; what it needs comes before it. */
export function loadX509(): Promise<typeof X509> {
  loaded ??= import("reflect-metadata").then(() => import("@peculiar/x509"));
  return loaded;
}

const curve = { name: "ECDSA", namedCurve: "P-256" } as const;
const signature = { name: "ECDSA", hash: "SHA-256" } as const;

export interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A certificate and the key of its subject; both PEM in the file, the key in PKCS#8. */
export interface Issuer {
  readonly certificatePem: string;
  readonly key: KeyObject;
}

export interface Subject {
  readonly commonName: string;
  readonly organisation: string;
}

export interface Request {
  /** Positive, hexadecimal. */
  readonly serial: string;
  readonly subject: Subject;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly validity: Validity;
  readonly kind: Kind;
}

/** What a certificate is for decides its extensions (RFC 5280 §4.2.1). */
export type Kind =
  | { readonly type: "root" }
  | { readonly type: "intermediate"; readonly domains: readonly string[] }
  | { readonly type: "device" }
  | { readonly type: "server"; readonly names: readonly string[]; readonly addresses: readonly string[] };

export function newKey(): { readonly key: KeyObject; readonly publicKey: Uint8Array } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { key: privateKey, publicKey: publicKey.export({ type: "spki", format: "der" }) };
}

/** Signs a certificate; without an issuer it signs itself with `ownKey`. DER. */
export async function sign(request: Request, by: Issuer | { readonly ownKey: KeyObject }): Promise<Uint8Array> {
  const x509 = await loadX509();
  const { subject, kind, validity } = request;
  const name: X509.JsonName = [{ CN: [subject.commonName] }, { O: [subject.organisation] }];
  const issuer = "certificatePem" in by ? new x509.X509Certificate(by.certificatePem) : undefined;
  const publicKey = new x509.PublicKey(Buffer.from(request.publicKey));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: request.serial,
    subject: name,
    issuer: issuer?.subjectName ?? name,
    notBefore: new Date(validity.fromMs),
    notAfter: new Date(validity.toMs),
    publicKey,
    signingKey: await importKey("key" in by ? by.key : by.ownKey),
    signingAlgorithm: signature,
    extensions: [
      ...extensionsOf(x509, kind),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer?.publicKey ?? publicKey),
    ],
  });
  return new Uint8Array(certificate.rawData);
}

function extensionsOf(x509: typeof X509, kind: Kind): X509.Extension[] {
  const { KeyUsageFlags: usage, ExtendedKeyUsage: purpose } = x509;
  if (kind.type === "root" || kind.type === "intermediate") {
    const limits =
      kind.type === "root" ? [] : [new x509.Extension("2.5.29.30", true, Buffer.from(encodeConstraints(kind.domains)))];
    return [
      new x509.BasicConstraintsExtension(true, kind.type === "root" ? 1 : 0, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
      ...limits,
    ];
  }
  const leaf = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(usage.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([kind.type === "device" ? purpose.clientAuth : purpose.serverAuth]),
  ];
  if (kind.type === "device") return leaf;
  const names = [
    ...kind.names.map((value) => ({ type: "dns" as const, value })),
    ...kind.addresses.map((value) => ({ type: "ip" as const, value })),
  ];
  return [...leaf, new x509.SubjectAlternativeNameExtension(names)];
}

function importKey(key: KeyObject): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), curve, false, ["sign"]);
}

export interface RevokedCertificate {
  readonly serial: string;
  readonly atMs: number;
}

/** A version 2 revocation list (RFC 5280 §5), DER. `number` must grow from list to list. */
export async function signRevocationList(
  issuer: Issuer,
  revoked: readonly RevokedCertificate[],
  validity: Validity,
  number: number,
): Promise<Uint8Array> {
  const x509 = await loadX509();
  const certificate = new x509.X509Certificate(issuer.certificatePem);
  const list = await x509.X509CrlGenerator.create({
    issuer: certificate.subjectName,
    thisUpdate: new Date(validity.fromMs),
    nextUpdate: new Date(validity.toMs),
    entries: revoked.map(({ serial, atMs }) => ({ serialNumber: serial, revocationDate: new Date(atMs) })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
      new x509.Extension("2.5.29.20", false, Buffer.from(integer(number))),
    ],
    signingKey: await importKey(issuer.key),
    signingAlgorithm: signature,
  });
  return new Uint8Array(list.rawData);
}

const minRsaBits = 2048;

/** The public key of a signing request (PKCS#10, PEM) whose signature holds. Throws `bad-request`. */
export async function readSigningRequest(pem: string): Promise<Uint8Array> {
  const x509 = await loadX509();
  const refuse = (detail: string, cause?: unknown) => new AppError("bad-request", detail, { cause });
  let request: X509.Pkcs10CertificateRequest;
  let isSigned: boolean;
  try {
    request = new x509.Pkcs10CertificateRequest(pem);
    isSigned = await request.verify();
  } catch (cause) {
    throw refuse("The signing request is not a PKCS#10 request in PEM.", cause);
  }
  if (!isSigned) throw refuse("The signature of the signing request does not match its key.");
  const { algorithm } = request.publicKey;
  const isCurve = "namedCurve" in algorithm && (algorithm.namedCurve === "P-256" || algorithm.namedCurve === "P-384");
  const isRsa = "modulusLength" in algorithm && Number(algorithm.modulusLength) >= minRsaBits;
  if (!isCurve && !isRsa) throw refuse(`Use a P-256 or P-384 key, or RSA with at least ${minRsaBits} bits.`);
  return new Uint8Array(request.publicKey.rawData);
}

export function toPem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .replaceAll(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** SHA-256 of the DER form, lower-case hexadecimal. */
export function fingerprintOf(der: Uint8Array): string {
  return Bun.SHA256.hash(der, "hex");
}

export interface CertificateFacts {
  readonly fingerprint: string;
  readonly validFromMs: number;
  readonly validToMs: number;
}

/** What a certificate says of itself, without the library. */
export function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    fingerprint: fingerprintOf(certificate.raw),
    validFromMs: Date.parse(certificate.validFrom),
    validToMs: Date.parse(certificate.validTo),
  };
}
