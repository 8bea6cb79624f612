import type { RemoteContent } from "./tiers-types.ts";

/** The whole content of an open file or version, wherever it is. The caller closes the file when the stream has ended. */
export function contentStream(file: {
  readonly fdPath: string;
  readonly sizeBytes: number;
  readonly remote?: RemoteContent;
}): ReadableStream<Uint8Array> {
  return file.remote === undefined ? Bun.file(file.fdPath).stream() : file.remote.stream(0, file.sizeBytes);
}
