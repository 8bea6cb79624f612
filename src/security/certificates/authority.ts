import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Clock, type Random, readableToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import type { Authority as AuthorityView } from "./contract.ts";
import { domainsFor, isWithin } from "./name-constraints.ts";
import { readIfThere, writeSecret } from "./secret-file.ts";
import { factsOf, type Issuer, type Kind, newKey, sign, type Subject, toPem, type Validity } from "./x509.ts";

const dayMs = 86_400_000;
const rootMs = 20 * 365 * dayMs;
const intermediateMs = 2 * 365 * dayMs;
const renewBeforeMs = 120 * dayMs;
/** Clocks at home differ; a certificate made now must be good on a device that is behind. */
const skewMs = 5 * 60_000;

const StoredAuthority = z.object({
  name: z.string(),
  createdAtMs: z.int(),
  rootPem: z.string(),
  intermediatePem: z.string(),
  intermediateKeyPem: z.string(),
  /** The names the intermediate may vouch for are these and those below them. */
  domains: z.array(z.string()),
});
type StoredAuthority = z.infer<typeof StoredAuthority>;

/** The authority in memory: the root's certificate, and the intermediate with its key. */
interface Loaded {
  readonly stored: StoredAuthority;
  readonly root: X509Certificate;
  readonly intermediate: X509Certificate;
  readonly key: KeyObject;
}

export interface NewAuthority {
  /** PKCS#8, encrypted with `passphrase`; nobody else has it. */
  readonly rootKeyPem: string;
  readonly passphrase: string;
}

export interface Leaf {
  readonly serial: string;
  readonly subject: Subject;
  readonly publicKey: Uint8Array;
  /** Shortened to the life of the intermediate. */
  readonly lifeMs: number;
  readonly kind: Exclude<Kind, { type: "root" | "intermediate" }>;
}

export interface Authority {
  /** Undefined until an owner has made it. */
  view(): AuthorityView | undefined;
  /** The certificates, DER; throws `conflict` when there is no authority. */
  chain(): { readonly root: Uint8Array; readonly intermediate: Uint8Array };
  /** The same in PEM, for programs. */
  chainPem(): { readonly root: string; readonly intermediate: string };
  /** Throws `exists` when there is one and it shall not be replaced. */
  create(name: string, replace: boolean): Promise<NewAuthority>;
  /** Signs the intermediate anew; its key stays, so that what it signed goes on. Throws `bad-request` for another key. */
  renew(rootKeyPem: string, passphrase: string): Promise<void>;
  /** DER. Throws `conflict` when the authority is missing or has ended. */
  sign(leaf: Leaf): Promise<{ readonly der: Uint8Array; readonly validity: Validity }>;
  /** Whether the intermediate may vouch for this host name or address. */
  permits(name: string): boolean;
  /** What signs revocation lists. */
  issuer(): Issuer;
  /** Whether our intermediate signed this certificate. */
  signed(certificate: X509Certificate): boolean;
}

interface AuthorityDeps {
  /** Keys live here, readable by us alone. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Host names of the server, which a new intermediate may vouch for. */
  readonly names: () => readonly string[];
}

