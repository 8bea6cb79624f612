import { readFileSync } from "node:fs";
import { childrenOf } from "../../test/kit/media-children.ts";

const limitMs = 30_000;
const pollMs = 1;

/**
 * The command line of the encoder that the program runs now, another than `but`: what raw ffmpeg is to do is exactly that. Undefined when
 * none is seen in time.
 */
export async function encoderOf(
  pid: number,
  encoder: string,
  but: readonly string[] = [],
  withinMs = limitMs,
): Promise<string[] | undefined> {
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    for (const child of childrenOf(pid, "ffmpeg")) {
      const argv = commandLine(child);
      const at = argv.indexOf("-c:v");
      const isOther = argv.join(" ") !== but.join(" ");
      if (at !== -1 && argv[at + 1] === encoder && isOther) return argv;
    }
    await Bun.sleep(pollMs);
  }
  return undefined;
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** Waits until the program's encoders have ended: they would share the machine with what is measured next. */
export async function encodersEnded(pid: number): Promise<void> {
  const until = performance.now() + limitMs;
  while (childrenOf(pid, "ffmpeg").length > 0) {
    if (performance.now() > until) throw new Error("an encode goes on although nobody plays");
    await Bun.sleep(20);
  }
}

/** Milliseconds from the start of the same ffmpeg on the file until the last byte of so many seconds has come through the pipe. */
export async function rawMs(argv: readonly string[] | undefined, film: string, seconds: number): Promise<number> {
  if (argv === undefined) throw new Error("no encode of the program was seen");
  const input = argv.indexOf("-i") + 1;
  const own = argv.map((word, index) => (index === input ? `file:${film}` : word));
  // Of what is read: with `-copyts` the time of what is written counts from the start of the film, and nothing would come out.
  own.splice(input - 1, 0, "-t", seconds.toFixed(6));
  const began = performance.now();
  const child = Bun.spawn(own, { stdout: "pipe", stderr: "ignore" });
  let bytes = 0;
  for await (const part of child.stdout) bytes += part.length;
  if ((await child.exited) !== 0 || bytes === 0) throw new Error("raw ffmpeg has failed");
  return performance.now() - began;
}
