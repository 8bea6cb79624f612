import type { Actor } from "#platform/usecase";
import type { NodeFilter } from "#storage/primary";

/** What a library holds; it decides how names are read and which pages show it. */
export type LibraryKind = "films" | "series" | "music" | "photos" | "videos";

/** A file that is played or shown; what stands beside one (`sidecar`) describes it: subtitles, lyrics, artwork, NFO, playlists. */
export type ItemKind = "video" | "audio" | "image" | "sidecar";

/**
 * `away` is not in the table, where a state outlives it: `LibraryReader` says it, and `isAway` to whoever asks the table.
 * `found`: seen, not probed yet. `ready`: probed. `broken`: no program here can read it, see `reason`. `away`: its disk is not there
 * now. `gone`: deleted; kept for a while, because the same content may appear elsewhere.
 */
export type ItemState = "found" | "ready" | "broken" | "away" | "gone";

/** A folder of a space whose media files belong together. Folders of libraries do not lie in one another. */
export interface Library {
  readonly id: number;
  readonly name: string;
  readonly kind: LibraryKind;
  readonly spaceId: number;
  readonly folderId: number;
  /** False: nothing of it is shown or scanned, everything known about it stays. */
  readonly isOn: boolean;
}

/** A file of a library. Its id stays when the file is moved, also when it comes back under another node with the same content. */
export interface Item {
  readonly id: number;
  readonly libraryId: number;
  readonly nodeId: number;
  readonly spaceId: number;
  readonly kind: ItemKind;
  /** `/`-separated, below the folder of the library, with the file's name. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** Etag of the node that was seen last: derived things are kept under `contentKey`, not under this. */
  readonly etag: string;
  /** Identity of the bytes (length and a hash of head, middle and tail); null until it was read. */
  readonly contentKey: string | null;
  readonly state: ItemState;
  /** Why it is broken or away, for a person. */
  readonly reason: string | null;
  readonly addedAtMs: number;
}

/** What other modules of the layer stand on. Each method that gives items to a person takes their sight into account in SQL. */
export interface LibraryReader {
  libraries(): readonly Library[];
  library(id: number): Library | undefined;
  /** Without a look at rights: for the program itself. */
  item(id: number): Item | undefined;
  itemOfNode(nodeId: number): Item | undefined;
  /** In order of id, for passes over everything in pieces. */
  itemsAfter(libraryId: number, afterId: number, limit: number): readonly Item[];
  /** Everything in the folder of this item, sidecars too, also those in folders of subtitles beside it. */
  siblings(itemId: number): readonly Item[];
  /** What is no song in the folder of this one, as covers and lyrics; cheap, however many songs lie there. */
  besideSong(itemId: number): readonly Item[];
  /** Everything of a folder by the id of its node; what is gone is left out. */
  inFolder(folderId: number): readonly Item[];
  /**
   * What somebody may see, for queries of other modules: `SELECT … FROM ${itemsFrom} WHERE (${sql})`. Everything that is gone, and
   * libraries that are switched off, are left out.
   */
  sight(actor: Actor): ItemFilter;
  /** Of these items those that somebody may see. */
  seen(actor: Actor, itemIds: readonly number[]): readonly Item[];
  /** The disk of a space is not there now. */
  isAway(spaceId: number): boolean;
}

/** What came of looking into a file. */
export interface ProbedItem {
  readonly itemId: number;
  /** Of the item as it was when it was opened: a file that changed meanwhile is not marked. */
  readonly etag: string;
  readonly state: "ready" | "broken";
  /** Why it is broken, for a person. */
  readonly reason: string | null;
}

export interface LibraryEvents {
  /**
   * Seen for the first time, content changed, moved, gone or back: whoever keeps something about them looks again. A disk that goes
   * away is no change of items: `librariesChanged` tells of it.
   */
  itemsChanged: { readonly libraryId: number; readonly itemIds: readonly number[] };
  /** The facts of these are known now (state is `ready` or `broken`). */
  itemsProbed: { readonly libraryId: number; readonly itemIds: readonly number[] };
  /** Rows are deleted for good. */
  itemsForgotten: { readonly libraryId: number; readonly itemIds: readonly number[] };
  librariesChanged: Record<string, never>;
}

/**
 * A condition for `… from media_item item join node on node.id = item.node_id where …`: what this person may see of the libraries that
 * are on, as SQL over both tables. All listings of the layer use it, so that list ≡ filter(get).
 */
export type ItemFilter = NodeFilter;
