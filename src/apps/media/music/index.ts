export { musicAsk } from "./asking.ts";
export { type AudioFormat, audioFormats, estimatedBytes, isAudioFormat, rateFor } from "./encode.ts";
export type { CoverForm, CoverKind, CoverPicture } from "./covers.ts";
export { musicKept } from "./kept.ts";
export { musicMigrations } from "./migrations/index.ts";
export { coverResponse } from "./routes.ts";
export { createMusic, type Music, type MusicDeps } from "./service.ts";
export type { Streaming, StreamOptions } from "./streaming.ts";
