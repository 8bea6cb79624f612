import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";
import { invalidate, query } from "#web/client.ts";
import { homeEndpoint, uploadsFor, type UploadTarget } from "./browser.ts";
import type { OnClash, UploadSnapshot, UploadSource } from "./model.ts";
import type { Uploads } from "./uploads.ts";

const TargetContext = createContext<UploadTarget | null>(null);

/** Uploads below it go to another place than the caller's spaces, for example to a share link. */
export function UploadTargetProvider(props: { readonly target: UploadTarget; readonly children: ReactNode }) {
  return <TargetContext value={props.target}>{props.children}</TargetContext>;
}

/** The engine of the logged-in person, or of the share link around. It does not re-render while bytes move. */
export function useUploadEngine(): Uploads {
  const target = useContext(TargetContext);
  const session = useQuery({ ...query("session.current", {}), enabled: target === null });
  const scope = target?.scope ?? `user:${session.data?.person?.id ?? 0}`;
  const endpoint = target?.endpoint ?? homeEndpoint;
  return useMemo(() => uploadsFor({ scope, endpoint }), [scope, endpoint]);
}

export function useUploadSnapshot(uploads: Uploads): UploadSnapshot {
  return useSyncExternalStore(uploads.subscribe, uploads.snapshot);
}

export interface UseUploads {
  /** `onClash` without it: the person is asked. */
  enqueue(files: readonly UploadSource[], folderId: number, onClash?: OnClash): void;
  pause(id?: number): void;
  resume(id?: number): void;
  retry(id?: number): void;
  cancel(id?: number): void;
  readonly items: UploadSnapshot["items"];
  readonly totals: UploadSnapshot["totals"];
}

/** The uploads and what can be done with them; re-renders a few times a second while bytes move. */
export function useUploads(): UseUploads {
  const uploads = useUploadEngine();
  const { items, totals } = useUploadSnapshot(uploads);
  const { enqueue, pause, resume, retry, cancel } = uploads;
  return { enqueue, pause, resume, retry, cancel, items, totals };
}

/** Lists are read once more when everything has arrived, should the live events not get through. */
export function useRefreshWhenDone(active: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!active) return;
    return () => void invalidate(client, "files.list", "files.spaces");
  }, [active, client]);
}
