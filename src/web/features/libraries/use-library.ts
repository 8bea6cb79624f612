import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { LibraryView } from "#contract/apps/media/library";
import { call, type Input, invalidate } from "#web/client.ts";
import { libraries as t } from "#web/strings/libraries.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

/** What can be done with a library. */
export function useLibrary({ id: libraryId, name, isOn }: Pick<LibraryView, "id" | "name" | "isOn">) {
  const client = useQueryClient();
  const settled = { onError: notifyError, onSettled: () => invalidate(client, "libraries.list", "libraries.problems") };
  const update = useMutation({
    mutationFn: (change: Omit<Input<"libraries.update">, "libraryId">) =>
      call("libraries.update", { libraryId, ...change }),
    ...settled,
    onSuccess: (_, change) => {
      if (change.isOn === false) notifyDone(t.switchedOff(name), () => update.mutate({ isOn: true }));
    },
  });
  const scan = useMutation({
    mutationFn: (retryBroken: boolean) => call("libraries.scan", { libraryId, retryBroken }),
    ...settled,
  });
  const cancel = useMutation({ mutationFn: () => call("libraries.cancel", { libraryId }), ...settled });
  const remove = useMutation({
    mutationFn: () => call("libraries.remove", { libraryId }),
    ...settled,
    onSuccess: () => notifyDone(t.removed(name), () => update.mutate({ isOn })),
  });
  return { update, scan, cancel, remove };
}
