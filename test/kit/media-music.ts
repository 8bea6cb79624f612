import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createLibrary, libraryForget, libraryKeys, libraryScan } from "#apps/media/library";
import { createProbe, mediaProbe } from "#apps/media/probe";
import { createDerivedCache } from "#cache/derived";
import { createHttp } from "#platform/http";
import { createJobs } from "#platform/jobs";
import { createRunner } from "#platform/usecase";
import { openTestCloud, type TestCloud } from "./cloud.ts";
import { createMusic, musicAsk, type MusicDeps } from "#apps/media/music";

interface TestMusicOptions {
  /** None by default: then nothing is asked. */
  readonly catalogues?: MusicDeps["catalogues"];
  /** How much later it is than the clock of the cloud says, for the waiting of `catalogues`. */
  readonly laterMs?: () => number;
}

/** Music over the real libraries and the real probe of a test cloud, with their jobs running. */
export async function openTestMusic({ catalogues, laterMs = () => 0 }: TestMusicOptions = {}) {
  const cloud = await openTestCloud();
  const { deps, storage, access } = cloud;
  const cache = createDerivedCache({ ...deps, folder: join(cloud.dir, "pictures"), budgetBytes: 10_000_000 });
  const library = createLibrary({
    ...deps,
    storage,
    access,
    jobs: () => jobs,
    playing: () => false,
    personNamed: (name) => ({ displayName: name.toUpperCase() }),
    limitsOf: () => ({ sql: "1", params: [] }),
  });
  const probe = createProbe({
    ...deps,
    storage,
    access,
    library,
    cache,
    playing: () => false,
    enqueue: (...job) => jobs.enqueue(...job),
  });
  const music = createMusic({
    ...deps,
    storage,
    library,
    probe,
    dataDir: cloud.dir,
    cache,
    personName: () => "Somebody",
    loudnessOf: () => undefined,
    clock: { now: () => deps.clock.now() + laterMs() },
    catalogues,
    playing: () => false,
    jobs: () => ({
      ...jobs,
      enqueue: (kind, payload, options) => jobs.enqueue(kind, payload, { ...options, delayMs: 0 }),
    }),
    encodedBudgetBytes: 20_000_000,
    changed: () => undefined,
  });
  const jobs = createJobs({
    ...deps,
    kinds: [libraryScan, libraryKeys, libraryForget, mediaProbe, musicAsk],
    handlers: [...library.jobHandlers, ...probe.jobHandlers, ...music.jobHandlers],
    isAlone: true,
  });
  jobs.start();
  library.start();
  probe.start();
  music.start();
  const runner = createRunner({ ...deps, implementations: music.implementations, audit: () => undefined });
  const http = createHttp({
    ...deps,
    routes: music.routes,
    authenticate: (request) => cloud.actor(request.headers.get("x-test-user") ?? ""),
  });
  const openJobs = () => jobs.list(100).filter(({ state }) => state === "queued" || state === "running");
  return {
    ...{ cloud, music, library, probe, jobs },
    call: callWith(cloud, runner),
    fetchAs: async (name: string, path: string, headers: Record<string, string> = {}) =>
      http(new Request(`http://cloud.test${path}`, { headers: { ...headers, "x-test-user": name } }), {
        address: "192.0.2.1",
        setIdleTimeout: () => undefined,
      }),
    /** Resolves when everything is taken in and looked into. */
    settled: async () => {
      for (let quiet = 0; quiet < 3;) {
        await library.followed();
        jobs.wake();
        await Bun.sleep(10);
        await music.settled();
        quiet = openJobs().length === 0 ? quiet + 1 : 0;
      }
    },
    close: async () => {
      await jobs.stop();
      await library.stop();
      await probe.stop();
      await music.stop();
      await cloud.close();
    },
  };
}

function callWith(cloud: TestCloud, runner: ReturnType<typeof createRunner>) {
  /** The answer of an operation, or `{ code }` of its refusal. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
  return async (name: string, operation: string, input: unknown = {}): Promise<any> => {
    const actor = cloud.actor(name);
    const caller = { actor, requestId: "test", address: "192.0.2.1", userAgent: "test", secure: false };
    try {
      return await runner.run(operation, input, { ...caller, replyHeaders: new Headers() });
    } catch (error) {
      return { code: (error as { code?: string }).code, detail: (error as { detail?: string }).detail };
    }
  };
}

/** Songs made by ffmpeg: a tone, or silence, with tags. */
export function createSongMaker() {
  const folder = mkdtempSync(join(tmpdir(), "hearth-songs-"));
  const run = (argv: string[]) => {
    const { exitCode, stderr } = Bun.spawnSync(["ffmpeg", "-v", "error", "-nostdin", "-y", ...argv], {
      timeout: 60_000,
    });
    if (exitCode !== 0) throw new Error(`ffmpeg ${argv.join(" ")}: ${stderr.toString()}`);
  };
  const made = new Map<string, string>();
  return {
    folder,
    run,
    /** Writes a song into a file; the ending says its form. */
    make: (target: string, tags: Readonly<Record<string, string>> = {}, seconds = 1, hertz = 440): void => {
      mkdirSync(dirname(target), { recursive: true });
      const base = join(folder, `${seconds}-${hertz}.wav`);
      if (!made.has(base)) run(["-f", "lavfi", "-i", `sine=f=${hertz}:r=44100:d=${seconds}`, "-ac", "2", base]);
      made.set(base, base);
      const metadata = Object.entries(tags).flatMap(([name, value]) => ["-metadata", `${name}=${value}`]);
      run(["-i", base, ...metadata, target]);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
