import type { Db } from "#platform/db";
import { assignIds } from "./assign.ts";
import type { Description } from "./describe.ts";
import {
  type AnyDraft,
  type EpisodeDraft,
  type FileDraft,
  type FilmDraft,
  itemsOf,
  type SeriesDraft,
  type WorkDraft,
} from "./group-types.ts";
import type { Fields } from "./fields.ts";
import { createInheritance } from "./inherit.ts";
import { rowOf } from "./row-of.ts";
import type { FileRow, WorkRow, WorkRows } from "./rows.ts";

interface ReconcileDeps {
  readonly db: Db;
  readonly rows: WorkRows;
  readonly now: () => number;
}

/** Episodes written in one transaction. */
const pieceSize = 100;

/** Writes drafts as works: what was there goes on under its id, what has no file left goes. */
export function createReconcile({ db, rows, now }: ReconcileDeps) {
  const rootOf = ({ seriesId, workId }: FileRow) => seriesId ?? workId;
  const inheritance = createInheritance(db, rows);
  const typeOf = new Map<number, WorkRow["type"] | undefined>();
  const isA = (workId: number, type: WorkRow["type"]) => {
    if (!typeOf.has(workId)) typeOf.set(workId, rows.get(workId)?.type);
    return typeOf.get(workId) === type;
  };

  const save = (
    id: number | null,
    draft: AnyDraft,
    place: { readonly libraryId: number; readonly parentId: number | null },
    described: Description,
    inherited: Fields = {},
  ): number => {
    const before = id === null ? undefined : rows.get(id);
    const own = before === undefined ? {} : rows.locksOf(before.id);
    const row = rowOf(draft, place, described, { ...inherited, ...own });
    const next = { ...row.work, addedAtMs: before?.addedAtMs ?? described.addedAtMs ?? now() };
    const workId = before?.id ?? rows.insert(next);
    if (before === undefined || differs(before, next)) {
      if (before !== undefined) rows.update(workId, next);
      rows.setGenres(workId, row.detail.genres);
      rows.setPeople(workId, row.detail);
    }
    if (Object.keys(inherited).length > 0) inheritance.give(workId, inherited);
    return workId;
  };
  const saveFiles = (
    workId: number,
    files: readonly FileDraft[],
    of: { readonly seasonId: number | null; readonly seriesId: number | null },
  ) => {
    const before = new Map(rows.filesOfWork(workId).map((row) => [row.itemId, row]));
    for (const file of files) {
      const row = { workId, ...of, ...file };
      const known = before.get(file.itemId);
      if (known === undefined || JSON.stringify(known) !== JSON.stringify(inOrder(row))) rows.putFile(row);
    }
  };
  /** Files that belong to something else now. */
  const dropElsewhere = (itemIds: readonly number[], kept: ReadonlyMap<number, ReadonlySet<number>>) => {
    for (const itemId of itemIds) {
      for (const { workId } of rows.filesOfItem(itemId)) {
        if (kept.get(itemId)?.has(workId) !== true) rows.dropFile(workId, itemId);
      }
    }
  };
  /** Works of another library come along only as a whole. */
  const mayClaim = (workId: number, libraryId: number, here: ReadonlySet<number>) =>
    rows.get(workId)?.libraryId === libraryId || rows.filesWithin(workId).every(({ itemId }) => here.has(itemId));

  const saveSeries = (
    id: number | null,
    draft: SeriesDraft,
    libraryId: number,
    describe: (draft: AnyDraft) => Description,
    keep: (itemId: number, workId: number) => void,
    absorbed: readonly number[],
  ): void => {
    const seasonsAbsorbed = absorbed.flatMap(rows.children);
    const seriesId = db.transaction(() => {
      const inherited = inheritance.locksOf(absorbed);
      const workId = save(id, draft, { libraryId, parentId: null }, describe(draft), inherited);
      saveFiles(workId, draft.files, { seasonId: null, seriesId: workId });
      for (const { itemId } of draft.files) keep(itemId, workId);
      return workId;
    });
    const seasonsBefore = new Map(rows.children(seriesId).map((row) => [row.seasonNumber, row.id]));
    const episodes = draft.seasons.flatMap(({ season, episodes: of }) => of.map((episode) => ({ season, episode })));
    const assigned = assignIds(
      episodes.map(({ season, episode }) => ({
        draft: { season, episode },
        itemIds: episode.files.map(({ itemId }) => itemId),
      })),
      (itemId, of) =>
        rows
          .filesOfItem(itemId)
          .filter(({ workId, extraKind }) => extraKind === null && isA(workId, "episode"))
          // Of a file with several episodes the same number is the same episode.
          .flatMap(({ workId }) =>
            rows.get(workId)?.episodeNumber === of.episode.episode ? [workId, workId] : [workId],
          ),
    );
    const ids = new Map([...assigned].map(([{ episode }, workId]) => [episode, workId]));
    const keptIds = new Set(ids.values());
    const episodeOf = new Map<number, unknown>();
    for (const { episode } of episodes) for (const { itemId } of episode.files) episodeOf.set(itemId, episode);
    const inheritedBy = (episode: EpisodeDraft, known: number | null): Fields =>
      inheritance.locksOf(
        inheritance.absorbed(
          { id: known, type: "episode", itemIds: episode.files.map(({ itemId }) => itemId) },
          ({ workId }) => workId,
          {
            isKept: (workId) => keptIds.has(workId),
            isElsewhere: (itemId) => episodeOf.has(itemId) && episodeOf.get(itemId) !== episode,
          },
        ),
      );
    for (const season of draft.seasons) {
      const same = seasonsAbsorbed.filter(({ seasonNumber }) => seasonNumber === season.season).map(({ id: of }) => of);
      const seasonId = db.transaction(() => {
        const place = { libraryId, parentId: seriesId };
        const known = seasonsBefore.get(season.season) ?? null;
        return save(known, season, place, describe(season), inheritance.locksOf(same));
      });
      for (let from = 0; from < season.episodes.length; from += pieceSize) {
        db.transaction(() => {
          for (const episode of season.episodes.slice(from, from + pieceSize)) {
            const place = { libraryId, parentId: seasonId };
            const known = ids.get(episode) ?? null;
            const workId = save(known, episode, place, describe(episode), inheritedBy(episode, known));
            saveFiles(workId, episode.files, { seasonId, seriesId });
            for (const { itemId } of episode.files) keep(itemId, workId);
          }
        });
      }
    }
  };

  /** `itemIds`: everything that was grouped, and what was grouped before and is not any more. */
  return (
    libraryId: number,
    drafts: readonly WorkDraft[],
    itemIds: readonly number[],
    describe: (draft: AnyDraft) => Description,
  ): void => {
    typeOf.clear();
    const here = new Set(itemIds);
    const before = new Set(
      itemIds.flatMap(rows.filesOfItem).flatMap(({ workId, seasonId, seriesId }) => [workId, seasonId, seriesId]),
    );
    const kept = new Map<number, Set<number>>();
    const keep = (itemId: number, workId: number) => void kept.set(itemId, (kept.get(itemId) ?? new Set()).add(workId));
    const assigned = assignIds(
      drafts.map((draft) => ({ draft, itemIds: itemsOf(draft) })),
      (itemId, draft) =>
        rows
          .filesOfItem(itemId)
          .map(rootOf)
          .filter((workId) => isA(workId, draft.type) && mayClaim(workId, libraryId, here)),
    );
    const keptIds = new Set(assigned.values());
    const draftOf = new Map(drafts.flatMap((draft) => itemsOf(draft).map((itemId) => [itemId, draft] as const)));
    for (const [draft, id] of assigned) {
      const absorbed = inheritance.absorbed({ id, type: draft.type, itemIds: itemsOf(draft) }, rootOf, {
        isKept: (workId) => keptIds.has(workId),
        isElsewhere: (itemId) => draftOf.has(itemId) && draftOf.get(itemId) !== draft,
      });
      if (draft.type === "series") saveSeries(id, draft, libraryId, describe, keep, absorbed);
      else saveFilm(id, draft, inheritance.locksOf(absorbed));
    }
    db.transaction(() => {
      dropElsewhere(itemIds, kept);
      for (const id of before) if (id !== null && !rows.isUsed(id)) rows.remove(id);
    });

    function saveFilm(id: number | null, draft: FilmDraft, inherited: Fields): void {
      db.transaction(() => {
        const workId = save(id, draft, { libraryId, parentId: null }, describe(draft), inherited);
        saveFiles(workId, draft.files, { seasonId: null, seriesId: null });
        for (const { itemId } of draft.files) keep(itemId, workId);
      });
    }
  };
}

function differs(before: WorkRow, next: Omit<WorkRow, "id">): boolean {
  return Object.entries(next).some(([key, value]) => before[key as keyof WorkRow] !== value);
}

/** As the row is read, for comparing. */
function inOrder({
  workId,
  itemId,
  seasonId,
  seriesId,
  versionKey,
  edition,
  label,
  part,
  extraKind,
  extraTitle,
  rank,
}: FileRow) {
  return { workId, itemId, seasonId, seriesId, versionKey, edition, label, part, extraKind, extraTitle, rank };
}
