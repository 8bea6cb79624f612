import type { LibraryReader } from "#apps/media/library";
import type { photosContract } from "#contract/apps/media/photos";
import type { Clock } from "#platform/clock";
import { createLruMap } from "#platform/lru";
import type { Actor, Handlers } from "#platform/usecase";
import type { OutputOf } from "#wire";
import type { Albums } from "./albums.ts";
import { flag, flagChar, hashChars32, revisionOf, stepsOf } from "./columns.ts";
import { monthOf } from "./moment.ts";
import type { PhotoView } from "./schemas.ts";
import { allOf, type Condition, conditionOf, type OwnView, shownTo } from "./sight.ts";
import type { CellRow, DayRow, ViewRows } from "./view-rows.ts";

export interface TimelineDeps {
  readonly library: Pick<LibraryReader, "sight">;
  readonly albums: Albums;
  readonly views: ViewRows;
  readonly clock: Clock;
  /** Another one with every change of pictures, marks, albums or rights. */
  readonly generation: () => string;
}

type Months = NonNullable<OutputOf<typeof photosContract, "photos.timeline">["months"]>;
interface Shape {
  readonly version: string;
  /** What it was made of. */
  readonly generation: string;
  readonly madeAtMs: number;
  readonly total: number;
  readonly months: Months;
}

/** Shapes of large timelines are some 100 KB each. */
const keptShapes = 24;
/** What depends on the time of the day is seen so late. */
const keepMs = 30_000;

/** The shape of views, and the pictures of one month. */
export function createTimeline({ library, albums, views, clock, generation }: TimelineDeps) {
  const kept = createLruMap<string, Shape>(keptShapes);

  const conditionFor = (actor: Actor, view: OwnView): Condition =>
    allOf(shownTo(library.sight(actor)), conditionOf(view));
  const inAlbum = (actor: Actor, albumId: number) => {
    const { album } = albums.find(actor, albumId);
    const itemIds = albums.visible(actor, album).map(({ itemId }) => itemId);
    return { isByDate: album.order === "date", cells: views.cellsOf(actor.userId, itemIds) };
  };
  const shapeOf = (actor: Actor, view: PhotoView): DayRow[] => {
    if (view.kind === "album") {
      const { isByDate, cells } = inAlbum(actor, view.albumId);
      return isByDate ? dayRows(cells) : [inOneRow(cells)];
    }
    const condition = conditionFor(actor, view);
    return view.kind === "recent"
      ? [inOneRow(views.recent(actor.userId, condition))]
      : views.days(actor.userId, condition);
  };
  const cellsOf = (actor: Actor, view: PhotoView, month: number): readonly CellRow[] => {
    if (view.kind === "album") {
      const { isByDate, cells } = inAlbum(actor, view.albumId);
      return isByDate ? cells.filter(({ day }) => monthOf(day) === month) : cells;
    }
    const condition = conditionFor(actor, view);
    if (view.kind === "recent") return views.recent(actor.userId, condition);
    const first = Math.floor(month / 12) * 10_000 + ((month % 12) + 1) * 100;
    return views.cells(actor.userId, { from: first, to: first + 31 }, condition);
  };

  return {
    "photos.timeline": (context, { view, version: known }) => {
      const { actor } = context;
      // What somebody may see is a part of the query.
      context.checked();
      // Who sees an album at all is asked each time.
      if (view.kind === "album") albums.find(actor, view.albumId);
      const key = JSON.stringify([actor.userId, actor.credentialId, view]);
      let shape = kept.get(key);
      const now = generation();
      if (shape?.generation !== now || clock.now() - shape.madeAtMs > keepMs) {
        const months = monthsOf(shapeOf(actor, view));
        const total = months.reduce((sum, { ratios }) => sum + ratios.length, 0);
        const version = `${now}.${Bun.hash.crc32(JSON.stringify(months)).toString(36)}`;
        shape = { version, generation: now, madeAtMs: clock.now(), total, months };
        kept.set(key, shape);
      }
      const { version, total, months } = shape;
      return { version, total, months: known === version ? null : months };
    },
    "photos.bucket": (context, { view, month }) => {
      context.checked();
      const cells = cellsOf(context.actor, view, month);
      return {
        idSteps: stepsOf(cells.map(({ itemId }) => itemId)),
        hashes: cells.map(({ thumbhash }) => hashChars32(thumbhash)).join(""),
        marks: cells.map((cell) => flagChar(flagsOf(cell))).join(""),
        revisions: cells.map(({ etag }) => revisionOf(etag)).join(""),
      };
    },
  } satisfies Partial<Handlers<typeof photosContract>>;
}

function flagsOf({ kind, isFavourite, isArchived, hasStack, hasProblem }: CellRow): number {
  return (
    (kind === "video" ? flag.video : kind === "motion" ? flag.motion : 0) |
    (isFavourite === 1 ? flag.favourite : 0) |
    (isArchived === 1 ? flag.archived : 0) |
    (hasStack === 1 ? flag.stack : 0) |
    (hasProblem === 1 ? flag.problem : 0)
  );
}

function inOneRow(cells: readonly { readonly ratio: string }[]): DayRow {
  return { day: 0, count: cells.length, ratios: cells.map(({ ratio }) => ratio).join("") };
}

function dayRows(cells: readonly { readonly day: number; readonly ratio: string }[]): DayRow[] {
  return Array.from(
    Map.groupBy(cells, ({ day }) => day),
    ([day, of]) => ({ ...inOneRow(of), day }),
  );
}

function monthsOf(days: readonly DayRow[]): Months {
  const filled = days.filter(({ count }) => count > 0);
  return Array.from(
    Map.groupBy(filled, ({ day }) => (day === 0 ? 0 : monthOf(day))),
    ([month, of]) => ({
      month,
      days: of.map(({ day }) => day % 100),
      counts: of.map(({ count }) => count),
      ratios: of.map(({ ratios }) => ratios).join(""),
    }),
  );
}
