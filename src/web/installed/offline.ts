import { dehydrate, hydrate, type DehydratedState, type QueryClient } from "@tanstack/react-query";
import { ProblemError, query, type OperationName, type Output } from "#web/client.ts";
import { createKept } from "./kept.ts";
import { clearShared } from "./shared-files.ts";

/** What is worth looking at without the server: who one is, places and folders. No contents of files. */
const keptOperations: readonly OperationName[] = [
  "session.current",
  "files.spaces",
  "files.list",
  "files.get",
  "files.recent",
  "files.sharedWithMe",
];
const maxQueries = 60;
const saveAfterMs = 2_000;
const askMs = 4_000;

/** Restores what was seen last when the server is away, and from then on keeps what is seen; forgets it with the session. */
export async function keepForOffline(client: QueryClient): Promise<void> {
  const kept = createKept<DehydratedState>();
  if (await isAway(client)) {
    const state = await kept.load();
    if (state !== undefined) hydrate(client, state);
  } else if (!isSomebody(client)) {
    // The session ended while the page was closed. What others share waits for whoever logs in to send it.
    await kept.clear();
  }
  let wasSomebody = isSomebody(client);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    timer = undefined;
    void kept.save(stateOf(client));
  };
  client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success") return;
    if (event.query.queryKey[0] === "session.current" && isNobody(event.query.state.data)) {
      clearTimeout(timer);
      timer = undefined;
      void kept.clear();
      if (wasSomebody) void clearShared();
      wasSomebody = false;
    } else if (isSomebody(client)) {
      wasSomebody = true;
      timer ??= setTimeout(save, saveAfterMs);
    }
  });
}

const isNobody = (session: unknown) => (session as Output<"session.current"> | undefined)?.person === null;
const isSomebody = (client: QueryClient) => Boolean(client.getQueryData(query("session.current", {}).queryKey)?.person);

function stateOf(client: QueryClient): DehydratedState {
  const newest = client
    .getQueryCache()
    .getAll()
    .filter(({ queryKey, state }) => state.data !== undefined && keptOperations.some((name) => name === queryKey[0]))
    .toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .slice(0, maxQueries);
  const hashes = new Set(newest.map(({ queryHash }) => queryHash));
  return dehydrate(client, {
    shouldDehydrateQuery: ({ queryHash }) => hashes.has(queryHash),
    shouldDehydrateMutation: () => false,
  });
}

/** Asks who is logged in, which the page wants to know anyway. */
async function isAway(client: QueryClient): Promise<boolean> {
  const late = new Promise<true>((resolve) => setTimeout(resolve, askMs, true));
  const asked = client.fetchQuery({ ...query("session.current", {}), retry: false }).then(
    () => false,
    (error: unknown) => error instanceof ProblemError && error.offline,
  );
  return Promise.race([asked, late]);
}
