import { z } from "zod";
import { defineContract } from "#wire";

/** What the device gets: PKCS#12 for today's systems, for older ones, or inside a profile for Apple's. */
export const CertificateFormat = z.enum(["pkcs12", "compatible", "apple-profile"]);
export type CertificateFormat = z.infer<typeof CertificateFormat>;

const withoutControls = /^\P{Cc}*$/u;
const DeviceName = z.string().trim().min(1, "name the device").max(64).regex(withoutControls, "use visible characters");

/** A signing request in PEM (PKCS#10) with a P-256, P-384 or RSA key of at least 2048 bits, made on the device. */
const SigningRequest = z.string().max(16_384);

const Pem = z.string();

const CertificateSummary = z.object({
  /** SHA-256 of the DER form, lower-case hexadecimal. */
  fingerprint: z.string(),
  validFromMs: z.int(),
  validToMs: z.int(),
});

export const Authority = z.object({
  name: z.string(),
  createdAtMs: z.int(),
  root: CertificateSummary,
  /** What signs device certificates; from `renewFromMs` on it should be renewed with the root key. */
  intermediate: CertificateSummary.extend({ renewFromMs: z.int() }),
});
export type Authority = z.infer<typeof Authority>;

/** `ending` can be renewed. */
const CertificateState = z.enum(["valid", "ending", "expired", "revoked"]);

export const DeviceCertificate = CertificateSummary.extend({
  serial: z.string(),
  state: CertificateState,
  issuedAtMs: z.int(),
  renewFromMs: z.int(),
  revokedAtMs: z.int().nullable(),
  /** False when the server made the key and handed it out once. */
  keyMadeOnDevice: z.boolean(),
  lastUsedAtMs: z.int().nullable(),
  lastAddress: z.string().nullable(),
});
export type DeviceCertificate = z.infer<typeof DeviceCertificate>;

export const CertifiedDevice = z.object({
  id: z.string(),
  name: z.string(),
  personId: z.int(),
  personName: z.string(),
  createdAtMs: z.int(),
  /** The best state among its certificates. */
  state: CertificateState,
  /** True when this very connection shows a certificate of this device. */
  current: z.boolean(),
  /** Newest first; a renewed device has its old one until that ends. */
  certificates: z.array(DeviceCertificate),
});
export type CertifiedDevice = z.infer<typeof CertifiedDevice>;

/**
 * With a signing request, `certificatePem` is the certificate and its issuer and there is nothing to download. Otherwise
 * `download` is the one way to the key: `path`, below this site, answers once until `expiresAtMs`, and `password` opens it.
 */
const Issued = z.object({
  device: CertifiedDevice,
  certificatePem: Pem.nullable(),
  download: z.object({ path: z.string(), fileName: z.string(), password: z.string(), expiresAtMs: z.int() }).nullable(),
});

/** What a certificate can be required for; `everything` is all but logging in and out. */
export const CertificateScope = z.enum(["everything", "files", "dav", "administration"]);
export type CertificateScope = z.infer<typeof CertificateScope>;

/** A certificate of one's own is required of this person (null: everybody) for this. */
const PolicyRule = z.object({ personId: z.int().nullable(), scope: CertificateScope });
export type PolicyRule = z.infer<typeof PolicyRule>;

const Policy = z.object({ rules: z.array(PolicyRule).max(1000) });

const CertificateListener = z.object({
  /** Where certificates are asked for; the page can lead there: `https://<host of this page>:<port>`. */
  port: z.int(),
});

export const certificatesContract = defineContract({
  "certificates.status": {
    summary: "The certificate authority, where certificates are asked for, and what this connection shows.",
    input: z.object({}),
    output: z.object({
      authority: Authority.nullable(),
      /** Null while it is off in the configuration or the server has no certificate of its own yet. */
      listener: CertificateListener.nullable(),
      server: CertificateSummary.extend({
        names: z.array(z.string()),
        /** Configured names for which the authority may not vouch yet: renew it with its root key. */
        missingNames: z.array(z.string()),
      }).nullable(),
      /** Device of the certificate on this connection; null without one, or when it is not valid. */
      connection: z.object({ deviceId: z.string(), deviceName: z.string(), personId: z.int() }).nullable(),
      /** Path of the root certificate, for devices that shall trust this server. */
      rootPath: z.string(),
      revocationListPath: z.string(),
    }),
    permission: "self",
    effect: "read",
  },
  "certificates.createAuthority": {
    summary:
      "Make the certificate authority (owners only). The root key is in this answer and nowhere else. With `replace`, the authority before it and all its certificates end.",
    input: z.object({
      name: z.string().trim().min(1).max(48).regex(withoutControls, "use visible characters").default("Hearth"),
      replace: z.boolean().default(false),
    }),
    output: z.object({
      authority: Authority,
      /** PKCS#8, encrypted with `passphrase`. */
      rootKeyPem: Pem,
      passphrase: z.string(),
      rootPem: Pem,
      fileName: z.string(),
    }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "certificates.renewAuthority": {
    summary: "Sign the intermediate anew with the root key from its stick; the key is used once and not kept.",
    input: z.object({ rootKeyPem: z.string().max(16_384), passphrase: z.string().max(256) }),
    output: z.object({ authority: Authority }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "certificates.issue": {
    summary: "A certificate for a device: one's own, or with security.manage somebody's.",
    input: z.object({
      deviceName: DeviceName,
      personId: z.int().optional(),
      signingRequestPem: SigningRequest.optional(),
      format: CertificateFormat.default("pkcs12"),
    }),
    output: Issued,
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "certificates.list": {
    summary: "One's own devices with a certificate; with `everybody` (security.read) all of them. Newest first.",
    input: z.object({ everybody: z.boolean().default(false) }),
    output: z.object({ devices: z.array(CertifiedDevice) }),
    permission: "self",
    effect: "read",
  },
  "certificates.renew": {
    summary:
      "A new certificate for a device within 30 days of the end of its old one, which stays until then. Asked by the old certificate, or by a session with a fresh factor.",
    input: z.object({
      deviceId: z.string().max(64),
      signingRequestPem: SigningRequest.optional(),
      format: CertificateFormat.default("pkcs12"),
    }),
    output: Issued,
    permission: "public",
    effect: "write",
  },
  "certificates.revoke": {
    summary: "End the certificates of a device, or of a person, at once; others' with security.manage.",
    input: z.union([z.object({ deviceId: z.string().max(64) }), z.object({ personId: z.int() })]),
    output: z.object({ revoked: z.int() }),
    permission: "self",
    effect: "write",
  },
  "certificates.getPolicy": {
    summary: "What a certificate is required for.",
    input: z.object({}),
    output: Policy,
    permission: "security.read",
    effect: "read",
  },
  "certificates.setPolicy": {
    summary:
      "Set what a certificate is required for. Refused when it would lock out whoever asks, unless this connection shows their certificate.",
    input: Policy,
    output: Policy,
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
});
