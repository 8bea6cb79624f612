import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MediaFacts, SubtitleTrack } from "#apps/media/probe";
import { systemClock } from "#platform/clock";
import { createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { createExtraFiles } from "./files.ts";
import type { Source } from "./run-ffmpeg.ts";

/** A folder in which a test makes its own films, and one for what is made of them. */
export function openTestExtras() {
  const folder = mkdtempSync(join(tmpdir(), "hearth-extras-"));
  const log = createLogger({ clock: systemClock, level: "error", write: (line) => process.stderr.write(line) });
  const exec = createExec({ log, clock: systemClock });
  return {
    ...{ exec, files: createExtraFiles(join(folder, "extras")) },
    path: (name: string) => join(folder, name),
    /** ffmpeg with inputs and options; the last one is the name of the file to make. */
    make: async (...argv: string[]): Promise<void> => {
      const command = ["ffmpeg", "-v", "error", "-nostdin", "-y", ...argv];
      const limits = { timeoutMs: 60_000, maxOutputBytes: 1024, cwd: folder };
      const { exitCode, stderr } = await exec.run(command, limits);
      if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
    },
    /** With an open file, closed afterwards. */
    opened: async <T>(name: string, durationMs: number, work: (source: Source) => Promise<T>): Promise<T> => {
      const fd = openSync(join(folder, name), "r");
      try {
        return await work({ fd, sizeBytes: fstatSync(fd).size, durationMs });
      } finally {
        closeSync(fd);
      }
    },
    close: async () => {
      await exec.stopAll();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Facts of a film of 160 by 90 whose sound is stream 1. */
export function filmFacts(more: Partial<MediaFacts> = {}): MediaFacts {
  const named = { language: null, title: null, isDefault: true, isForced: false };
  return {
    ...{ recipe: 1, container: "matroska", durationMs: 30_000, startMs: 0, bitsPerSecond: null },
    video: [
      {
        ...{ ...named, index: 0, codec: "h264", profile: null, level: null, codecString: null, width: 160, height: 90 },
        ...{
          rotation: 0,
          pixelAspect: [1, 1],
          frameRate: [25, 1],
          isInterlaced: false,
          pixelFormat: null,
          bitDepth: 8,
        },
        ...{ range: "sdr", dolbyProfile: null, bitsPerSecond: null },
      },
    ],
    ...{ audio: [], subtitles: [], chapters: [], covers: [], fonts: [], tags: {}, picture: null },
    ...more,
  };
}

export function textTrack(index: number, codec: string): SubtitleTrack {
  const named = { language: null, title: null, isDefault: false, isForced: false };
  return { ...named, index, codec, form: "text", isHearingImpaired: false };
}
