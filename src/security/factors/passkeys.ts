import { isIP } from "node:net";
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { AppError } from "#platform/errors";
import type { UseCaseContext } from "#platform/usecase";
import type { Passkey, PasskeyAssertion, PasskeyRegistration } from "./contract.ts";
import type { PasskeyRow } from "./repository.ts";

/** Under which name a browser sees this server: a passkey belongs to the name it was made for. */
interface Site {
  readonly host: string;
  readonly origins: readonly string[];
}

type SiteFacts = Pick<UseCaseContext, "host" | "secure">;

const timeoutMs = 5 * 60_000;
/** COSE algorithms (RFC 9053): EdDSA, ES256, RS256. */
const algorithms = [-8, -7, -257];
/** The verifier of signatures takes some 20 MB, so it comes with the first passkey. */
const library = () => import("@simplewebauthn/server");

/** Whether the browser allows passkeys for how this page was opened (WebAuthn §5.1.3: a name, and HTTPS or localhost). */
export function passkeySite({ host = "", secure }: SiteFacts): Site | { readonly reason: string } {
  const url = `http://${host}`;
  const name = URL.canParse(url) ? new URL(url).hostname : "";
  const isLocal = name === "localhost" || name.endsWith(".localhost");
  if (name === "" || isIP(name.replaceAll(/[[\]]/g, "")) !== 0) {
    return {
      reason:
        "This page was opened by an address of numbers, and a passkey belongs to a name. Open it by the server's name over HTTPS.",
    };
  }
  if (!secure && !isLocal) {
    return {
      reason: `Browsers allow passkeys only over HTTPS. Give the server a certificate, then open https://${host}.`,
    };
  }
  return { host: name, origins: isLocal ? [`https://${host}`, url] : [`https://${host}`] };
}

/** Throws `bad-request` with what to do when passkeys cannot work here. */
export function requirePasskeySite(facts: SiteFacts): Site {
  const site = passkeySite(facts);
  if ("reason" in site) throw new AppError("bad-request", site.reason);
  return site;
}

/** Without rows the browser offers every passkey it has for the name. */
export function requestOptions(
  site: Site,
  challenge: string,
  rows: readonly PasskeyRow[],
): PublicKeyCredentialRequestOptionsJSON {
  return {
    challenge,
    rpId: site.host,
    timeout: timeoutMs,
    userVerification: "required",
    allowCredentials: rows.map(descriptorOf),
  };
}

interface NewPasskey {
  readonly challenge: string;
  readonly userHandle: string;
  readonly name: string;
  readonly displayName: string;
  readonly existing: readonly PasskeyRow[];
}

export function creationOptions(site: Site, given: NewPasskey): PublicKeyCredentialCreationOptionsJSON {
  return {
    rp: { id: site.host, name: "Hearth" },
    user: { id: given.userHandle, name: given.name, displayName: given.displayName },
    challenge: given.challenge,
    pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
    timeout: timeoutMs,
    excludeCredentials: given.existing.map(descriptorOf),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "none",
  };
}

/** The new passkey; throws `bad-request` when the browser's answer does not hold. */
export async function verifyRegistration(
  site: Site,
  challenge: string,
  response: PasskeyRegistration,
): Promise<Pick<PasskeyRow, "id" | "host" | "public_key" | "counter" | "transports" | "synced">> {
  const { verifyRegistrationResponse } = await library();
  const { registrationInfo: info } = await verifyRegistrationResponse({
    response: response as Parameters<typeof verifyRegistrationResponse>[0]["response"],
    expectedChallenge: challenge,
    expectedOrigin: [...site.origins],
    expectedRPID: site.host,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch((cause: unknown) => {
    throw new AppError("bad-request", "The browser's answer does not hold. Begin again.", { cause });
  });
  if (info === undefined) throw new AppError("bad-request", "The browser's answer does not hold. Begin again.");
  return {
    id: info.credential.id,
    host: site.host,
    public_key: info.credential.publicKey,
    counter: info.credential.counter,
    transports: JSON.stringify(response.response.transports ?? []),
    synced: Number(info.credentialBackedUp),
  };
}

/** The new counter, or why the assertion does not hold. A counter that went back is a copied authenticator (WebAuthn §6.1.1). */
export async function verifyAssertion(
  site: Site,
  challenge: string,
  response: PasskeyAssertion,
  row: PasskeyRow,
): Promise<{ readonly counter: number } | { readonly refused: string }> {
  const { verifyAuthenticationResponse } = await library();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as Parameters<typeof verifyAuthenticationResponse>[0]["response"],
      expectedChallenge: challenge,
      expectedOrigin: [...site.origins],
      expectedRPID: site.host,
      credential: { id: row.id, publicKey: new Uint8Array(row.public_key), counter: row.counter },
      requireUserVerification: true,
    });
    return verified ? { counter: authenticationInfo.newCounter } : { refused: "the signature does not hold" };
  } catch (cause) {
    return { refused: cause instanceof Error ? cause.message : String(cause) };
  }
}

export function toPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.id,
    name: row.name,
    createdAtMs: row.created_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    synced: row.synced === 1,
    host: row.host,
  };
}

function descriptorOf({ id, transports }: PasskeyRow) {
  return { id, type: "public-key" as const, transports: JSON.parse(transports) as never[] };
}
