/** What the first bytes of a content say it is; null for what no signature is known of. */
export type ContentType = string | null;

interface Signature {
  readonly type: string;
  readonly at?: number;
  readonly bytes: readonly number[];
}

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

const signatures: readonly Signature[] = [
  { type: "jpeg", bytes: [0xff, 0xd8, 0xff] },
  { type: "png", bytes: [0x89, 0x50, 0x4e, 0x47] },
  { type: "gif", bytes: ascii("GIF8") },
  { type: "tiff", bytes: [0x49, 0x49, 0x2a, 0x00] },
  { type: "tiff", bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  { type: "raw", bytes: ascii("FUJIFILM") },
  { type: "raw", bytes: ascii("IIRO") },
  { type: "raw", bytes: ascii("IIU\0") },
  { type: "bmp", bytes: ascii("BM") },
  { type: "psd", bytes: ascii("8BPS") },
  { type: "pdf", bytes: ascii("%PDF") },
  { type: "zip", bytes: [0x50, 0x4b, 0x03, 0x04] },
  { type: "zip", bytes: [0x50, 0x4b, 0x05, 0x06] },
  { type: "office", bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1] },
  { type: "mp4", at: 4, bytes: ascii("ftyp") },
  { type: "mp4", at: 4, bytes: ascii("moov") },
  { type: "mp4", at: 4, bytes: ascii("mdat") },
  { type: "mkv", bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  { type: "riff", bytes: ascii("RIFF") },
  { type: "mp3", bytes: ascii("ID3") },
  ...[0xfb, 0xfa, 0xf3, 0xf2].map((second) => ({ type: "mp3", bytes: [0xff, second] })),
  { type: "aac", bytes: [0xff, 0xf1] },
  { type: "aac", bytes: [0xff, 0xf9] },
  { type: "flac", bytes: ascii("fLaC") },
  { type: "ogg", bytes: ascii("OggS") },
  { type: "asf", bytes: [0x30, 0x26, 0xb2, 0x75] },
  { type: "mpeg", bytes: [0x00, 0x00, 0x01] },
  { type: "ico", bytes: [0x00, 0x00, 0x01, 0x00] },
  { type: "mpeg", at: 188, bytes: [0x47] },
  { type: "mpeg", at: 196, bytes: [0x47] },
  { type: "jxl", bytes: [0xff, 0x0a] },
  { type: "jxl", bytes: [0x00, 0x00, 0x00, 0x0c, 0x4a, 0x58] },
  { type: "indesign", bytes: [0x06, 0x06, 0xed, 0xf5] },
  { type: "aiff", bytes: ascii("FORM") },
  { type: "mp4", at: 4, bytes: ascii("free") },
  { type: "mp4", at: 4, bytes: ascii("wide") },
  { type: "mp4", at: 4, bytes: ascii("skip") },
  { type: "gzip", bytes: [0x1f, 0x8b] },
  { type: "bzip2", bytes: ascii("BZh") },
  { type: "xz", bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { type: "zstd", bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { type: "lz4", bytes: [0x04, 0x22, 0x4d, 0x18] },
  { type: "7z", bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { type: "rar", bytes: ascii("Rar!") },
  { type: "age", bytes: ascii("age-encryption.org") },
  { type: "luks", bytes: ascii("LUKS") },
  { type: "sqlite", bytes: ascii("SQLite format 3") },
  { type: "git", bytes: ascii("PACK") },
  { type: "git", bytes: [0x78, 0x01] },
  { type: "zlib", bytes: [0x78, 0x9c] },
  { type: "zlib", bytes: [0x78, 0xda] },
  { type: "elf", bytes: [0x7f, 0x45, 0x4c, 0x46] },
  { type: "exe", bytes: ascii("MZ") },
  { type: "macho", bytes: [0xcf, 0xfa, 0xed, 0xfe] },
  { type: "java", bytes: [0xca, 0xfe, 0xba, 0xbe] },
  { type: "font", bytes: ascii("wOFF") },
  { type: "font", bytes: ascii("wOF2") },
  { type: "font", bytes: ascii("OTTO") },
  { type: "font", bytes: [0x00, 0x01, 0x00, 0x00] },
  { type: "djvu", bytes: ascii("AT&TFORM") },
  { type: "blend", bytes: ascii("BLENDER") },
  { type: "dwg", bytes: ascii("AC10") },
  { type: "pst", bytes: ascii("!BDN") },
  { type: "dicom", at: 128, bytes: ascii("DICM") },
  { type: "tar", at: 257, bytes: ascii("ustar") },
];

/** By first byte, since this runs for every content that is looked at. */
const byFirst = Map.groupBy(
  signatures.filter(({ at = 0 }) => at === 0),
  ({ bytes }) => bytes[0],
);
const inside = signatures.filter(({ at = 0 }) => at > 0);
/** So few letters of random bytes fit a signature by chance that a longer one is asked for before they count. */
const shortest = 2;

/** The type of a content by its beginning; `text` for what reads as text, null for what is not known. */
export function sniff(head: Uint8Array): ContentType {
  const fits = ({ at = 0, bytes }: Signature) => bytes.every((byte, index) => head[at + index] === byte);
  const found = byFirst.get(head[0])?.find(fits) ?? inside.find(fits);
  if (found !== undefined && (found.bytes.length > shortest || !isNearRandom(head))) return found.type;
  if (found !== undefined && isPlausible(found.type, head)) return found.type;
  return looksLikeText(head) ? "text" : null;
}

/** Signatures of two letters also stand at the beginning of one encrypted file in some thousands. */
function isPlausible(type: string, head: Uint8Array): boolean {
  if (type === "gzip") return head[2] === 8 && (head[3] ?? 0xff) < 0x20;
  if (type === "bmp") return head[6] === 0 && head[7] === 0;
  if (type === "exe") return false;
  if (type === "mpeg") return head[0] === 0x47 || head[4] === 0x47;
  return true;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** No control letters, and either UTF-8, a single-byte alphabet with mostly ASCII, or UTF-16. */
function looksLikeText(head: Uint8Array): boolean {
  if (head.length === 0) return false;
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  let high = 0;
  // Several times as fast as an iterator, and run for every content.
  for (let at = 0; at < head.length; at += 1) {
    const byte = head[at] as number;
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) return false;
    if (byte >= 0x80) high += 1;
  }
  if (high === 0) return true;
  try {
    // The last letter may be cut.
    utf8.decode(head.subarray(0, Math.max(1, head.length - 3)));
    return true;
  } catch {
    return high < head.length / 4;
  }
}

/** Mean and spread of chi-square for 256 equally likely bytes. */
const degrees = 255;
const spread = Math.sqrt(2 * degrees);
const smallest = 64;

/** Whether bytes are as evenly spread as those of a cipher: chi-square within five spreads of its mean. */
export function isNearRandom(bytes: Uint8Array): boolean {
  if (bytes.length < smallest) return false;
  const counts = new Uint32Array(256);
  for (let at = 0; at < bytes.length; at += 1) (counts[bytes[at] as number] as number) += 1;
  let squares = 0;
  for (let value = 0; value < 256; value += 1) squares += (counts[value] as number) ** 2;
  const chiSquare = (squares * 256) / bytes.length - bytes.length;
  // Too even is no cipher either, but something that counts.
  return Math.abs(chiSquare - degrees) < 5 * spread;
}

/** A cipher's bytes written as letters: only base64 or hexadecimal, in long runs. */
export function isEncodedRandom(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
  const [first = ""] = text.split(/\r?\n/, 1);
  return first.length >= 60 && /^[A-Za-z0-9+/_=\-\r\n]+$/.test(text) && /[0-9]/.test(text.slice(0, 200));
}

const families: Readonly<Record<string, string>> = {
  jpeg: "jpg jpeg jpe jfif",
  image: "png gif tif tiff bmp webp heic heif avif psd cr2 cr3 nef arw dng raf orf rw2 svg ico",
  document: "pdf doc docx xls xlsx ppt pptx odt ods odp rtf epub pages numbers vsdx pst accdb mdb",
  text: "txt md csv tsv json xml html htm css js ts py c h cpp java go rs sh yaml yml ini conf log tex srt eml vcf ics sql php",
  film: "mp4 m4v mov mkv avi wmv webm mpg mpeg 3gp mts",
  sound: "mp3 m4a flac ogg opus wav wma aac aiff",
  archive: "zip 7z rar gz bz2 xz tgz tar",
  data: "sqlite db3 blend dwg dxf ai indd",
};
const promised = new Map(
  Object.entries(families).flatMap(([family, list]) => list.split(" ").map((ending) => [ending, family])),
);

/** What an ending promises about a content that would be recognised if it were there; undefined for endings that promise nothing. */
export function promiseOf(ending: string): string | undefined {
  return promised.get(ending);
}
