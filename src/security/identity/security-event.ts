import type { Factor } from "#wire";

/** What happened to the proof of who somebody is; never holds a secret. */
export interface SecurityEvent {
  readonly kind:
    | "login"
    | "second-factor"
    | "basic-login"
    | "step-up"
    | "new-device"
    | "factor-added"
    | "factor-removed"
    | "recovery-codes-made"
    | "factors-reset"
    | "policy-changed";
  readonly outcome: "allowed" | "refused";
  /** Null when nobody of that name is known. */
  readonly personId: number | null;
  /** As it was given, at most 64 characters. */
  readonly name: string;
  readonly factors: readonly Factor[];
  readonly address: string;
  readonly userAgent: string;
  readonly requestId: string;
  /** The reason of a refusal, or what was changed; empty when there is nothing to add. */
  readonly detail: string;
}

/** The door to the audit: synchronous, never throws, inside the caller's transaction where there is one. */
export type RecordEvent = (event: SecurityEvent) => void;
