import type { RawProbe } from "./ffprobe.ts";
import type { KeyframeIndex } from "./types.ts";

/** What ffprobe would say of a file, and the decoder configurations of its video tracks by stream index. */
export interface RawContainer {
  readonly raw: RawProbe;
  readonly configurations: ReadonlyMap<number, Uint8Array>;
}

export interface ContainerFile {
  readonly fd: number;
  readonly sizeBytes: number;
  readonly container: "mp4" | "matroska";
}

/** Of the thread that reads containers. */
export interface ContainerCalls {
  // oxlint-disable-next-line typescript/no-explicit-any -- the names of the calls give the types
  readonly [name: string]: (input: any) => unknown;
  /** What ffprobe would say; null when only it can tell. */
  raw(file: Omit<ContainerFile, "container">): RawContainer | null;
  /** Decoder configurations of video tracks by stream index; null when only ffprobe can tell. */
  configurations(file: ContainerFile): ReadonlyMap<number, Uint8Array> | null;
  /** `unreadable`: only ffprobe can tell. */
  keyframes(file: ContainerFile & { readonly streamIndex: number }): {
    readonly index: KeyframeIndex | null;
    readonly unreadable: boolean;
  };
}
