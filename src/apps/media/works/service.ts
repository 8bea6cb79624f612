import type { Item, LibraryEvents, LibraryReader } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import type { DerivedCache } from "#cache/derived";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { createEvents, type Events } from "#platform/events";
import type { Exec } from "#platform/exec";
import type { Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Actor, Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { coverRoute } from "./cover-route.ts";
import { createBeside } from "./beside.ts";
import { createAsks } from "./asks.ts";
import { createCandidates, type Found } from "./candidates.ts";
import { createCards, type PicturesOf } from "./cards.ts";
import { createDetails } from "./details.ts";
import type { Surroundings } from "./describe.ts";
import { createEdits } from "./edits.ts";
import type { Fields } from "./fields.ts";
import { createNamesCheck } from "./names-operation.ts";
import { createNamesStore } from "./names-store.ts";
import { createNfoPlans, type NfoPlans } from "./nfo.ts";
import { worksOperations } from "./operations.ts";
import { createWorkQueries, type SeenWork } from "./queries.ts";
import { createRegroup } from "./regroup.ts";
import { createWorkRows, type WorkRow } from "./rows.ts";
import { createSweep } from "./sweep.ts";
import { createVersions, type OtherVersion } from "./versions.ts";
import { createWatcher } from "./watcher.ts";

export interface WorksDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: Storage;
  readonly access: Access;
  readonly library: LibraryReader & { readonly events: Events<LibraryEvents> };
  readonly facts: (item: Item) => MediaFacts | undefined;
  readonly exec: Exec;
  readonly cache: DerivedCache;
  /** What an NFO file says; undefined when it says nothing or cannot be read now. */
  readonly readNfo?: (item: Item) => Promise<Fields | undefined>;
  /** What catalogues said of a work, kept from when they were asked. */
  readonly provided?: Surroundings["provided"];
  /** Asks catalogues what something may be. */
  readonly search?: (of: { type: "film" | "series"; title: string; year: number | null }) => Promise<readonly Found[]>;
  /** Whether any catalogue is on; then each person has them asked so often only. */
  readonly asksCatalogues?: boolean;
  readonly pictures?: PicturesOf;
  /** Address of a picture that catalogues have of an episode. */
  readonly still?: (workId: number) => string | undefined;
  /** Asks catalogues about a work; what they say is kept for `provided`. */
  readonly ask?: (work: WorkRow) => Promise<void>;
  /** Somebody set something on a work, or took it back; it is durable and described anew. */
  readonly edited?: (actor: Actor, work: WorkRow) => Promise<void>;
}

export interface WorksEvents {
  /** Works of this library are others now, or say something else. */
  worksChanged: { readonly libraryId: number };
}

/** The name of what is played, for players and lists of other modules. */
export interface WorkName {
  readonly workId: number;
  readonly title: string;
  /** Series and number of an episode; the year of a film; empty when nothing is known. */
  readonly subtitle: string;
  /** Poster of the film or series, as in `WorkCard`; null where there is none. */
  readonly posterUrl: string | null;
}

