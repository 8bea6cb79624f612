import type { LibraryModule } from "#apps/media/library";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { LiveEventName, LiveEvents } from "#wire";

export type Broadcast = <N extends LiveEventName>(
  name: N,
  data: LiveEvents[N],
  isFor?: (actor: Actor) => boolean,
) => void;

/** A scan tells of something several times a second; pages need not ask so often. */
const gatherMs = 500;

/** Tells open pages that something of a library is another now, gathered; of those somebody may read or has something in. */
export function createMediaLive(broadcast: Broadcast, library: Pick<LibraryModule, "library">, access: Access) {
  const waiting = new Set<number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    for (const libraryId of waiting) {
      const of = library.library(libraryId);
      // Whoever entries concern may see a single file of it: they ask, and see what they may.
      const isFor = (actor: Actor) =>
        of === undefined ||
        !access.isPlain(actor) ||
        access.can(actor, "read", { spaceId: of.spaceId, nodeId: of.folderId });
      broadcast("media.changed", { libraryId }, isFor);
    }
    waiting.clear();
  };
  return {
    changed: (libraryId: number) => {
      waiting.add(libraryId);
      timer ??= setTimeout(flush, gatherMs);
    },
    stop: () => clearTimeout(timer),
  };
}
