import { z } from "zod";
import { createReleases, quoted } from "./musicbrainz-release.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Candidate, Provider } from "./types.ts";

/** Of https://musicbrainz.org/doc/MusicBrainz_API; what is missing or odd is passed over. */
const text = z.string().max(2000).nullish().catch(null);
const id = z.string().regex(/^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/);
const Genres = z.array(z.object({ name: z.string().max(100), count: z.number().catch(0) })).catch([]);
const Credits = z.array(z.object({ name: z.string().max(300), joinphrase: text })).catch([]);
const Group = z.object({
  id,
  title: z.string().max(300),
  "first-release-date": text,
  "artist-credit": Credits,
  genres: Genres,
});
const Artist = z.object({
  id,
  name: z.string().max(300),
  "sort-name": text,
  genres: Genres,
  "life-span": z.object({ begin: text }).nullish(),
});
const Groups = z.object({ "release-groups": z.array(z.unknown()).max(100) });
const Artists = z.object({ artists: z.array(z.unknown()).max(100) });

const api = "https://musicbrainz.org/ws/2/";
const covers = "https://coverartarchive.org/release-group/";
export const musicbrainzHosts = ["musicbrainz.org", "coverartarchive.org", "archive.org", ".archive.org"];
const maxPictureBytes = 12 * 2 ** 20;
const mostGenres = 10;

const yearOf = (date: string | null | undefined): number | null => Number(/^(\d{4})/.exec(date ?? "")?.[1]) || null;
const artistOf = (credits: z.infer<typeof Credits>): string | null =>
  credits.map(({ name, joinphrase }) => `${name}${joinphrase ?? ""}`).join("") || null;

const blank = {
  provider: "musicbrainz",
  originalTitle: null,
  durationMs: null,
  overview: null,
  picture: null,
} as const;

function albumOf(raw: unknown): Candidate[] {
  const { data } = Group.safeParse(raw);
  if (data === undefined) return [];
  const { id: number, title, "first-release-date": date, "artist-credit": credits } = data;
  return [
    {
      ...blank,
      kind: "album",
      id: number,
      title,
      year: yearOf(date),
      artist: artistOf(credits),
      picture: `${covers}${number}/front-250`,
    },
  ];
}

function artistHit(raw: unknown): Candidate[] {
  const { data } = Artist.safeParse(raw);
  return data === undefined
    ? []
    : [{ ...blank, kind: "artist", id: data.id, title: data.name, year: null, artist: null }];
}

function genresOf(genres: z.infer<typeof Genres>): { readonly genres?: readonly string[] } {
  const names = genres
    .toSorted((a, b) => b.count - a.count)
    .map(({ name }) => name)
    .slice(0, mostGenres);
  return names.length === 0 ? {} : { genres: names };
}

/** Albums and artists of MusicBrainz, covers of the Cover Art Archive; at most one request a second, as they ask for. */
export function createMusicbrainz(outgoing: Outgoing): Provider {
  const ask = (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> => {
    const url = new URL(path, api);
    for (const [name, value] of Object.entries({ ...query, fmt: "json" })) url.searchParams.set(name, value);
    return outgoing.json(url, {}, signal);
  };
  return {
    name: "musicbrainz",
    kinds: ["artist", "album"],
    hosts: musicbrainzHosts,
    search: async ({ kind, title, artist }, signal) => {
      if (kind === "artist") {
        const { data } = Artists.safeParse(
          await ask("artist", { query: `artist:${quoted(title)}`, limit: "10" }, signal),
        );
        return data?.artists.flatMap(artistHit) ?? [];
      }
      if (kind !== "album") return [];
      const by = artist === null ? "" : ` AND artist:${quoted(artist)}`;
      const query = `releasegroup:${quoted(title)}${by}`;
      const { data } = Groups.safeParse(await ask("release-group", { query, limit: "10" }, signal));
      return data?.["release-groups"].flatMap(albumOf) ?? [];
    },
    details: async (kind, number, signal) => {
      if (!id.safeParse(number).success) return null;
      if (kind === "artist") {
        const { data } = Artist.safeParse(await ask(`artist/${number}`, { inc: "genres" }, signal));
        if (data === undefined) return null;
        const sortTitle = data["sort-name"] ?? undefined;
        return {
          fields: { title: data.name, ...(sortTitle && { sortTitle }), ...genresOf(data.genres) },
          pictures: [],
        };
      }
      if (kind !== "album") return null;
      const { data } = Group.safeParse(await ask(`release-group/${number}`, { inc: "artist-credits+genres" }, signal));
      if (data === undefined) return null;
      const year = yearOf(data["first-release-date"]);
      return {
        fields: { title: data.title, ...(year !== null && { year }), ...genresOf(data.genres) },
        pictures: [{ kind: "poster", url: `${covers}${number}/front-1200` }],
      };
    },
    album: createReleases(ask),
    picture: (url, signal) => outgoing.bytes(new URL(url), maxPictureBytes, signal),
  };
}
