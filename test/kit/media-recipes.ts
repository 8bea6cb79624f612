import type { Chirp } from "./media-sound.ts";

export interface SoundTrack {
  readonly codec: readonly string[];
  readonly chirp: Chirp;
  readonly channels?: number;
  readonly language?: string;
  readonly title?: string;
}

export interface ClipRecipe {
  /** Name of the file; a household would have named it so. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  /** Pictures a second as a fraction. */
  readonly rate: readonly [number, number];
  /** Times of the pictures vary as those of a phone do. */
  readonly isIrregular?: boolean;
  readonly video: readonly string[];
  readonly sound: readonly SoundTrack[];
  /** Options of the muxer. */
  readonly muxer?: readonly string[];
  readonly hasSubtitles?: boolean;
  readonly hasChapters?: boolean;
  /** The container counts pictures in the order of decoding and knows nothing else. */
  readonly hasNoTimes?: true;
  /** Degrees by which players turn the picture. */
  readonly rotation?: 90;
}

const small = { width: 320, height: 180, seconds: 20 } as const;
const film = [24_000, 1001] as const;
const pal = [25, 1] as const;
const ntsc = [30_000, 1001] as const;

const x264 = (...more: string[]) => ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", ...more];
const x265 = (params: string, ...more: string[]) => [
  ...["-c:v", "libx265", "-preset", "ultrafast", "-crf", "22", ...more],
  ...["-x265-params", `log-level=error:bframes=4:b-adapt=0:keyint=60:${params}`],
];
/** Key frames where nobody expects them. */
const unevenKeys = ["-force_key_frames", "0.7,2.9,3.2,7.7,12.1,13.05,18.4", "-g", "150"];

const aac = { codec: ["aac", "-b:a", "128k"], chirp: "up" } as const;
const ac3 = { codec: ["ac3", "-b:a", "192k"], chirp: "up" } as const;

/** As many bits as a film of this size has: rungs below the original are those that need fewer. */
const bits = (rate: string) => [
  ...["-b:v", rate, "-maxrate", rate, "-bufsize", rate, "-x264-params", "nal-hrd=cbr:force-cfr=1"],
];

