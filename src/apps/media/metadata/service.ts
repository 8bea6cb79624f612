import type { Item, LibraryReader } from "#apps/media/library";
import type { AnyDraft, Fields, FilmDraft, Found, NfoPlans, SeriesDraft, WorkRow } from "#apps/media/works";
import type { DerivedCache } from "#cache/derived";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { handleJob, type JobHandler, type Jobs } from "#platform/jobs";
import type { Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Actor, Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import { type AlbumCatalogues, createAlbumCatalogues } from "./albums.ts";
import { createAsking, metadataAsk } from "./asking.ts";
import { readNfoFile, type NfoWriterDeps } from "./nfo-file.ts";
import { nfoHandler } from "./nfo-job.ts";
import { nfoOperations } from "./nfo-operations.ts";
import { createNfoRows } from "./nfo-rows.ts";
import { createNfoSaving } from "./nfo-saving.ts";
import { createPictures, type PictureAddresses } from "./pictures.ts";
import { createRepository, type Asked } from "./repository.ts";
import { ranked } from "./score.ts";
import { createSeasonRows } from "./season-rows.ts";
import { createSeasons } from "./seasons.ts";
import type { Provider } from "./types.ts";

export interface MetadataDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly storage: NfoWriterDeps["storage"];
  readonly access: Access;
  readonly library: Pick<LibraryReader, "seen" | "library" | "sight" | "itemOfNode">;
  readonly cache: DerivedCache;
  readonly jobs: () => Pick<Jobs, "enqueue" | "cancel" | "find">;
  /** What NFO files would say. */
  readonly nfo: () => NfoPlans;
  readonly actorOf: (userId: number) => Actor | undefined;
  /** Those that the owner switched on, in the order in which they are believed. */
  readonly providers: readonly Provider[];
  /** What is known of the work of this file has changed. */
  readonly changed: (itemId: number) => void;
}

export interface Metadata {
  readonly implementations: readonly Implementation[];
  /** Whether any catalogue is on. */
  readonly asksCatalogues: boolean;
  /** Undefined while no catalogue that knows albums is on. */
  readonly albums: AlbumCatalogues | undefined;
  readonly jobHandlers: readonly JobHandler[];
  readonly routes: readonly Route[];
  /** Addresses of pictures that catalogues have of a film or series. */
  readonly pictures: (workId: number) => PictureAddresses;
  /** What an NFO file says; undefined when it says nothing or cannot be read now. */
  readonly readNfo: (item: Item) => Promise<Fields | undefined>;
  /** Somebody set something on a work: it is written into its NFO file where that is switched on. */
  readonly edited: (actor: Actor, work: Pick<WorkRow, "id" | "libraryId">) => Promise<void>;
  /** Address of a picture that catalogues have of an episode. */
  readonly still: (workId: number) => string | undefined;
  /** What catalogues said of a work, a season or episode with its series; what is new is asked about in the background. */
  readonly provided: (draft: AnyDraft, series?: SeriesDraft) => Fields | undefined;
  /** What catalogues take a title for, the best first; empty when none is on or can be reached. */
  readonly search: (
    of: Omit<Asked, "ids" | "kind"> & { readonly type: "film" | "series" },
  ) => Promise<readonly Found[]>;
  /** Asks about one work at once, as it is now: after a person said what it is. */
  readonly ask: (work: WorkRow) => Promise<void>;
}

const searchTimeoutMs = 12_000;

