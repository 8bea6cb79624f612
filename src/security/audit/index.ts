export type { AuditEvent } from "./event.ts";
export { auditRetention } from "./jobs.ts";
export { auditMigrations } from "./migrations/index.ts";
export { type Audit, type AuditDeps, createAudit } from "./service.ts";
export { renderVerification, type Verification, verifyFolder } from "./verify-folder.ts";
