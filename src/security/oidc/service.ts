import type { z } from "zod";
import type { Clock } from "#platform/clock";
import type { OidcState } from "./contract.ts";

interface OidcDeps {
  readonly clock: Clock;
}

export interface Oidc {
  read(): z.infer<typeof OidcState>;
}

export function createOidc(deps: OidcDeps): Oidc {
  return { read: () => ({ asOfMs: deps.clock.now() }) };
}
