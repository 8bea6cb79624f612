import type { Song } from "#contract/apps/media/music";
import { problemOf } from "#web/client.ts";
import type { Engine, EngineEvents } from "./engine.ts";
import { outputOf, type Output } from "./output.ts";

/** A song on the one timeline of the media element, in seconds. */
interface Placed {
  readonly song: Song;
  readonly start: number;
  /** Exact once its last piece is there. */
  end: number | null;
  /** The piece that is fetched next. */
  piece: number;
  hasInit: boolean;
}

const mimeType = 'audio/mp4; codecs="flac"';
/** As the server cuts them. */
const pieceSeconds = 5;
const aheadSeconds = 40;
const behindSeconds = 20;
const retryMs = 2_000;
const followMs = 200;
const maxTries = 4;
/** From so near its end on the next song is not exchanged any more. */
const sureSeconds = 0.3;

export function canPlayGapless(): boolean {
  return typeof MediaSource !== "undefined" && MediaSource.isTypeSupported(mimeType);
}

/**
 * One media element with one buffer, in which songs lie end to end: the decoded samples of one are followed at once by those of the
 * next. The server sends lossless pieces without the padding of encoders.
 */
export function createGaplessEngine(events: EngineEvents, gainOf: (song: Song) => number): Engine {
  const audio = new Audio();
  audio.preload = "auto";
  const output: Output = outputOf(audio);
  const source = new MediaSource();
  const url = URL.createObjectURL(source);
  audio.src = url;
  let buffer: SourceBuffer | undefined;
  let placed: Placed[] = [];
  let current: Placed | undefined;
  let volume = 1;
  let wanted = false;
  /** Grows with every jump: what was fetched for another place is thrown away. */
  let round = 0;
  let fetching: AbortController | undefined;
  let isClosed = false;
  let isPumping = false;
  /** Nothing is appended while the buffer is being emptied. */
  let cleared: Promise<void> = Promise.resolve();

  const opened = new Promise<void>((resolve) => {
    source.addEventListener("sourceopen", () => resolve(), { once: true });
  }).then(() => {
    if (isClosed || source.readyState === "closed") return;
    buffer = source.addSourceBuffer(mimeType);
  });
  const idle = async (): Promise<void> => {
    while (buffer?.updating)
      await new Promise((resolve) => buffer?.addEventListener("updateend", resolve, { once: true }));
  };
  const applyGain = () => output.set(volume * (current === undefined ? 1 : gainOf(current.song)));
  const bufferedEnd = () => bufferedUntil(audio);

  /** The song whose next piece is wanted now; places the one that follows. Undefined when there is enough, or nothing more. */
  const wantedPiece = (): Placed | undefined => {
    const last = placed.at(-1);
    if (last === undefined || bufferedEnd() - audio.currentTime > aheadSeconds) return undefined;
    if (last.end === null) return last;
    const song = events.next();
    if (song === null) {
      if (source.readyState === "open" && !buffer?.updating) source.endOfStream();
      return undefined;
    }
    const next: Placed = { song, start: last.end, end: null, piece: 0, hasInit: false };
    placed.push(next);
    return next;
  };
  const append = async (bytes: ArrayBuffer, offset: number | null, mine: number): Promise<void> => {
    await cleared;
    await idle();
    if (mine !== round || buffer === undefined || isClosed) return;
    if (offset !== null) buffer.timestampOffset = offset;
    buffer.appendBuffer(bytes);
    await idle();
  };
  const fetchPiece = async (one: Placed): Promise<void> => {
    const mine = round;
    fetching = new AbortController();
    const { signal } = fetching;
    if (!one.hasInit) {
      const { bytes } = await loadPiece(one.song.id, "init", signal);
      await append(bytes, one.start, mine);
      if (mine !== round) return;
      one.hasInit = true;
    }
    const { bytes, isLast } = await loadPiece(one.song.id, one.piece, signal);
    if (mine !== round) return;
    await append(bytes, null, mine);
    if (mine !== round || buffer === undefined) return;
    one.piece += 1;
    const { buffered } = buffer;
    if (isLast) one.end = buffered.length === 0 ? one.start : buffered.end(buffered.length - 1);
  };
  const forget = async (): Promise<void> => {
    const until = audio.currentTime - behindSeconds;
    if (until <= 0 || buffer === undefined || buffer.buffered.length === 0 || buffer.buffered.start(0) >= until) return;
    await idle();
    buffer.remove(0, until);
    await idle();
    placed = placed.filter((one) => one === current || one.end === null || one.end > until);
  };
  const pump = async (): Promise<void> => {
    if (isPumping || isClosed) return;
    isPumping = true;
    let tries = 0;
    try {
      await opened;
      for (let one = wantedPiece(); one !== undefined && !isClosed; one = wantedPiece()) {
        const mine = round;
        try {
          await forget();
          await fetchPiece(one);
          tries = 0;
        } catch (error) {
          if (mine !== round || isClosed) continue;
          tries += 1;
          if (tries >= maxTries || !isTransient(error)) {
            one.end = bufferedEnd();
            if (one === current) events.onError(one.song, error);
            else placed = placed.filter((other) => other !== one);
            return;
          }
          await new Promise((resolve) => setTimeout(resolve, retryMs));
        }
      }
    } finally {
      isPumping = false;
    }
  };

  const follow = () => {
    const at = audio.currentTime;
    const heard = placed.findLast(({ start }) => at >= start - 0.005);
    if (heard !== undefined && heard !== current) {
      current = heard;
      applyGain();
      events.onSong(heard.song);
    }
    void pump();
  };
  const clear = async (from: number, mine: number): Promise<void> => {
    await opened;
    await idle();
    if (mine !== round || buffer === undefined || source.readyState === "closed") return;
    if (source.readyState === "open") buffer.abort();
    if (buffer.buffered.length === 0) return;
    buffer.remove(from, Infinity);
    await idle();
  };
  /** Everything anew from a moment of a song. */
  const begin = async (song: Song, positionMs: number): Promise<void> => {
    const mine = (round += 1);
    fetching?.abort();
    const piece = Math.max(0, Math.floor(positionMs / 1000 / pieceSeconds));
    const one: Placed = { song, start: 0, end: null, piece, hasInit: false };
    placed = [one];
    current = one;
    applyGain();
    cleared = clear(0, mine);
    await cleared;
    if (mine !== round) return;
    audio.currentTime = Math.max(0, positionMs / 1000);
    await pump();
    if (mine === round) void pump();
  };

  const unlisten = listenTo(audio, follow, {
    onWaiting: events.onWaiting,
    onEnd: events.onEnd,
    onPlaying: (isPlaying) => isPlaying !== wanted && events.onPlaying(isPlaying),
  });
  const play = () => {
    wanted = true;
    void audio.play().catch((error: unknown) => {
      // The browser wants a press of the person first.
      if (error instanceof DOMException && error.name === "NotAllowedError") events.onPlaying(false);
    });
  };

  return {
    start: (song, positionMs, isPlaying) => {
      void begin(song, positionMs);
      if (isPlaying) play();
    },
    play,
    pause: () => {
      wanted = false;
      audio.pause();
    },
    seek: (positionMs) => {
      if (current === undefined) return;
      const target = current.start + positionMs / 1000;
      if (isBuffered(audio, target)) {
        audio.currentTime = target;
        return;
      }
      void begin(current.song, positionMs);
      if (wanted) play();
    },
    positionMs: () => (current === undefined ? 0 : Math.max(0, (audio.currentTime - current.start) * 1000)),
    durationMs: () => (current?.end === null || current === undefined ? null : (current.end - current.start) * 1000),
    setVolume: (value) => {
      volume = value;
      applyGain();
    },
    setRate: (rate) => {
      audio.preservesPitch = true;
      audio.playbackRate = rate;
      audio.defaultPlaybackRate = rate;
    },
    refresh: () => {
      applyGain();
      const at = current === undefined ? -1 : placed.indexOf(current);
      const following = placed[at + 1];
      const next = events.next();
      const isSure = current?.end !== null && current !== undefined && current.end - audio.currentTime < sureSeconds;
      if (following !== undefined && following.song.id !== next?.id && !isSure) {
        const mine = (round += 1);
        fetching?.abort();
        placed = placed.slice(0, at + 1);
        cleared = clear(following.start, mine);
        void cleared.then(pump);
      } else void pump();
    },
    close: () => {
      isClosed = true;
      round += 1;
      fetching?.abort();
      unlisten();
      audio.pause();
      output.close();
      audio.removeAttribute("src");
      audio.load();
      URL.revokeObjectURL(url);
    },
  };
}

