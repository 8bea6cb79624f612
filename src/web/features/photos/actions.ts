import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { call, type Input, invalidate, type Output, urls } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

type Mark = Input<"photos.mark">["marks"][number];
type Edits = Input<"photos.edit">["edits"];
export type PhotoFile = Output<"photos.files">["files"][number];

/** The most that one request to the files may carry. */
const idsPerRequest = 1000;

/** Runs a request for many ids in as many requests as the contract asks for. */
async function portions<T>(ids: readonly number[], run: (some: number[]) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let at = 0; at < ids.length; at += idsPerRequest) answers.push(await run(ids.slice(at, at + idsPerRequest)));
  return answers;
}

function follow(address: string): void {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = "";
  anchor.click();
}

/** What can be done with pictures; each says so, can be undone, and reports errors itself. */
export function usePhotoActions() {
  const client = useQueryClient();
  return useMemo(() => {
    const refresh = () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [name] }) => typeof name === "string" && name.startsWith("photos."),
      });
    const told = async (work: () => Promise<void>): Promise<boolean> => {
      try {
        await work();
        return true;
      } catch (error) {
        notifyError(error);
        return false;
      } finally {
        await refresh();
      }
    };
    const mark = (marks: readonly Mark[], message: string) =>
      told(async () => {
        const { before } = await call("photos.mark", { marks: [...marks] });
        notifyDone(message, () => void told(async () => void (await call("photos.mark", { marks: before }))));
      });
    const undoable = (message: string, before: Edits) =>
      notifyDone(message, () => void told(async () => void (await call("photos.edit", { edits: before }))));
    const filesOf = async (itemIds: readonly number[]): Promise<PhotoFile[]> =>
      (await call("photos.files", { itemIds: [...itemIds], withStacks: true })).files;

    return {
      filesOf,
      favourite: (ids: readonly number[], isFavourite: boolean) =>
        mark(
          ids.map((itemId) => ({ itemId, isFavourite })),
          isFavourite ? t.done.favourite(ids.length) : t.done.unfavourite(ids.length),
        ),
      archive: (ids: readonly number[], isArchived: boolean) =>
        mark(
          ids.map((itemId) => ({ itemId, isArchived })),
          isArchived ? t.done.archived(ids.length) : t.done.unarchived(ids.length),
        ),
      trash: (ids: readonly number[]) =>
        told(async () => {
          const files = await filesOf(ids);
          const removed = await portions(
            files.map(({ nodeId }) => nodeId),
            (some) => call("files.remove", { ids: some }),
          );
          const trashIds = removed.flatMap((answer) => answer.trashIds);
          await invalidate(client, "files.list", "trash.list");
          notifyDone(
            t.done.trashed(ids.length),
            () =>
              void told(async () => {
                for (let at = 0; at < trashIds.length; at += idsPerRequest) {
                  await call("trash.restore", { ids: trashIds.slice(at, at + idsPerRequest) });
                }
                notifyDone(t.done.restored);
              }),
          );
        }),
      download: (ids: readonly number[]) =>
        told(async () => {
          const files = await filesOf(ids);
          const [only] = files;
          if (files.length === 1 && only) follow(urls.download(only.nodeId));
          else if (files.length > 0) follow(urls.archive(files.map(({ nodeId }) => nodeId)));
        }),
      setDate: (itemId: number, localMs: number | null, offsetMinutes: number | null) =>
        told(async () => {
          const taken = localMs === null ? null : { localMs, offsetMinutes };
          const { before } = await call("photos.edit", { edits: [{ itemId, taken }] });
          undoable(t.done.dated(1), before);
        }),
      shiftDates: (ids: readonly number[], byMs: number) =>
        told(async () => {
          const { before } = await call("photos.shiftDates", { itemIds: [...ids], byMs });
          undoable(t.done.dated(ids.length), before);
        }),
      rate: (itemId: number, rating: number | null) =>
        told(async () => {
          const { before } = await call("photos.edit", { edits: [{ itemId, rating }] });
          undoable(t.done.rated, before);
        }),
      addToAlbum: (album: { readonly id: number; readonly name: string }, ids: readonly number[]) =>
        told(async () => {
          const { addedIds } = await call("photos.addToAlbum", { albumId: album.id, itemIds: [...ids] });
          if (addedIds.length === 0) return notifyDone(t.done.addedNone(album.name));
          notifyDone(
            t.done.added(addedIds.length, album.name),
            () =>
              void told(
                async () => void (await call("photos.removeFromAlbum", { albumId: album.id, itemIds: addedIds })),
              ),
          );
        }),
      takeOut: (albumId: number, ids: readonly number[]) =>
        told(async () => {
          const { removedIds } = await call("photos.removeFromAlbum", { albumId, itemIds: [...ids] });
          notifyDone(
            t.done.takenOut(removedIds.length),
            () => void told(async () => void (await call("photos.addToAlbum", { albumId, itemIds: removedIds }))),
          );
        }),
      changeAlbum: (change: Input<"photos.changeAlbum">) =>
        told(async () => void (await call("photos.changeAlbum", change))),
      putFirst: (albumId: number, ids: readonly number[]) =>
        told(async () => void (await call("photos.moveInAlbum", { albumId, itemIds: [...ids], beforeId: "first" }))),
      removeAlbum: (album: { readonly id: number; readonly name: string }) =>
        told(async () => {
          await call("photos.removeAlbum", { albumId: album.id });
          notifyDone(
            t.done.albumRemoved(album.name),
            () =>
              void told(async () => void (await call("photos.removeAlbum", { albumId: album.id, isRemoved: false }))),
          );
        }),
      createAlbum: async (name: string, itemIds: readonly number[]): Promise<number | null> => {
        let albumId: number | null = null;
        await told(async () => {
          albumId = (await call("photos.createAlbum", { name, itemIds: [...itemIds] })).albumId;
          if (itemIds.length > 0) notifyDone(t.done.added(itemIds.length, name));
        });
        return albumId;
      },
    };
  }, [client]);
}

export type PhotoActions = ReturnType<typeof usePhotoActions>;
