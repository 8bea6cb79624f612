export type { Ban, RuleDocument } from "./contract.ts";
