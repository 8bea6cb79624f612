import type { Actor } from "#platform/usecase";
import type { ResourceAction } from "#wire";
import { allActions, bits } from "./actions.ts";

export interface Decision {
  readonly allowed: boolean;
  /** A sentence for a person: which rule decided. */
  readonly reason: string;
}

const bySystem: Decision = { allowed: true, reason: "The server itself may do everything." };
const notAPerson: Decision = { allowed: false, reason: "Nobody is logged in." };
const noFiles: Decision = { allowed: false, reason: "This account or app password has no right to files." };
const readOnly: Decision = { allowed: false, reason: "This app password may only read." };
const noLinks: Decision = { allowed: false, reason: "This account or app password has no right to share." };

/** What the credential leaves of any right to files. */
export function credentialMask({ capabilities, readOnly: onlyReads }: Actor): number {
  if (!capabilities.has("files.use")) return 0;
  if (onlyReads) return bits.read;
  return capabilities.has("links.create") ? allActions : allActions & ~bits.share;
}

/**
 * The decision that the actor's kind and credential make by themselves, whatever the rules say of the person. `isOther` for what
 * is no file.
 */
export function decisionOfCredential(actor: Actor, action: ResourceAction, isOther: boolean): Decision | undefined {
  if (actor.kind === "system") return bySystem;
  if (actor.kind !== "person") return notAPerson;
  if (isOther) return actor.readOnly && action !== "read" ? readOnly : undefined;
  if (!actor.capabilities.has("files.use")) return noFiles;
  if (actor.readOnly && action !== "read") return readOnly;
  if (action === "share" && !actor.capabilities.has("links.create")) return noLinks;
  return undefined;
}
