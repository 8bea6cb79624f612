export { createDerivedCache, type DerivedCache, type DerivedCacheDeps } from "./service.ts";
