/** Events that reach the browser over `GET /api/events` (server-sent events; `event:` is the name, `data:` is JSON). */
export interface LiveEvents {
  /** Something changed in a folder of a space the listener can see. `folderIds` holds the direct parents of what changed; empty when they are too many to name. */
  "files.changed": { readonly spaceId: number; readonly folderIds: readonly number[] };
  /** Rights have changed: what the listener can see, and do, may be more or less than before. */
  "access.changed": Record<string, never>;
  "trash.changed": { readonly spaceId: number };
  "volume.state": { readonly volume: string; readonly online: boolean };
  "job.progress": { readonly id: string; readonly kind: string; readonly done: number; readonly total: number };
  /** What a library holds, or what is known about it, is another now. */
  "media.changed": { readonly libraryId: number };
  /** Pictures, marks on them, or albums are others now; the listener asks what of that they see. */
  "photos.changed": Record<string, never>;
  /** Where the listener stopped, or what they watched, is another now, by one of their devices. */
  "watch.changed": { readonly itemIds: readonly number[] };
  /** Somebody played, paused, went elsewhere, came or left in a room in which the listener is; the fields are those of `Room`. */
  "watch.room": {
    readonly roomId: string;
    readonly isOpen: boolean;
    readonly isPlaying: boolean;
    readonly positionMs: number;
    readonly atMs: number;
    readonly serverMs: number;
    readonly revision: number;
  };
}
export type LiveEventName = keyof LiveEvents;
