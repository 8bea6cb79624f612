import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { WatchState } from "#contract/apps/media/watch";
import { call, invalidate, query } from "#web/client.ts";
import { films as t } from "#web/strings/films.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

const perCall = 200;

/** What the person did with these items, by item; asked for in pieces that stay the same while the list grows. */
export function useStates(itemIds: readonly number[]): ReadonlyMap<number, WatchState> {
  const pieces = useMemo(() => {
    const count = Math.ceil(itemIds.length / perCall);
    return Array.from({ length: count }, (_, i) => itemIds.slice(i * perCall, (i + 1) * perCall));
  }, [itemIds]);
  return useQueries({
    queries: pieces.map((ids) => query("watch.states", { itemIds: [...ids] })),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }) => data?.states ?? []).map((state) => [state.itemId, state])),
  });
}

/** Everything that shows what was watched. */
const shown = ["watch.states", "watch.resume", "watch.item", "watch.history"] as const;

/** Marks items as watched or not, which can be taken back. */
export function useMarkWatched(): (itemIds: readonly number[], isWatched: boolean) => Promise<void> {
  const client = useQueryClient();
  const mark = async (itemIds: readonly number[], isWatched: boolean, isUndo = false): Promise<void> => {
    try {
      await call("watch.setWatched", { itemIds: [...itemIds], isWatched });
      await invalidate(client, ...shown);
      if (isUndo) return;
      notifyDone(isWatched ? t.markedWatched : t.markedUnwatched, () => void mark(itemIds, !isWatched, true));
    } catch (error) {
      notifyError(error);
    }
  };
  return mark;
}

/** Puts an item among the favourites or takes it out. */
export function useSetFavourite(): (itemId: number, isFavourite: boolean) => Promise<void> {
  const client = useQueryClient();
  return async (itemId, isFavourite) => {
    try {
      await call("watch.setFavourite", { itemId, isFavourite });
      await invalidate(client, "watch.states");
    } catch (error) {
      notifyError(error);
    }
  };
}
