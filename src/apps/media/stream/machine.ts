import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import type { Load } from "#apps/media/decide";
import { AppError } from "#platform/errors";
import { measure, type Measured, readMeasured } from "./measure.ts";
import type { StreamDeps } from "./ports.ts";
import type { HardwareEncoder } from "./recipe.ts";
import type { Rendition } from "./rendition.ts";

/** What this machine can make at one time. */
export interface Machine {
  /** `own` is what the new plan would share or replace. */
  load(own: ReadonlySet<Rendition>): Load;
  hardware(): HardwareEncoder | null;
  hardwareFailed(why: string): void;
  /** Makes room for one more encode of `rendition`, or throws AppError `unavailable`. */
  admit(rendition: Rendition): void;
  start(): void;
  /** Measures when it is needed and nothing else runs; called now and then. */
  look(): void;
  stop(): Promise<void>;
}

export interface MachineDeps extends Pick<StreamDeps, "options" | "exec" | "clock" | "log" | "folder"> {
  readonly renditions: () => readonly Rendition[];
}

const retryAfterSeconds = 5;
/** An encoder that failed is tried again after so long. */
const hardwareRestMs = 3_600_000;
/** Nothing was made for so long: what is measured is the whole machine. */
const quietMs = 30_000;
const maxTemperatureCelsius = 95;
const sensorsEveryMs = 5000;

export function createMachine(deps: MachineDeps): Machine {
  const { clock, log, options, renditions } = deps;
  const cores = availableParallelism();
  const stopping = new AbortController();
  let measured: Measured | undefined;
  let isWanted = false;
  let work: Promise<void> | undefined;
  let busyAtMs = clock.now();
  let failedAtMs = -Infinity;
  let sensors = { atMs: -Infinity, freeMemoryBytes: freemem(), temperatureCelsius: null as number | null };

  const pictures = () => renditions().filter(({ isEncode, recipe }) => isEncode && recipe.kind === "picture");
  const runMeasure = async (): Promise<void> => {
    try {
      measured = await measure(deps, devices(), stopping.signal);
      log.info("measured how fast films are made anew", { ...measured });
    } catch (cause) {
      if (!stopping.signal.aborted) log.warn("could not measure how fast films are made anew", { cause });
    }
  };
  const hardware = () => (clock.now() - failedAtMs < hardwareRestMs ? null : (measured?.hardware?.encoder ?? null));

  return {
    hardware,
    hardwareFailed: (why) => {
      failedAtMs = clock.now();
      log.warn("the encoder in hardware failed; the processor takes over", { why });
    },
    load: (own) => {
      isWanted = true;
      const nowMs = clock.now();
      if (nowMs - sensors.atMs > sensorsEveryMs) {
        sensors = { atMs: nowMs, freeMemoryBytes: availableMemory(), temperatureCelsius: temperature() };
      }
      const others = pictures().filter((one) => !own.has(one) && one.isWatched() && one.heads().length > 0);
      const { freeMemoryBytes, temperatureCelsius } = sensors;
      const factor = measured?.hardware?.factor;
      return {
        softwareFactor: measured?.software ?? {},
        cores,
        hardware: hardware() === null || factor === undefined ? null : { codecs: ["h264"], factor },
        usedShare: others.reduce((sum, { machineShare }) => sum + machineShare, 0),
        freeMemoryBytes,
        temperatureCelsius,
        maxTemperatureCelsius,
      };
    },
    admit: (rendition) => {
      if (!rendition.isEncode || rendition.recipe.kind === "sound") return;
      const most = options.maxTranscodes ?? Math.max(2, cores);
      const running = pictures().flatMap((one) => one.heads().filter((head) => !head.isStopped()));
      if (running.length < most) return;
      const asleep = running.find((head) => head.pausedSinceMs() !== null);
      if (asleep === undefined) {
        const detail = "The server is making as many films ready as it can; try again in a moment.";
        throw new AppError("unavailable", detail, { retryAfterSeconds });
      }
      asleep.stop();
    },
    start: () => {
      void readMeasured(deps).then((known) => (measured ??= known));
    },
    look: () => {
      if (renditions().some((one) => one.heads().length > 0)) busyAtMs = clock.now();
      if (!isWanted || measured !== undefined || work !== undefined || clock.now() - busyAtMs < quietMs) return;
      work = runMeasure();
    },
    stop: async () => {
      stopping.abort();
      await work;
    },
  };
}

/** Encoders whose device is there at all. */
function devices(): HardwareEncoder[] {
  return [
    ...(existsSync("/dev/nvidia0") ? (["h264_nvenc"] as const) : []),
    ...(existsSync("/dev/dri/renderD128") ? (["h264_qsv", "h264_vaapi"] as const) : []),
  ];
}

/** What programs may still take: the kernel counts in what it would give back. */
function availableMemory(): number {
  try {
    const kibibytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
  } catch {
    return freemem();
  }
}

/** Of the hottest sensor; null where there is none. */
function temperature(): number | null {
  try {
    const zones = readdirSync("/sys/class/thermal").filter((name) => name.startsWith("thermal_zone"));
    const degrees = zones.map((name) => Number(readFileSync(`/sys/class/thermal/${name}/temp`, "utf8")) / 1000);
    const sane = degrees.filter((value) => value > 0 && value < 150);
    return sane.length === 0 ? null : Math.max(...sane);
  } catch {
    return null;
  }
}
