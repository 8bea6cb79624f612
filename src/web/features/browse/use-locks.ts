import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use } from "react";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

const t = strings.browse.locks;
/** A lock ends by itself: then the list is looked at again. */
const recheckMs = 60_000;

export type Lock = Output<"locks.list">["locks"][number];
export type LocksByNode = ReadonlyMap<number, Lock>;

const none: LocksByNode = new Map();

/** The locks on what a list shows. */
export const LocksContext = createContext<LocksByNode>(none);

export function useLockOn(nodeId: number): Lock | undefined {
  return use(LocksContext).get(nodeId);
}

/** Locks on a node, those that lie above it, and those on its entries. */
export function useLocks(nodeId: number) {
  const options = query("locks.list", { nodeId });
  const { data, error } = useQuery({
    ...options,
    refetchInterval: ({ state }) => (state.data !== undefined && state.data.locks.length > 0 ? recheckMs : false),
  });
  return { locks: data?.locks, error };
}

/** Locking a file and ending its locks. */
export function useLockActs(nodeId: number) {
  const client = useQueryClient();
  const done = { onError: notifyError, onSettled: () => invalidate(client, "locks.list") };
  const lock = useMutation({
    ...done,
    mutationFn: () => call("locks.set", { nodeId }),
    onSuccess: () => notifyDone(t.locked),
  });
  const end = useMutation({
    ...done,
    mutationFn: () => call("locks.remove", { nodeId }),
    onSuccess: () => notifyDone(t.ended),
  });
  return { lock, end };
}

/** "Locked by Anna", for a label. */
export function lockWords({ by, holder, isOwn }: Lock): string {
  if (isOwn) return by === "person" ? t.byYou : t.yourProgram;
  const who = holder || t.gone;
  return by === "person" ? t.by(who) : t.program(who);
}
