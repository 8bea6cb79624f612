import type { LibraryReader } from "#apps/media/library";
import type { WatchItem } from "#contract/apps/media/watch";
import type { Actor } from "#platform/usecase";
import type { ListedRow } from "./repository.ts";

/** Another file of the same work. */
export interface OtherVersion {
  readonly itemId: number;
  /** A position in the one is a position in the other. */
  readonly isSameLength: boolean;
}

/** What the works of an item say; until they are known, its path does. */
export interface WorkNames {
  /** Title and what stands under it ("Series · S1 E2"), of those that are known. */
  names(
    itemIds: readonly number[],
  ): ReadonlyMap<number, { readonly title: string; readonly subtitle: string; readonly posterUrl: string | null }>;
  /** Other files with the same film or episodes, of those that have some. */
  versions(itemIds: readonly number[]): ReadonlyMap<number, readonly OtherVersion[]>;
  /** The episodes before and after, over the ends of seasons; undefined when this is none. */
  neighbours(
    actor: Actor,
    itemId: number,
  ): { readonly previousId: number | null; readonly nextId: number | null } | undefined;
}

/** Shows rows as lists and the player need them. */
export function presentItems(rows: readonly ListedRow[], works: WorkNames | undefined): WatchItem[] {
  const names = works?.names(rows.map(({ itemId }) => itemId));
  return rows.map(({ itemId, nodeId, libraryId, kind, path, etag, positionMs, durationMs }) => {
    const { title, subtitle, posterUrl } = names?.get(itemId) ?? { ...nameOfPath(path), posterUrl: null };
    return { itemId, nodeId, libraryId, kind, title, subtitle, posterUrl, positionMs, durationMs, etag };
  });
}

function nameOfPath(path: string): { title: string; subtitle: string } {
  const parts = path.split("/");
  const file = parts.pop() ?? path;
  const title = file.replace(/(?<=.)\.[^.]{1,5}$/, "");
  return { title, subtitle: parts.slice(-2).join(" · ") };
}

const natural = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** The files before and after this one in its folder, in the order in which a person would count; only series go on. */
export function folderNeighbours(library: LibraryReader, itemId: number) {
  const item = library.item(itemId);
  const none = { previousId: null, nextId: null };
  if (item === undefined || library.library(item.libraryId)?.kind !== "series") return none;
  const files = library
    .siblings(itemId)
    .filter(({ kind }) => kind === item.kind)
    .toSorted((a, b) => natural.compare(a.path, b.path));
  const at = files.findIndex(({ id }) => id === itemId);
  return at < 0 ? none : { previousId: files[at - 1]?.id ?? null, nextId: files[at + 1]?.id ?? null };
}
