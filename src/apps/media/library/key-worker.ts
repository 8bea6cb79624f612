import { setPriority } from "node:os";
import { workerData } from "node:worker_threads";
import { serve } from "#platform/thread";
import { createContentKeyOf } from "./content-key.ts";
import type { KeyCalls } from "./key-protocol.ts";

const niceness = 10;
// On Linux this is the thread alone.
setPriority(niceness);

const contentKeyOf = createContentKeyOf(workerData as Uint8Array);

serve<KeyCalls>({
  keys: (files) =>
    files.map(({ fd, sizeBytes }) => {
      try {
        return contentKeyOf(fd, sizeBytes);
      } catch {
        // A failing disk, or a file that is cut off meanwhile: it is tried again with the next scan.
        return null;
      }
    }),
});
