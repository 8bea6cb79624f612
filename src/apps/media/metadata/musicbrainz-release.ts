import { z } from "zod";
import { believed, ranked } from "./score.ts";
import type { AlbumDetails, AlbumQuery, Candidate, Query } from "./types.ts";

/** Of https://musicbrainz.org/doc/MusicBrainz_API; what is missing or odd is passed over. */
const mbid = z.string().regex(/^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/);
const name = z
  .string()
  .max(300)
  .transform((text) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim())
  .pipe(z.string().min(1));
const date = z
  .string()
  .regex(/^[1-9]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/)
  .nullable()
  .catch(null);
/** Of a list, what is as it should be. */
const some = <T extends z.ZodType>(one: T, most: number) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((all) =>
      all.slice(0, most).flatMap((raw) => {
        const { data } = one.safeParse(raw);
        return data === undefined ? [] : [data];
      }),
    );
const Genres = some(z.object({ name, count: z.number().catch(0) }), 200);
const Credits = some(
  z.object({ name, joinphrase: z.string().max(50).catch(""), artist: z.object({ id: mbid }).nullable().catch(null) }),
  50,
);
const Group = z.object({ id: mbid, "first-release-date": date, genres: Genres });
const labelOf = z.object({ label: z.object({ name }) });
const Release = z.object({
  id: mbid,
  title: name,
  date,
  "artist-credit": Credits,
  "release-group": Group,
  "label-info": some(labelOf, 20),
  genres: Genres,
  "cover-art-archive": z.object({ front: z.boolean() }).nullable().catch(null),
});
type Release = z.infer<typeof Release>;
const Hit = z.object({
  id: mbid,
  title: name,
  date,
  "track-count": z.int(),
  "artist-credit": Credits,
  "release-group": z.object({ id: mbid }),
});
type Hit = z.infer<typeof Hit>;
const Hits = z.object({ releases: some(Hit, 100) });

/** Asks for a path of the service; null: it has no such thing. */
type Ask = (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<unknown>;

const searched = "25";
const mostGenres = 5;
const mostLabels = 3;
const archive = "https://coverartarchive.org";

/** Of Lucene, as its query parser reads it. */
export const quoted = (words: string): string => `"${words.slice(0, 200).replaceAll(/["\\]/g, "\\$&")}"`;
const artistOf = (credits: Release["artist-credit"]): string =>
  credits.map(({ name: one, joinphrase }) => `${one}${joinphrase}`).join("");

function namesOf(genres: Release["genres"]): string[] {
  const names = genres.toSorted((a, b) => b.count - a.count).map(({ name: one }) => one);
  return [...new Set(names)].slice(0, mostGenres);
}

/** What a release says. `isThis` false: it stands for all releases of its group, and only what is true of the group is told. */
function detailsOf(release: Release, isThis: boolean): AlbumDetails {
  const group = release["release-group"];
  const has = release["cover-art-archive"]?.front === true;
  const labels = release["label-info"].map(({ label }) => label.name);
  return {
    releaseMbid: isThis ? release.id : null,
    releaseGroupMbid: group.id,
    artistMbids: release["artist-credit"].flatMap(({ artist }) => artist?.id ?? []),
    date: isThis ? release.date : null,
    originalDate: group["first-release-date"],
    labels: isThis ? [...new Set(labels)].slice(0, mostLabels) : [],
    genres: namesOf(release.genres.length > 0 ? release.genres : group.genres),
    coverUrl:
      isThis && has ? `${archive}/release/${release.id}/front-500` : `${archive}/release-group/${group.id}/front-500`,
  };
}

/** Releases that may be meant: as many tracks, and of the year that is known where that tells some apart. */
function fitting(hits: readonly Hit[], { trackCount, year }: AlbumQuery): readonly Hit[] {
  const long = hits.filter((hit) => hit["track-count"] === trackCount);
  const then = long.filter((hit) => year !== null && hit.date?.startsWith(String(year)) === true);
  return then.length > 0 ? then : long;
}

/** The releases of the one group that is clearly meant; none: nothing is clear. */
function meant(of: AlbumQuery, hits: readonly Hit[]): readonly Hit[] {
  const query: Query = { kind: "album", title: of.title, artist: of.artist, year: null, durationMs: null };
  const scored = ranked(
    query,
    hits.map((hit): Candidate => ({
      ...{ provider: "musicbrainz", kind: "album", originalTitle: null, year: null, durationMs: null, overview: null },
      ...{ id: hit.id, title: hit.title, artist: artistOf(hit["artist-credit"]), picture: null },
    })),
  );
  const groupOf = new Map(hits.map((hit) => [hit.id, hit["release-group"].id]));
  const groups = scored.filter(
    ({ id }, index) => scored.findIndex((other) => groupOf.get(other.id) === groupOf.get(id)) === index,
  );
  const best = believed(query, groups);
  if (best === undefined) return [];
  const ids = scored.filter(({ score }) => score === best.score).map(({ id }) => id);
  return hits.filter((hit) => ids.includes(hit.id) && hit["release-group"].id === groupOf.get(best.id));
}

/** Finds albums by the id of their release, else by artist, title and count of tracks; what is not clear is not found. */
export function createReleases(ask: Ask) {
  const release = async (id: string, signal: AbortSignal): Promise<Release | undefined> => {
    const inc = "artist-credits+labels+release-groups+genres";
    return Release.safeParse(await ask(`release/${id}`, { inc }, signal)).data;
  };
  return async (query: AlbumQuery, signal: AbortSignal): Promise<AlbumDetails | null> => {
    if (query.releaseMbid !== null && mbid.safeParse(query.releaseMbid).success) {
      const told = await release(query.releaseMbid, signal);
      if (told !== undefined) return detailsOf(told, true);
    }
    const words = `release:${quoted(query.title)} AND artist:${quoted(query.artist)} AND tracks:${query.trackCount}`;
    const { data } = Hits.safeParse(await ask("release", { query: words, limit: searched }, signal));
    const hits = meant(query, fitting(data?.releases ?? [], query));
    const [first] = hits;
    if (first === undefined) return null;
    const told = await release(first.id, signal);
    return told === undefined ? null : detailsOf(told, hits.length === 1);
  };
}
