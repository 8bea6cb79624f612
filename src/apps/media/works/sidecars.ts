import type { Item, LibraryKind } from "#apps/media/library";
import { belongsTo, parseMediaPath, type SidecarName } from "#apps/media/names";
import type { AnyDraft, WorkDraft } from "./group-types.ts";

/** A sidecar of the library with what its name says. */
export interface NamedSidecar {
  readonly item: Item;
  readonly name: SidecarName;
}

export function sidecarOf(kind: LibraryKind, item: Item): NamedSidecar | undefined {
  const name = item.kind === "sidecar" ? parseMediaPath(kind, item.path) : null;
  return name?.form === "sidecar" ? { item, name } : undefined;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function stemOf(path: string): string {
  const name = path
    .slice(path.lastIndexOf("/") + 1)
    .normalize("NFC")
    .toLowerCase();
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}

/** A name with words left out at its end, the longest first. */
function beginnings(stem: string): string[] {
  const all = [stem];
  for (const { index } of stem.matchAll(/[\s._\-([]/g)) all.push(stem.slice(0, index));
  return all.reverse().slice(0, 60);
}

/** Which of these works each sidecar describes: by the name of a file, by the folder of a work, by the number of a season. */
export function sidecarsByDraft(
  drafts: readonly WorkDraft[],
  { items, sidecars }: { readonly items: ReadonlyMap<number, Item>; readonly sidecars: readonly NamedSidecar[] },
): ReadonlyMap<AnyDraft, readonly NamedSidecar[]> {
  const places = placesOf(drafts, items);
  const found = new Map<AnyDraft, NamedSidecar[]>();
  const add = (draft: AnyDraft | undefined, sidecar: NamedSidecar) => {
    if (draft !== undefined) found.set(draft, [...(found.get(draft) ?? []), sidecar]);
  };
  for (const sidecar of sidecars) {
    const { name, item } = sidecar;
    if (name.of === "folder") for (const draft of places.byFolder.get(name.folder) ?? []) add(draft, sidecar);
    if (name.of === "season") {
      const folder = name.season === null && name.role === "nfo" ? folderOf(item.path) : undefined;
      for (const draft of places.byFolder.get(name.folder) ?? []) {
        if (draft.type !== "series") continue;
        for (const season of draft.seasons) if (name.season === season.season) add(season, sidecar);
      }
      if (folder !== undefined) for (const season of places.seasonsIn.get(folder) ?? []) add(season, sidecar);
    }
    if (name.of === "file") for (const draft of describedBy(name)) add(draft, sidecar);
  }
  return found;

  function describedBy(name: SidecarName): AnyDraft[] {
    const inFolder = places.byFile.get(name.folder);
    if (inFolder === undefined) return [];
    // A name that says nothing is of the one film in its folder.
    if (name.stem === "") return inFolder.drafts.size === 1 ? [...inFolder.drafts] : [];
    for (const beginning of beginnings(name.stem.toLowerCase())) {
      const at = inFolder.byStem.get(beginning);
      if (at !== undefined && belongsTo(name, at.path) > 0) return at.drafts;
    }
    return [];
  }
}

interface InFolder {
  readonly drafts: Set<AnyDraft>;
  readonly byStem: Map<string, { readonly path: string; readonly drafts: AnyDraft[] }>;
}

function placesOf(drafts: readonly WorkDraft[], items: ReadonlyMap<number, Item>) {
  const byFolder = new Map<string, WorkDraft[]>();
  const byFile = new Map<string, InFolder>();
  const seasonsIn = new Map<string, Set<AnyDraft>>();
  const addFile = (draft: AnyDraft, itemId: number): string | undefined => {
    const path = items.get(itemId)?.path;
    if (path === undefined) return undefined;
    const folder = folderOf(path);
    const inFolder = byFile.get(folder) ?? { drafts: new Set(), byStem: new Map() };
    byFile.set(folder, inFolder);
    inFolder.drafts.add(draft);
    const stem = stemOf(path);
    const at = inFolder.byStem.get(stem) ?? { path, drafts: [] };
    inFolder.byStem.set(stem, at);
    if (!at.drafts.includes(draft)) at.drafts.push(draft);
    return folder;
  };
  for (const draft of drafts) {
    for (const folder of draft.folders) byFolder.set(folder, [...(byFolder.get(folder) ?? []), draft]);
    if (draft.type !== "series") {
      for (const { itemId, extraKind } of draft.files) if (extraKind === null) addFile(draft, itemId);
      continue;
    }
    for (const season of draft.seasons) {
      for (const episode of season.episodes) {
        for (const { itemId } of episode.files) {
          const folder = addFile(episode, itemId);
          if (folder !== undefined) seasonsIn.set(folder, (seasonsIn.get(folder) ?? new Set()).add(season));
        }
      }
    }
  }
  return { byFolder, byFile, seasonsIn };
}
