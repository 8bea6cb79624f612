import type { AccessResource, AccessSubject } from "./contract.ts";

/** A rule that somebody set: who may, or may not, do what with one resource and everything below it. */
export interface Entry {
  readonly id: number;
  readonly resource: AccessResource;
  readonly subject: AccessSubject;
  readonly effect: "allow" | "deny";
  /** Bits of `actions.ts`. */
  readonly actions: number;
  /** From then on the entry does not exist; null is for ever. */
  readonly expiresAtMs: number | null;
  readonly createdBy: number;
  readonly createdAtMs: number;
}

export type NewEntry = Omit<Entry, "id">;

/** A subject as one word, as it stands in the database: `user:7`, `group:2`, `link:ab`, `everyone`. */
export function subjectKey(subject: AccessSubject): string {
  return subject.kind === "everyone" ? "everyone" : `${subject.kind}:${subject.id}`;
}

export function subjectOf(key: string): AccessSubject {
  const [kind, id = ""] = key.split(/:(.*)/su, 2);
  if (kind === "user" || kind === "group") return { kind, id: Number(id) };
  return kind === "link" ? { kind, id } : { kind: "everyone" };
}

export function resourceKey(resource: AccessResource): string {
  return `${resource.kind}:${resource.id}`;
}
