import type { AudioCapability, ClientCapabilities, VideoCapability } from "#contract/apps/media/decide";

type Way = "file" | "hls";

/** How a codec is asked for: what ffmpeg calls it, its string (RFC 6381) and the containers of files that it comes in. */
interface VideoProbe {
  readonly codec: string;
  readonly codecs: string;
  readonly bitDepth: number;
  readonly file: string;
  readonly hasHdr?: boolean;
}

const videoProbes: readonly VideoProbe[] = [
  { codec: "h264", codecs: "avc1.640033", bitDepth: 8, file: "video/mp4" },
  { codec: "h264", codecs: "avc1.6e0033", bitDepth: 10, file: "video/mp4" },
  { codec: "hevc", codecs: "hvc1.1.6.L153.B0", bitDepth: 8, file: "video/mp4" },
  { codec: "hevc", codecs: "hvc1.2.4.L153.B0", bitDepth: 10, file: "video/mp4", hasHdr: true },
  { codec: "av1", codecs: "av01.0.13M.08", bitDepth: 8, file: "video/mp4" },
  { codec: "av1", codecs: "av01.0.13M.10", bitDepth: 10, file: "video/mp4", hasHdr: true },
  { codec: "vp9", codecs: "vp09.00.51.08", bitDepth: 8, file: "video/webm" },
  { codec: "vp9", codecs: "vp09.02.51.10", bitDepth: 10, file: "video/webm", hasHdr: true },
  { codec: "vp8", codecs: "vp8", bitDepth: 8, file: "video/webm" },
];

/** The largest first: the first that is played says it all. */
const sizes = [
  { width: 3840, height: 2160, framerate: 60 },
  { width: 3840, height: 2160, framerate: 30 },
  { width: 1920, height: 1080, framerate: 60 },
  { width: 1920, height: 1080, framerate: 30 },
  { width: 1280, height: 720, framerate: 30 },
] as const;

const audioProbes: readonly { readonly codec: string; readonly file: string; readonly hls: string | null }[] = [
  { codec: "aac", file: 'audio/mp4; codecs="mp4a.40.2"', hls: 'audio/mp4; codecs="mp4a.40.2"' },
  { codec: "mp3", file: "audio/mpeg", hls: 'audio/mp4; codecs="mp4a.6b"' },
  { codec: "ac3", file: 'audio/mp4; codecs="ac-3"', hls: 'audio/mp4; codecs="ac-3"' },
  { codec: "eac3", file: 'audio/mp4; codecs="ec-3"', hls: 'audio/mp4; codecs="ec-3"' },
  { codec: "opus", file: 'audio/webm; codecs="opus"', hls: 'audio/mp4; codecs="opus"' },
  { codec: "flac", file: "audio/flac", hls: 'audio/mp4; codecs="flac"' },
  { codec: "alac", file: 'audio/mp4; codecs="alac"', hls: null },
  { codec: "vorbis", file: 'audio/webm; codecs="vorbis"', hls: null },
  { codec: "pcm_s16le", file: 'audio/wav; codecs="1"', hls: null },
];

const containers: readonly (readonly [name: string, type: string])[] = [
  ["mp4", "video/mp4"],
  ["webm", "video/webm"],
  ["matroska", "video/x-matroska"],
  ["mpegts", "video/mp2t"],
  ["ogg", "audio/ogg"],
  ["mp3", "audio/mpeg"],
  ["flac", "audio/flac"],
  ["wav", "audio/wav"],
];

const bitsPerSecond = 20_000_000;
/** Probes that do not answer are as good as a no. */
const probeMs = 3_000;
const cacheKey = "hearth-player-capabilities";
/** Raised when probes change. */
const recipe = 3;

/** What this browser can play, asked once and kept until it is another version of itself. */
export async function capabilities(): Promise<ClientCapabilities> {
  const owner = `${recipe} ${navigator.userAgent}`;
  const kept = localStorage.getItem(cacheKey);
  if (kept !== null) {
    const [from, known] = JSON.parse(kept) as [string, ClientCapabilities];
    if (from === owner) return { ...known, ...ofTheScreen() };
  }
  const found = { ...(await probeAll()), ...ofTheScreen() };
  localStorage.setItem(cacheKey, JSON.stringify([owner, found]));
  return found;
}

/** It changes with the window's screen, so it is never kept. */
function ofTheScreen() {
  const shorter = Math.min(screen.width, screen.height) * Math.max(1, devicePixelRatio);
  return { maxHeight: Math.max(240, Math.round(shorter)), bitsPerSecond: null };
}

