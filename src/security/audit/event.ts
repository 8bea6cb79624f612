import type { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { AuditOutcome } from "./contract.ts";

/** What somebody tells the audit. Nothing secret: no password, no token, no query of a URL. */
export interface AuditEvent {
  /** `<noun>.<verb>`. */
  readonly operation: string;
  readonly outcome: AuditOutcome;
  readonly actor: Actor;
  /** The account that somebody who is not logged in turned out to be, or says they are. */
  readonly account?: { readonly id: number; readonly name: string } | undefined;
  readonly address?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
  readonly resources?: readonly string[];
  readonly detail?: string;
  /** What refused; whoever meets the same error further out does not record it again. */
  readonly error?: AppError | undefined;
}

/** An entry before it has a place in the chain: all texts bounded and printable. */
export interface Draft {
  readonly firstAtMs: number;
  readonly count: number;
  readonly userId: number;
  readonly name: string;
  readonly kind: Actor["kind"];
  readonly via: string;
  /** JSON list. */
  readonly factors: string;
  readonly credentialId: string | null;
  readonly address: string;
  readonly userAgent: string;
  readonly operation: string;
  /** JSON list. */
  readonly resources: string;
  readonly outcome: AuditOutcome;
  readonly detail: string;
  readonly requestId: string;
}

const maxResourceLength = 300;
/** Control characters would not survive every way into and out of the database, nor a terminal. */
const controlCharacters = /\p{Cc}/gu;

function plain(text: string, maxLength: number): string {
  return text.slice(0, maxLength).toWellFormed().replaceAll(controlCharacters, "\u{FFFD}");
}

/** The account is the one that was tried; somebody who is logged in while they try it stays named beside it. */
function callerOf({ actor, account }: AuditEvent): string[] {
  const isOther = account !== undefined && actor.via !== "none" && actor.userId !== account.id;
  return isOther ? [`caller ${actor.userId} ${actor.name}`] : [];
}

/** What several events of one kind become. `resources` are those of all of them. */
export function draftOf(event: AuditEvent, resources: readonly string[], count: number, firstAtMs: number): Draft {
  const { actor, account, error } = event;
  return {
    firstAtMs,
    count,
    userId: account?.id ?? actor.userId,
    name: plain(account?.name ?? actor.name, 64),
    kind: actor.kind,
    via: plain(actor.via, 32),
    factors: JSON.stringify(actor.factors),
    credentialId: actor.credentialId === null ? null : plain(actor.credentialId, 64),
    address: plain(event.address ?? "", 64),
    userAgent: plain(event.userAgent ?? "", 200),
    operation: plain(event.operation, 80),
    resources: JSON.stringify([...callerOf(event), ...resources].map((resource) => plain(resource, maxResourceLength))),
    outcome: event.outcome,
    detail: plain(event.detail ?? (error === undefined ? "" : `${error.code}: ${error.detail}`), 500),
    requestId: plain(event.requestId ?? "", 64),
  };
}
