import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { call, invalidate, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

export type TrashItem = Output<"trash.list">["items"][number];

const pageSize = 200;
/** The server takes so many ids at once. */
const idsPerCall = 1000;

/** The trash of a space, page by page, and the acts on it. */
export function useTrash(spaceId: number) {
  const client = useQueryClient();
  const list = useInfiniteQuery({
    queryKey: ["trash.list", { spaceId }],
    queryFn: ({ pageParam, signal }) => call("trash.list", { spaceId, offset: pageParam, limit: pageSize }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const shown = pages.reduce((sum, page) => sum + page.items.length, 0);
      return shown < last.total && last.items.length > 0 ? shown : undefined;
    },
  });
  const settle = {
    onSettled: () => invalidate(client, "trash.list", "files.list", "usage.overview", "files.spaces"),
    onError: notifyError,
  };
  const restore = useMutation({
    mutationFn: (ids: readonly string[]) => inParts(ids, (part) => call("trash.restore", { ids: part })),
    onSuccess: (_, ids) => notifyDone(strings.trash.restored(ids.length)),
    ...settle,
  });
  const purge = useMutation({
    mutationFn: (ids: readonly string[]) => inParts(ids, (part) => call("trash.purge", { ids: part })),
    onSuccess: (_, ids) => notifyDone(strings.trash.purged(ids.length)),
    ...settle,
  });
  const empty = useMutation({
    mutationFn: () => call("trash.empty", { spaceId }),
    onSuccess: ({ removed }) => notifyDone(strings.trash.purged(removed)),
    ...settle,
  });
  return { list, restore, purge, empty };
}

async function inParts(ids: readonly string[], act: (part: string[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < ids.length; at += idsPerCall) await act(ids.slice(at, at + idsPerCall));
}
