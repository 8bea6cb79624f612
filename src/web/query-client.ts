import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ProblemError, query, type Output } from "./client.ts";

const maxRetries = 2;

const session = query("session.current", {});
const isRefusal = (error: Error): boolean =>
  error instanceof ProblemError && (error.code === "unauthenticated" || error.code === "forbidden");

/** What the page knows of a session that has ended. */
export const nobody: Output<"session.current"> = {
  person: null,
  capabilities: [],
  factors: [],
  mustSetUpFactor: false,
  stepUpUntilMs: null,
};

/** How often a refusal may make the page ask who is logged in. */
const recheckMs = 1_000;

/** Asks whether the session still holds; `onChanged` runs when it has ended, or a second factor has to be set up first now. */
export async function checkSession(client: QueryClient, onChanged: () => void): Promise<void> {
  const known = client.getQueryData(session.queryKey);
  if (!known?.person) return;
  const now = await client.fetchQuery({ ...session, staleTime: recheckMs }).catch(() => known);
  if (now.person === null || now.mustSetUpFactor !== known.mustSetUpFactor) onChanged();
}

/** The cache of answers. `onChanged` runs when the server no longer knows the session, or lets it do less than the page knows. */
export function createQueryClient(onChanged: () => void): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (!(error instanceof ProblemError)) return;
        if (error.code === "unauthenticated") {
          client.setQueryData(session.queryKey, nobody);
          onChanged();
        } else if (error.code === "forbidden") void checkSession(client, onChanged);
      },
    }),
    // A refused password is the same refusal as an ended session: the session itself says which it was.
    mutationCache: new MutationCache({
      onError: (error) => {
        if (isRefusal(error)) void checkSession(client, onChanged);
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
