import { useSuspenseQuery } from "@tanstack/react-query";
import type { Capability } from "#wire";
import { query, type Output } from "#web/client.ts";

/** Who is logged in. Only below the login, where the route has made sure that somebody is. */
export function useSession(): {
  readonly person: NonNullable<Output<"session.current">["person"]> | null;
  readonly can: (capability: Capability) => boolean;
} {
  const { data } = useSuspenseQuery(query("session.current", {}));
  return { person: data.person, can: (capability) => data.capabilities.includes(capability) };
}
