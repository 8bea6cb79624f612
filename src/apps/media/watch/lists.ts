import type { ItemFilter, LibraryReader } from "#apps/media/library";
import type { WatchItem } from "#contract/apps/media/watch";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import { folderNeighbours, presentItems, type WorkNames } from "./items.ts";
import type { ListedRow, WatchRepository } from "./repository.ts";
import { latestOf, together, type VersionState, type Watched } from "./rules.ts";
import type { VersionStates } from "./versions.ts";

/** So many finished items are looked at for what comes next. */
const maxFinished = 60;
/** So many positions in files that cannot be seen (any more) are looked at for another version of them. */
const maxElsewhere = 200;

interface ListsDeps {
  readonly library: LibraryReader;
  readonly repository: WatchRepository;
  readonly versions: VersionStates;
  readonly works?: WorkNames;
  /** Items that a search means; without it all of them. */
  readonly match?: (search: string) => ItemFilter;
}

/** A visible item with what was done with its work. */
type TouchedRow = ListedRow & { readonly state: Watched };

/** What to go on with, what comes next, and what was watched; all filtered in SQL by what the person may see. */
export function createLists({ library, repository, versions, works, match = everything }: ListsDeps) {
  const show = (rows: readonly ListedRow[]) => presentItems(rows, works);
  const rowsOf = (actor: Actor, ids: readonly number[]) => repository.items(actor.userId, ids, library.sight(actor));
  const neighbours = (actor: Actor, itemId: number) =>
    works?.neighbours(actor, itemId) ?? folderNeighbours(library, itemId);
  const item = (actor: Actor, itemId: number): WatchItem => {
    const state = versions.states(actor.userId, [itemId]).get(itemId);
    const [shown] = show(rowsOf(actor, [itemId]).map((row) => ({ ...row, positionMs: state?.positionMs ?? null })));
    if (shown === undefined) throw new AppError("not-found", "This is neither a film nor a song.");
    return shown;
  };

  /** Visible items of works that were touched, each work once, the latest first; also when that was in a version that is gone. */
  const touched = (actor: Actor, of: "begun" | "finished", kind: string, limit: number): TouchedRow[] => {
    const { userId } = actor;
    const visible = repository.seenTouched(userId, of, kind, library.sight(actor), limit);
    const elsewhere = versions.withOthers(repository.touched(userId, of, maxElsewhere));
    const rows = rowsOf(actor, [...new Set([...visible, ...elsewhere])]).filter((row) => row.kind === kind);
    const states = versions.rows(
      userId,
      rows.map(({ itemId }) => itemId),
    );
    const found = rows.flatMap((row) => {
      const all = states.get(row.itemId) ?? [];
      const state = together(all);
      if (state === undefined || isSuperseded(state, all)) return [];
      const isListed = of === "begun" ? state.positionMs !== null : state.isWatched && state.positionMs === null;
      const { positionMs, durationMs, atMs } = state;
      // Of several versions the one that was watched, when it is there.
      const isOwn = latestOf(all.filter(({ isSameLength }) => isSameLength))?.itemId === row.itemId;
      return isListed ? [{ ...row, positionMs, durationMs, atMs, state, isOwn }] : [];
    });
    const shown = new Set<number>();
    return found
      .toSorted((a, b) => b.state.positionAtMs - a.state.positionAtMs || Number(b.isOwn) - Number(a.isOwn))
      .filter(({ itemId }) => {
        if (shown.has(itemId)) return false;
        for (const id of versions.withOthers([itemId])) shown.add(id);
        return true;
      })
      .slice(0, limit);
  };

  /** What comes after what was finished, when it is not begun or finished itself; with the time of what was finished. */
  const nextUp = (actor: Actor, kind: string): (ListedRow & { afterMs: number })[] => {
    const after = new Map<number, number>();
    for (const { itemId, atMs } of touched(actor, "finished", kind, maxFinished)) {
      const nextId = neighbours(actor, itemId).nextId;
      if (nextId !== null && !after.has(nextId)) after.set(nextId, atMs);
    }
    const ids = [...after.keys()];
    const states = versions.states(actor.userId, ids);
    const open = ids.filter(
      (id) => states.get(id)?.isWatched !== true && (states.get(id)?.positionMs ?? null) === null,
    );
    return rowsOf(actor, open).map((row) => ({ ...row, afterMs: after.get(row.itemId) ?? 0 }));
  };

  return {
    item,
    withNeighbours: (actor: Actor, itemId: number) => {
      const { previousId, nextId } = neighbours(actor, itemId);
      const ids = [previousId, nextId].filter((id) => id !== null);
      const around = new Map(show(rowsOf(actor, ids)).map((shown) => [shown.itemId, shown]));
      const at = (id: number | null) => (id === null ? null : (around.get(id) ?? null));
      return { item: item(actor, itemId), previous: at(previousId), next: at(nextId) };
    },
    resume: (actor: Actor, kind: "video" | "audio", limit: number) => {
      const begun = touched(actor, "begun", kind, limit);
      const next = nextUp(actor, kind);
      const atMs = new Map(begun.map((row) => [row.itemId, row.atMs]));
      for (const row of next) atMs.set(row.itemId, row.afterMs);
      const isNext = new Set(next.map(({ itemId }) => itemId));
      return show([...begun, ...next])
        .map((shown) => ({ ...shown, isNext: isNext.has(shown.itemId), atMs: atMs.get(shown.itemId) ?? 0 }))
        .toSorted((a, b) => b.atMs - a.atMs)
        .slice(0, limit);
    },
    history: (actor: Actor, wish: { beforeId: number | null; search: string; limit: number }) => {
      const { userId } = actor;
      const rows = repository.events(
        userId,
        { beforeId: wish.beforeId ?? Number.MAX_SAFE_INTEGER, limit: wish.limit, match: match(wish.search) },
        library.sight(actor),
      );
      const shown = show(rows);
      return rows.flatMap(({ id, itemId, eventAtMs, act, device, isLast }, at) => {
        const of = shown[at];
        const canUndo = isLast === 1 && repository.lastEvent(userId, versions.withOthers([itemId]))?.id === id;
        return of === undefined ? [] : [{ id, atMs: eventAtMs, act, item: of, device: device ?? "", canUndo }];
      });
    },
  };
}

const everything = (): ItemFilter => ({ sql: "1", params: [] });

/** Something was done later in an edition of another length. */
function isSuperseded(state: Watched, all: readonly VersionState[]): boolean {
  return all.some((other) => !other.isSameLength && other.state.positionAtMs > state.positionAtMs);
}
