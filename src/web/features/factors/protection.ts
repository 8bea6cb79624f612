import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";

type FactorStatus = Output<"factors.status">;

/** So few recovery codes are worth a word. */
const fewCodes = 3;

export interface Protection {
  readonly level: "good" | "soon" | "now";
  readonly sentence: string;
}

/** What protects an account, as one true sentence. */
export function protectionOf(status: FactorStatus): Protection {
  const t = strings.security.protection;
  if (status.mustSetUp) return { level: "now", sentence: t.mustSetUp };
  const hasPasskey = status.passkeys.length > 0;
  const hasTotp = status.totpAddedAtMs !== null;
  if (!hasPasskey && !hasTotp) return { level: "soon", sentence: t.password };
  const left = status.recoveryCodesLeft ?? 0;
  if (left < fewCodes) return { level: "soon", sentence: t.fewCodes(left) };
  return { level: "good", sentence: hasTotp ? (hasPasskey ? t.both : t.totp) : t.passkeys };
}
