import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { askAgain } from "./ask-again.ts";
import { listen, type OperationName, type Output } from "./client.ts";
import { checkSession } from "./query-client.ts";

/** Changes are gathered this long, so that a bulk upload refreshes a list once and not per file. */
const gatherMs = 400;

const aboutFiles: readonly OperationName[] = ["files.recent", "search.find", "usage.overview", "files.spaces"];

/** Lists of a space that may show a changed entry: the folders themselves, and their ancestors, whose sizes moved. */
function refreshSpaces(client: QueryClient, spaceIds: ReadonlySet<number>): void {
  askAgain(client, (query) => {
    const [name] = query.queryKey as readonly [string];
    if (name === "files.list") {
      const data = query.state.data as Output<"files.list"> | undefined;
      return !data || spaceIds.has(data.folder.spaceId);
    }
    return name === "files.get" || name === "locks.list" || aboutFiles.some((other) => other === name);
  });
}

/** Tells how far copies of films are. */
const offlineJob = "offline.make";
const mediaNouns = ["music.", "nfo.", "libraries.", "works.", "photos."];

function isAboutMedia(queryKey: readonly unknown[]): boolean {
  const [name] = queryKey as readonly [string];
  return mediaNouns.some((noun) => name.startsWith(noun));
}

const watched: readonly unknown[] = ["watch.states", "watch.resume", "watch.item", "watch.history"];
const isWatched = (name: unknown): boolean => watched.includes(name);

/** Keeps the cache true while the page is open: what another client changes appears without reload, an ended session leads out. */
export function useLive(): void {
  const client = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    const spaces = new Set<number>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = (): void => {
      timer = undefined;
      refreshSpaces(client, new Set(spaces));
      spaces.clear();
    };
    let mediaTimer: ReturnType<typeof setTimeout> | undefined;
    const flushMedia = (): void => {
      mediaTimer = undefined;
      askAgain(client, ({ queryKey }) => isAboutMedia(queryKey));
    };
    const stream = listen(
      {
        "files.changed": (event) => {
          spaces.add(event.spaceId);
          timer ??= setTimeout(flush, gatherMs);
        },
        "access.changed": () => askAgain(client),
        "media.changed": () => {
          mediaTimer ??= setTimeout(flushMedia, gatherMs);
        },
        "job.progress": ({ kind }) => {
          if (kind === offlineJob) askAgain(client, ({ queryKey: [name] }) => name === "offline.list");
        },
        "photos.changed": () => {
          mediaTimer ??= setTimeout(flushMedia, gatherMs);
        },
        "trash.changed": () => askAgain(client, ({ queryKey: [name] }) => name === "trash.list"),
        "volume.state": () => askAgain(client),
        "watch.changed": () => askAgain(client, ({ queryKey: [name] }) => isWatched(name)),
      },
      () => askAgain(client),
      () => void checkSession(client, () => void router.invalidate()),
    );
    return () => {
      clearTimeout(timer);
      clearTimeout(mediaTimer);
      stream.close();
    };
  }, [client, router]);
}
