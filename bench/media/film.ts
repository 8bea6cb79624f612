import { join } from "node:path";

/** A film of 1280 × 720 with movement everywhere, a key frame every two seconds, and stereo sound. */
export async function makeFilm(folder: string, seconds: number): Promise<string> {
  const path = join(folder, "film.mkv");
  await run([
    ...["-f", "lavfi", "-i", `testsrc2=s=1280x720:r=24:d=${seconds},noise=alls=12:allf=t`],
    ...[
      "-f",
      "lavfi",
      "-i",
      `sine=f=330:r=48000:d=${seconds}`,
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-b:v",
      "6M",
    ],
    ...["-g", "48", "-keyint_min", "48", "-sc_threshold", "0", "-c:a", "aac", "-ac", "2", path],
  ]);
  return path;
}

/** The same film under another title: nothing that was made of one serves for the other. */
export async function retitled(film: string, folder: string, title: string): Promise<string> {
  const path = join(folder, `${title}.mkv`);
  await run(["-i", film, "-map", "0", "-c", "copy", "-metadata", `title=${title}`, path]);
  return path;
}

async function run(argv: readonly string[]): Promise<void> {
  const child = Bun.spawn(["ffmpeg", "-nostdin", "-v", "error", "-y", ...argv], { stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`ffmpeg: ${errors}`);
}
