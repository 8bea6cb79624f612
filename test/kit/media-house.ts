import { basename } from "node:path";
import type { ClientCapabilities } from "#contract/apps/media/decide";
import type { Session, Wishes } from "#contract/apps/media/stream";
import { type Clip, type ClipName, mediaClip } from "./media-clips.ts";
import { type RunningHearth, startHearth } from "./program.ts";

const readyTimeoutMs = 120_000;
const pollMs = 100;

interface ListedItem {
  readonly id: number;
  readonly path: string;
  readonly state: string;
  readonly reason: string | null;
}

const everyCodec = ["h264", "hevc", "av1", "vp9"];
const everySound = ["aac", "mp3", "ac3", "eac3", "opus", "flac", "dts", "mp2"];

/** H.264 1.0; nothing but a very small picture is so low. */
const leastLevel = 10;

/** A player of HLS that plays these codecs and nothing from files. */
function playerOf(
  video: readonly string[],
  audio: readonly string[],
  more: Partial<ClientCapabilities> = {},
): ClientCapabilities {
  return {
    name: "the test",
    containers: [],
    video: video.map((codec) => ({
      ...{ codec, ways: ["hls"], maxWidth: 8192, maxHeight: 4320, maxFramesPerSecond: 120, maxBitDepth: 16 },
      ...{ maxBitsPerSecond: null, maxLevel: null },
    })),
    audio: audio.map((codec) => ({ codec, ways: ["hls"], maxChannels: 8 })),
    hdr: ["hdr10", "hlg"],
    subtitles: { text: true, styled: false, image: false, embedded: false },
    ...{ switchesAudioInFile: false, deinterlaces: true, maxChannels: 8, maxHeight: null, bitsPerSecond: null },
    ...more,
  };
}

/** Copies whatever can be copied. */
export const copyingPlayer = playerOf(everyCodec, everySound);
const plain = playerOf(["h264"], ["aac"], { hdr: [], deinterlaces: false, maxChannels: 2 });
/** What every browser plays, but no H.264 that somebody else has made: all pictures are made anew, and most sound. */
export const plainPlayer = { ...plain, video: plain.video.map((one) => ({ ...one, maxLevel: leastLevel })) };
/** As above, with H.264 of any level: the original is copied, and every rung below it made. */
export const ladderPlayer = plain;

export type MediaHouse = Awaited<ReturnType<typeof startMediaHouse>>;

/** `POST /api/<name>` as the page sends it; throws with the answer when it is refused. */
async function call<T>(hearth: RunningHearth, name: string, input: unknown): Promise<T> {
  const response = await fetch(`${hearth.url}/api/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: hearth.url, cookie: hearth.cookie },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** All items of all libraries. */
async function itemsOf(hearth: RunningHearth): Promise<ListedItem[]> {
  const { libraries } = await call<{ libraries: { id: number }[] }>(hearth, "libraries.list", {});
  const lists = await Promise.all(
    libraries.map(({ id }) => call<{ items: ListedItem[] }>(hearth, "libraries.items", { libraryId: id, limit: 500 })),
  );
  return lists.flatMap(({ items }) => items);
}

/** Two are made at a time: while one is drawn the other is encoded. */
async function clipsOf(names: readonly ClipName[]): Promise<Clip[]> {
  const clips: Clip[] = [];
  const rest = names.entries();
  const lane = async () => {
    for (const [at, name] of rest) clips[at] = await mediaClip(name);
  };
  await Promise.all([lane(), lane()]);
  return clips;
}

/** The real program with some clips in the folder Films of its owner. */
export async function startMediaHouse(names: readonly ClipName[], options: Parameters<typeof startHearth>[0] = {}) {
  const clips = await clipsOf(names);
  const hearth = await startHearth(options);
  const items = () => itemsOf(hearth);
  /** Sends a file into Films. */
  const send = async (path: string, name = basename(path)) => {
    const target = `/dav/home/Films/${encodeURIComponent(name)}`;
    const { status } = await hearth.fetch(target, { method: "PUT", body: Bun.file(path) });
    if (status !== 201 && status !== 204) throw new Error(`PUT ${name}: ${status}`);
  };
  /** Waits until the file of this name is probed, and gives its item. */
  const probed = async (name: string): Promise<ListedItem> => {
    const until = performance.now() + readyTimeoutMs;
    for (;;) {
      const item = (await items()).find(({ path }) => path.endsWith(name));
      if (item !== undefined && item.state !== "found") return item;
      if (performance.now() > until) throw new Error(`${name} is not probed: ${JSON.stringify(item)}\n${hearth.log()}`);
      await Bun.sleep(pollMs);
    }
  };
  const itemOf = async (clip: Clip) => {
    const item = await probed(clip.recipe.file);
    if (item.state !== "ready") throw new Error(`${clip.recipe.file} is ${item.state}: ${item.reason}`);
    return item.id;
  };
  try {
    if (options.again === undefined) await hearth.fetch("/dav/home/Films", { method: "MKCOL" });
    if (options.again === undefined) for (const clip of clips) await send(clip.path);
    for (const clip of clips) await itemOf(clip);
  } catch (error) {
    await hearth.stop();
    throw error;
  }
  return {
    hearth,
    clips,
    call: <T>(name: string, input: unknown) => call<T>(hearth, name, input),
    items,
    itemOf,
    probed,
    send,
    clip: (name: ClipName): Clip => {
      const found = clips.find((clip) => clip.name === name);
      if (found === undefined) throw new Error(`${name} is not in this house`);
      return found;
    },
    begin: async (clip: Clip, capabilities: ClientCapabilities, wishes: Wishes = {}): Promise<Session> =>
      call<Session>(hearth, "stream.begin", { itemId: await itemOf(clip), capabilities, wishes }),
    end: (session: Session) => call(hearth, "stream.end", { sessionId: session.id }),
  };
}
