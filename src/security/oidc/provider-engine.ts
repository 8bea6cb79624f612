import type { Provider } from "oidc-provider";
import { createLruMap } from "#platform/lru";
import { configure, type EngineDeps } from "./provider-configuration.ts";

/** An issuer for each name this server is called by; a household has few. */
const maxIssuers = 8;

export interface Engine {
  /** The provider for an issuer `<origin>/oidc`; the library is loaded by the first call. */
  providerOf(origin: string): Promise<Provider>;
}

/** The library, loaded when it is first needed and made anew when the signing keys change. */
export function createEngine(deps: EngineDeps): Engine {
  const providers = createLruMap<string, { readonly kid: string | undefined; readonly provider: Provider }>(maxIssuers);
  return {
    providerOf: async (origin) => {
      const keys = await deps.keys.signing();
      const kid = keys[0]?.kid;
      const known = providers.get(origin);
      if (known !== undefined && known.kid === kid) return known.provider;
      const library = await import("oidc-provider");
      const provider = configure(library, origin, keys, deps);
      providers.set(origin, { kid, provider });
      return provider;
    },
  };
}
