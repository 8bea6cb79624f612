import { mkdtempSync, readFileSync, rmSync, chmodSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePictures } from "./media-decode.ts";
import { type ReadPicture, readStrip, strip } from "./media-picture.ts";

const runTimeoutMs = 60_000;
const replyTimeoutMs = 15_000;
const pollMs = 20;
/** A seek is over when mpv is so near to what was asked for: within a picture or two. */
const nearSeconds = 0.1;

export interface ProgramRun {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs a player to its end; it is killed when that takes too long. */
async function runPlayer(argv: readonly string[], env: Record<string, string> = {}): Promise<ProgramRun> {
  const child = Bun.spawn([...argv], {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: runTimeoutMs },
    env: { ...process.env, LC_ALL: "C.UTF-8", ...env },
  });
  const texts = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, output: (await texts).join("\n") };
}

/** Strips that a program wrote one after the other, as grey pixels. */
function stripsIn(bytes: Uint8Array): ReadPicture[] {
  const size = strip.width * strip.height;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    readStrip(bytes.subarray(index * size, (index + 1) * size)),
  );
}

export interface Shown {
  /** Numbers of the pictures in the order in which they came. */
  readonly numbers: readonly (number | null)[];
  readonly run: ProgramRun;
}

/**
 * GStreamer's player (hlsdemux2) from a moment to the end, as quickly as it can; the first variant that it chooses. Sound goes through
 * its decoder, too.
 */
