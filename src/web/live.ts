import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { listen, type OperationName, type Output } from "./client.ts";
import { checkSession } from "./query-client.ts";

/** Changes are gathered this long, so that a bulk upload refreshes a list once and not per file. */
const gatherMs = 400;

const aboutFiles: readonly OperationName[] = ["files.recent", "files.search", "files.usage", "files.spaces"];

/** Lists of a space that may show a changed entry: the folders themselves, and their ancestors, whose sizes moved. */
function refreshSpaces(client: QueryClient, spaceIds: ReadonlySet<number>): void {
  void client.invalidateQueries({
    predicate: (query) => {
      const [name] = query.queryKey as readonly [string];
      if (name === "files.list") {
        const data = query.state.data as Output<"files.list"> | undefined;
        return !data || spaceIds.has(data.folder.spaceId);
      }
      return name === "files.get" || aboutFiles.some((other) => other === name);
    },
  });
}

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
    const stream = listen(
      {
        "files.changed": (event) => {
          spaces.add(event.spaceId);
          timer ??= setTimeout(flush, gatherMs);
        },
        "access.changed": () => void client.invalidateQueries(),
        "trash.changed": () => void client.invalidateQueries({ queryKey: ["trash.list"] }),
        "volume.state": () => void client.invalidateQueries(),
      },
      () => void client.invalidateQueries(),
      () => void checkSession(client, () => void router.invalidate()),
    );
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, [client, router]);
}
