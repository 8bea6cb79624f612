import { z } from "zod";
import type { Candidate, WorkEdit } from "#contract/apps/media/works";
import type { LibraryReader } from "#apps/media/library";
import { parseMediaPath } from "#apps/media/names";
import { AppError } from "#platform/errors";
import type { SeenWork } from "./queries.ts";

/** Something that a catalogue takes a work for. */
export type Found = Omit<z.infer<typeof Candidate>, "key">;

export interface CandidatesDeps {
  readonly library: LibraryReader;
  /** Asks the catalogues that are switched on; bounded in time. */
  readonly search: (of: { type: "film" | "series"; title: string; year: number | null }) => Promise<readonly Found[]>;
}

const Key = z.object({
  title: z.string().min(1).max(300),
  year: z.int().min(1870).max(2200).nullable(),
  ids: z.object({ imdb: z.string().nullable(), tmdb: z.string().nullable(), tvdb: z.string().nullable() }),
});

const noIds = { imdb: null, tmdb: null, tvdb: null };
const mostCandidates = 30;

/** What else a work may be. */
export function createCandidates({ library, search }: CandidatesDeps) {
  const keyed = (found: Found): z.infer<typeof Candidate> => {
    const { title, year, externalIds: ids } = found;
    return { ...found, key: Buffer.from(JSON.stringify({ title, year, ids })).toString("base64url") };
  };
  /** What the folders and the file say by themselves. */
  const byName = (work: SeenWork): Found[] => {
    const item = library.item(work.itemId);
    const kind = item && library.library(item.libraryId)?.kind;
    if (item === undefined || kind === undefined) return [];
    const parts = item.path.split("/");
    const readings = parts.map((part, index) => (index === parts.length - 1 ? part : `${part}.mkv`));
    const titles = readings.flatMap((path): Found[] => {
      const name = parseMediaPath(kind === "series" ? "series" : "films", path);
      if (name?.form === "film") return [foundOf("name", name.title, name.year)];
      return name?.form === "episode" && name.series !== "" ? [foundOf("name", name.series, name.seriesYear)] : [];
    });
    return titles;
  };
  return {
    find: async (work: SeenWork, typed: string | undefined, year: number | undefined) => {
      const title = typed === undefined || typed === "" ? work.title : typed;
      const asked = typed === undefined || typed === "" ? (year ?? work.year) : (year ?? null);
      const isSearched = work.type === "film" || work.type === "series";
      const found = isSearched ? await search({ type: work.type as "film" | "series", title, year: asked }) : [];
      const own = typed === undefined || typed === "" ? byName(work) : [foundOf("search", typed, year ?? null)];
      const all = [...found, ...own].slice(0, mostCandidates).map(keyed);
      return [...new Map(all.map((candidate) => [candidate.key, candidate])).values()];
    },
    /** What choosing it sets. Throws `bad-request` for a key that is none. */
    read: (key: string): WorkEdit => {
      let parsed: unknown;
      try {
        parsed = JSON.parse(Buffer.from(key, "base64url").toString());
      } catch {
        parsed = undefined;
      }
      const { data } = Key.safeParse(parsed);
      if (data === undefined) throw new AppError("bad-request", "That is no candidate; ask for them again.");
      return { title: data.title, year: data.year, externalIds: data.ids };
    },
  };
}

function foundOf(source: string, title: string, year: number | null): Found {
  return { source, title, year, overview: null, posterUrl: null, externalIds: noIds };
}
