import type { Clock } from "#platform/clock";
import { type Access, maskOf } from "#security/access";
import type { Groups, Person } from "#security/identity";
import type { Storage } from "#storage/primary";
import type { Source, SourceShare } from "./source.ts";
import type { Tally } from "./transfer.ts";

/** What the Nextcloud's letters mean: 1 read, 2 update, 4 create, 8 delete, 16 share. */
const writes = 2 + 4 + 8;
const creates = 4;
const reads = 1;
const shares = 16;

/** A link as the module of links takes it. */
interface ForeignLink {
  readonly token: string;
  readonly nodeId: number;
  readonly creatorId: number;
  readonly mode: "view" | "upload";
  readonly passwordHash: string | null;
  readonly expiresAtMs: number | null;
}

export interface SharingDeps {
  readonly storage: Storage;
  readonly access: Pick<Access, "putEntry" | "entriesOn">;
  readonly clock: Clock;
  readonly groups: Pick<Groups, "list">;
  readonly takeOverLink: (link: ForeignLink) => boolean;
  readonly markFavorite: (userId: number, nodeId: number) => void;
}

export interface Household {
  /** By uid. */
  readonly people: ReadonlyMap<string, Person>;
  /** Whose home a storage is. */
  readonly ownerOf: ReadonlyMap<number, Person>;
}

/** The node that something is now; undefined when it did not come along. */
async function nodeFor({ storage }: SharingDeps, source: Source, { ownerOf }: Household, fileId: number) {
  const place = await source.pathOf(fileId);
  const owner = place && ownerOf.get(place.storage);
  const home = owner && storage.findSpace("home", owner.name);
  return home && place && storage.resolve(home.id, place.names);
}

/** Shares with people and groups, and links under the tokens they have. What led to somebody who stays behind is named. */
export async function bringShares(
  deps: SharingDeps,
  source: Source,
  household: Household,
  tally: Tally,
): Promise<{ shares: number; links: number }> {
  const brought = { shares: 0, links: 0 };
  for (const share of await source.shares()) {
    const owner = household.people.get(share.ownerUid);
    const node = owner && (await nodeFor(deps, source, household, share.fileId));
    if (owner === undefined || node === undefined) continue;
    if (share.expiresAtMs !== null && share.expiresAtMs <= deps.clock.now()) continue;
    if (share.kind === "link") {
      if (bringLink(deps, share, node.id, owner.id)) brought.links += 1;
    } else if (bringEntry(deps, share, household, node.id, owner.id)) brought.shares += 1;
    else tally.failed(node.name, `It was shared with ${share.with}, who did not come along.`);
  }
  return brought;
}

function bringLink(deps: SharingDeps, share: SourceShare, nodeId: number, creatorId: number): boolean {
  const { token, passwordHash, permissions, expiresAtMs } = share;
  if (token === null) return false;
  const hash = passwordHash?.replace(/^[123]\|/, "") ?? null;
  const mode = (permissions & (reads | creates)) === creates ? "upload" : "view";
  return deps.takeOverLink({ token, nodeId, creatorId, mode, passwordHash: hash, expiresAtMs });
}

function bringEntry(
  { access, clock, groups }: SharingDeps,
  share: SourceShare,
  { people }: Household,
  nodeId: number,
  createdBy: number,
): boolean {
  const id =
    share.kind === "user" ? people.get(share.with)?.id : groups.list().find(({ name }) => name === share.with)?.id;
  if (id === undefined) return false;
  const { permissions, expiresAtMs, kind } = share;
  const resource = { kind: "node", id: nodeId } as const;
  const subject = { kind: kind === "user" ? "user" : "group", id } as const;
  const isThere = access
    .entriesOn(resource)
    .some((entry) => entry.subject.kind === subject.kind && entry.subject.id === id);
  if (isThere) return true;
  const actions = maskOf([
    "read",
    ...((permissions & writes) === 0 ? [] : (["write"] as const)),
    ...((permissions & shares) === 0 ? [] : (["share"] as const)),
  ]);
  access.putEntry({ resource, subject, effect: "allow", actions, expiresAtMs, createdBy, createdAtMs: clock.now() });
  return true;
}

export async function bringFavorites(deps: SharingDeps, source: Source, household: Household): Promise<void> {
  for (const { uid, fileId } of await source.favorites()) {
    const person = household.people.get(uid);
    const node = person && (await nodeFor(deps, source, household, fileId));
    if (person !== undefined && node !== undefined) deps.markFavorite(person.id, node.id);
  }
}
