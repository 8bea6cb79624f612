import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { AccessEntry } from "#contract/security/access";
import { call, invalidate, query, type Input } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

const t = strings.access;

export type NewEntry = Omit<Input<"access.set">, "resource">;

/** Who may do what with a node. */
export function usePanel(nodeId: number) {
  return useQuery(query("access.panel", { resource: { kind: "node", id: nodeId } }));
}

/** The acts on the entries of a node. */
export function useEntries(nodeId: number) {
  const client = useQueryClient();
  const refresh = (): Promise<void> =>
    invalidate(
      client,
      "access.panel",
      "access.explain",
      "access.reach",
      "files.list",
      "files.get",
      "files.sharedWithMe",
    );
  const put = (entry: NewEntry) => call("access.set", { resource: { kind: "node", id: nodeId }, ...entry });
  const set = useMutation({
    mutationFn: put,
    onSuccess: async ({ entry }) => {
      notifyDone(t.set(nameOf(entry)));
      await refresh();
    },
  });
  const restore = async ({ subject, effect, actions, expiresAtMs }: AccessEntry): Promise<void> => {
    try {
      await put({ subject, effect, actions, expiresAtMs });
      notifyDone(t.putBack);
    } catch (error) {
      notifyError(error);
    }
    await refresh();
  };
  const remove = useMutation({
    mutationFn: (entry: AccessEntry) => call("access.remove", { id: entry.id }),
    onSuccess: async (_, entry) => {
      notifyDone(t.removed(nameOf(entry)), () => void restore(entry));
      await refresh();
    },
    onError: notifyError,
  });
  /** Taking oneself off cannot be undone by oneself. `onLeft` runs before anything asks for what is no longer there. */
  const leave = useMutation({
    mutationFn: async (given: { readonly entry: AccessEntry; readonly onLeft: () => void }) => {
      await call("access.remove", { id: given.entry.id });
      given.onLeft();
    },
    onSuccess: async () => {
      notifyDone(t.left);
      await invalidate(client, "files.list", "files.get", "files.sharedWithMe");
    },
    onError: notifyError,
  });
  return { set, remove, leave };
}

/** Whom an entry concerns, in words. */
export function nameOf({ subject, subjectName }: Pick<AccessEntry, "subject" | "subjectName">): string {
  return subject.kind === "everyone" ? t.everyone : subjectName;
}