/** What NFO files and catalogues say of works. Nothing leaves the house while no provider is on. */
export function createMetadata(deps: MetadataDeps): Metadata {
  const { clock, log, providers, storage } = deps;
  const repository = createRepository(deps.db);
  const seasonRows = createSeasonRows(deps.db);
  const rows = createNfoRows(deps.db);
  const saving = createNfoSaving({ ...deps, rows, subjectOf: (workId) => deps.nfo().of(workId) });
  const { offer, ...pictures } = createPictures({ ...deps, repository, seasonRows });
  const asking = createAsking({ repository, providers, clock, log, found: deps.changed });

  const seasons = createSeasons({ rows: seasonRows, providers, clock, log, found: deps.changed });
  const askSoon = () => void deps.jobs().enqueue(metadataAsk, {}, { dedupeKey: "", delayMs: 1000 });
  const firstItems = new WeakMap<AnyDraft, number | undefined>();
  /** Asked for by each episode of a series. */
  const firstItem = (draft: FilmDraft | SeriesDraft): number | undefined => {
    if (!firstItems.has(draft)) firstItems.set(draft, firstItemOf(draft));
    return firstItems.get(draft);
  };

  const provided = (draft: AnyDraft, series?: SeriesDraft): Fields | undefined => {
    if (draft.type === "season" || draft.type === "episode") {
      const of = providers.length === 0 || series === undefined ? undefined : firstItem(series);
      return of === undefined ? undefined : seasons.fieldsOf(of, draft);
    }
    if (draft.type === "video") return undefined;
    const itemId = firstItem(draft);
    if (providers.length === 0 || itemId === undefined || draft.title === "") return undefined;
    const { tmdb, imdb } = draft.ids;
    const ids = { ...(tmdb !== undefined && { tmdb }), ...(imdb !== undefined && { imdb }) };
    const asked: Asked = { kind: draft.type, title: draft.title, year: draft.year, ids };
    const row = repository.get(itemId);
    if (row === undefined || (row.isChosen === 0 && row.asked !== JSON.stringify(asked))) {
      repository.want(itemId, asked, false, clock.now());
      askSoon();
      return undefined;
    }
    if (row.state !== "matched") return undefined;
    const fields = JSON.parse(row.fields) as Fields;
    if (draft.type === "series" && seasons.want(itemId, draft, fields.externalIds?.tmdb)) askSoon();
    return fields;
  };

  return {
    asksCatalogues: providers.length > 0,
    albums: createAlbumCatalogues(providers),
    ...pictures,
    implementations: nfoOperations({ ...deps, rows }),
    jobHandlers: [
      handleJob(metadataAsk, async (context) => {
        if (await asking.run(context)) await seasons.run(context);
      }),
      nfoHandler({
        ...{ ...deps, rows, saving },
        worksAfter: (...of) => deps.nfo().after(...of),
        worksCount: (libraryId) => deps.nfo().count(libraryId),
      }),
    ],
    readNfo: (item) => readNfoFile({ storage, found: rows.setProblem }, item),
    edited: async (actor, { id, libraryId }) => {
      if (rows.isOn(libraryId)) await saving.save(actor, id);
    },
    provided,
    search: async ({ type: kind, title, year }) => {
      const query = { kind, title, year, artist: null, durationMs: null };
      const signal = AbortSignal.timeout(searchTimeoutMs);
      const of = providers.filter(({ kinds }) => kinds.includes(kind));
      const answers = await Promise.all(
        of.map((provider) =>
          provider.search(query, signal).catch((error: unknown) => {
            if (!(error instanceof AppError) && !signal.aborted) throw error;
            log.warn("a catalogue could not be asked", { provider: provider.name });
            return [];
          }),
        ),
      );
      return ranked(query, answers.flat()).map(({ provider, id, title: name, year: when, overview, picture }) => ({
        ...{ source: provider, title: name, year: when, overview },
        posterUrl: picture === null ? null : offer(picture),
        externalIds: { imdb: null, tmdb: provider === "tmdb" ? id : null, tvdb: null },
      }));
    },
    ask: async (work) => {
      if (providers.length === 0) return;
      const signal = AbortSignal.timeout(searchTimeoutMs);
      if (work.type === "season" || work.type === "episode")
        return seasons.ask(work, signal).catch((error: unknown) => passIfLate(error, signal));
      const itemId = repository.firstItemOf(work.id);
      if (itemId === undefined || work.type === "video") return;
      const ids = { ...(work.tmdb !== null && { tmdb: work.tmdb }), ...(work.imdb !== null && { imdb: work.imdb }) };
      repository.want(itemId, { kind: work.type, title: work.title, year: work.year, ids }, true, clock.now());
      const row = repository.get(itemId);
      if (row !== undefined) await asking.one(row, signal).catch((error: unknown) => passIfLate(error, signal));
      seasonRows.again(itemId, clock.now());
      if (work.type === "series") askSoon();
    },
  };
}

/** Who waits for an answer goes on without it after a while; it is asked for again in the background. */
function passIfLate(error: unknown, signal: AbortSignal): void {
  if (!signal.aborted) throw error;
}

/** The file by which a work is known here; files of extras do not count while there are others. */
function firstItemOf(draft: AnyDraft): number | undefined {
  const own = "files" in draft ? draft.files.map(({ itemId }) => itemId) : [];
  const inside =
    draft.type === "series"
      ? draft.seasons.flatMap(({ episodes }) => episodes.flatMap(({ files }) => files.map(({ itemId }) => itemId)))
      : [];
  const all = [...own, ...inside];
  return all.length === 0 ? undefined : Math.min(...all);
}
