import type { z } from "zod";
import type { FieldSource, WorkCard, WorkDetail, WorkExtra, WorkField, WorkVersion } from "#contract/apps/media/works";
import type { Item, LibraryReader } from "#apps/media/library";
import { sidecarTitle } from "#apps/media/names";
import type { MediaFacts } from "#apps/media/probe";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import type { SeenWork, WorkQueries } from "./queries.ts";
import type { Detail, FileRow, WorkRows } from "./rows.ts";
import type { Beside } from "./beside.ts";

interface DetailsDeps {
  readonly db: Db;
  readonly library: LibraryReader;
  readonly rows: WorkRows;
  readonly queries: WorkQueries;
  readonly card: (work: SeenWork) => WorkCard;
  readonly facts: (item: Item) => MediaFacts | undefined;
  readonly beside: Beside;
  readonly canEdit: (actor: Actor, libraryId: number) => boolean;
  readonly canUndo: (workId: number) => boolean;
}

type PartState = z.infer<typeof WorkExtra>["state"];

/** A work with everything that somebody can see of it. */
export function createDetails(deps: DetailsDeps) {
  const { library, rows, queries, card, facts } = deps;

  const versionOf = (
    files: readonly FileRow[],
    items: ReadonlyMap<number, Item>,
    sidecars: readonly Item[],
  ): WorkVersion => {
    const parts = files.flatMap((file) => {
      const item = items.get(file.itemId);
      return item === undefined ? [] : [{ file, item, facts: facts(item) }];
    });
    const [first] = parts as [(typeof parts)[number]];
    const lengths = parts.map((part) => part.facts?.durationMs ?? null);
    const video = first.facts?.video[0];
    return {
      itemId: first.item.id,
      edition: first.file.edition,
      label: labelOf(first.file, first.facts),
      durationMs: lengths.includes(null)
        ? null
        : lengths.reduce<number>((sum, length) => sum + Math.round(length ?? 0), 0),
      width: video?.width ?? null,
      height: video?.height ?? null,
      videoCodec: video?.codec ?? null,
      audioCodecs: [...new Set(first.facts?.audio.map(({ codec }) => codec) ?? [])],
      range: video?.range ?? null,
      sizeBytes: parts.reduce((sum, { item }) => sum + item.sizeBytes, 0),
      parts: parts.map(({ item, facts: known }) => ({
        ...{ itemId: item.id, nodeId: item.nodeId, path: item.path, sizeBytes: item.sizeBytes },
        durationMs: known?.durationMs == null ? null : Math.round(known.durationMs),
        ...{ state: item.state as PartState, reason: item.reason },
      })),
      sidecars: deps.beside.sidecarsOf(first.item, sidecars).map(({ item, name }) => ({
        itemId: item.id,
        kind: name.role === "audio" ? "audio" : "subtitle",
        ...{ language: name.language, title: name.title ?? sidecarTitle(name, first.item.path) },
        ...{ isForced: name.isForced, isHearingImpaired: name.isHearingImpaired, isDefault: name.isDefault },
      })),
    };
  };
  const filesOf = (actor: Actor, workId: number) => {
    const files = rows.filesOfWork(workId);
    const items = new Map(
      library
        .seen(
          actor,
          files.map(({ itemId }) => itemId),
        )
        .map((item) => [item.id, item]),
    );
    const seen = files.filter(({ itemId }) => items.has(itemId));
    const main = Map.groupBy(
      seen.filter(({ extraKind }) => extraKind === null),
      ({ versionKey }) => versionKey,
    );
    const sidecars = deps.beside.near(actor, [...items.values()]);
    return {
      versions: [...main.values()].map((of) => versionOf(of, items, sidecars)),
      extras: seen.flatMap((file): z.infer<typeof WorkExtra>[] => {
        const item = items.get(file.itemId);
        return file.extraKind === null || item === undefined ? [] : [extraOf(file, item, facts(item))];
      }),
    };
  };
  const childrenOf = (actor: Actor, work: SeenWork, type: "season" | "episode") =>
    queries.list(actor, { parentId: work.id, types: [type] }).map(card);
  /** Over the ends of seasons, as they are shown. */
  const neighbours = (actor: Actor, work: SeenWork) => {
    if (work.type !== "episode" || work.seriesId === null) return { previousId: null, nextId: null };
    const ids = queries.list(actor, { parentId: work.seriesId, types: ["episode"] }).map(({ id }) => id);
    const at = ids.indexOf(work.id);
    return { previousId: ids[at - 1] ?? null, nextId: at < 0 ? null : (ids[at + 1] ?? null) };
  };

  return (actor: Actor, work: SeenWork): WorkDetail => {
    const detail = JSON.parse(work.detail) as Detail;
    const locks = rows.locksOf(work.id);
    return {
      work: card(work),
      ...{ originalTitle: detail.originalTitle, tagline: detail.tagline, overview: detail.overview },
      ...{ studios: [...detail.studios], cast: [...detail.cast] },
      ...{ directors: [...detail.directors], writers: [...detail.writers] },
      externalIds: { imdb: work.imdb, tmdb: work.tmdb, tvdb: work.tvdb },
      ...filesOf(actor, work.id),
      seasons: work.type === "series" ? childrenOf(actor, work, "season") : [],
      episodes:
        work.type === "season" || (work.type === "series" && work.seasonCount <= 1)
          ? childrenOf(actor, work, "episode")
          : [],
      ...neighbours(actor, work),
      sources: JSON.parse(work.sources) as Partial<Record<WorkField, FieldSource>>,
      lockedFields: Object.keys(locks) as WorkField[],
      canEdit: deps.canEdit(actor, work.libraryId),
      canUndo: deps.canUndo(work.id),
    };
  };
}

/** `2160p HDR`: what the file has, else what its name says; with what else the name tells it apart by. */
function labelOf(file: FileRow, facts: MediaFacts | undefined): string | null {
  const video = facts?.video[0];
  if (video === undefined) return file.label;
  const range = { sdr: "", hdr10: " HDR", hlg: " HLG", "dolby-vision": " Dolby Vision" }[video.range];
  const measured = `${linesOf(video.width, video.height)}p${range}`;
  const isSaid = file.label === null || /^\d{3,4}[pi]$/i.test(file.label) || file.label === file.edition;
  return isSaid ? measured : `${measured} · ${file.label}`;
}

const rungs = [
  [3200, 2160],
  [2200, 1440],
  [1700, 1080],
  [1150, 720],
  [900, 576],
  [0, 480],
] as const;

/** A film wider than the screen is named by its width: 1920 × 800 is 1080p. */
function linesOf(width: number, height: number): number {
  if (height > width) return height;
  return rungs.find(([least, lines]) => width >= least || height >= lines)?.[1] ?? height;
}

const extraKinds: Readonly<Record<string, z.infer<typeof WorkExtra>["kind"]>> = {
  trailer: "trailer",
  sample: "sample",
  "behind-the-scenes": "behind-the-scenes",
  "deleted-scene": "deleted-scene",
  featurette: "featurette",
  interview: "interview",
  scene: "scene",
  short: "short",
  theme: "theme",
};

function extraOf(file: FileRow, item: Item, facts: MediaFacts | undefined): z.infer<typeof WorkExtra> {
  return {
    itemId: item.id,
    title: file.extraTitle ?? item.path.slice(item.path.lastIndexOf("/") + 1).replace(/\.[^.]+$/, ""),
    kind: extraKinds[file.extraKind ?? ""] ?? "other",
    durationMs: facts?.durationMs == null ? null : Math.round(facts.durationMs),
    state: item.state as PartState,
  };
}