export interface Works {
  readonly implementations: readonly Implementation[];
  readonly routes: readonly Route[];
  readonly events: Events<WorksEvents>;
  /** Without a look at rights; of those that belong to a work. */
  names(itemIds: readonly number[]): ReadonlyMap<number, WorkName>;
  /** Other files with the same film or episodes, also such as are gone; only of items that have some. Without a look at rights. */
  versions(itemIds: readonly number[]): ReadonlyMap<number, readonly OtherVersion[]>;
  /**
   * Files of the episodes before and after the ones that this file holds, over the ends of seasons, of what somebody can see; undefined
   * for what is no episode.
   */
  neighbours(
    actor: Actor,
    itemId: number,
  ): { readonly previousId: number | null; readonly nextId: number | null } | undefined;
  /** One file of each episode of its season, in order: for what is compared between neighbours. Without a look at rights. */
  seasonItems(itemId: number): readonly number[];
  /** What NFO files would say, and where. Without a look at rights. */
  readonly nfo: NfoPlans;
  start(): void;
  /** Resolves when everything that the libraries know is grouped. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Films, series and home videos, made of the files of libraries. */
export function createWorks(deps: WorksDeps): Works {
  const { db, clock, log, library, access, facts } = deps;
  const events = createEvents<WorksEvents>(log);
  const rows = createWorkRows(db);
  const names = createNamesStore(db);
  const now = () => clock.now();
  const { readNfo = () => Promise.resolve(undefined), provided = () => undefined } = deps;
  const regroup = createRegroup({ db, library, names, rows, now, facts, readNfo, provided });
  const done = (libraryId: number) => events.publish("worksChanged", { libraryId });
  const watcher = createWatcher({ library, names, log, regroup, done, sweep: createSweep(db, done) });
  const awaySpaceIds = () => deps.storage.spaces().flatMap(({ id }) => (library.isAway(id) ? [id] : []));
  const queries = createWorkQueries({ db, library, awaySpaceIds });
  const edits = createEdits({ db, rows, clock });
  const { card, posterOf } = createCards(library, deps.pictures, deps.still);
  const canEdit = (actor: Actor, libraryId: number): boolean => {
    const of = library.library(libraryId);
    return of !== undefined && access.can(actor, "write", { spaceId: of.spaceId, nodeId: of.folderId });
  };
  const beside = createBeside(db, library);
  const detail = createDetails({ db, library, rows, queries, card, facts, beside, canEdit, canUndo: edits.canUndo });
  const again = async (work: SeenWork, isAsked: boolean): Promise<void> => {
    if (isAsked) await deps.ask?.(work);
    const itemIds = rows.filesWithin(work.id).map(({ itemId }) => itemId);
    await regroup(work.libraryId, itemIds);
    done(work.libraryId);
  };

  const nameOf = (itemId: number): [number, WorkName] | undefined => {
    const [file] = rows.filesOfItem(itemId);
    const work = file && rows.get(file.workId);
    if (file === undefined || work === undefined) return undefined;
    const series = file.seriesId === null ? undefined : rows.get(file.seriesId);
    const title = file.extraTitle ?? (work.title || (series?.title ?? ""));
    return [
      itemId,
      { workId: work.id, title, subtitle: subtitleOf(work, series), posterUrl: posterOf(series ?? work) },
    ];
  };

  return {
    events,
    routes: [coverRoute(deps)],
    implementations: worksOperations({
      db,
      library,
      queries,
      card,
      detail,
      edits,
      candidates: createCandidates({ library, search: deps.search ?? (() => Promise.resolve([])) }),
      countAsk: deps.asksCatalogues === true ? createAsks(clock) : () => undefined,
      namesCheck: createNamesCheck({ db, library, rows }),
      canEdit,
      again,
      edited: deps.edited ?? (() => Promise.resolve()),
    }),
    versions: createVersions(db, library, facts),
    names: (itemIds) => new Map(itemIds.map(nameOf).filter((found) => found !== undefined)),
    neighbours: (actor, itemId) => {
      const file = rows.filesOfItem(itemId).find(({ extraKind }) => extraKind === null);
      if (file?.seriesId == null) return undefined;
      const episodes = queries.list(actor, { parentId: file.seriesId, types: ["episode"] });
      // A file may hold several episodes.
      const own = new Set(rows.filesOfItem(itemId).map(({ workId }) => workId));
      const first = episodes.findIndex(({ id }) => own.has(id));
      const last = episodes.findLastIndex(({ id }) => own.has(id));
      if (first < 0) return undefined;
      return { previousId: episodes[first - 1]?.itemId ?? null, nextId: episodes[last + 1]?.itemId ?? null };
    },
    seasonItems: (itemId) => {
      const [file] = rows.filesOfItem(itemId);
      if (file?.seasonId == null) return [];
      const episodes = rows.children(file.seasonId).toSorted((a, b) => (a.episodeNumber ?? 0) - (b.episodeNumber ?? 0));
      const first = episodes.flatMap(
        ({ id }) => rows.filesOfWork(id).find(({ extraKind }) => extraKind === null)?.itemId ?? [],
      );
      return [...new Set(first)];
    },
    nfo: createNfoPlans({ db, library, storage: deps.storage, rows }),
    start: watcher.start,
    settled: watcher.settled,
    stop: watcher.stop,
  };
}

function subtitleOf(work: WorkRow, series: WorkRow | undefined): string {
  if (series === undefined) return work.year === null ? "" : `${work.year}`;
  const { seasonNumber, episodeNumber, absoluteNumber, airDate } = work;
  const two = (value: number) => `${value}`.padStart(2, "0");
  const number = episodeNumber ?? absoluteNumber;
  const place = number === null ? (airDate ?? "") : `S${two(seasonNumber ?? 1)}E${two(number)}`;
  return [series.title, place].filter((text) => text !== "").join(" · ");
}
