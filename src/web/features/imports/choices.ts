import type { FoundPerson } from "#contract/apps/files/imports";

export interface Choice {
  readonly isTaken: boolean;
  readonly name: string;
}

export type Choices = Readonly<Record<string, Choice>>;

/** Everybody, under the name they have where that can be; a suggestion where it cannot. */
export function startChoices(people: readonly FoundPerson[]): Choices {
  return Object.fromEntries(people.map(({ uid, name }) => [uid, { isTaken: true, name: name ?? suggestedName(uid) }]));
}

export function isLoginName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,31}$/.test(name);
}

/** `Ünal Özer` becomes `unal.ozer`, `anna@example.org` becomes `anna`. */
export function suggestedName(uid: string): string {
  const plain = uid.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const [local = ""] = plain.split("@", 1);
  return local
    .replaceAll(/[^a-z0-9._-]+/g, ".")
    .replaceAll(/^[._-]+|[._-]+$/g, "")
    .slice(0, 32);
}

/** By uid: of those who are taken, names that cannot be. */
export function problemsOf(choices: Choices): Readonly<Record<string, "invalid" | "twice">> {
  const taken = Object.entries(choices).filter(([, { isTaken }]) => isTaken);
  const problems: Record<string, "invalid" | "twice"> = {};
  for (const [uid, { name }] of taken) {
    if (!isLoginName(name)) problems[uid] = "invalid";
    else if (taken.some(([other, choice]) => other !== uid && choice.name === name)) problems[uid] = "twice";
  }
  return problems;
}
