import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import type { Clock, Random } from "#platform/clock";
import { type Authority, newSerial } from "./authority.ts";
import { readIfThere, writeSecret } from "./secret-file.ts";
import { type CertificateFacts, factsOf, newKey, sign, toPem } from "./x509.ts";

const dayMs = 86_400_000;
/** Browsers take no server certificate that lives longer than 398 days. */
const lifeMs = 397 * dayMs;
const renewBeforeMs = 60 * dayMs;

const Stored = z.object({
  /** The certificate and the intermediate. */
  cert: z.string(),
  key: z.string(),
  names: z.array(z.string()),
  rootFingerprint: z.string(),
  intermediateFingerprint: z.string(),
});
type Stored = z.infer<typeof Stored>;

export interface KeyPair {
  /** The certificate and its issuer, PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface ServerCertificate {
  /** Of our own authority, for the names this server has now; made anew when they change or its end is near. Undefined without an authority. */
  current(): Promise<KeyPair | undefined>;
  /** Signed by nobody else: something to begin with while there is no authority. Not kept. */
  temporary(): Promise<KeyPair>;
  view(): (CertificateFacts & { readonly names: string[]; readonly missingNames: string[] }) | undefined;
}

interface ServerCertificateDeps {
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly authority: Authority;
  /** Host names and addresses under which this server is reached. */
  readonly names: () => readonly string[];
}

export function createServerCertificate(deps: ServerCertificateDeps): ServerCertificate {
  const { clock, random, authority } = deps;
  const file = join(deps.folder, "server.json");
  let stored = load(file);
  let making: Promise<KeyPair> | undefined;

  /** A single name that the intermediate may not vouch for would make the whole certificate void. */
  const wanted = (): string[] => deps.names().filter((name) => authority.permits(name));
  const missing = (): string[] => deps.names().filter((name) => isIP(name) === 0 && !authority.permits(name));

  const isGood = ({ cert, names, rootFingerprint, intermediateFingerprint }: Stored): boolean => {
    const view = authority.view();
    return (
      rootFingerprint === view?.root.fingerprint &&
      intermediateFingerprint === view.intermediate.fingerprint &&
      wanted().every((name) => names.includes(name)) &&
      clock.now() < factsOf(new X509Certificate(cert)).validToMs - renewBeforeMs
    );
  };
  const leafOf = (names: readonly string[]) => ({
    serial: newSerial(random),
    subject: { commonName: (names[0] ?? "hearth").slice(0, 64), organisation: authority.view()?.name ?? "Hearth" },
    kind: {
      type: "server" as const,
      names: names.filter((name) => isIP(name) === 0),
      addresses: names.filter((name) => isIP(name) !== 0),
    },
  });
  const make = async (): Promise<KeyPair> => {
    const names = wanted();
    const { key, publicKey } = newKey();
    const view = authority.view();
    const { der } = await authority.sign({ ...leafOf(names), publicKey, lifeMs });
    stored = {
      cert: toPem(der) + authority.chainPem().intermediate,
      key: key.export({ type: "pkcs8", format: "pem" }).toString(),
      names,
      rootFingerprint: view?.root.fingerprint ?? "",
      intermediateFingerprint: view?.intermediate.fingerprint ?? "",
    };
    writeSecret(file, JSON.stringify(stored));
    return stored;
  };

  return {
    current: async () => {
      if (authority.view() === undefined) return undefined;
      if (stored !== undefined && isGood(stored)) return stored;
      making ??= make().finally(() => (making = undefined));
      return making;
    },
    temporary: async () => {
      const { key, publicKey } = newKey();
      const nowMs = clock.now();
      const validity = { fromMs: nowMs - dayMs, toMs: nowMs + lifeMs };
      const der = await sign({ ...leafOf(deps.names()), publicKey, validity }, { ownKey: key });
      return { cert: toPem(der), key: key.export({ type: "pkcs8", format: "pem" }).toString() };
    },
    view: () =>
      stored && { ...factsOf(new X509Certificate(stored.cert)), names: stored.names, missingNames: missing() },
  };
}

function load(file: string): Stored | undefined {
  try {
    return Stored.parse(JSON.parse(readIfThere(file) ?? "null"));
  } catch {
    // Missing or damaged: it is made anew.
    return undefined;
  }
}
