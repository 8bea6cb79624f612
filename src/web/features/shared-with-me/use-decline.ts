import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

const t = strings.shared;

interface Share {
  readonly nodeId: number;
  readonly name: string;
}

/** Taking a share out of one's own files, and back. */
export function useDecline() {
  const client = useQueryClient();
  const refresh = () => invalidate(client, "files.sharedWithMe", "mounts.declined");
  const accept = useMutation({
    mutationFn: ({ nodeId }: Share) => call("mounts.accept", { nodeId }),
    onSuccess: (_answer, { name }) => notifyDone(t.accepted(name)),
    onError: notifyError,
    onSettled: refresh,
  });
  const decline = useMutation({
    mutationFn: ({ nodeId }: Share) => call("mounts.decline", { nodeId }),
    onSuccess: (_answer, share) => notifyDone(t.declined(share.name), () => accept.mutate(share)),
    onError: notifyError,
    onSettled: refresh,
  });
  return { accept, decline };
}
