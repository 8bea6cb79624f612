import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { call, invalidate } from "#web/client.ts";
import { history as t } from "#web/strings/history.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

const pageSize = 60;

function historyQuery(search: string) {
  return infiniteQueryOptions({
    queryKey: ["watch.history", { search }, "pages"],
    queryFn: ({ pageParam, signal }) =>
      call("watch.history", { search, beforeId: pageParam, limit: pageSize }, { signal }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ entries }) => (entries.length < pageSize ? null : (entries.at(-1)?.id ?? null)),
    placeholderData: keepPreviousData,
  });
}

/** What somebody watched, in pages. */
export const useHistory = (search: string) => useInfiniteQuery(historyQuery(search));

/** Takes entries out of the history, puts them back, and takes back what they tell of. */
export function useHistoryActs() {
  const client = useQueryClient();
  const act = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      notifyError(error);
      return undefined;
    } finally {
      await invalidate(client, "watch.history", "watch.states", "watch.resume", "watch.item");
    }
  };
  const restore = (removedAtMs: number) =>
    act(async () => {
      await call("watch.restoreEntries", { removedAtMs });
      notifyDone(t.restored);
    });
  return {
    /** Null: everything. Answers what `restore` wants to know. */
    remove: (entryIds: number[] | null) =>
      act(async () => {
        const { removedAtMs } = await call("watch.removeEntries", { entryIds });
        notifyDone(entryIds === null ? t.cleared : t.removed, () => void restore(removedAtMs));
        return removedAtMs;
      }),
    restore,
    takeBack: (entryId: number) =>
      act(async () => {
        await call("watch.undo", { entryId });
        notifyDone(t.takenBack);
      }),
  };
}
