import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import { ProblemError } from "#web/client.ts";
import { strings } from "#web/strings.ts";

const load = () => import("@simplewebauthn/browser");
const isAddress = /^(\d+\.\d+\.\d+\.\d+|\[.*\])$/;

/** Whether a passkey can be used here at all: the browser has them, and this is a named host over HTTPS (or localhost). */
export function canUsePasskeys(): boolean {
  return window.isSecureContext && "PublicKeyCredential" in window && !isAddress.test(location.hostname);
}

/** Asks the browser for a passkey. Throws a `ProblemError` that says why there is none. */
export async function showPasskey(options: PublicKeyCredentialRequestOptionsJSON): Promise<AuthenticationResponseJSON> {
  const { startAuthentication } = await load();
  return startAuthentication({ optionsJSON: options }).catch(refuse);
}

/** Lets the browser make a passkey. Throws a `ProblemError` that says why there is none. */
export async function makePasskey(options: PublicKeyCredentialCreationOptionsJSON): Promise<RegistrationResponseJSON> {
  const { startRegistration } = await load();
  return startRegistration({ optionsJSON: options }).catch(refuse);
}

/**
 * Waits until the person picks a passkey among what the browser offers for the name field (conditional mediation, WebAuthn
 * §5.1.4). Null when the browser cannot, or another question took its place.
 */
export async function letBrowserOfferPasskeys(
  options: () => Promise<PublicKeyCredentialRequestOptionsJSON>,
): Promise<AuthenticationResponseJSON | null> {
  const { browserSupportsWebAuthnAutofill, startAuthentication } = await load();
  if (!(await browserSupportsWebAuthnAutofill())) return null;
  return startAuthentication({ optionsJSON: await options(), useBrowserAutofill: true }).catch(() => null);
}

/** Takes back what waits for the person: another page is shown now. */
export async function withdrawPasskeyOffer(): Promise<void> {
  const { WebAuthnAbortService } = await load();
  WebAuthnAbortService.cancelCeremony();
}

function refuse(thrown: unknown): never {
  const t = strings.proof.passkeys;
  const name = thrown instanceof Error ? thrown.name : "";
  const details: Readonly<Record<string, string>> = {
    NotAllowedError: t.cancelled,
    AbortError: t.cancelled,
    InvalidStateError: t.known,
    SecurityError: t.address,
  };
  throw new ProblemError({
    code: "bad-request",
    title: t.title,
    detail: details[name] ?? t.failed,
    status: 0,
    id: "",
    retryable: true,
  });
}
