import { type FileWindow, Unreadable } from "./file-window.ts";

/** A frame's head (ISO 11172-3, 13818-3, and MPEG 2.5), layer 3. */
interface Frame {
  readonly sizeBytes: number;
  readonly bitsPerSecond: number;
  readonly samplesPerSecond: number;
  readonly samples: number;
  /** From the frame's beginning to where an encoder tells its own. */
  readonly sideBytes: number;
}

const kiloBits = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const rates = [44_100, 48_000, 32_000];

function frameOf(head: number): Frame | undefined {
  const version = (head >>> 19) & 3;
  const isLayer3 = ((head >>> 17) & 3) === 1;
  const rate = rates[(head >>> 10) & 3];
  const bits = kiloBits[version === 3 ? 0 : 1]?.[(head >>> 12) & 15] ?? 0;
  if (head >>> 21 !== 0x7ff || version === 1 || !isLayer3 || rate === undefined || bits === 0) return undefined;
  const samplesPerSecond = rate >> (version === 3 ? 0 : version === 2 ? 1 : 2);
  const samples = version === 3 ? 1152 : 576;
  const padding = (head >>> 9) & 1;
  const isMono = ((head >>> 6) & 3) === 3;
  return {
    sizeBytes: Math.floor(((samples / 8) * bits * 1000) / samplesPerSecond) + padding,
    ...{ bitsPerSecond: bits * 1000, samplesPerSecond, samples },
    sideBytes: 4 + (version === 3 ? (isMono ? 17 : 32) : isMono ? 9 : 17),
  };
}

/** Until where a first frame may hide behind tags that nobody knows. */
const searchBytes = 64 * 1024;
const chunkBytes = 16 * 1024;
/** A longer file is looked at in places first: its frames are counted only when its rate varies. */
const countedAtOnceBytes = 64 * 2 ** 20;
const places = 200;
/** Of each of them. */
const placeBytes = 32 * 1024;
const maxFrames = 20_000_000;
/** So long frames of a long file are counted: on a slow disk the rest is estimated. Whoever reads it has 10 s for all. */
const longestCountMs = 3_000;

interface Found {
  readonly offset: number;
  readonly frame: Frame;
}

export interface Mp3Length {
  readonly seconds: number;
  /** How it is known. */
  readonly by: "encoder" | "constant rate" | "counting" | "estimate";
}

/**
 * How long an mp3 file plays: as its encoder noted it in the first frame, else by counting all frames; of a very long one at a
 * constant rate, by its bytes. Of one whose rate varies and that cannot be counted in time, the part that was not reached is estimated
 * by what it is like at many places. Throws Unreadable when it is none.
 */
export function mp3Length(file: FileWindow, nowMs: () => number = () => performance.now()): Mp3Length {
  const first = frameAfter(file, afterTags(file));
  if (first === undefined) throw new Unreadable("no frames");
  const { offset, frame } = first;
  const told = toldFrames(file, first);
  if (told !== undefined) return { seconds: (told * frame.samples) / frame.samplesPerSecond, by: "encoder" };
  const end = soundEnd(file);
  const secondsOf = (frames: number) => (frames * frame.samples) / frame.samplesPerSecond;
  if (end - offset <= countedAtOnceBytes) {
    const { count, isConstant } = countFrames(file, first, end);
    return { seconds: secondsOf(count), by: isConstant ? "constant rate" : "counting" };
  }
  const seen = framesAtPlaces(file, first, end);
  if (seen.isConstant) return { seconds: ((end - offset) * 8) / frame.bitsPerSecond, by: "constant rate" };
  const lateMs = nowMs() + longestCountMs;
  const { count, at, isWhole } = countFrames(file, first, end, () => nowMs() > lateMs);
  if (isWhole) return { seconds: secondsOf(count), by: "counting" };
  return { seconds: secondsOf(count + (end - at) / seen.bytesOfOne(at)), by: "estimate" };
}

/** What frames are like all over a file, which is at least that long. */
function framesAtPlaces(file: FileWindow, first: Found, end: number) {
  const step = (end - first.offset) / places;
  const seen = Array.from({ length: places }, (_, place) => {
    const from = first.offset + Math.floor(step * place);
    const there = frameAfter(file, from, first.frame);
    if (there === undefined) return { from, bytes: 0, count: 0, isConstant: true };
    const { count, at, isConstant } = countFrames(file, there, Math.min(end, there.offset + placeBytes));
    const isSame = there.frame.bitsPerSecond === first.frame.bitsPerSecond;
    return { from, bytes: at - there.offset, count, isConstant: isConstant && isSame };
  });
  return {
    isConstant: seen.every(({ isConstant }) => isConstant),
    /** On the average, from an offset on. */
    bytesOfOne: (offset: number): number => {
      const after = seen.filter(({ from }) => from + step >= offset);
      const [bytes, count] = (["bytes", "count"] as const).map((key) => after.reduce((sum, one) => sum + one[key], 0));
      return bytes && count ? bytes / count : first.frame.sizeBytes;
    },
  };
}

