export type { Cover } from "./audio-protocol.ts";
export { createAudioReader } from "./audio-thread.ts";
export { createContainerReader } from "./container-thread.ts";
export { mediaProbe } from "./jobs.ts";
export { probeMigrations } from "./migrations/index.ts";
export { probeFile } from "./probe-file.ts";
export { createProbe, type Probe, type ProbeServiceDeps } from "./service.ts";
export type {
  AudioTrack,
  Chapter,
  KeyframeIndex,
  MediaFacts,
  PictureFacts,
  SubtitleTrack,
  VideoTrack,
} from "./types.ts";