/** Every sort of source that a household has, as small as it can be. */
export const recipes = {
  "h264-23.976": {
    ...{ ...small, file: "Uneven Keys (2001).mkv", rate: film, sound: [aac] },
    video: x264("-bf", "3", ...unevenKeys),
  },
  "h264-open-gop": {
    ...{ ...small, file: "Open Groups (2002).mkv", rate: pal, sound: [ac3] },
    video: x264("-bf", "3", "-g", "50", "-x264-params", "open-gop=1:b-pyramid=normal:scenecut=0:b-adapt=0"),
  },
  "h264-29.97-mp4": {
    ...{ ...small, file: "Ntsc (2003).mp4", rate: ntsc },
    sound: [{ codec: ["aac", "-b:a", "128k", "-ar", "44100"], chirp: "up" }],
    video: x264("-bf", "2", "-g", "75"),
    muxer: ["-movflags", "+faststart"],
  },
  "hevc-open-gop": {
    ...{ ...small, file: "Hevc Open (2004).mkv", rate: film },
    sound: [{ codec: ["eac3", "-b:a", "192k"], chirp: "up" }],
    video: x265("open-gop=1:scenecut=0"),
  },
  "hevc-mp4": {
    ...{ ...small, file: "Hevc (2005).mp4", rate: pal, sound: [aac] },
    video: x265("open-gop=0", "-tag:v", "hvc1"),
  },
  hdr10: {
    ...{ ...small, file: "Bright (2006).mkv", rate: film, sound: [aac], seconds: 12 },
    video: x265(
      "open-gop=0:hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400",
      ...[
        "-pix_fmt",
        "yuv420p10le",
        "-color_primaries",
        "bt2020",
        "-color_trc",
        "smpte2084",
        "-colorspace",
        "bt2020nc",
      ],
    ),
  },
  av1: {
    ...{ ...small, file: "Av One (2007).mkv", rate: pal, seconds: 12 },
    sound: [{ codec: ["libopus", "-b:a", "96k"], chirp: "up" }],
    video: ["-c:v", "libsvtav1", "-preset", "12", "-crf", "35", "-g", "50"],
  },
  vp9: {
    ...{ ...small, file: "Vp Nine (2008).webm", rate: [30, 1], seconds: 12 },
    sound: [{ codec: ["libopus", "-b:a", "96k"], chirp: "up" }],
    video: ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "800k", "-g", "90"],
  },
  phone: {
    ...{ ...small, file: "VID_20240712_171530.mp4", rate: [30, 1], isIrregular: true, rotation: 90, sound: [aac] },
    ...{ width: 360, height: 640 },
    video: x264("-bf", "0", "-g", "30"),
    muxer: ["-video_track_timescale", "90000"],
  },
  "mpeg4-avi": {
    ...{ ...small, file: "Old (1999).avi", rate: pal },
    sound: [{ codec: ["libmp3lame", "-b:a", "128k"], chirp: "up" }],
    video: ["-c:v", "mpeg4", "-vtag", "XVID", "-q:v", "3", "-g", "100", "-bf", "0"],
    // As most of them are: the sound comes late by what the encoder of MP3 holds back.
    muxer: ["-avoid_negative_ts", "disabled"],
  },
  "h264-avi": {
    ...{ ...small, file: "Odd (2000).avi", rate: pal, hasNoTimes: true },
    sound: [{ codec: ["libmp3lame", "-b:a", "128k"], chirp: "up" }],
    video: x264("-bf", "2", "-g", "60"),
  },
  "ts-wrap": {
    ...{ ...small, file: "Recording (2010).ts", rate: pal, sound: [ac3] },
    video: x264("-bf", "3", "-g", "50"),
    // The clock of a transport stream has 33 bits: it begins anew in the middle of this file.
    muxer: ["-output_ts_offset", String(2 ** 33 / 90_000 - 11), "-muxdelay", "0", "-muxpreload", "0"],
  },
  "interlaced-ts": {
    ...{ ...small, file: "Broadcast (2009).ts", rate: pal, height: 192 },
    sound: [{ codec: ["mp2", "-b:a", "192k"], chirp: "up" }],
    video: ["-c:v", "mpeg2video", "-q:v", "3", "-g", "12", "-bf", "2", "-flags", "+ildct+ilme", "-top", "1"],
  },
  "wide-pixels": {
    ...{ ...small, file: "Anamorphic (1998).mkv", rate: pal, width: 240, seconds: 12, sound: [ac3] },
    video: x264("-bf", "2", "-g", "50", "-vf", "setsar=4/3"),
  },
  tracks: {
    ...{ ...small, file: "Tongues (2011).mkv", rate: film, hasSubtitles: true, hasChapters: true },
    sound: [
      { codec: ["dca", "-strict", "-2", "-b:a", "768k"], chirp: "up", channels: 6, language: "eng", title: "Surround" },
      { codec: ["ac3", "-b:a", "192k"], chirp: "down", language: "ger" },
      { codec: ["aac", "-b:a", "96k"], chirp: "up", language: "fre", title: "Commentary" },
    ],
    video: x264("-bf", "3", "-g", "72"),
  },
  ladder: {
    ...{ file: "Ladder (2012).mkv", width: 854, height: 480, seconds: 16, rate: pal, sound: [aac] },
    video: ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", ...bits("2500k")],
  },
  feature: {
    ...{ ...small, file: "Feature (2014).mkv", seconds: 7200, rate: film, hasChapters: true },
    sound: [
      { codec: ["ac3", "-b:a", "192k"], chirp: "up", language: "eng" },
      { codec: ["aac", "-b:a", "96k"], chirp: "down", language: "ger" },
      { codec: ["eac3", "-b:a", "96k"], chirp: "up", language: "fre" },
    ],
    video: ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "3", "-g", "120", ...bits("700k")],
  },
  "two-hours": {
    ...{ file: "Long (2013).mkv", width: 160, height: 96, seconds: 7200, rate: [5, 1] },
    sound: [{ codec: ["flac"], chirp: "up" }],
    video: ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-g", "25", "-bf", "2"],
  },
} as const satisfies Readonly<Record<string, ClipRecipe>>;

export type ClipName = keyof typeof recipes;

/** Takes minutes to make and a gigabyte to keep: for the long proof alone. */
export const longClip: ClipName = "feature";
