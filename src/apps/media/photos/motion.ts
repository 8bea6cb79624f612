interface MotionSource {
  /** The beginning of the file. */
  readonly head: Uint8Array;
  readonly sizeBytes: number;
  /** Text of the XMP inside the file; empty without. */
  readonly xmp: string;
  read(at: number, bytes: number): Uint8Array;
}

export interface MotionPart {
  readonly offset: number;
  readonly bytes: number;
}

const minBytes = 1024;
const tailBytes = 32 * 2 ** 20;
const maxBoxes = 64;

/**
 * The film inside a motion photo: behind the picture (Google's MicroVideo and MotionPhoto, told by XMP), in a box `mpvd` of HEIC, or in the
 * trailer that Samsung's phones append to JPEG. Null when there is none, or no film where one should be.
 */
export function motionIn(source: MotionSource): MotionPart | null {
  const { sizeBytes, xmp, read } = source;
  const fromEnd = bytesFromEnd(xmp);
  const candidates = [
    fromEnd === null ? null : { offset: sizeBytes - fromEnd, bytes: fromEnd },
    boxInHeic(source),
    trailerOfSamsung(source),
  ];
  for (const candidate of candidates) {
    if (candidate === null || candidate.offset <= 0 || candidate.bytes < minBytes) continue;
    if (candidate.offset + candidate.bytes > sizeBytes) continue;
    if (textAt(read(candidate.offset, 8), 4) === "ftyp") return candidate;
  }
  return null;
}

function bytesFromEnd(xmp: string): number | null {
  const item = /<[^<>]*Item:Semantic="MotionPhoto"[^<>]*>/.exec(xmp)?.[0] ?? "";
  const length = /Item:Length="(\d{1,12})"/.exec(item)?.[1] ?? /MicroVideoOffset(?:="|>)(\d{1,12})/.exec(xmp)?.[1];
  return length === undefined ? null : Number(length);
}

/** ISO/IEC 14496-12 boxes at the top of the file, up to the one that holds the film. */
function boxInHeic({ head, sizeBytes, read }: MotionSource): MotionPart | null {
  if (textAt(head, 4) !== "ftyp") return null;
  let at = 0;
  for (let count = 0; count < maxBoxes && at + 16 <= sizeBytes; count += 1) {
    const view = new DataView(read(at, 16).slice().buffer);
    const short = view.getUint32(0);
    const headerBytes = short === 1 ? 16 : 8;
    const bytes = short === 1 ? Number(view.getBigUint64(8)) : short === 0 ? sizeBytes - at : short;
    if (bytes < headerBytes) return null;
    if (textAt(new Uint8Array(view.buffer), 4) === "mpvd") {
      return { offset: at + headerBytes, bytes: Math.min(bytes, sizeBytes - at) - headerBytes };
    }
    at += bytes;
  }
  return null;
}

/** Samsung ends such files with `SEFT`; before it stand named parts, one of which is the film. */
function trailerOfSamsung({ sizeBytes, read }: MotionSource): MotionPart | null {
  if (sizeBytes < minBytes || textAt(read(sizeBytes - 4, 4), 0) !== "SEFT") return null;
  const from = Math.max(0, sizeBytes - tailBytes);
  const tail = Buffer.from(read(from, sizeBytes - from));
  const name = tail.lastIndexOf("MotionPhoto_Data");
  if (name === -1) return null;
  const offset = from + name + "MotionPhoto_Data".length;
  const end = tail.lastIndexOf("SEFH");
  return end <= name ? null : { offset, bytes: from + end - offset };
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
