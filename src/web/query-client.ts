import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ProblemError, query } from "./client.ts";

const maxRetries = 2;

const session = query("session.current", {});
const isUnauthenticated = (error: Error): boolean => error instanceof ProblemError && error.code === "unauthenticated";

/** Asks whether the session still holds; `onLoggedOut` runs when there was one and it has ended. */
export async function checkSession(client: QueryClient, onLoggedOut: () => void): Promise<void> {
  if (!client.getQueryData(session.queryKey)?.person) return;
  const now = await client.fetchQuery({ ...session, staleTime: 0 }).catch(() => null);
  if (now !== null && now.person === null) onLoggedOut();
}

/** The cache of answers. `onLoggedOut` runs when the server no longer knows the session. */
export function createQueryClient(onLoggedOut: () => void): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isUnauthenticated(error)) onLoggedOut();
      },
    }),
    // A refused password is the same refusal as an ended session: the session itself says which it was.
    mutationCache: new MutationCache({
      onError: (error) => {
        if (isUnauthenticated(error)) void checkSession(client, onLoggedOut);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        networkMode: "always",
        refetchOnWindowFocus: true,
        retry: (failures, error) =>
          failures < maxRetries && error instanceof ProblemError && error.retryable && error.code !== "storage-offline",
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  return client;
}
