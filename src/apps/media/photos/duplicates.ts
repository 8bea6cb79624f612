import type { LibraryReader } from "#apps/media/library";
import type { photosContract } from "#contract/apps/media/photos";
import { createLruMap } from "#platform/lru";
import { createThread } from "#platform/thread";
import type { Handlers } from "#platform/usecase";
import type { Access } from "#security/access";
import { ratioStep, revisionOf } from "./columns.ts";
import { nameOf } from "./detail.ts";
import type { DetailRows } from "./detail-rows.ts";
import type { DuplicateCalls } from "./duplicates-protocol.ts";
import { allOf, conditionOf, shownTo } from "./sight.ts";
import type { HashRow, ViewRows } from "./view-rows.ts";

export interface DuplicatesDeps {
  readonly library: LibraryReader;
  readonly access: Access;
  readonly views: ViewRows;
  readonly details: DetailRows;
  readonly generation: () => string;
}

const timeoutMs = 60_000;
const idleMs = 5_000;
const keptAnswers = 8;

interface Found {
  readonly generation: string;
  /** Ids, the best of each group first. */
  readonly groups: readonly (readonly number[])[];
}

/** Pictures that look the same, among those that somebody sees. */
export function createDuplicates({ library, access, views, details, generation }: DuplicatesDeps) {
  const kept = createLruMap<string, Found>(keptAnswers);
  const thread = createThread<DuplicateCalls>({
    name: "pictures that look the same",
    url: new URL("./duplicates-worker.ts", import.meta.url),
    timeoutMs,
    idleMs,
  });
  const find = async (rows: readonly HashRow[], now: string): Promise<Found> => {
    const hashes = new Uint8Array(rows.length * 8);
    for (const [index, { hash64 }] of rows.entries()) hashes.set(hash64.subarray(0, 8), index * 8);
    const ratios = Uint8Array.from(rows, ({ ratio }) => ratioStep(ratio));
    const groups = await thread.call("group", { hashes, ratios });
    return { generation: now, groups: groups.map((group) => group.map((index) => rows[index]?.itemId ?? 0)) };
  };
  const handlers = {
    "photos.duplicates": async (context, { limit }) => {
      const { actor } = context;
      context.checked();
      const key = `${actor.userId} ${actor.credentialId}`;
      const now = generation();
      let found = kept.get(key);
      if (found?.generation !== now) {
        const condition = allOf(shownTo(library.sight(actor)), conditionOf({ kind: "all" }));
        found = await find(views.hashes(actor.userId, condition).toSorted(byQuality), now);
        kept.set(key, found);
      }
      const groups = found.groups.slice(0, limit).map((ids) => {
        const seen = new Map(library.seen(actor, ids).map((item) => [item.id, item]));
        return ids.flatMap((itemId) => {
          const item = seen.get(itemId);
          const row = item && details.get(itemId);
          if (item === undefined || row === undefined) return [];
          return {
            ...{ itemId, revision: revisionOf(row.etag), name: nameOf(row.path), width: row.width, height: row.height },
            ...{ sizeBytes: row.sizeBytes, takenLocalMs: row.takenLocalMs },
            isFavourite: details.markOf(actor.userId, itemId).isFavourite,
            canWrite: access.can(actor, "write", { spaceId: item.spaceId, nodeId: item.nodeId }),
          };
        });
      });
      return { total: found.groups.length, groups: groups.filter((group) => group.length > 1) };
    },
  } satisfies Partial<Handlers<typeof photosContract>>;
  return { handlers, stop: thread.stop };
}

/** What somebody has chosen, then the most pixels, the most bytes, the oldest. */
function byQuality(a: HashRow, b: HashRow): number {
  return (
    b.isFavourite - a.isFavourite ||
    b.rating - a.rating ||
    b.width * b.height - a.width * a.height ||
    b.sizeBytes - a.sizeBytes ||
    a.itemId - b.itemId
  );
}
