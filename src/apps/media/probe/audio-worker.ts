import { setPriority } from "node:os";
import { type IAudioMetadata, type IOptions, parseFromTokenizer, selectCover } from "music-metadata";
import { fromBuffer, type ITokenizer } from "strtok3/core";
import { serve } from "#platform/thread";
import type { AudioCalls, AudioFile, AudioReading } from "./audio-protocol.ts";
import { soundOf } from "./audio-sound.ts";
import { tagsAndMoreOf } from "./audio-tags.ts";
import { FdTokenizer } from "./fd-tokenizer.ts";
import { FileWindow } from "./file-window.ts";
import { mp4Raw } from "./mp4-raw.ts";
import { taggedPart } from "./mp4-tagged.ts";

/** Reads what somebody made, maybe to do harm: on a thread that is ended when it takes too long. */
const niceness = 10;
// On Linux this is the thread alone.
setPriority(niceness);

/** Null for what is unknown or damaged, also where the reader's own types are wrong about it: ffprobe decides. */
async function parsed<T>(
  tokenizer: ITokenizer,
  pick: (metadata: IAudioMetadata) => T,
  options: IOptions = {},
): Promise<T | null> {
  try {
    return pick(await parseFromTokenizer(tokenizer, { includeChapters: true, ...options }));
  } catch {
    return null;
  }
}

const tokenizerOf = ({ fd, sizeBytes, name }: AudioFile) => new FdTokenizer(fd, sizeBytes, name);
const mp4Head = "ftyp";

/** Undefined for what has other tables, or is damaged. */
function tablesOf(file: FileWindow) {
  try {
    if (file.bytes(4, mp4Head.length).toString("latin1") !== mp4Head) return undefined;
    return { container: mp4Raw(file, { isSong: true }), tagged: taggedPart(file) };
  } catch {
    return undefined;
  }
}

/** Its tables told what is in it: what remains are the tags. */
function readTagged(tagged: Uint8Array, container: AudioReading["container"], name: string) {
  const tokenizer = fromBuffer(tagged, { fileInfo: { size: tagged.length, path: name } });
  const pick = (metadata: IAudioMetadata) => ({ ...tagsAndMoreOf(metadata), sound: null, container });
  return parsed(tokenizer, pick, { skipCovers: true });
}

serve<AudioCalls>({
  read: (file) => {
    const window = new FileWindow(file.fd, file.sizeBytes);
    const tables = tablesOf(window);
    if (tables !== undefined) return readTagged(tables.tagged, tables.container, file.name);
    const pick = (metadata: IAudioMetadata) => ({
      ...tagsAndMoreOf(metadata),
      ...{ sound: soundOf(metadata, window), container: null },
    });
    return parsed(tokenizerOf(file), pick);
  },
  cover: (file) =>
    parsed(tokenizerOf(file), ({ common }) => {
      const picture = selectCover(common.picture);
      return picture && { contentType: picture.format, bytes: Uint8Array.from(picture.data) };
    }),
});
