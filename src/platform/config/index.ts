export { changeConfig, type ChangeOutcome, type CommitAnswer, type ConfigSubscriber } from "./change.ts";
export { childEnvironment, type Environment, readEnvironment } from "./environment.ts";
export type { ConfigFinding } from "./findings.ts";
export { type LoadedConfig, loadConfig, renderFindings } from "./load.ts";
export { readConfig, type ReadResult } from "./read.ts";
export { type Config, configJsonSchema, configSchema, FilePath, group } from "./schema.ts";
export { DurationMs, type ListenAddress, parseDurationMs, parseListen, parseSizeBytes, SizeBytes } from "./units.ts";
