import { content } from "./ebml.ts";
import { type FileWindow, Unreadable } from "./file-window.ts";
import { fieldsOf, layoutOf, trackEntriesOf } from "./matroska.ts";
import { boxesIn, boxIn } from "./mp4-boxes.ts";
import { partsOf } from "./mp4-keyframes.ts";
import { tracksOf } from "./mp4-samples.ts";

/** Decoder configurations of the video tracks by stream index, as the container has them. Throws Unreadable when one cannot be told. */
export function configurationsOf(file: FileWindow, container: "mp4" | "matroska"): Map<number, Uint8Array> {
  return container === "mp4" ? ofMp4(file) : ofMatroska(file);
}

const boxes = ["avcC", "hvcC", "av1C"];
/** Of a visual sample entry, before its boxes. */
const entryHeadBytes = 78;

function ofMp4(file: FileWindow): Map<number, Uint8Array> {
  const { moov } = partsOf(file, { withFragments: false });
  const found = new Map<number, Uint8Array>();
  for (const { handler, index, stbl } of tracksOf(moov)) {
    if (handler !== "vide") continue;
    const stsd = boxIn(moov, stbl, "stsd");
    const [entry] = stsd === undefined ? [] : boxesIn(moov, stsd.start + 8, stsd.end);
    if (entry === undefined) throw new Unreadable("a track without a description");
    const inside = [...boxesIn(moov, entry.start + entryHeadBytes, entry.end)];
    const box = inside.find(({ type }) => boxes.includes(type));
    if (box !== undefined) found.set(index, Uint8Array.from(moov.subarray(box.start, box.end)));
  }
  return found;
}

const codecPrivate = 0x63a2;
const configured = new Set(["V_MPEG4/ISO/AVC", "V_MPEGH/ISO/HEVC", "V_AV1", "V_MPEG4/ISO/ASP"]);

function ofMatroska(file: FileWindow): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (const { entry, index, type, codecId } of trackEntriesOf(file, layoutOf(file))) {
    if (type !== 1 || codecId.startsWith("V_MS/")) continue;
    const element = fieldsOf(file, entry).find(codecPrivate);
    if (element === undefined || !configured.has(codecId)) continue;
    found.set(index, Uint8Array.from(content(file, element)));
  }
  return found;
}
