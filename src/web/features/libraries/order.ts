import type { LibraryView } from "#contract/apps/media/library";

const kinds: readonly LibraryView["kind"][] = ["films", "series", "videos", "music", "photos"];

/** Libraries by what they hold, those of one kind by their names in the order of the person's language. */
export function inOrder<Library extends Pick<LibraryView, "kind" | "name">>(libraries: readonly Library[]): Library[] {
  return libraries.toSorted(
    (a, b) =>
      kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.name.localeCompare(b.name, undefined, { numeric: true }),
  );
}
