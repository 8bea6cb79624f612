import { useSuspenseQuery, type QueryClient } from "@tanstack/react-query";
import type { Capability } from "#wire";
import { query, type Output } from "#web/client.ts";
import { nobody } from "#web/query-client.ts";

/** Who is logged in. Only below the login, where the route has made sure that somebody is. */
export function useSession(): {
  readonly person: NonNullable<Output<"session.current">["person"]> | null;
  readonly can: (capability: Capability) => boolean;
} {
  const { data } = useSuspenseQuery(query("session.current", {}));
  return { person: data.person, can: (capability) => data.capabilities.includes(capability) };
}

/** After the session has ended: leads to the login and forgets what was seen, once nothing on the screen asks for it any more. */
export async function leave(client: QueryClient, goToLogin: () => Promise<void>): Promise<void> {
  client.setQueryData(query("session.current", {}).queryKey, nobody);
  await goToLogin();
  client.clear();
}
