import type { Place } from "#contract/apps/files/places";
import { places as t } from "#web/strings/places.ts";
import { formatWhen, Status } from "#web/ui/index.ts";

/** Whether a place answers, as far as anybody has looked. */
export function PlaceStatus({ place }: { readonly place: Place }) {
  const { status, sinceMs } = place.state;
  if (status === "unknown") return null;
  if (status === "online") return <Status level="good">{t.online}</Status>;
  return <Status level="now">{t.offlineSince(formatWhen(sinceMs, Date.now()))}</Status>;
}

export function seenText({ state }: Place): string {
  return state.lastSeenMs === null ? t.neverSeen : t.lastSeen(formatWhen(state.lastSeenMs, Date.now()));
}
