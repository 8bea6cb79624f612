import type { AccessEntry, AccessSubject } from "#contract/security/access";
import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";

const t = strings.access;

/** A subject as one word, for the value of a field. */
export function subjectKey(subject: AccessSubject): string {
  return subject.kind === "everyone" ? "everyone" : `${subject.kind}:${subject.id}`;
}

/** The reverse of `subjectKey` for what a person can choose. */
export function subjectOf(key: string): AccessSubject | null {
  if (key === "everyone") return { kind: "everyone" };
  const [kind, id] = key.split(":");
  return kind === "user" || kind === "group" ? { kind, id: Number(id) } : null;
}

/** People and groups that can be added; not oneself, nor who has an entry here already. */
export function subjectChoices(
  { people, groups }: Output<"people.list">,
  entries: readonly AccessEntry[],
  ownId: number | undefined,
) {
  const taken = new Set(entries.map((entry) => subjectKey(entry.subject)));
  const free = (choice: { readonly value: string }): boolean => !taken.has(choice.value);
  const persons = people
    .filter((person) => person.id !== ownId && !person.disabled)
    .map((person) => ({ value: `user:${person.id}`, label: person.displayName }));
  const groupItems = groups.map((group) => ({ value: `group:${group.id}`, label: group.name }));
  return [
    { group: t.groupPeople, items: persons.filter(free) },
    { group: t.groupGroups, items: [...groupItems, { value: "everyone", label: t.everyone }].filter(free) },
  ].filter(({ items }) => items.length > 0);
}
