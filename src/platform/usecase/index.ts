export type { Actor, AuthenticationStrength, AuthenticationVia } from "./actor.ts";
export { anonymous, strengthOf, systemActor } from "./actor.ts";
export { type AuditEntry, createRunner, requireFreshFactor, type Runner, stepUpMs } from "./runner.ts";
export { type Handlers, implement, type Implementation, type UseCaseContext } from "./implement.ts";
export { renderOpenApi } from "./openapi.ts";
