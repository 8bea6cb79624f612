export { type Connection, createDisconnect, type Disconnect } from "./disconnect.ts";
export { createQuickAck, type QuickAck } from "./quick-ack.ts";
