import type { LibraryReader } from "#apps/media/library";
import type { photosContract } from "#contract/apps/media/photos";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Handlers, UseCaseContext } from "#platform/usecase";
import type { Access } from "#security/access";
import type { DetailRows } from "./detail-rows.ts";
import type { EditRows } from "./edit-rows.ts";
import type { Mark } from "./schemas.ts";

export interface EditsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly access: Access;
  readonly library: Pick<LibraryReader, "seen">;
  readonly edits: EditRows;
  readonly details: DetailRows;
  readonly changed: () => void;
}

const earliestMs = Date.UTC(1826, 0, 1);
const latestMs = Date.UTC(2200, 0, 1);
/** So many rows in one transaction: whoever uploads shares the writer. */
const portion = 200;

/** What people set on pictures: for themselves, and for everybody. */
export function createEdits({ db, clock, access, library, edits, details, changed }: EditsDeps) {
  /** All or nothing: each must be seen, and its file may be changed. */
  const requireWritable = (context: UseCaseContext, itemIds: readonly number[]): void => {
    const ids = [...new Set(itemIds)];
    const items = library.seen(context.actor, ids);
    if (items.length < ids.length) {
      throw new AppError("not-found", "Some of these pictures are not there any more.", { isRefusal: true });
    }
    for (const { spaceId, nodeId } of items) {
      access.require(context.actor, "write", { spaceId, nodeId });
      context.checked(`node ${nodeId}`);
    }
  };
  const inPortions = async <T>(all: readonly T[], work: (some: readonly T[]) => void): Promise<void> => {
    for (let from = 0; from < all.length; from += portion) {
      db.transaction(() => work(all.slice(from, from + portion)));
      await Bun.sleep(0);
    }
    changed();
    await db.sync();
  };
  const requireSound = (localMs: number) => {
    if (localMs >= earliestMs && localMs <= latestMs) return;
    throw new AppError("bad-request", "That is no date a picture can have: it lies before 1826 or after 2200.");
  };

  return {
    "photos.mark": async (context, { marks }) => {
      const { userId } = context.actor;
      const seen = new Set(
        library
          .seen(
            context.actor,
            marks.map(({ itemId }) => itemId),
          )
          .map(({ id }) => id),
      );
      context.checked();
      const before: Mark[] = [];
      await inPortions(
        marks.filter(({ itemId }) => seen.has(itemId)),
        (some) => {
          for (const { itemId, isFavourite, isArchived } of some) {
            const now = details.markOf(userId, itemId);
            before.push({ itemId, ...now });
            details.setMark(userId, itemId, {
              isFavourite: isFavourite ?? now.isFavourite,
              isArchived: isArchived ?? now.isArchived,
            });
          }
        },
      );
      return { before };
    },
    "photos.edit": async (context, { edits: wanted }) => {
      requireWritable(
        context,
        wanted.map(({ itemId }) => itemId),
      );
      for (const { taken } of wanted) if (taken !== undefined && taken !== null) requireSound(taken.localMs);
      const before = edits.editsOf(wanted.map(({ itemId }) => itemId));
      const { userId } = context.actor;
      await inPortions(wanted, (some) => edits.saveEdits(some, userId, clock.now()));
      return { before };
    },
    "photos.shiftDates": async (context, { itemIds, byMs }) => {
      requireWritable(context, itemIds);
      const before = edits.editsOf(itemIds);
      const shifted = edits.takenNow(itemIds).map(({ itemId, localMs, offsetMinutes }) => {
        requireSound(localMs + byMs);
        return { itemId, taken: { localMs: localMs + byMs, offsetMinutes } };
      });
      const { userId } = context.actor;
      await inPortions(shifted, (some) => edits.saveEdits(some, userId, clock.now()));
      return { before };
    },
  } satisfies Partial<Handlers<typeof photosContract>>;
}
