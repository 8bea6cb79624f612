import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Node } from "#contract/apps/files/browse";
import { call, invalidate, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { formatMoment, notifyDone, notifyError } from "#web/ui/index.ts";

const t = strings.versions;

export type Version = Output<"versions.list">["versions"][number];

/** Earlier contents of a file; whatever changes the file changes its etag, and the list is asked for anew. */
export function useVersions(node: Pick<Node, "id" | "etag">) {
  const client = useQueryClient();
  const list = useQuery({
    queryKey: ["versions.list", { nodeId: node.id }, node.etag],
    queryFn: ({ signal }) => call("versions.list", { nodeId: node.id }, { signal }),
    placeholderData: keepPreviousData,
  });
  const refresh = (): Promise<void> =>
    invalidate(client, "versions.list", "files.list", "files.get", "usage.overview", "files.recent");
  const takeBack = async (number: number): Promise<void> => {
    try {
      await call("versions.restore", { nodeId: node.id, number });
      notifyDone(t.takenBack);
    } catch (error) {
      notifyError(error);
    }
    await refresh();
  };
  const restore = useMutation({
    mutationFn: ({ number }: Version) => call("versions.restore", { nodeId: node.id, number }),
    onSuccess: ({ undoNumber }, version) => {
      if (undoNumber === null) notifyDone(t.alike);
      else notifyDone(t.restored(formatMoment(version.modifiedAtMs)), () => void takeBack(undoNumber));
    },
    onError: notifyError,
    onSettled: refresh,
  });
  return { list, restore };
}
