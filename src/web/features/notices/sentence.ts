import type { Notice } from "#contract/security/sessions";
import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";

const t = strings.notices;

/** What a notice tells, as a sentence. */
export function sentenceOf({ kind, device, subject }: Pick<Notice, "kind" | "device" | "subject">): string {
  return t.kinds[kind](device || t.unknownDevice, subject || t.aFactor);
}

/** Whether it may be that somebody else is or was in the account: the answer is a new password. */
export function isAlarming(kind: Notice["kind"]): boolean {
  return kind !== "factors-reset" && kind !== "ransomware-suspected";
}

type Session = Output<"session.list">["sessions"][number];

/** Whether this very device is told of itself: no news to whoever sits before it. */
export function isOwnAct(notice: Pick<Notice, "sessionId" | "device" | "address">, own: Session | undefined): boolean {
  if (!own) return false;
  return notice.sessionId === own.id || (notice.device === own.device && notice.address === own.address);
}
