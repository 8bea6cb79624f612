import type { ClientCapabilities } from "#contract/apps/media/decide";
import { createLruMap } from "#platform/lru";

const maxClients = 500;
const maxKeys = 100;
/** One file may be odd; with so many it is the client that cannot. */
const itemsForAll = 2;

/** What players have reported as unplayable. */
export interface StrikeBook {
  /** What no plan for this item and client may stand on. */
  of(userId: number, client: ClientCapabilities, itemId: number): readonly string[];
  add(userId: number, client: ClientCapabilities, itemId: number, key: string): void;
}

/**
 * In memory: for the item with which it happened at once, for everything as soon as it has happened with another item too. Two browsers
 * of one person are told apart by what they can play.
 */
export function createStrikeBook(): StrikeBook {
  const clients = createLruMap<string, ReadonlyMap<string, readonly number[]>>(maxClients);
  return {
    of: (userId, client, itemId) => {
      const struck = clients.get(nameOf(userId, client)) ?? new Map<string, readonly number[]>();
      return [...struck]
        .filter(([, itemIds]) => itemIds.includes(itemId) || itemIds.length >= itemsForAll)
        .map(([key]) => key);
    },
    add: (userId, client, itemId, key) => {
      const name = nameOf(userId, client);
      const struck = clients.get(name) ?? new Map<string, readonly number[]>();
      const itemIds = struck.get(key) ?? [];
      if (itemIds.includes(itemId) || itemIds.length >= itemsForAll) return;
      const entries = [...struck].filter(([other]) => other !== key).slice(1 - maxKeys);
      clients.set(name, new Map([...entries, [key, [...itemIds, itemId]]]));
    },
  };
}

/** The size of the window and the way to it change from one playback to the next: they are left out. */
function nameOf(userId: number, client: ClientCapabilities): string {
  return `${userId} ${Bun.hash(JSON.stringify({ ...client, maxHeight: null, bitsPerSecond: null }))}`;
}
