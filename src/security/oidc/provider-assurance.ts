import { type Actor, strengthOf } from "#platform/usecase";
import type { Factor } from "#wire";

/** Authentication context class references (OpenID Connect Core §2): how well somebody proved who they are. */
export const oneFactor = "urn:hearth:acr:one-factor";
export const twoFactors = "urn:hearth:acr:two-factors";

/** Authentication method references of RFC 8176; `fed` is what others use for a login at another provider. */
const methods: Readonly<Record<Factor, readonly string[]>> = {
  password: ["pwd"],
  totp: ["otp"],
  "recovery-code": ["otp"],
  passkey: ["pop", "user"],
  certificate: ["pop"],
  provider: ["fed"],
};

export function acrOf(actor: Pick<Actor, "factors">): string {
  return strengthOf(actor) === "two-factor" ? twoFactors : oneFactor;
}

export function amrOf(actor: Pick<Actor, "factors">): string[] {
  const shown = actor.factors.flatMap((factor) => methods[factor]);
  return [...new Set(strengthOf(actor) === "two-factor" ? [...shown, "mfa"] : shown)];
}
