import type { Item, LibraryReader } from "#apps/media/library";
import type { photosContract } from "#contract/apps/media/photos";
import { AppError } from "#platform/errors";
import { contentTypeOf } from "#platform/http";
import type { Actor, Handlers } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import type { Albums } from "./albums.ts";
import { revisionOf } from "./columns.ts";
import type { DetailRow, DetailRows } from "./detail-rows.ts";
import { monthOf } from "./moment.ts";
import type { PhotoDetail } from "./schemas.ts";

export interface DetailDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly library: LibraryReader;
  readonly albums: Albums;
  readonly rows: DetailRows;
}

/** The media type a file's name suggests. */
export function mimeOf(name: string): string {
  return contentTypeOf(name).split(";", 1)[0] ?? "application/octet-stream";
}

export const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** A picture that somebody may see, of themselves (`item`) or because of an album. Throws `not-found` for anything else. */
export function createFinder({ library, albums, rows }: Pick<DetailDeps, "library" | "albums" | "rows">) {
  return (actor: Actor, itemId: number, albumId: number | undefined): { row: DetailRow; item: Item | undefined } => {
    const row = rows.get(itemId);
    const [item] = row === undefined ? [] : library.seen(actor, [itemId]);
    if (row !== undefined && row.state !== "gone") {
      if (item !== undefined) return { row, item };
      if (albumId !== undefined && albums.shows(actor, albumId, row)) return { row, item: undefined };
      // The film of a live photo goes with its picture.
      const top = row.stackId === itemId ? undefined : rows.get(row.stackId);
      if (top?.motionItemId === itemId && albumId !== undefined && albums.shows(actor, albumId, top))
        return { row, item };
    }
    throw new AppError("not-found", "There is no such picture.", { isRefusal: row !== undefined });
  };
}

/** One picture, and the files behind pictures. */
export function createDetail(deps: DetailDeps) {
  const { storage, access, library, albums, rows } = deps;
  const find = createFinder(deps);

  const fileOf = (actor: Actor, { id, nodeId, spaceId, path, sizeBytes }: Item) => {
    const actions = access.actionsAt(actor, { spaceId, nodeId });
    return {
      ...{ itemId: id, nodeId, name: nameOf(path), sizeBytes },
      canWrite: actions.includes("write"),
      canShare: actions.includes("share"),
    };
  };
  /** Names of the folders above, as far as the caller may know them. */
  const folderOf = (actor: Actor, { nodeId, spaceId }: Item) => {
    const shown = access.shownSteps(actor, { spaceId, nodeId });
    const above = storage.lineage(nodeId).slice(-shown, -1);
    return {
      folderPath: above
        .filter(({ parentId }) => parentId !== null)
        .map(({ name }) => name)
        .join("/"),
      folderId: above.at(-1)?.id ?? null,
    };
  };
  const present = (actor: Actor, row: DetailRow, item: Item | undefined): PhotoDetail => {
    const { latitude, longitude } = row;
    const stack = item === undefined ? [] : rows.stack(row.stackId);
    const seen = new Map(
      library
        .seen(
          actor,
          stack.map(({ itemId }) => itemId),
        )
        .map(({ id, nodeId }) => [id, nodeId]),
    );
    const motionNodeId = row.motionItemId === null ? undefined : seen.get(row.motionItemId);
    return {
      itemId: row.itemId,
      file: item === undefined ? null : { ...fileOf(actor, item), ...folderOf(actor, item) },
      ...{ name: nameOf(row.path), mime: mimeOf(row.path), sizeBytes: row.sizeBytes, kind: row.kind },
      ...{ month: monthOf(row.day), revision: revisionOf(row.etag), width: row.width, height: row.height },
      ...{ durationMs: row.durationMs, takenLocalMs: row.takenLocalMs, offsetMinutes: row.offsetMinutes },
      motion:
        row.motionItemId === null || motionNodeId === undefined
          ? null
          : { itemId: row.motionItemId, nodeId: motionNodeId },
      takenFrom: row.takenFrom,
      place: latitude === null || longitude === null ? null : { latitude, longitude },
      country: row.country,
      ...{ camera: row.camera, lens: row.lens, exposureSeconds: row.exposureSeconds, aperture: row.aperture },
      ...{ iso: row.iso, focalLengthMm: row.focalMm, description: row.description, rating: row.rating },
      ...rows.markOf(actor.userId, row.itemId),
      problem: row.problem ?? (item?.state === "away" ? item.reason : null),
      stack: stack
        .filter(({ itemId }) => seen.has(itemId))
        .map(({ itemId, path, etag }) => ({
          itemId,
          name: nameOf(path),
          revision: revisionOf(etag),
          mime: mimeOf(path),
        })),
      albums: albums.of(actor, row.itemId),
    };
  };

  return {
    "photos.detail": (context, { itemId, albumId }) => {
      const { row, item } = find(context.actor, itemId, albumId);
      context.checked(`node ${row.nodeId}`);
      return present(context.actor, row, item);
    },
    "photos.files": (context, { itemIds, withStacks }) => {
      const { actor } = context;
      context.checked();
      const ids = withStacks ? [...new Set([...itemIds, ...rows.withStacks(itemIds)])] : itemIds;
      return { files: library.seen(actor, ids).map((item) => fileOf(actor, item)) };
    },
  } satisfies Partial<Handlers<typeof photosContract>>;
}
