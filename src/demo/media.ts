import type { Exec } from "#platform/exec";
import { AppError } from "#platform/errors";

const timeoutMs = 60_000;
const maxOutputBytes = 64 * 1024 * 1024;
const width = 1600;
const height = 1067;

/** A landscape of its own for every number: sky, sun and three hills. */
export async function makePhoto(index: number): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const hue = (index * 47) % 360;
  const sunX = 200 + ((index * 331) % 1200);
  const sunY = 160 + ((index * 97) % 300);
  const hill = (base: number, light: number) =>
    `<path d="M0 ${base} C ${300 + ((index * 71) % 300)} ${base - 220}, ${900 + ((index * 53) % 300)} ${base + 120}, ${width} ${base - 90} L ${width} ${height} L 0 ${height} Z" fill="hsl(${(hue + 110) % 360} 35% ${light}%)"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="hsl(${hue} 60% 62%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360} 75% 86%)"/>
    </linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <circle cx="${sunX}" cy="${sunY}" r="80" fill="hsl(45 100% 88%)"/>
    ${hill(720, 52)}${hill(840, 40)}${hill(960, 28)}
  </svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 82 }).toBuffer();
}

export function makeFilm(exec: Exec, source: string): Promise<Uint8Array> {
  const size = "size=1280x720:rate=25:duration=12";
  return ffmpeg(exec, [
    ...["-f", "lavfi", "-i", `${source}=${size}`, "-f", "lavfi", "-i", "sine=frequency=330:duration=12"],
    ...["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"],
    ...["-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1"],
  ]);
}

export function makeSong(exec: Exec, frequency: number): Promise<Uint8Array> {
  const input = `sine=frequency=${frequency}:duration=20`;
  return ffmpeg(exec, ["-f", "lavfi", "-i", input, "-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3", "pipe:1"]);
}

async function ffmpeg(exec: Exec, options: readonly string[]): Promise<Uint8Array> {
  const argv = ["ffmpeg", "-v", "error", "-nostdin", ...options];
  const { exitCode, stdout, stderr } = await exec.run(argv, { timeoutMs, maxOutputBytes });
  if (exitCode !== 0) throw new AppError("unavailable", `ffmpeg failed: ${stderr.trim()}`);
  return stdout;
}
