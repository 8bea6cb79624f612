import { setPriority } from "node:os";
import { serve } from "#platform/thread";
import { configurationsOf } from "./configurations.ts";
import type { ContainerCalls } from "./container-protocol.ts";
import { FileWindow } from "./file-window.ts";
import { matroskaKeyframes } from "./matroska-keyframes.ts";
import { matroskaRaw } from "./matroska-raw.ts";
import { mp4Keyframes } from "./mp4-keyframes.ts";
import { mp4Raw } from "./mp4-raw.ts";

/** Reads what somebody made, maybe to do harm, and waits for the disk: on a thread that is ended when it takes too long. */
const niceness = 5;
// On Linux this is the thread alone.
setPriority(niceness);

const matroskaHead = "1a45dfa3";

serve<ContainerCalls>({
  raw: ({ fd, sizeBytes }) => {
    try {
      const file = new FileWindow(fd, sizeBytes);
      return file.bytes(0, 4).toString("hex") === matroskaHead ? matroskaRaw(file) : mp4Raw(file);
    } catch {
      // Unreadable, and whatever a damaged file makes of a reader: ffprobe decides.
      return null;
    }
  },
  configurations: ({ fd, sizeBytes, container }) => {
    try {
      return configurationsOf(new FileWindow(fd, sizeBytes), container);
    } catch {
      return null;
    }
  },
  keyframes: ({ fd, sizeBytes, container, streamIndex }) => {
    const read = container === "mp4" ? mp4Keyframes : matroskaKeyframes;
    try {
      return { index: read(new FileWindow(fd, sizeBytes), streamIndex), unreadable: false };
    } catch {
      // Unreadable, and whatever a damaged file makes of a reader: ffprobe decides.
      return { index: null, unreadable: true };
    }
  },
});
