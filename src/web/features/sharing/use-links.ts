import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Link } from "#contract/apps/files/links";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";
import type { LinkRules } from "./rules.ts";

/** The acts on the links of a node. */
export function useLinks(nodeId: number) {
  const client = useQueryClient();
  const refresh = (): Promise<void> => invalidate(client, "links.list", "access.panel", "files.list");
  const save = useMutation({
    mutationFn: async ({ link, rules }: { readonly link: Link | null; readonly rules: LinkRules }) =>
      link
        ? call("links.update", { id: link.id, ...rules })
        : call("links.create", { nodeId, ...rules, password: rules.password ?? null }),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) => call("links.remove", { id }),
    onSuccess: async () => {
      notifyDone(strings.sharing.withdrawn);
      await refresh();
    },
    onError: notifyError,
  });
  return { save, remove };
}

/** Links may come without the host that the person sees. */
export function absoluteUrl(link: Link): string {
  return new URL(link.url, window.location.origin).href;
}
