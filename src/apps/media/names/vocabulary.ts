import { languageOfWord } from "./languages.ts";

/** What a word of a name is about. `part` is a piece of a stack, `noise` says nothing but is no title either. */
export type Slot =
  | "resolution"
  | "source"
  | "video"
  | "audio"
  | "channels"
  | "range"
  | "stereo"
  | "other"
  | "edition"
  | "language"
  | "part"
  | "noise";

/**
 * `strong` words are in no title: the title ends there. `weak` ones are ordinary words as well ("Cam", "Extended", "The French
 * Connection"): they count behind the title's end or right before it.
 */
export interface Meaning {
  readonly slot: Slot;
  readonly value: string;
  readonly isStrong: boolean;
  /** Of a word that says codec and channels in one: `DDP5.1`. */
  readonly channels?: string;
}

const vocabulary = new Map<string, Meaning>();
/** Words that entries of several words begin with, and the most words of these. */
const longest = new Map<string, number>();

function learn(words: string, meaning: Meaning): void {
  vocabulary.set(words, meaning);
  const [first = "", ...rest] = words.split(" ");
  if (rest.length > 0) longest.set(first, Math.max(longest.get(first) ?? 0, rest.length + 1));
}

function add(slot: Slot, isStrong: boolean, entries: Readonly<Record<string, string>>): void {
  for (const [value, words] of Object.entries(entries)) {
    for (const word of words.split("|")) learn(word, { slot, value, isStrong });
  }
}

/** How many words an entry that begins with this one may have. */
export function longestEntry(word: string): number {
  return longest.get(word) ?? 1;
}

