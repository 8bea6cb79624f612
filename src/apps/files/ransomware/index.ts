export type { RansomwareEvents } from "./incidents.ts";
export { ransomwareMigrations } from "./migrations/index.ts";
export type { Ports as RansomwarePorts } from "./ports.ts";
export { ransomwareRollBack, ransomwareUndo } from "./roll-back-job.ts";
export { createRansomware, type Ransomware, type RansomwareDeps } from "./service.ts";
