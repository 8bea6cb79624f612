import type { LibraryModule } from "#apps/media/library";
import { createWatch, type WatchLimits } from "#apps/media/watch";
import { matchOf, type Works } from "#apps/media/works";
import type { AppsDeps } from "./apps.ts";
import type { Broadcast } from "./media-live.ts";

/** What people watched, told to their own pages, and to those who watch together. */
export function composeWatch(
  deps: AppsDeps,
  of: { readonly library: LibraryModule; readonly works: Works; readonly limits: WatchLimits },
  broadcast: Broadcast,
) {
  const { people, sessions } = deps.who;
  return createWatch({
    ...deps,
    ...of,
    match: matchOf,
    appPasswordName: ({ userId, credentialId }) =>
      sessions.appPasswords.list(userId).find(({ id }) => id === credentialId)?.label,
    personName: people.personName,
    tell: {
      changed: (userId, itemIds) =>
        broadcast("watch.changed", { itemIds: [...itemIds] }, (actor) => actor.userId === userId),
      room: (userIds, { id, itemId: _i, hostId: _h, members: _m, ...state }, isOpen) =>
        broadcast("watch.room", { roomId: id, isOpen, ...state }, (actor) => userIds.includes(actor.userId)),
    },
  });
}