/** Answers how to stop it. */
function listenTo(
  audio: HTMLAudioElement,
  follow: () => void,
  to: Pick<EngineEvents, "onWaiting" | "onEnd" | "onPlaying">,
): () => void {
  const timer = setInterval(follow, followMs);
  const ending = new AbortController();
  const on = (name: string, listener: () => void) => audio.addEventListener(name, listener, { signal: ending.signal });
  on("timeupdate", follow);
  on("waiting", () => to.onWaiting(true));
  on("playing", () => to.onWaiting(false));
  on("canplay", () => to.onWaiting(false));
  on("pause", () => !audio.ended && to.onPlaying(false));
  on("play", () => to.onPlaying(true));
  on("ended", to.onEnd);
  return () => {
    clearInterval(timer);
    ending.abort();
  };
}

/** Until when there is sound without a hole from where it is now. */
function bufferedUntil({ buffered, currentTime }: HTMLAudioElement): number {
  for (let index = 0; index < buffered.length; index += 1) {
    if (buffered.start(index) <= currentTime + 0.25 && buffered.end(index) >= currentTime) return buffered.end(index);
  }
  return currentTime;
}

function isBuffered({ buffered }: HTMLAudioElement, seconds: number): boolean {
  for (let index = 0; index < buffered.length; index += 1) {
    if (seconds >= buffered.start(index) && seconds < buffered.end(index) - 0.05) return true;
  }
  return false;
}

async function loadPiece(songId: number, which: number | "init", signal: AbortSignal) {
  const response = await fetch(`/api/music/piece/${songId}/${which}`, { signal, credentials: "same-origin" });
  if (!response.ok) throw await problemOf(response);
  return { bytes: await response.arrayBuffer(), isLast: response.headers.get("hearth-last") === "true" };
}

/** No connection, or a server that is busy: worth another try. */
function isTransient(error: unknown): boolean {
  const status = (error as { status?: number }).status ?? 0;
  return status === 0 || status === 429 || status === 503;
}