/** Whether this page can draw subtitles itself: with their styles, by a program in WebAssembly, and those that are pictures. */
export function drawable(): { readonly styled: boolean; readonly image: boolean } {
  const hasWorkers = "Worker" in globalThis && "createImageBitmap" in globalThis;
  return { styled: hasWorkers && "OffscreenCanvas" in globalThis && "WebAssembly" in globalThis, image: hasWorkers };
}

/** Source for HLS: the browser's Media Source Extensions, or its own player. */
function hasMediaSource(): boolean {
  return "MediaSource" in window || "ManagedMediaSource" in window;
}

async function probeAll(): Promise<Omit<ClientCapabilities, "maxHeight" | "bitsPerSecond">> {
  const video = document.createElement("video");
  const ways: readonly Way[] = ["file", "hls"];
  const pictures = await Promise.all(videoProbes.flatMap((probe) => ways.map((way) => probeVideo(probe, way))));
  const channels = channelCount();
  const sound = audioProbes.flatMap(({ codec, file, hls }): AudioCapability[] => {
    const inFile = video.canPlayType(file) !== "";
    const inPieces = hls !== null && (hasMediaSource() ? isSourceSupported(hls) : inFile && hasNativeHls(video));
    const able: Way[] = [...(inFile ? (["file"] as const) : []), ...(inPieces ? (["hls"] as const) : [])];
    return able.length === 0 ? [] : [{ codec, ways: able, maxChannels: codec === "mp3" ? 2 : 8 }];
  });
  const found = pictures.filter((can) => can !== null);
  return {
    name: "your browser",
    containers: containers.flatMap(([name, type]) => (video.canPlayType(type) === "" ? [] : [name])),
    video: found.map(({ can }) => can),
    audio: sound,
    hdr: found.some(({ showsHdr }) => showsHdr) ? ["hdr10", "hlg"] : [],
    subtitles: { text: true, ...drawable(), embedded: false },
    switchesAudioInFile: false,
    deinterlaces: false,
    maxChannels: channels,
  };
}

interface Found {
  readonly can: VideoCapability;
  readonly showsHdr: boolean;
}

async function probeVideo(probe: VideoProbe, way: Way): Promise<Found | null> {
  const { codec, codecs, bitDepth, file, hasHdr = false } = probe;
  const type = `${way === "file" ? file : "video/mp4"}; codecs="${codecs}"`;
  if (way === "hls" && codec === "vp8") return null;
  for (const size of sizes) {
    const isPlayed = await decodes(way, { contentType: type, bitrate: bitsPerSecond, ...size });
    if (!isPlayed) continue;
    const hdr = { hdrMetadataType: "smpteSt2086", colorGamut: "rec2020", transferFunction: "pq" } as const;
    const showsHdr = hasHdr && (await decodes(way, { contentType: type, bitrate: bitsPerSecond, ...size, ...hdr }));
    const can: VideoCapability = {
      codec,
      ways: [way],
      maxWidth: size.width === 3840 ? 4096 : size.width,
      maxHeight: size.height === 2160 ? 2304 : size.height,
      maxFramesPerSecond: size.framerate,
      maxBitDepth: bitDepth,
      maxBitsPerSecond: null,
      maxLevel: null,
    };
    return { can, showsHdr };
  }
  return null;
}

async function decodes(way: Way, video: VideoConfiguration): Promise<boolean> {
  if (way === "hls" && hasMediaSource() && !isSourceSupported(video.contentType)) return false;
  const type = way === "hls" && hasMediaSource() ? "media-source" : "file";
  const element = document.createElement("video");
  if (way === "hls" && !hasMediaSource() && !hasNativeHls(element)) return false;
  const plain = () => element.canPlayType(video.contentType) !== "";
  if (!("mediaCapabilities" in navigator)) return plain();
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), probeMs));
  const asked = navigator.mediaCapabilities.decodingInfo({ type, video }).catch(() => null);
  const answer = await Promise.race([asked, late]);
  if (answer === null) return plain() && video.hdrMetadataType === undefined;
  return answer.supported && (answer.smooth || video.height <= 1080);
}

function isSourceSupported(type: string): boolean {
  const source = (window as { ManagedMediaSource?: typeof MediaSource }).ManagedMediaSource ?? window.MediaSource;
  return source?.isTypeSupported(type) === true;
}

function hasNativeHls(video: HTMLVideoElement): boolean {
  return video.canPlayType("application/vnd.apple.mpegurl") !== "";
}

function channelCount(): number {
  try {
    const context = new AudioContext();
    const count = context.destination.maxChannelCount;
    void context.close();
    return Math.min(8, Math.max(2, count));
  } catch {
    return 2;
  }
}
