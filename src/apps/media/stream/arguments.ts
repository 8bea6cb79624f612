import { ffmpegInput } from "#platform/ffmpeg";
import { entries, type PictureEncode, type PictureRecipe, type Recipe, type SoundRecipe } from "./recipe.ts";

/** The file as the child will find it. */
export interface Source {
  readonly fd: number;
  readonly container: string;
  /** Where seeking counts from, in the clock of the file. */
  readonly seekOriginSeconds: number;
}

export interface Start {
  /** The first segment that is wanted. */
  readonly index: number;
  /** How often it came out behind the wanted place already: each time it begins further ahead. */
  readonly lateness: number;
  /** Go on over broken data, and without hardware: the second try after a head that failed. */
  readonly isSecondTry: boolean;
}

/** Added to all times, so that none is negative for pictures and sound before the first. WebVTT says the same (`MPEGTS:900000`). */
export const originOffsetSeconds = 10;

/** No seeking by an index: ffmpeg lands by guessing, sometimes behind the place. */
const guessing = new Set(["mpegts", "mpeg", "flv", "asf", "rm", "wtv", "h264", "hevc", "ogg"]);
const marginsSeconds = [1.5, 6, 25, 100];
/** So much before the next key picture the place to seek to lies at the latest. */
const maxIntoSeconds = 0.5;
/** Rounding of clocks, where pictures may follow each other at any distance. */
const irregularSeconds = 0.002;
/** Hardly any subtitle stays longer. */
const subtitleRunUpSeconds = 8;
/** One list of forced key pictures is an argument of at most 128 KiB. */
const maxForcedKeys = 8000;

/** What ffmpeg adds to the times of the file: enough that none is negative, also where the file's own are. Whole seconds, so exact. */
export function shiftSeconds(originSeconds: number): number {
  return originOffsetSeconds + Math.max(0, Math.ceil(-originSeconds));
}

const shared = (originSeconds: number) => [
  ...["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-copyts", "-avoid_negative_ts", "disabled"],
  ...[
    "-output_ts_offset",
    String(shiftSeconds(originSeconds)),
    "-max_muxing_queue_size",
    "1024",
    "-flush_packets",
    "1",
  ],
];
const fragments = "empty_moov+default_base_moof+skip_sidx+skip_trailer+frag_discont+negative_cts_offsets";

