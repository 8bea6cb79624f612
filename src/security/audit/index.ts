export { auditUseCases } from "./routes.ts";
export { createAudit, type Audit } from "./service.ts";
