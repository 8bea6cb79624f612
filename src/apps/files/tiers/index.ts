export { storeFindings } from "./findings.ts";
export { tiersMigrations } from "./migrations/index.ts";
export { tiersMove, tiersNightly } from "./move-job.ts";
export { createTiers, type Tiers, type TiersDeps } from "./service.ts";
