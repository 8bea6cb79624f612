import type { Query, QueryClient } from "@tanstack/react-query";

/**
 * Asks again for all that fits. An answer that is on its way for the first time may be from before the change, and is left alone by
 * `invalidateQueries`: it is asked for again once it is here.
 */
export function askAgain(client: QueryClient, fits: (query: Query) => boolean = () => true): void {
  const isFirst = (query: Query): boolean => query.state.data === undefined && query.state.fetchStatus === "fetching";
  for (const { promise, queryKey } of client.getQueryCache().findAll({ predicate: fits }).filter(isFirst)) {
    void promise?.then(
      () => client.invalidateQueries({ queryKey, exact: true }),
      // What it failed with is shown; trying again is up to the person.
      () => undefined,
    );
  }
  void client.invalidateQueries({ predicate: fits });
}