/** The command line of a head. */
export function headArguments(recipe: Recipe, source: Source, start: Start): string[] {
  const seconds = seekSeconds(recipe, source, start);
  const from = seconds - source.seekOriginSeconds;
  return [
    ...["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "warning", "-nostats"],
    ...(start.isSecondTry ? ["-err_detect", "ignore_err"] : []),
    // Of a copy, times that a container does not hold are made from the order of decoding.
    ...(source.container === "avi" && recipe.encode === null ? ["-fflags", "+genpts"] : []),
    ...(recipe.kind === "picture" && recipe.encode !== null && !start.isSecondTry ? hardwareInput(recipe.encode) : []),
    ...(from > 0.001 && start.index > 0 ? ["-ss", from.toFixed(6)] : []),
    ...ffmpegInput(source.fd),
    ...(recipe.kind === "picture" ? pictureArguments(recipe, start) : soundArguments(recipe, start.index)),
    ...["-f", "mp4", "pipe:1"],
  ];
}

/** In the clock of the file. */
function seekSeconds(recipe: Recipe, { container }: Source, { index, lateness }: Start): number {
  const margin = marginsSeconds[lateness - 1] ?? (lateness === 0 ? 0 : Infinity);
  if (recipe.kind === "sound") return recipe.originSeconds + soundStart(recipe, index) - margin;
  const { grid } = recipe;
  const key = ((entries(recipe)[index] ?? 0) + grid.originTicks) / grid.ticksPerSecond;
  if (recipe.encode !== null && lateness === 0) {
    const before = recipe.encode.burnsIn === null ? 0 : subtitleRunUpSeconds;
    return key + recipe.encode.lateSeconds - halfFrame(recipe.encode) - before;
  }
  if (lateness > 0) return key - margin;
  // ffmpeg bends the times of pictures that are shown before the key picture it begins with: they have to come behind another.
  const isOpen = (grid.starts[index] ?? 0) < (grid.keys[index] ?? 0);
  const entry = isOpen ? Math.max(0, index - 1) : index;
  const place = ((grid.keys[entry] ?? 0) + grid.originTicks) / grid.ticksPerSecond;
  const room = (grid.rooms[entry] ?? 0) / grid.ticksPerSecond;
  return guessing.has(container) ? place - (marginsSeconds[0] ?? 0) : place + Math.min(maxIntoSeconds, room / 2);
}

/** Sound begins a segment early, since the first packets after a start are not what they would be otherwise. */
function soundStart({ grid }: SoundRecipe, index: number): number {
  return (Math.max(0, index - 1) * grid.samplesPerSegment) / grid.samplesPerSecond;
}

/** So much earlier than a picture no other is meant. */
function halfFrame({ frameRate: [rate, per], isRegular }: PictureEncode): number {
  return isRegular ? per / rate / 2 : irregularSeconds;
}

function pictureArguments(recipe: PictureRecipe, { index, isSecondTry }: Start): string[] {
  const { grid, encode, streamIndex, codec } = recipe;
  const rest = shared(grid.originTicks / grid.ticksPerSecond);
  const clock = ["-video_track_timescale", String(grid.ticksPerSecond), "-movflags", `frag_keyframe+${fragments}`];
  if (encode === null) {
    const tag = codec === "hevc" ? ["-tag:v", "hvc1"] : [];
    return ["-map", `0:${streamIndex}`, "-c:v", "copy", ...tag, "-an", ...rest, ...clock];
  }
  const keys = entries(recipe)
    .slice(index, index + maxForcedKeys)
    .map((key) => {
      const seconds = (key + grid.originTicks) / grid.ticksPerSecond - halfFrame(encode);
      return seconds.toFixed(6);
    });
  return [
    ...filterArguments(recipe, isSecondTry ? { ...encode, encoder: "software" } : encode, index),
    ...["-force_key_frames", keys.join(","), "-fps_mode", "passthrough", "-enc_time_base", "-1"],
    ...encoderArguments(encode, isSecondTry),
    ...["-an", ...rest, ...clock],
  ];
}

function hardwareInput({ encoder }: PictureEncode): string[] {
  return encoder === "h264_vaapi" ? ["-vaapi_device", "/dev/dri/renderD128"] : [];
}

function filterArguments(recipe: PictureRecipe, encode: PictureEncode, index: number): string[] {
  const { streamIndex, grid } = recipe;
  const origin = grid.originTicks / grid.ticksPerSecond;
  const chain = pictureFilters(encode, origin).join(",");
  if (encode.burnsIn === null) return ["-map", `0:${streamIndex}`, "-vf", chain];
  const key = ((entries(recipe)[index] ?? 0) + grid.originTicks) / grid.ticksPerSecond + encode.lateSeconds;
  // What is on the screen when a segment begins came in before: pictures until then are decoded and left out.
  const trim = index === 0 ? "" : `trim=start=${(key - halfFrame(encode)).toFixed(6)},`;
  const drawn = `[0:${streamIndex}][0:${encode.burnsIn}]overlay=x=(W-w)/2:y=(H-h):eof_action=pass:repeatlast=0`;
  const graph = `${drawn},${trim}${chain}[v]`;
  return ["-filter_complex", graph, "-map", "[v]"];
}

/** In the order that costs least: fewer pictures, then fewer pixels, then colours. */
export function pictureFilters(encode: PictureEncode, originSeconds: number): string[] {
  const [rate, per] = encode.frameRate;
  return [
    ...(encode.lateSeconds > 0 ? [`setpts=PTS-${encode.lateSeconds.toFixed(6)}/TB`] : []),
    ...(encode.deinterlaces ? ["bwdif=mode=send_frame:parity=auto:deint=all"] : []),
    // The regular line begins with the first picture of the film.
    ...(encode.evensTimes
      ? [
          `setpts=PTS-(${originSeconds.toFixed(6)})/TB,fps=fps=${rate}/${per},setpts=PTS+(${originSeconds.toFixed(6)})/TB`,
        ]
      : []),
    ...(encode.halvesFrames ? ["framestep=2"] : []),
    `scale=w=${encode.width}:h=${encode.height}:flags=bicubic`,
    "setsar=1",
    ...(encode.toneMaps
      ? [
          "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0",
          "zscale=t=bt709:m=bt709:r=tv",
        ]
      : []),
    ...(encode.encoder === "h264_vaapi" ? ["format=nv12,hwupload"] : ["format=yuv420p"]),
  ];
}

export function encoderArguments(encode: PictureEncode, isSecondTry: boolean): string[] {
  const rates = ["-maxrate", String(encode.maxBitsPerSecond), "-bufsize", String(encode.maxBitsPerSecond)];
  const level = levelOf(encode);
  const common = ["-profile:v", "high", "-g", "9999", "-flags", "+cgop"];
  // Whatever made a segment, it carries its own parameters, so that the next one may come from another encoder.
  const inBand = ["-bsf:v", "dump_extra=freq=keyframe"];
  if (encode.encoder === "software" || isSecondTry) {
    const threads = encode.threads > 0 ? ["-threads", String(encode.threads)] : [];
    const x264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-sc_threshold", "0", "-forced-idr", "1"];
    const own = encode.encoder === "software" ? [] : inBand;
    return [...x264, ...common, "-level:v", `${level / 10}`, ...rates, ...threads, ...own];
  }
  const rate = ["-b:v", String(encode.bitsPerSecond), ...rates];
  const forced: Readonly<Record<Exclude<PictureEncode["encoder"], "software">, readonly string[]>> = {
    h264_nvenc: ["-no-scenecut", "1", "-forced-idr", "1", "-bf", "0"],
    h264_qsv: ["-forced_idr", "1", "-bf", "0", "-look_ahead", "0"],
    h264_vaapi: ["-bf", "0"],
  };
  return ["-c:v", encode.encoder, ...forced[encode.encoder], ...common, ...rate, ...inBand];
}

/** Limits of H.264 (ITU-T H.264 table A-1, High profile): macroblocks a second, macroblocks a picture, bits a second and buffered. */
const levels: readonly (readonly [level: number, perSecond: number, perPicture: number, bits: number])[] = [
  [30, 40_500, 1620, 12_500_000],
  [31, 108_000, 3600, 17_500_000],
  [32, 216_000, 5120, 25_000_000],
  [40, 245_760, 8192, 25_000_000],
  [41, 245_760, 8192, 62_500_000],
  [42, 522_240, 8704, 62_500_000],
  [50, 589_824, 22_080, 168_750_000],
  [51, 983_040, 36_864, 300_000_000],
  [52, 2_073_600, 36_864, 300_000_000],
  [60, 4_177_920, 139_264, 300_000_000],
];

/** The lowest level that the picture fits, as ten times its number. */
export function levelOf({ width, height, frameRate: [rate, per], maxBitsPerSecond }: PictureEncode): number {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const perSecond = (blocks * rate) / per;
  const fits = levels.find(
    ([, second, picture, bits]) => perSecond <= second && blocks <= picture && maxBitsPerSecond <= bits,
  );
  return fits?.[0] ?? 62;
}

function soundArguments(recipe: SoundRecipe, index: number): string[] {
  const { grid, encode, streamIndex } = recipe;
  const rest = shared(recipe.originSeconds);
  const pieces = ["-frag_duration", "1000000", "-use_editlist", "0", "-movflags"];
  if (encode === null) {
    // The description of AC-3, and of AAC from a transport stream, is only known from its packets.
    const late = [...pieces, fragments.replace("empty_moov", "delay_moov"), "-strict", "-2"];
    return ["-map", `0:${streamIndex}`, "-c:a", "copy", "-vn", ...rest, ...late];
  }
  const rate = grid.samplesPerSecond;
  const start = recipe.originSeconds + soundStart(recipe, index);
  const layout = encode.channels === 6 ? "5.1" : encode.channels === 1 ? "mono" : "stereo";
  // The line of time is that of endless silence; what the file has is heard on it, from the very sample where the segment begins.
  const line = `anullsrc=r=${rate}:cl=${layout},asetpts=N+${Math.round(start * rate)}[line]`;
  // The first of what goes in is counted in its own samples.
  const first = Math.round(start * recipe.sourceRate);
  const heard = `[0:${streamIndex}]aresample=${rate}:async=1:min_hard_comp=0.03:first_pts=${first}[heard]`;
  return [
    ...["-filter_complex", `${line};${heard};[line][heard]amix=inputs=2:duration=first:normalize=0[sound]`],
    ...["-map", "[sound]", "-vn", "-c:a", "aac"],
    ...["-ac", String(encode.channels), "-ar", String(rate), "-b:a", String(encode.bitsPerSecond)],
    ...[...rest, ...pieces, fragments],
  ];
}
