import { closeSync, mkdtempSync, openSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Item } from "#apps/media/library";
import type { KeyframeIndex, MediaFacts } from "#apps/media/probe";
import { createSegmentCache } from "#cache/segments";
import { systemClock } from "#platform/clock";
import { createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { createTitle, type Film, type TitleDeps } from "./title.ts";

interface Stream {
  readonly index: number;
  readonly codec_type: string;
  readonly codec_name: string;
  readonly width?: number;
  readonly height?: number;
  readonly channels?: number;
  readonly sample_rate?: string;
  readonly start_time?: string;
  readonly time_base: string;
  readonly r_frame_rate?: string;
  readonly avg_frame_rate?: string;
  readonly field_order?: string;
  readonly has_b_frames?: number;
}

const quiet = createLogger({ clock: systemClock, level: "error", write: () => undefined });
const limits = { timeoutMs: 60_000, maxOutputBytes: 256 * 1024 * 1024 };

async function ffprobe(path: string, ...more: string[]): Promise<string> {
  const exec = createExec({ log: quiet, clock: systemClock });
  const { stdout, stderr, exitCode } = await exec.run(["ffprobe", "-v", "error", ...more, path], limits);
  if (exitCode !== 0) throw new Error(stderr);
  return new TextDecoder().decode(stdout);
}

const fraction = (text = "0/1"): [number, number] => {
  const [num = 0, den = 1] = text.split("/").map(Number);
  return [num, den];
};

/** Facts of a clip as far as the engine looks at them. */
export async function factsOf(path: string): Promise<MediaFacts> {
  const { streams, format } = JSON.parse(
    await ffprobe(path, "-show_streams", "-show_entries", "format=start_time,duration,format_name", "-of", "json"),
  ) as { streams: Stream[]; format: { start_time?: string; duration?: string; format_name: string } };
  const names: Readonly<Record<string, string>> = { "matroska,webm": "matroska", "mov,mp4,m4a,3gp,3g2,mj2": "mp4" };
  const of = (kind: string) => streams.filter(({ codec_type }) => codec_type === kind);
  const shared = (stream: Stream) => ({
    index: stream.index,
    codec: stream.codec_name,
    language: null,
    title: null,
    isDefault: true,
    isForced: false,
    bitsPerSecond: null,
    profile: null,
    codecString: null,
  });
  return {
    recipe: 1,
    container: names[format.format_name] ?? format.format_name,
    durationMs: Number(format.duration) * 1000,
    startMs: Number(format.start_time) * 1000,
    seekOriginUs: Math.round(Number(format.start_time ?? 0) * 1e6),
    bitsPerSecond: null,
    video: of("video").map((stream) => ({
      ...shared(stream),
      level: null,
      reorder: stream.has_b_frames ?? 0,
      width: stream.width ?? 0,
      height: stream.height ?? 0,
      rotation: 0,
      pixelAspect: [1, 1],
      frameRate: stream.r_frame_rate === stream.avg_frame_rate ? fraction(stream.r_frame_rate) : null,
      isInterlaced: (stream.field_order ?? "progressive") !== "progressive" && stream.field_order !== "unknown",
      pixelFormat: null,
      bitDepth: 8,
      range: "sdr",
      dolbyProfile: null,
    })),
    audio: of("audio").map((stream) => ({
      ...shared(stream),
      channels: stream.channels ?? 2,
      layout: null,
      samplesPerSecond: Number(stream.sample_rate),
      isCommentary: false,
      startMs: Number(stream.start_time) * 1000,
    })),
    subtitles: [],
    chapters: [],
    covers: [],
    fonts: [],
    tags: {},
    picture: null,
  };
}

/** Every packet of the picture is looked at: exact, for clips. */
export async function scanKeyframes(path: string): Promise<KeyframeIndex> {
  const { streams, packets } = JSON.parse(
    await ffprobe(
      path,
      ...[
        "-select_streams",
        "V:0",
        "-show_entries",
        "stream=index,time_base:packet=pts,dts,duration,flags,size",
        "-of",
        "json",
      ],
    ),
  ) as {
    streams: { index: number; time_base: string }[];
    packets: { pts?: number; dts?: number; duration?: number; flags: string; size: string }[];
  };
  const pts: number[] = [];
  const bytes: number[] = [];
  const leads: number[] = [];
  let endPts = 0;
  for (const packet of packets) {
    const at = packet.pts ?? packet.dts ?? 0;
    endPts = Math.max(endPts, at + (packet.duration ?? 0));
    if (packet.flags.startsWith("K")) {
      pts.push(at);
      bytes.push(0);
      leads.push(at);
    }
    if (pts.length === 0) continue;
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + Number(packet.size);
    leads[leads.length - 1] = Math.min(leads.at(-1) ?? at, at);
  }
  const open = pts.flatMap((key, at) => ((leads[at] ?? key) < key ? [at] : []));
  return {
    streamIndex: streams[0]?.index ?? 0,
    timeBase: fraction(streams[0]?.time_base),
    pts,
    endPts,
    open,
    leadPts: open.map((at) => leads[at] ?? 0),
    bytes,
  };
}

/** The engine below sessions on a clip: real ffmpeg, real cache, its own folder. */
export async function openTestTitle(path: string, more: Partial<TitleDeps> & { readonly film?: Partial<Film> } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "hearth-stream-"));
  const warnings: string[] = [];
  const log = createLogger({ clock: systemClock, level: "warn", write: (line) => void warnings.push(line) });
  const exec = createExec({ log, clock: systemClock });
  const segments = createSegmentCache({ folder: join(folder, "segments"), budgetBytes: 2e9, clock: systemClock, log });
  await segments.start();
  const facts = await factsOf(path);
  const item = { id: 1, nodeId: 1, sizeBytes: statSync(path).size } as Item;
  const film: Film = { item, contentKey: path, facts, index: await scanKeyframes(path), ...more.film };
  const title = createTitle(
    {
      exec,
      clock: systemClock,
      log,
      segments,
      admit: () => undefined,
      hardware: () => null,
      hardwareFailed: () => undefined,
      openSource: () => {
        const fd = openSync(path, "r");
        const { container, seekOriginUs = 0 } = facts;
        return Promise.resolve({ fd, container, seekOriginSeconds: seekOriginUs / 1e6, close: () => closeSync(fd) });
      },
      ...more,
    },
    film,
  );
  return {
    title,
    film,
    exec,
    segments,
    warnings,
    folder,
    close: async () => {
      await exec.stopAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
