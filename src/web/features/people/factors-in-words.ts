import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";

const t = strings.people.factors;
type Factors = Output<"factors.overview">["people"][number];

/** The second factors somebody has, or null for none. Recovery codes alone protect nothing. */
export function factorsInWords({ totp, passkeys }: Pick<Factors, "totp" | "passkeys">): string | null {
  const parts = [totp && t.totp, passkeys > 0 && t.passkeys(passkeys)].filter(Boolean);
  return parts.length === 0 ? null : parts.join(", ");
}