export function newSerial(random: Random): string {
  const bytes = random.bytes(16);
  // Positive and of full length, as RFC 5280 §4.1.2.2 wants it.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

export function createAuthority({ folder, clock, random, log, names }: AuthorityDeps): Authority {
  const file = join(folder, "authority.json");
  let loaded = load(file, log);
  const store = (stored: StoredAuthority): void => {
    writeSecret(file, JSON.stringify(stored));
    loaded = parse(stored);
  };
  const required = (): Loaded => {
    if (loaded === undefined)
      throw new AppError("conflict", "There is no certificate authority yet: an owner makes it.");
    return loaded;
  };
  const issuer = (): Issuer => ({ certificatePem: required().stored.intermediatePem, key: required().key });

  return {
    view: () => loaded && viewOf(loaded),
    chain: () => ({ root: required().root.raw, intermediate: required().intermediate.raw }),
    chainPem: () => ({ root: required().stored.rootPem, intermediate: required().stored.intermediatePem }),
    create: async (name, replace) => {
      const requireNone = () => {
        if (existsSync(file) && !replace) throw new AppError("exists", "There is a certificate authority already.");
      };
      requireNone();
      const made = await makeAuthority(name, domainsFor(names()), clock.now(), random);
      // Somebody else may have made one meanwhile.
      requireNone();
      store(made.stored);
      const passphrase = readableToken(random, 5, 5);
      return { rootKeyPem: encrypt(made.rootKey, passphrase), passphrase };
    },
    renew: async (rootKeyPem, passphrase) => {
      const { stored, root, key } = required();
      const rootKey = decrypt(rootKeyPem, passphrase);
      if (!root.checkPrivateKey(rootKey)) throw new AppError("bad-request", "This is the key of another authority.");
      const by = { certificatePem: stored.rootPem, key: rootKey };
      const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
      const domains = domainsFor(names());
      const intermediatePem = await makeIntermediate(
        { name: stored.name, domains, publicKey },
        by,
        clock.now(),
        random,
      );
      store({ ...stored, domains, intermediatePem });
    },
    sign: async ({ lifeMs, ...leaf }) => {
      const { intermediate } = required();
      const nowMs = clock.now();
      const toMs = Math.min(nowMs + lifeMs, factsOf(intermediate).validToMs);
      if (toMs <= nowMs) throw new AppError("conflict", "The authority has ended: renew it with its root key.");
      const validity = { fromMs: nowMs - skewMs, toMs };
      return { der: await sign({ ...leaf, validity }, issuer()), validity };
    },
    permits: (name) => loaded !== undefined && isWithin(loaded.stored.domains, name),
    issuer,
    signed: (certificate) =>
      loaded !== undefined &&
      certificate.checkIssued(loaded.intermediate) &&
      certificate.verify(loaded.intermediate.publicKey),
  };
}

function load(file: string, log: Logger): Loaded | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return parse(StoredAuthority.parse(JSON.parse(text)));
  } catch (cause) {
    // Everything else goes on; the file stays, so that a backup of it can take its place.
    const reason = cause instanceof Error ? cause.name : "unknown";
    // The message of the parser could quote the file, and a key is in it.
    log.error(`the certificate authority in ${file} cannot be read: restore it from a backup`, { reason });
    return undefined;
  }
}

function parse(stored: StoredAuthority): Loaded {
  return {
    stored,
    root: new X509Certificate(stored.rootPem),
    intermediate: new X509Certificate(stored.intermediatePem),
    key: createPrivateKey(stored.intermediateKeyPem),
  };
}

function viewOf({ stored, root, intermediate }: Loaded): AuthorityView {
  const facts = factsOf(intermediate);
  return {
    name: stored.name,
    createdAtMs: stored.createdAtMs,
    root: factsOf(root),
    intermediate: { ...facts, renewFromMs: facts.validToMs - renewBeforeMs },
  };
}

async function makeAuthority(name: string, domains: readonly string[], nowMs: number, random: Random) {
  const [root, intermediate] = [newKey(), newKey()];
  const rootDer = await sign(
    {
      serial: newSerial(random),
      subject: { commonName: `${name} root`, organisation: name },
      publicKey: root.publicKey,
      validity: { fromMs: nowMs - skewMs, toMs: nowMs + rootMs },
      kind: { type: "root" },
    },
    { ownKey: root.key },
  );
  const rootPem = toPem(rootDer);
  const by = { certificatePem: rootPem, key: root.key };
  const stored: StoredAuthority = {
    name,
    createdAtMs: nowMs,
    rootPem,
    intermediatePem: await makeIntermediate({ name, domains, publicKey: intermediate.publicKey }, by, nowMs, random),
    domains: [...domains],
    intermediateKeyPem: intermediate.key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
  return { stored, rootKey: root.key };
}

interface Intermediate {
  readonly name: string;
  readonly domains: readonly string[];
  readonly publicKey: Uint8Array;
}

async function makeIntermediate(
  { name, domains, publicKey }: Intermediate,
  by: Issuer,
  nowMs: number,
  random: Random,
): Promise<string> {
  const rootEndsMs = factsOf(new X509Certificate(by.certificatePem)).validToMs;
  const der = await sign(
    {
      serial: newSerial(random),
      subject: { commonName: `${name} devices`, organisation: name },
      publicKey,
      validity: { fromMs: nowMs - skewMs, toMs: Math.min(nowMs + intermediateMs, rootEndsMs) },
      kind: { type: "intermediate", domains },
    },
    by,
  );
  return toPem(der);
}

function encrypt(key: KeyObject, passphrase: string): string {
  return key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }).toString();
}

function decrypt(pem: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: "pem", passphrase });
  } catch (cause) {
    throw new AppError("bad-request", "The root key does not open: the file or the passphrase is not right.", {
      // The cause of the library could hold what was given; its name is enough.
      cause: cause instanceof Error ? cause.name : undefined,
    });
  }
}
