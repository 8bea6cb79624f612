import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ProblemError } from "./client.ts";

const maxRetries = 2;

/** The cache of answers. `onLoggedOut` runs when the server no longer knows the session. */
export function createQueryClient(onLoggedOut: () => void): QueryClient {
  const onError = (error: Error): void => {
    if (error instanceof ProblemError && error.code === "unauthenticated") onLoggedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache(),
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
}
