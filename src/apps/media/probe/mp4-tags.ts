import { Unreadable } from "./file-window.ts";
import { type Box, boxesIn, boxIn } from "./mp4-boxes.ts";

/** Tags of a film or song, and pictures among them as ffmpeg calls their form. */
export interface Mp4Tags {
  readonly tags: Record<string, string>;
  readonly covers: readonly string[];
}

/** What ffmpeg calls them. */
const names: Readonly<Record<string, string>> = {
  ...{ "©nam": "title", "©ART": "artist", "©aut": "artist", "©alb": "album", "©day": "date", "©cmt": "comment" },
  ...{
    "©inf": "comment",
    "©gen": "genre",
    "©wrt": "composer",
    "©com": "composer",
    "©too": "encoder",
    "©swr": "encoder",
  },
  ...{ "©enc": "encoder", "©lyr": "lyrics", "©grp": "grouping", "©cpy": "copyright", "©mak": "make", "©mod": "model" },
  ...{ "©xyz": "location", "©dir": "director", "©prd": "producer", "©PRD": "producer", "©prf": "performers" },
  ...{ "©st3": "subtitle", "©url": "URL", "©dis": "disclaimer", "©fmt": "original_format", "©src": "original_source" },
  ...{
    aART: "album_artist",
    cprt: "copyright",
    desc: "description",
    ldes: "synopsis",
    tvsh: "show",
    tven: "episode_id",
  },
  ...{ tvnn: "network", keyw: "keywords", catg: "category", purd: "purchase_date", apID: "account_id" },
  ...{ egid: "episode_uid", sonm: "sort_name", soar: "sort_artist", soal: "sort_album", soaa: "sort_album_artist" },
  ...{ soco: "sort_composer", sosn: "sort_show" },
};
const pairs: Readonly<Record<string, string>> = { trkn: "track", disk: "disc" };
const numbers: Readonly<Record<string, string>> = {
  ...{ tvsn: "season_number", tves: "episode_sort", cpil: "compilation", stik: "media_type", hdvd: "hd_video" },
  ...{ pgap: "gapless_playback", rtng: "rating", pcst: "podcast", akID: "account_type" },
};
const pictureForms: Readonly<Record<number, string>> = { 13: "mjpeg", 14: "png", 27: "bmp" };
const pngHead = 0x89504e47;
const maxTags = 1000;

/**
 * Of `udta` and `meta` in the movie box. Throws Unreadable where only ffprobe knows what is meant; of songs, whose tags another reader
 * tells, such are left out.
 */
export function mp4Tags(moov: Buffer, { isSong }: { readonly isSong: boolean }): Mp4Tags {
  const found: Found = { tags: {}, covers: [] };
  const root = { start: 0, end: moov.length };
  if (!isSong && boxIn(moov, root, "meta") !== undefined) throw new Unreadable("QuickTime's own tags");
  const udta = boxIn(moov, root, "udta");
  if (udta === undefined) return found;
  let count = 0;
  for (const box of boxesIn(moov, udta.start, udta.end)) {
    if ((count += 1) > maxTags) throw new Unreadable("too many tags");
    if (box.type === "meta") addItems(moov, box, found, isSong);
    else if (box.type === "chpl") throw new Unreadable("chapters");
    else if (isSong) continue;
    else if (box.type.startsWith("©")) addText(moov, box, found.tags);
    else if (known.has(box.type)) throw new Unreadable("an old kind of tag");
  }
  return found;
}

/** Of 3GPP and QuickTime, which ffmpeg knows beside those of iTunes. */
const known = new Set([
  ...["titl", "auth", "albm", "perf", "gnre", "cprt", "yrrc", "loci", "name", "date", "dscp"],
  ...["hnti", "Allf", "ID32", "manu", "modl", "thmb", "@PRM", "@PRQ", "WLOC", "chap"],
]);

/** A text of QuickTime: length, language, characters. */
function addText(moov: Buffer, { type, start, end }: Box, tags: Record<string, string>): void {
  const name = names[type];
  if (name === undefined || end - start < 4) throw new Unreadable(`an unknown tag ${type}`);
  const [length, language] = [moov.readUInt16BE(start), moov.readUInt16BE(start + 2)];
  if (start + 4 + length > end || (language > 0 && language < 0x400)) throw new Unreadable("an old kind of text");
  tags[name] ??= text(moov, start + 4, start + 4 + length);
}

const text = (moov: Buffer, start: number, end: number) => moov.toString("utf8", start, end).split("\0")[0] ?? "";

type Found = Readonly<{ tags: Record<string, string>; covers: string[] }>;

function addItems(moov: Buffer, meta: Box, found: Found, isSong: boolean): void {
  const from = meta.start + 4;
  const hdlr = boxIn(moov, { start: from, end: meta.end }, "hdlr");
  const ilst = boxIn(moov, { start: from, end: meta.end }, "ilst");
  if (ilst === undefined) return;
  if (hdlr === undefined || moov.toString("latin1", hdlr.start + 8, hdlr.start + 12) !== "mdir") {
    throw new Unreadable("tags of another kind");
  }
  let count = 0;
  for (const item of boxesIn(moov, ilst.start, ilst.end)) {
    if ((count += 1) > maxTags) throw new Unreadable("too many tags");
    if (item.type === "gnre" && !isSong) throw new Unreadable("a genre by number");
    addItem(moov, item, found);
  }
}

function addItem(moov: Buffer, item: Box, { tags, covers }: Found): void {
  if (item.type === "----") return addOwn(moov, item, tags);
  for (const data of boxesIn(moov, item.start, item.end)) {
    if (data.type !== "data" || data.end - data.start < 8) continue;
    const form = moov.readUInt32BE(data.start) & 0xffffff;
    const [from, length] = [data.start + 8, data.end - data.start - 8];
    if (item.type === "covr") {
      const isPng = length >= 4 && moov.readUInt32BE(from) === pngHead;
      const codec = isPng ? "png" : form === 14 ? "mjpeg" : pictureForms[form];
      if (codec === undefined || length < 4) throw new Unreadable("a picture of an unknown form");
      covers.push(codec);
      continue;
    }
    const value = valueOf(moov, item.type, form, from, length);
    if (value !== undefined) tags[value.name] ??= value.value;
  }
}

function valueOf(moov: Buffer, type: string, form: number, from: number, length: number) {
  const pair = pairs[type];
  if (pair !== undefined && length >= 6) {
    const [number, total] = [moov.readUInt16BE(from + 2), moov.readUInt16BE(from + 4)];
    return { name: pair, value: total === 0 ? String(number) : `${number}/${total}` };
  }
  const number = numbers[type];
  if (number !== undefined && length >= 1 && length <= 4) {
    return { name: number, value: String(moov.readUIntBE(from, length)) };
  }
  const name = names[type];
  if (name !== undefined && form === 1) return { name, value: text(moov, from, from + length) };
  if (name !== undefined || type.startsWith("©")) throw new Unreadable("an unusual tag");
  return undefined;
}

/** A tag with a name of its own: `mean`, `name`, `data`. */
function addOwn(moov: Buffer, item: Box, tags: Record<string, string>): void {
  const name = boxIn(moov, item, "name");
  const data = boxIn(moov, item, "data");
  if (name === undefined || data === undefined || name.end - name.start < 4 || data.end - data.start < 8) return;
  const key = text(moov, name.start + 4, name.end);
  if (key === "cdec") return;
  tags[key] ??= text(moov, data.start + 8, data.end);
}
