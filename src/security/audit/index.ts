export type { AuditEntry, AuditFilter } from "./contract.ts";
