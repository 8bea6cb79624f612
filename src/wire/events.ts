/** Events that reach the browser over `GET /api/events` (server-sent events; `event:` is the name, `data:` is JSON). */
export interface LiveEvents {
  /** Something changed in a folder of a space the listener can see. `folderIds` holds the direct parents of what changed; empty when they are too many to name. */
  "files.changed": { readonly spaceId: number; readonly folderIds: readonly number[] };
  /** Rights have changed: what the listener can see, and do, may be more or less than before. */
  "access.changed": Record<string, never>;
  "trash.changed": { readonly spaceId: number };
  "volume.state": { readonly volume: string; readonly online: boolean };
  "job.progress": { readonly id: string; readonly kind: string; readonly done: number; readonly total: number };
}
export type LiveEventName = keyof LiveEvents;