export async function playWithGstreamer(url: string, startSeconds = 0): Promise<Shown> {
  const folder = mkdtempSync(join(tmpdir(), "hearth-gst-"));
  const file = join(folder, "strips.gray");
  const caps = `video/x-raw,format=GRAY8,width=${strip.width},height=${strip.height}`;
  try {
    const env = {
      GST_DEBUG: "2",
      GST_DEBUG_NO_COLOR: "1",
      GST_REGISTRY: join(tmpdir(), `hearth-gst-registry-${process.getuid?.()}`),
    };
    // Its first start on a machine looks at every plugin that is installed, and warns of those that find no hardware.
    await runPlayer(["gst-play-1.0", "--version"], env);
    const run = await runPlayer(
      [
        ...["gst-play-1.0", "--use-playbin3", "--no-interactive", "-q", `--start-position=${startSeconds}`],
        `--videosink=videoconvertscale add-borders=false ! ${caps} ! filesink location=${file} sync=false`,
        ...["--audiosink=fakesink sync=false", url],
      ],
      env,
    );
    return { numbers: stripsIn(readFileSync(file)).map(({ number }) => number), run };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** VLC from a moment to the end; it refuses to be root, so that it runs as nobody when the tests do. */
export async function playWithVlc(url: string, startSeconds = 0): Promise<Shown> {
  const folder = mkdtempSync(join(tmpdir(), "hearth-vlc-"));
  chmodSync(folder, 0o777);
  const isRoot = process.getuid?.() === 0;
  const asNobody = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  try {
    const run = await runPlayer(
      [
        ...[...asNobody, "vlc", "-I", "dummy", "--no-color", "--play-and-exit", "--vout=dummy", "--aout=dummy"],
        ...[
          "--video-filter=scene",
          "--scene-format=png",
          "--scene-ratio=1",
          `--scene-path=${folder}`,
          "--scene-prefix=p",
        ],
        ...[`--scene-width=${strip.width}`, `--scene-height=${strip.height}`, "--no-video-title-show"],
        ...["--no-drop-late-frames", "--no-skip-frames", "--rate=4", `--start-time=${startSeconds}`, url, "vlc://quit"],
      ],
      { HOME: folder },
    );
    const { value } = await decodePictures(join(folder, "p%05d.png"));
    return { numbers: value.map(({ number }) => number), run };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Mpv {
  /**
   * Seeks exactly, counted from the first picture, and gives the number of the picture that is shown then: the first that begins there
   * or later.
   */
  seek(seconds: number): Promise<number | null>;
  property(name: string): Promise<unknown>;
  command(...words: unknown[]): Promise<unknown>;
  /** Waits until all of the film is loaded: libavformat before 7.1 cannot seek in fragments that are not. */
  loaded(): Promise<void>;
  /** Waits until it has played to the end. */
  ended(): Promise<void>;
  /** Warnings and errors of its readers and decoders so far, one line each. */
  complaints(): string[];
  stop(): Promise<void>;
}

interface Reply {
  readonly request_id?: number;
  readonly error?: string;
  readonly data?: unknown;
  readonly event?: string;
}

async function connected(path: string): Promise<Socket> {
  const until = performance.now() + replyTimeoutMs;
  for (;;) {
    const socket = connect(path);
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    if (isOpen) return socket;
    if (performance.now() > until) throw new Error("mpv does not answer");
    await Bun.sleep(pollMs);
  }
}

/** mpv without a screen, paused at the beginning; driven over its socket (JSON IPC). */
export async function openMpv(url: string): Promise<Mpv> {
  const folder = mkdtempSync(join(tmpdir(), "hearth-mpv-"));
  const path = join(folder, "socket");
  const child = Bun.spawn(
    [
      ...[
        "mpv",
        "--no-config",
        "--vo=null",
        "--ao=null",
        "--idle=yes",
        "--pause",
        "--hls-bitrate=max",
        "--no-terminal",
        "--ytdl=no",
      ],
      ...[
        `--log-file=${join(folder, "log")}`,
        "--msg-level=all=warn",
        `--input-ipc-server=${path}`,
        "--keep-open=always",
      ],
    ],
    { stdin: "ignore", stdout: "ignore", stderr: "ignore", timeout: runTimeoutMs },
  );
  const waiting = new Map<number, (reply: Reply) => void>();
  const events: string[] = [];
  let rest = "";
  const socket = await connected(path);
  socket.on("data", (part) => {
    const lines = `${rest}${part.toString("utf8")}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const reply = JSON.parse(line) as Reply;
      if (reply.event !== undefined) events.push(reply.event);
      else waiting.get(reply.request_id ?? 0)?.(reply);
    }
  });
  let last = 0;
  const command = (...words: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const timer = setTimeout(() => reject(new Error(`mpv: no answer to ${words.join(" ")}`)), replyTimeoutMs);
      waiting.set(id, ({ error, data }) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (error === "success") resolve(data);
        else reject(new Error(`mpv: ${words.join(" ")}: ${error}`));
      });
      socket.write(`${JSON.stringify({ command: words, request_id: id })}\n`);
    });
  const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
    const limit = performance.now() + replyTimeoutMs;
    while (!(await isSo())) {
      if (performance.now() > limit)
        throw new Error(`mpv: not within ${replyTimeoutMs} ms: ${what}\n${complaints().join("\n")}`);
      await Bun.sleep(pollMs);
    }
  };
  const complaints = () =>
    readFileSync(join(folder, "log"), "utf8")
      .split("\n")
      // What the player itself says is about a machine that is too busy to play at this speed.
      .filter((line) => /\]\[[wef]\]\[/.test(line) && !line.includes("][cplayer]"));
  const property = (name: string) => command("get_property", name).catch(() => undefined);
  const restarts = () => events.filter((event) => event === "playback-restart").length;
  // Over the socket, or the first picture could come before anybody listens.
  await command("loadfile", url);
  await until("the first picture", () => restarts() > 0);
  return {
    command,
    property,
    complaints,
    seek: async (seconds) => {
      const before = restarts();
      await command("seek", seconds, "absolute+exact");
      await until(`a seek to ${seconds} s`, async () => {
        const [isSeeking, at] = [await property("seeking"), await property("time-pos")];
        return (
          restarts() > before && isSeeking === false && typeof at === "number" && Math.abs(at - seconds) < nearSeconds
        );
      });
      const picture = join(folder, "picture.png");
      await command("screenshot-to-file", picture, "video");
      return (await decodePictures(picture)).value[0]?.number ?? null;
    },
    loaded: () =>
      until("the whole film is loaded", async () => {
        const state = (await property("demuxer-cache-state")) as { "bof-cached"?: boolean; "eof-cached"?: boolean };
        return state?.["eof-cached"] === true;
      }),
    ended: () => until("the end", async () => (await property("eof-reached")) === true),
    stop: async () => {
      socket.destroy();
      child.kill();
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
