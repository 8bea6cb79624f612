import type { Item, LibraryReader } from "#apps/media/library";
import type { Probe } from "#apps/media/probe";
import type { SegmentCache } from "#cache/segments";
import type { Clock, Random } from "#platform/clock";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";

/** What the household lets somebody have sent; null is no limit. */
export interface PersonLimits {
  readonly maxHeight: number | null;
  readonly maxBitsPerSecond: number | null;
}

export interface StreamOptions {
  /** Films may be made anew for players that cannot play them as they are. */
  readonly transcoding: boolean;
  /** Runs of ffmpeg that make pictures at one time; null: as many as the machine carries. */
  readonly maxTranscodes: number | null;
  /** Playbacks of one person at one time. */
  readonly maxSessionsPerPerson: number;
}

export interface StreamDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly storage: Storage;
  readonly access: Access;
  readonly library: Pick<LibraryReader, "item" | "seen">;
  readonly probe: Pick<Probe, "facts" | "keyframes">;
  /** WebVTT of a text track, in the film's own clock; null when there is none. */
  readonly webVtt: (item: Item, streamIndex: number) => Promise<string | null>;
  readonly segments: SegmentCache;
  /** Folder for what is measured of this machine. */
  readonly folder: string;
  readonly limitsOf: (userId: number) => PersonLimits | undefined;
  readonly personName: (userId: number) => string | undefined;
  /** The credential that began a playback is still good: the session is not ended, the app password not revoked, the person not barred. */
  readonly credentialHolds: (actor: Actor) => boolean;
  /** A playback has ended, whatever the reason. */
  readonly onEnded?: () => void;
  readonly options: StreamOptions;
}