add("resolution", true, {
  "2160p": "4k|uhd 4k|4k uhd|ultrahd|ultra hd",
  "4320p": "8k",
});
add("source", true, {
  "Blu-ray": "bluray|blu ray|bdrip|bd rip|brrip|br rip|bdremux|bd remux|bd25|bd50|bd5|bd9|bdmv|bluray rip|blu ray rip",
  "Ultra HD Blu-ray": "uhd bluray|uhd blu ray|ultrahd bluray|ultra hd blu ray|uhdbd|uhd bdrip|uhdrip|uhd",
  Web: "web dl|webdl|webrip|web rip|web dlrip|webdlrip|webcap|webhd|web hd|webuhd|vodrip|nf web|dsnp|hmax|atvp|pcok",
  DVD: "dvdrip|dvd rip|dvdr|dvd r|dvd5|dvd9|dvd 5|dvd 9|dvdremux|dvdmux|dvdivx|dvdscr|dvd scr|dvdscreener",
  "HD DVD": "hddvd|hd dvd|hddvdrip|hd dvd rip",
  HDTV: "hdtv|hdtvrip|hdtv rip|pdtv|dsr|dsrip|ahdtv|uhdtv",
  TV: "dvb|dvbrip|dvb rip|dvbt|tvrip|tv rip|satrip|sat rip|dthrip|sdtv",
  VHS: "vhsrip|vhs rip",
  Telesync: "telesync|hdts|hd ts|tsrip",
  Telecine: "telecine|hdtc|hd tc",
  Camera: "camrip|cam rip|hdcam|hd cam",
  Workprint: "workprint",
  "Video on Demand": "vod rip|ppvrip|ppv rip",
  HDRip: "hdrip|hd rip|hdlight|mhd",
  Screener: "screener|bdscr|webscr",
});
add("source", false, {
  Web: "web|webd|vod|amzn|nf",
  DVD: "dvd|r5",
  "Blu-ray": "bd|br",
  VHS: "vhs",
  TV: "tv",
  Telesync: "ts|pdvd",
  Telecine: "tc",
  Camera: "cam",
  Screener: "scr",
});
add("video", true, {
  "H.264": "h264|h 264|x264|x 264|avc|avchd|mpeg4 avc",
  "H.265": "h265|h 265|x265|x 265|hevc|hevc10",
  "H.266": "h266|h 266|vvc",
  AV1: "av1",
  VP9: "vp9",
  VP8: "vp8",
  "VC-1": "vc1|vc 1",
  "MPEG-2": "mpeg2|mpeg 2|h262|h 262",
  Xvid: "xvid|xvidhd",
  DivX: "divx|dvdivx|divx5|divx 5",
});
add("audio", true, {
  AAC: "aac|he aac|lc aac|aac lc",
  "Dolby Digital": "ac3|ac 3",
  "Dolby Digital Plus": "eac3|e ac3|e ac 3|ddp|ddpa",
  "Dolby TrueHD": "truehd|true hd",
  "DTS-HD MA": "dts hd ma|dtshd ma|dts ma|dtshdma|dts hdma",
  "DTS-HD": "dts hd|dtshd|dts hd hra|dts hd hr|dts hdhr|dts hra",
  "DTS:X": "dts x|dtsx",
  DTS: "dts|dts es",
  FLAC: "flac",
  Vorbis: "vorbis",
  MP3: "mp3",
  MP2: "mp2",
  PCM: "lpcm",
});
add("audio", false, { Opus: "opus", "Dolby Digital": "dd", PCM: "pcm", "Dolby Atmos": "atmos" });
for (const [first, second] of ["1 0", "2 0", "2 1", "5 1", "6 1", "7 1"].map((pair) => pair.split(" "))) {
  const value = `${first}.${second}`;
  const channels = { slot: "channels", value } as const;
  learn(`${first} ${second}`, { ...channels, isStrong: false });
  for (const [name, codec] of [
    ["aac", "AAC"],
    ["dd", "Dolby Digital"],
    ["ac3", "Dolby Digital"],
    ["ddp", "Dolby Digital Plus"],
    ["ddpa", "Dolby Digital Plus"],
    ["eac3", "Dolby Digital Plus"],
    ["dts", "DTS"],
    ["ma", "DTS-HD MA"],
    ["x", "DTS:X"],
    ["truehd", "Dolby TrueHD"],
    ["flac", "FLAC"],
    ["opus", "Opus"],
    ["pcm", "PCM"],
    ["lpcm", "PCM"],
  ] as const) {
    if (name.length > 1)
      learn(`${name}${first} ${second}`, { slot: "audio", value: codec, isStrong: true, channels: value });
  }
}
add("channels", true, { "5.1": "6ch|5ch", "7.1": "8ch", "2.0": "2ch" });
add("range", true, {
  HDR: "hdr",
  HDR10: "hdr10|hdr 10",
  "HDR10+": "hdr10p|hdr10plus|hdr10 plus|hdr10+",
  "Dolby Vision": "dovi|dolby vision|dolbyvision",
  HLG: "hlg",
  SDR: "sdr",
  "10-bit": "10bit|10 bit|hi10p|hi10|yuv420p10|10bits|main10",
  "8-bit": "8bit|8 bit",
  "12-bit": "12bit|12 bit",
});
add("range", false, { "Dolby Vision": "dv" });
add("stereo", true, {
  sbs: "3d sbs|fsbs|3d fsbs|3d full sbs|full sbs|sbs3d",
  "half-sbs": "hsbs|h sbs|3d hsbs|3d h sbs|half sbs|3d half sbs",
  tab: "3d tab|ftab|3d ftab|3d ou|3d full ou",
  "half-tab": "htab|h tab|3d htab|3d h tab|half tab|hou|h ou|3d hou|3d h ou|half ou|3d half ou",
  mvc: "mvc|3d mvc",
});
add("stereo", false, { "3d": "3d", sbs: "sbs", tab: "tab" });
add("other", true, { Remux: "remux", Upscaled: "upscaled|ai upscaled", "Open Matte": "open matte" });
add("other", false, {
  Proper: "proper|repack|rerip|real proper|proper repack",
  Hybrid: "hybrid",
  Widescreen: "ws|widescreen",
  "Full screen": "fs|fullscreen",
  Internal: "internal",
  Limited: "limited",
  Complete: "complete",
  Colorized: "colorized",
});
add("edition", true, {
  "Director's Cut":
    "directors cut|director's cut|director’s cut|director cut|director's edition|directors edition|director's definitive cut",
  "Extended Cut": "extended cut|extended version",
  "Extended Edition": "extended edition|edition longue|version longue",
  "Special Edition": "special edition|edition speciale",
  "Ultimate Edition": "ultimate edition|ultimate cut",
  "Ultimate Collector's Edition": "ultimate collectors edition|ultimate collector's edition",
  "Collector's Edition": "collectors edition|collector's edition|collector edition|edition collector",
  "Anniversary Edition": "anniversary edition",
  "Criterion Collection": "criterion collection|criterion edition",
  "Unrated Cut": "unrated cut|unrated edition|unrated version",
  "Uncut Version": "uncut version|uncut edition",
  "Theatrical Cut": "theatrical cut|theatrical version|theatrical edition|theatrical release",
  "Final Cut": "the final cut edition",
  "IMAX Edition": "imax edition|imax enhanced",
  "Festival Cut": "festival cut",
  "Limited Edition": "limited edition",
  "Deluxe Edition": "deluxe edition",
  "International Cut": "international cut|international version",
  Restored: "restored version|4k restored|4k restoration",
  Remastered: "remastered|digitally remastered|4k remastered|4k remaster|remaster",
  "Alternative Cut": "alternative cut|alternate cut|alternate ending",
  "Fan Edit": "fan edit|fanedit",
});
add("edition", false, {
  Extended: "extended",
  Unrated: "unrated",
  Uncut: "uncut",
  Uncensored: "uncensored",
  Theatrical: "theatrical",
  "Final Cut": "final cut",
  "Director's Cut": "dc",
  "Special Edition": "se",
  IMAX: "imax",
  Criterion: "criterion|cc",
  Restored: "restored",
  Rogue: "rogue cut",
});
add("language", true, {
  mul: "multisubs|multi subs|dual audio|multi audio|dualaudio|multi4|multi5|vostfr|subfrench",
});
add("language", false, { mul: "multi|dual|dl|ml|multilang", fr: "vf|vff|vf2|vo" });
add("noise", true, {
  noise: "read nfo|nfofix|xvidvd|60fps|50fps|30fps|24fps|120fps|vp6|dxva",
});
add("noise", false, {
  noise:
    "ntsc|pal|nfo|eng sub|sub|subs|subbed|dubbed|retail|custom|rip|int|hc|korsub|hardsub|hd|sd|hq|fhd|720|1080|480|nl subs|v2|v3",
});

