import type { PlaceState } from "#contract/apps/files/places";
import type { Clock } from "#platform/clock";
import { RemoteOffline, type RemoteOutcome } from "#storage/external";
import type { PlaceRow, PlacesRepository } from "./repository.ts";

/** After a failure a place is not asked again for so long, unless somebody says so: a server that hangs would hold up every page. */
const pauseMs = 15_000;
const noteSeenEveryMs = 60_000;

interface Known {
  readonly failure: RemoteOffline | undefined;
  readonly sinceMs: number;
  readonly askedAtMs: number;
  readonly seenAtMs: number | null;
}

interface StatesDeps {
  readonly clock: Clock;
  readonly repository: PlacesRepository;
}

/** Which places answer, as seen by whoever used them last. */
export function createPlaceStates({ clock, repository }: StatesDeps) {
  const known = new Map<number, Known>();
  const startedAtMs = clock.now();

  const note = ({ id, lastSeenAtMs }: PlaceRow, failure: RemoteOffline | undefined) => {
    const nowMs = clock.now();
    const before = known.get(id);
    const isSame = before !== undefined && (before.failure === undefined) === (failure === undefined);
    const seenAtMs = failure === undefined ? nowMs : (before?.seenAtMs ?? lastSeenAtMs);
    known.set(id, { failure, seenAtMs, sinceMs: isSame ? before.sinceMs : nowMs, askedAtMs: nowMs });
    if (failure === undefined && nowMs - (lastSeenAtMs ?? 0) > noteSeenEveryMs) repository.seen(id, nowMs);
  };

  return {
    of: ({ id, lastSeenAtMs }: PlaceRow): PlaceState => {
      const state = known.get(id);
      if (state === undefined)
        return { status: "unknown", sinceMs: startedAtMs, lastSeenMs: lastSeenAtMs, reason: null };
      const { failure, sinceMs, seenAtMs } = state;
      const status = failure === undefined ? "online" : "offline";
      return { status, sinceMs, lastSeenMs: seenAtMs, reason: failure?.detail ?? null };
    },
    /** When asking makes sense again; 0 for now. */
    pauseLeftMs: (placeId: number): number => {
      const state = known.get(placeId);
      return state?.failure === undefined ? 0 : Math.max(0, state.askedAtMs + pauseMs - clock.now());
    },
    /** Runs what asks a place, and remembers whether it answered. Throws at once while a failure is recent, unless `insist`. */
    watch: async <T>(place: PlaceRow, work: () => Promise<T>, insist = false): Promise<T> => {
      const state = known.get(place.id);
      const isRecent = state?.failure !== undefined && state.askedAtMs + pauseMs > clock.now();
      if (isRecent && !insist && state?.failure !== undefined) throw again(state.failure.outcome);
      try {
        const result = await work();
        note(place, undefined);
        return result;
      } catch (thrown) {
        if (thrown instanceof RemoteOffline) note(place, thrown);
        throw thrown;
      }
    },
    forget: (placeId: number) => void known.delete(placeId),
  };
}

export type PlaceStates = ReturnType<typeof createPlaceStates>;

function again(outcome: RemoteOutcome): RemoteOffline {
  return new RemoteOffline(outcome);
}
