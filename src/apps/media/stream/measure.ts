import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import type { Exec } from "#platform/exec";
import { bounds } from "#platform/ffmpeg";
import { z } from "zod";
import { type HardwareEncoder, hardwareEncoders } from "./recipe.ts";

/** How many times faster than real time this machine encodes, by height of a picture of 16:9 with 30 frames a second. */
export interface Measured {
  readonly software: Readonly<Record<number, number>>;
  /** The first encoder in hardware that has really encoded; null: none has. */
  readonly hardware: { readonly encoder: HardwareEncoder; readonly factor: Readonly<Record<number, number>> } | null;
}

const Factors = z.record(z.coerce.number(), z.number().positive());
const Kept = z.object({
  machine: z.string(),
  software: Factors,
  hardware: z.object({ encoder: z.enum(hardwareEncoders), factor: Factors }).nullable(),
});

interface MeasureDeps {
  readonly exec: Exec;
  readonly folder: string;
}

const testHeight = 720;
const testSeconds = 3;
const timeoutMs = 60_000;
const maxOutputBytes = 64 * 1024;

/** What was measured of this very machine and ffmpeg before; undefined when that was another, or never. */
export async function readMeasured({ exec, folder }: MeasureDeps): Promise<Measured | undefined> {
  try {
    const kept = Kept.parse(JSON.parse(await readFile(fileIn(folder), "utf8")));
    return kept.machine === (await machineName(exec)) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** A few seconds of work for the whole machine; kept for the next start. */
export async function measure(
  deps: MeasureDeps,
  devices: readonly HardwareEncoder[],
  signal: AbortSignal,
): Promise<Measured> {
  const software = { [testHeight]: await factorOf(deps.exec, "libx264", signal) };
  let hardware: Measured["hardware"] = null;
  for (const encoder of devices) {
    const factor = await factorOf(deps.exec, encoder, signal).catch(() => undefined);
    if (factor === undefined) continue;
    hardware = { encoder, factor: { [testHeight]: factor } };
    break;
  }
  const kept: z.infer<typeof Kept> = { machine: await machineName(deps.exec), software, hardware };
  await mkdir(deps.folder, { recursive: true, mode: 0o700 });
  await writeFile(`${fileIn(deps.folder)}.tmp`, JSON.stringify(kept));
  await rename(`${fileIn(deps.folder)}.tmp`, fileIn(deps.folder));
  return kept;
}

const fileIn = (folder: string) => join(folder, "measured.json");

/** Encodes for real: what a program lists it does not always have. Throws when it cannot. */
async function factorOf(exec: Exec, encoder: HardwareEncoder | "libx264", signal: AbortSignal): Promise<number> {
  const size = `${(testHeight * 16) / 9}x${testHeight}`;
  const argv = [
    ...["ffmpeg", "-nostdin", "-v", "error"],
    ...(encoder === "h264_vaapi" ? ["-vaapi_device", "/dev/dri/renderD128"] : []),
    ...["-f", "lavfi", "-i", `testsrc2=s=${size}:r=30:d=${testSeconds}`],
    ...(encoder === "h264_vaapi" ? ["-vf", "format=nv12,hwupload"] : ["-vf", "format=yuv420p"]),
    ...["-c:v", encoder, ...(encoder === "libx264" ? ["-preset", "veryfast", "-crf", "22"] : ["-b:v", "4M"])],
    ...["-f", "null", "-"],
  ];
  const startedAtMs = performance.now();
  const { exitCode, stderr } = await exec.run(argv, { timeoutMs, maxOutputBytes, signal, limits: bounds.film });
  if (exitCode !== 0) throw new Error(`${encoder}: ${stderr}`);
  return (testSeconds * 1000) / (performance.now() - startedAtMs);
}

async function machineName(exec: Exec): Promise<string> {
  const { stdout } = await exec.run(["ffmpeg", "-version"], { timeoutMs, maxOutputBytes });
  const [version = ""] = new TextDecoder().decode(stdout).split("\n");
  return `${version} · ${cpus()[0]?.model ?? ""} × ${availableParallelism()}`;
}