const resolution = /^(\d{3,4})([pi])(?:\d{2,3})?$/;
const frame = /^(\d{3,4})x(\d{3,4})$/;

/** Heights that a frame's width and height stand for: `1920x800` is 1080p, without the bars. */
function heightClass(width: number, height: number): string {
  const steps = [480, 576, 720, 1080, 1440, 2160, 4320];
  const full = Math.max(height, Math.round((width * 9) / 16));
  return `${steps.find((step) => full <= step * 1.05) ?? height}p`;
}

/** What one lower-case word means by its shape. */
function shapeOf(word: string): Meaning | undefined {
  const first = word.charCodeAt(0);
  if (first < 48 || first > 57) return undefined;
  const lines = resolution.exec(word);
  if (lines) return { slot: "resolution", value: `${lines[1]}${lines[2]}`, isStrong: true };
  const size = frame.exec(word);
  if (size) return { slot: "resolution", value: heightClass(Number(size[1]), Number(size[2])), isStrong: true };
  return undefined;
}

/**
 * What a run of lower-case words, joined by single blanks, means in a name; undefined: words of a title.
 */
export function meaningOf(words: string, isSingle: boolean): Meaning | undefined {
  const known = vocabulary.get(words);
  if (known !== undefined || !isSingle) return known;
  const shape = shapeOf(words);
  if (shape !== undefined) return shape;
  const language = languageOfWord(words);
  return language === undefined ? undefined : { slot: "language", value: language, isStrong: false };
}
