export type { LoginProvider, OidcClient } from "./contract.ts";
