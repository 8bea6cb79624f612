import type { Exec } from "#platform/exec";
import { bounds, ffmpegInput, pathForChild } from "#platform/ffmpeg";
import type { OpenedFile } from "#storage/primary";

const maxOutputBytes = 64 * 1024 * 1024;
const niceness = 10;
export const frameTimeoutMs = 20_000;
const options = { timeoutMs: frameTimeoutMs, maxOutputBytes, niceness, limits: bounds.make };

/** A frame of a film at a tenth of its length, as PNG; of a picture the picture. Null when there is none. */
export async function filmFrame(exec: Exec, file: OpenedFile, size: number): Promise<Uint8Array | null> {
  const durationSeconds = await probeDuration(exec, file);
  if (durationSeconds > 1) {
    const early = await takeFrame(exec, file, size, ["-skip_frame", "nokey", "-ss", (durationSeconds / 10).toFixed(2)]);
    if (early !== null) return early;
  }
  return takeFrame(exec, file, size, []);
}

/** 0 when it is not known. */
async function probeDuration(exec: Exec, file: OpenedFile): Promise<number> {
  const argv = [
    "ffprobe",
    "-v",
    "error",
    "-show_entries",
    "format=duration",
    "-of",
    "csv=p=0",
    ...ffmpegInput(file.fd),
  ];
  const { stdout } = await exec.run(argv, { ...options, maxOutputBytes: 4096, limits: bounds.look });
  const seconds = Number(new TextDecoder().decode(stdout).trim());
  return Number.isFinite(seconds) ? seconds : 0;
}

async function takeFrame(
  exec: Exec,
  file: OpenedFile,
  size: number,
  seek: readonly string[],
): Promise<Uint8Array | null> {
  const square = "scale=trunc(iw*max(sar\\,0.01)):ih,setsar=1";
  const fit = `scale='min(${size},iw)':'min(${size},ih)':force_original_aspect_ratio=decrease`;
  const argv = [
    ...["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", ...seek, ...ffmpegInput(file.fd)],
    ...["-an", "-sn", "-dn", "-frames:v", "1", "-vf", `${square},${fit}`],
    ...["-c:v", "png", "-compression_level", "1", "-f", "image2pipe", "pipe:1"],
  ];
  const { stdout } = await exec.run(argv, options);
  return stdout.byteLength > 0 ? stdout : null;
}

/** The first page of a PDF as PNG; null when there is none, as with a password. */
export async function firstPage(exec: Exec, file: OpenedFile, size: number): Promise<Uint8Array | null> {
  const argv = [
    "pdftoppm",
    "-f",
    "1",
    "-l",
    "1",
    "-singlefile",
    "-scale-to",
    String(size),
    "-png",
    pathForChild(file.fd),
  ];
  const { stdout } = await exec.run(argv, options);
  return stdout.byteLength > 0 ? stdout : null;
}
