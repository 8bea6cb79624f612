import type { Place, PlaceEntry } from "#contract/apps/files/places";
import { mimeOf } from "#apps/files/browse";
import type { Actor } from "#platform/usecase";
import type { RemoteEntry } from "#storage/external";
import type { PlaceRow } from "./repository.ts";
import type { PlaceRights } from "./rights.ts";
import type { PlaceStates } from "./states.ts";

export type PresentPlace = (place: PlaceRow, actor: Actor) => Place;

export function createPresenter(rights: PlaceRights, states: PlaceStates): PresentPlace {
  return (place, actor) => ({
    ...{ id: place.id, name: place.name, kind: place.kind, readOnly: place.readOnly },
    canRead: rights.canRead(actor, place),
    canWrite: rights.canWrite(actor, place),
    state: states.of(place),
  });
}

/** Changes when size or time do: the most that all kinds of servers tell. */
export function etagOf({ sizeBytes, modifiedAtMs, kind }: RemoteEntry): string {
  return kind === "folder"
    ? `d${(modifiedAtMs ?? 0).toString(36)}`
    : `${sizeBytes.toString(36)}-${(modifiedAtMs ?? 0).toString(36)}`;
}

export function presentEntry(entry: RemoteEntry): PlaceEntry {
  const { name, kind, sizeBytes, modifiedAtMs } = entry;
  return {
    ...{ name, kind, sizeBytes, modifiedAtMs: modifiedAtMs === null ? null : Math.trunc(modifiedAtMs) },
    mime: kind === "folder" ? "inode/directory" : mimeOf(name),
    etag: etagOf(entry),
  };
}

type SortKey = "name" | "size" | "modified";

/** Folders first; equal ones by name. */
export function sorted(entries: readonly RemoteEntry[], sort: SortKey, descending: boolean): RemoteEntry[] {
  const sign = descending ? -1 : 1;
  const byName = (a: RemoteEntry, b: RemoteEntry) => collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
  const key = {
    name: () => 0,
    size: (entry: RemoteEntry) => entry.sizeBytes,
    modified: (entry: RemoteEntry) => entry.modifiedAtMs ?? 0,
  }[sort];
  return entries.toSorted((a, b) => {
    if (a.kind !== b.kind) return a.kind === "folder" ? -1 : 1;
    return sign * (key(a) - key(b) || byName(a, b));
  });
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
