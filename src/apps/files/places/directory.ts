import { AppError } from "#platform/errors";
import type { Clock } from "#platform/clock";
import { createLruMap } from "#platform/lru";
import type { SecretBox } from "#security/factors";
import {
  type External,
  folderMarker,
  partPrefix,
  type Remote,
  type RemoteEntry,
  RemoteOffline,
} from "#storage/external";
import type { PlaceRow } from "./repository.ts";
import type { PlaceStates } from "./states.ts";

export interface DirectoryDeps {
  readonly external: External;
  readonly clock: Clock;
  readonly states: PlaceStates;
  readonly secrets: SecretBox;
}

export interface Listing {
  readonly entries: readonly RemoteEntry[];
  readonly seenAtMs: number;
}

const cacheMs = 10_000;
const maxListings = 200;
/** Half of an upload that nobody finished shows itself after this, so that nothing is hidden for ever. */
const partHiddenMs = 86_400_000;

/** The name under which a secret of a place is sealed. */
export const purposeOf = (placeId: number) => `place:${placeId}`;

/** What places hold, asked of them and kept for a few seconds; every question is watched. */
export function createDirectory({ external, clock, states, secrets }: DirectoryDeps) {
  const remotes = new Map<number, Remote>();
  const listings = createLruMap<string, Listing>(maxListings);
  const asking = new Map<string, Promise<Listing>>();
  const keyOf = (place: PlaceRow, path: string) => `${place.id}/${path}`;

  const remoteOf = (place: PlaceRow): Remote => {
    const reason = external.unavailableReason();
    if (reason !== undefined) throw new AppError("unavailable", reason, { retryable: false });
    let remote = remotes.get(place.id);
    if (remote === undefined) {
      const secret =
        place.secret === "" ? "" : new TextDecoder().decode(secrets.open(place.secret, purposeOf(place.id)));
      remote = external.remote({ ...place, secret });
      remotes.set(place.id, remote);
    }
    return remote;
  };
  const forgetListings = (placeId: number) => {
    listings.clear();
    for (const key of asking.keys()) if (key.startsWith(`${placeId}/`)) asking.delete(key);
  };
  const ask = <T>(place: PlaceRow, work: (remote: Remote) => Promise<T>, insist = false): Promise<T> =>
    states.watch(place, async () => work(remoteOf(place)), insist);

  const list = async (place: PlaceRow, path: string, fresh = false): Promise<Listing> => {
    const key = keyOf(place, path);
    const kept = listings.get(key);
    if (!fresh && kept !== undefined && clock.now() - kept.seenAtMs < cacheMs) return kept;
    const asked = asking.get(key);
    if (asked !== undefined) return asked;
    const question = ask(place, (remote) => listOf(remote, path), fresh)
      .then((entries) => {
        const listing = { entries: entries.filter((entry) => isShown(entry, clock.now())), seenAtMs: clock.now() };
        // A change in between has thrown the question away, and with it the right to be remembered.
        if (asking.get(key) === question) listings.set(key, listing);
        return listing;
      })
      .finally(() => {
        if (asking.get(key) === question) asking.delete(key);
      });
    asking.set(key, question);
    return question;
  };

  return {
    list,
    /** Of a file or folder; the place itself is a folder. Throws `not-found`. */
    entry: async (place: PlaceRow, path: string): Promise<RemoteEntry> => {
      if (path === "") return { name: place.name, kind: "folder", sizeBytes: 0, modifiedAtMs: null };
      const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
      const name = path.slice(path.lastIndexOf("/") + 1);
      const kept = listings.get(keyOf(place, parent));
      const isFresh = kept !== undefined && clock.now() - kept.seenAtMs < cacheMs;
      const known = isFresh ? kept.entries.find((entry) => entry.name === name) : undefined;
      const found = known ?? (await ask(place, (remote) => remote.stat(path)));
      if (found === undefined) throw new AppError("not-found", "It was moved or deleted.");
      return found;
    },
    /** Reads of the place. */
    ask,
    /** Changes it; what was listed is forgotten, also when it fails half-way. */
    change: async <T>(place: PlaceRow, work: (remote: Remote) => Promise<T>): Promise<T> => {
      try {
        return await ask(place, work);
      } finally {
        forgetListings(place.id);
      }
    },
    /** The place is reached in another way, or not at all any more. */
    forget: (placeId: number) => {
      remotes.delete(placeId);
      forgetListings(placeId);
      states.forget(placeId);
    },
  };
}

export type Directory = ReturnType<typeof createDirectory>;

/** A place whose own folder is gone is offline, as a disk that is not mounted over there: it is no folder that somebody deleted. */
async function listOf(remote: Remote, path: string): Promise<RemoteEntry[]> {
  try {
    return await remote.list(path);
  } catch (thrown) {
    const isGone = path === "" && thrown instanceof AppError && thrown.code === "not-found";
    throw isGone ? new RemoteOffline("folder-missing", thrown) : thrown;
  }
}

function isShown({ name, modifiedAtMs }: RemoteEntry, nowMs: number): boolean {
  if (name === folderMarker) return false;
  return !name.startsWith(partPrefix) || (modifiedAtMs !== null && nowMs - modifiedAtMs > partHiddenMs);
}
