export * from "./contract.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./fill.ts";
export * from "./permissions.ts";