function afterTags(file: FileWindow): number {
  let at = 0;
  for (let count = 0; count < 16 && at + 10 <= file.sizeBytes; count += 1) {
    const head = file.bytes(at, 10);
    if (head.toString("latin1", 0, 3) !== "ID3") break;
    const size = [6, 7, 8, 9].reduce((sum, index) => sum * 128 + ((head[index] ?? 0) & 0x7f), 0);
    at += 10 + size + (((head[5] ?? 0) & 0x10) === 0 ? 0 : 10);
  }
  return at;
}

/** Where tags at the end begin: ID3v1, and APE before it. */
function soundEnd(file: FileWindow): number {
  let end = file.sizeBytes;
  if (end >= 128 && file.bytes(end - 128, 3).toString("latin1") === "TAG") end -= 128;
  if (end < 32) return end;
  const footer = file.bytes(end - 32, 32);
  if (footer.toString("latin1", 0, 8) !== "APETAGEX") return end;
  return Math.max(0, end - footer.readUInt32LE(12) - ((footer.readUInt32LE(20) & 0x8000_0000) === 0 ? 0 : 32));
}

/** The next frame that another one follows, of the same kind as `like`. */
function frameAfter(file: FileWindow, from: number, like?: Frame): Found | undefined {
  const until = Math.min(from + searchBytes, file.sizeBytes - 4);
  for (let at = from; at <= until; at += chunkBytes) {
    const chunk = Buffer.from(file.bytes(at, Math.min(chunkBytes + 3, file.sizeBytes - at)));
    for (
      let index = chunk.indexOf(0xff);
      index >= 0 && index + 4 <= chunk.length;
      index = chunk.indexOf(0xff, index + 1)
    ) {
      const frame = frameOf(chunk.readUInt32BE(index));
      if (frame !== undefined && isFollowed(file, at + index, frame, like)) return { offset: at + index, frame };
    }
  }
  return undefined;
}

function isFollowed(file: FileWindow, offset: number, frame: Frame, like = frame): boolean {
  if (frame.samplesPerSecond !== like.samplesPerSecond || frame.samples !== like.samples) return false;
  const next = offset + frame.sizeBytes;
  if (next + 4 > file.sizeBytes) return false;
  return frameOf(file.bytes(next, 4).readUInt32BE(0))?.samplesPerSecond === frame.samplesPerSecond;
}

/** Frames that follow the one in which an encoder noted how many there are (Xing and Info, or VBRI of Fraunhofer). */
function toldFrames(file: FileWindow, { offset, frame }: Found): number | undefined {
  if (offset + frame.sideBytes + 12 <= file.sizeBytes) {
    const xing = file.bytes(offset + frame.sideBytes, 12);
    const name = xing.toString("latin1", 0, 4);
    const hasCount = (xing.readUInt32BE(4) & 1) !== 0 && xing.readUInt32BE(8) > 0;
    if ((name === "Xing" || name === "Info") && hasCount) return xing.readUInt32BE(8);
  }
  if (offset + 54 > file.sizeBytes) return undefined;
  const vbri = file.bytes(offset + 36, 18);
  return vbri.toString("latin1", 0, 4) === "VBRI" && vbri.readUInt32BE(14) > 0 ? vbri.readUInt32BE(14) : undefined;
}

/** So many frames between two looks at the clock. */
const framesBetweenLooks = 1 << 14;

/** How many there are up to the end, or up to `at` when it took too long. */
function countFrames(file: FileWindow, first: Found, end: number, isLate: () => boolean = () => false) {
  let [count, at, isConstant] = [0, first.offset, true];
  while (at + 4 <= end && count < maxFrames) {
    const frame = frameOf(file.bytes(at, 4).readUInt32BE(0));
    if (frame?.samplesPerSecond === first.frame.samplesPerSecond) {
      count += 1;
      isConstant &&= frame.bitsPerSecond === first.frame.bitsPerSecond;
      at += frame.sizeBytes;
      if (count % framesBetweenLooks === 0 && isLate()) return { count, at, isConstant, isWhole: false };
      continue;
    }
    const next = frameAfter(file, at + 1, first.frame);
    if (next === undefined) break;
    at = next.offset;
  }
  return { count, at, isConstant, isWhole: count < maxFrames };
}
