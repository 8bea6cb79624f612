import type { Exec } from "#platform/exec";
import type { ExtraValues } from "./repository.ts";
import { type MakeOptions, runFfmpeg, type Source } from "./run-ffmpeg.ts";

/** Loudness of a sound track (EBU R128). Null when it is silent. */
export async function makeLoudness(
  exec: Exec,
  source: Source,
  streamIndex: number,
  options: MakeOptions,
): Promise<ExtraValues["loudness"] | null> {
  const filter = "ebur128=peak=true:framelog=verbose";
  const after = ["-map", `0:${streamIndex}`, "-vn", "-sn", "-dn", "-af", filter, "-f", "null", "-"];
  const { stderr } = await runFfmpeg(exec, source, { after }, options, { logLevel: "info" });
  const summary = stderr.slice(stderr.lastIndexOf("Summary:"));
  const integratedLufs = Number(/\bI:\s*(-?[\d.]+) LUFS/.exec(summary)?.[1] ?? Number.NaN);
  const peakDb = Number(/\bPeak:\s*(-?[\d.]+) dBFS/.exec(summary)?.[1] ?? Number.NaN);
  // What is below the gate all along counts as silence.
  return Number.isFinite(integratedLufs) && Number.isFinite(peakDb) && integratedLufs > -70
    ? { integratedLufs, peakDb }
    : null;
}
