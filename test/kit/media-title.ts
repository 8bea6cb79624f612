import { type InitFacts, readFragments, readInit, type Fragment } from "./media-boxes.ts";
import { type Master, type MediaPlaylist, parseMaster, parseMedia } from "./media-playlists.ts";

const fetchTimeoutMs = 40_000;

/**
 * GET without any credential: the address is enough. A server that is not ready is asked again when it says so, as players do; everything
 * else but 200 throws.
 */
export async function fetchBytes(url: string): Promise<Uint8Array> {
  const until = performance.now() + fetchTimeoutMs;
  for (;;) {
    const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs) });
    if (response.status === 200) return response.bytes();
    const text = (await response.text()).slice(0, 500);
    if (response.status !== 503 || performance.now() > until) throw new Error(`${url}: ${response.status} ${text}`);
    await Bun.sleep(Number(response.headers.get("retry-after") ?? 1) * 1000);
  }
}

const fetchText = async (url: string) => Buffer.from(await fetchBytes(url)).toString("utf8");

/** One rendition of a title: what a player holds of it. */
export interface LoadedRendition {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly playlist: MediaPlaylist;
  readonly initBytes: Uint8Array;
  readonly init: InitFacts;
  /** Fetched at the first call, kept after. */
  segment(index: number): Promise<Uint8Array>;
  fragments(index: number): Promise<Fragment[]>;
  /** Init and these segments, as a player appends them. */
  joined(indexes: readonly number[]): Promise<Uint8Array>;
  /** Index of the segment that holds this moment of the player's time line. */
  segmentAt(seconds: number): number;
}

export interface LoadedTitle {
  readonly masterUrl: string;
  readonly master: Master;
  readonly video: readonly LoadedRendition[];
  readonly audio: readonly LoadedRendition[];
  readonly subtitles: readonly { readonly attributes: ReadonlyMap<string, string>; readonly playlist: MediaPlaylist }[];
}

async function loadRendition(
  url: string,
  name: string,
  attributes: ReadonlyMap<string, string>,
): Promise<LoadedRendition> {
  const playlist = parseMedia(await fetchText(url), url);
  if (playlist.mapUrl === null) throw new Error(`${name} has no init segment`);
  const initBytes = await fetchBytes(playlist.mapUrl);
  const init = readInit(initBytes);
  const kept = new Map<number, Promise<Uint8Array>>();
  const segment = (index: number) => {
    const listed = playlist.segments[index];
    if (listed === undefined) throw new Error(`${name} has no segment ${index}`);
    const bytes = kept.get(index) ?? fetchBytes(listed.url);
    kept.set(index, bytes);
    return bytes;
  };
  return {
    ...{ name, attributes, playlist, initBytes, init, segment },
    fragments: async (index) => readFragments(await segment(index), init),
    joined: async (indexes) => {
      const parts: Uint8Array[] = [initBytes];
      // One after the other, as players do.
      for (const index of indexes) parts.push(await segment(index));
      return Buffer.concat(parts);
    },
    segmentAt: (seconds) => {
      const next = playlist.segments.findIndex(({ startSeconds }) => startSeconds > seconds);
      return (next === -1 ? playlist.segments.length : next) - 1;
    },
  };
}

/** Fetches the master playlist and everything it names, but no media segment. */
export async function loadTitle(masterUrl: string): Promise<LoadedTitle> {
  const master = parseMaster(await fetchText(masterUrl), masterUrl);
  const urls = [...new Map(master.variants.map((variant) => [variant.url, variant])).values()];
  const named = (type: string) => {
    const found = master.renditions.filter((rendition) => rendition.type === type && rendition.url !== null);
    // Each group of sound names all of its tracks, and tracks are in several groups.
    return [...new Map(found.map((rendition) => [rendition.url, rendition])).values()];
  };
  // One after the other, as players do: to make all rungs ready at once may be more than the machine can.
  const video: LoadedRendition[] = [];
  for (const { url, attributes } of urls) {
    video.push(await loadRendition(url, `${attributes.get("RESOLUTION")} ${pathOf(url)}`, attributes));
  }
  const audio: LoadedRendition[] = [];
  for (const { url, name, attributes } of named("AUDIO")) {
    audio.push(await loadRendition(url ?? "", `sound ${name} ${pathOf(url ?? "")}`, attributes));
  }
  const subtitles = [];
  for (const { url, attributes } of named("SUBTITLES")) {
    subtitles.push({ attributes, playlist: parseMedia(await fetchText(url ?? ""), url ?? "") });
  }
  return { masterUrl, master, video, audio, subtitles };
}

/** The part of an address that is the same for every session. */
function pathOf(url: string): string {
  return new URL(url).pathname.split("/").slice(4, 6).join("/");
}
