import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { WorkDetail } from "#contract/apps/media/works";
import { call, invalidate, query } from "#web/client.ts";
import { films as t } from "#web/strings/films.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

/** Puts what an act answered in place of the work on the page, and has its lists asked for again. */
export async function workChanged(client: QueryClient, detail: WorkDetail): Promise<void> {
  client.setQueryData(query("works.get", { workId: detail.work.id }).queryKey, detail);
  await invalidate(client, "works.list", "works.facets", "works.get", "watch.resume");
}

/** Takes the last change of a work back. */
export function useUndoWork(): (workId: number) => Promise<void> {
  const client = useQueryClient();
  return async (workId) => {
    try {
      await workChanged(client, await call("works.undo", { workId }));
      notifyDone(t.undone);
    } catch (error) {
      notifyError(error);
    }
  };
}
