export { createEvents, type Events } from "./events.ts";
export { createOutbox, type Outbox, outboxMigrations } from "./outbox.ts";
