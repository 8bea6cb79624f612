import { randomToken, type Random } from "#platform/clock";
import { systemActor } from "#platform/usecase";
import type { Groups, Identity, Person } from "#security/identity";
import type { AppPasswords } from "#security/sessions";
import type { Source, SourcePerson } from "./source.ts";

export interface PeopleDeps {
  readonly random: Random;
  readonly identity: Pick<Identity, "findByName" | "create" | "takeOver" | "update">;
  readonly groups: Pick<Groups, "list" | "create" | "update">;
  readonly appPasswords: Pick<AppPasswords, "takeOver">;
}

const secretBits = 256;
const maxNameLength = 100;

/** Somebody with an account here: the one that is there, or a new one with the password they had. */
export async function personFor(
  deps: PeopleDeps,
  source: SourcePerson,
  name: string,
): Promise<{ person: Person; isNew: boolean }> {
  const { identity, random } = deps;
  const known = identity.findByName(name);
  if (known !== undefined) return { person: known, isNew: false };
  const draft = {
    name,
    displayName: source.displayName.slice(0, maxNameLength),
    roles: ["member" as const],
    quotaBytes: null,
  };
  const { passwordHash: hash } = source;
  // Whose password cannot be checked here is given a new one by whoever looks after the server.
  const person =
    hash === null
      ? await identity.create(systemActor, draft, randomToken(random, secretBits))
      : await identity.takeOver(systemActor, draft, hash);
  return { person, isNew: true };
}

/** What would have stood in the way while files came: the limit, and that the account is closed. */
export async function settlePerson({ identity }: PeopleDeps, person: Person, source: SourcePerson): Promise<void> {
  const { quotaBytes, disabled } = source;
  if (quotaBytes !== null || disabled)
    await identity.update(systemActor, person.id, { quotaBytes, ...(disabled && { disabled }) });
}

/** Groups of those who came along; one of that name gets the members it lacks. Answers how many there are of them. */
export async function bringGroups(
  { groups }: PeopleDeps,
  source: Source,
  people: ReadonlyMap<string, Person>,
): Promise<number> {
  const found = await source.groups();
  let brought = 0;
  for (const { name, uids } of found) {
    const memberIds = uids.flatMap((uid) => people.get(uid)?.id ?? []);
    if (memberIds.length === 0) continue;
    const known = groups.list().find((group) => group.name === name.slice(0, maxGroupLength));
    if (known === undefined) groups.create(name.slice(0, maxGroupLength), memberIds);
    else groups.update(known.id, { memberIds: [...new Set([...known.memberIds, ...memberIds])] });
    brought += 1;
  }
  return brought;
}

const maxGroupLength = 64;
const maxLabelLength = 100;

/** Sync programs and phones go on with what they have: the hashes come along, and what they are salted with. */
export async function bringAppPasswords(
  { appPasswords }: PeopleDeps,
  source: Source,
  salt: string,
  people: ReadonlyMap<string, Person>,
): Promise<number> {
  let brought = 0;
  for (const { uid, label, hash, lastUsedAtMs } of await source.appPasswords()) {
    const person = people.get(uid);
    if (person === undefined || person.name !== uid.toLowerCase()) continue;
    const name = label.slice(0, maxLabelLength) || "Nextcloud";
    if (appPasswords.takeOver(person.id, { label: name, sha512: hash, salt, lastUsedAtMs })) brought += 1;
  }
  return brought;
}
