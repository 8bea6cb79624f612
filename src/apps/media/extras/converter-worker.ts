import { setPriority } from "node:os";
import { serve } from "#platform/thread";
import { toWebVtt } from "./convert.ts";
import type { ConverterCalls } from "./converter.ts";
import { decodeSubtitle } from "./subtitle-encoding.ts";

/** Reads text that somebody made, maybe to do harm: on a thread that is ended when it takes too long. On Linux this is the thread alone. */
setPriority(5);

serve<ConverterCalls>({
  webVtt: ({ bytes, language, shiftMs, framesPerSecond }) =>
    toWebVtt(decodeSubtitle(bytes, language), { shiftMs, framesPerSecond }),
  text: ({ bytes, language }) => decodeSubtitle(bytes, language),
});
