export { RemoteOffline, type RemoteOutcome, sentenceOf } from "./errors.ts";
export { fingerprintOf } from "./host-key.ts";
export { hostAndPort } from "./parameters.ts";
export { folderMarker, partPrefix } from "./rclone-remote.ts";
export type {
  ByteSpan,
  Remote,
  RemoteContent,
  RemoteEntry,
  RemoteKind,
  RemoteSettings,
  TransferOptions,
} from "./remote.ts";
export { createExternal, type External, type ExternalDeps } from "./service.ts";
