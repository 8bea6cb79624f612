import type { Song } from "#contract/apps/media/music";
import { type Engine, type EngineEvents, songUrl } from "./engine.ts";
import { outputOf, type Output } from "./output.ts";

interface Deck {
  readonly audio: HTMLAudioElement;
  readonly output: Output;
  song: Song | undefined;
  /** 0 to 1. */
  fade: number;
}

const tickMs = 100;
/** The next song is loaded so long before the end. */
const preloadSeconds = 20;

/**
 * Two media elements in turn, each with the file of a song: for browsers without buffers of their own, and for fading one song into the
 * next.
 */
export function createPlainEngine(
  events: EngineEvents,
  gainOf: (song: Song) => number,
  crossfadeSeconds: () => number,
): Engine {
  let volume = 1;
  let rate = 1;
  let wanted = false;
  const makeDeck = (): Deck => {
    const audio = new Audio();
    audio.preload = "auto";
    return { audio, output: outputOf(audio), song: undefined, fade: 1 };
  };
  const decks: readonly [Deck, Deck] = [makeDeck(), makeDeck()];
  let active: Deck = decks[0];
  const other = () => (active === decks[0] ? decks[1] : decks[0]);
  const apply = (deck: Deck) => deck.output.set(volume * deck.fade * (deck.song === undefined ? 1 : gainOf(deck.song)));
  const load = (deck: Deck, song: Song) => {
    if (deck.song?.id === song.id && deck.audio.error === null && deck.audio.currentTime === 0) return;
    deck.song = song;
    deck.audio.src = songUrl(song);
    deck.audio.playbackRate = rate;
    deck.audio.defaultPlaybackRate = rate;
  };
  const drop = (deck: Deck) => {
    deck.audio.pause();
    deck.song = undefined;
    deck.audio.removeAttribute("src");
    deck.audio.load();
  };
  const run = (deck: Deck) =>
    void deck.audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") events.onPlaying(false);
    });
  const remaining = () =>
    Number.isFinite(active.audio.duration) ? active.audio.duration - active.audio.currentTime : Infinity;

  /** The next song becomes the one that is heard; the old one goes on fading out when there is time for that. */
  const change = () => {
    const next = events.next();
    if (next === null) {
      if (active.audio.ended) events.onEnd();
      return;
    }
    const deck = other();
    load(deck, next);
    const seconds = crossfadeSeconds();
    deck.fade = seconds > 0 ? 0 : 1;
    active = deck;
    apply(deck);
    run(deck);
    events.onSong(next);
  };
  const fade = () => {
    const seconds = crossfadeSeconds();
    const old = other();
    if (active.fade < 1) {
      active.fade = seconds > 0 ? Math.min(1, active.audio.currentTime / seconds) : 1;
      // Equal power: the sum sounds as loud all the time.
      old.fade = Math.cos((active.fade * Math.PI) / 2);
      apply(active);
      apply(old);
    } else if (old.song !== undefined && !old.audio.paused) {
      drop(old);
      old.fade = 1;
    }
  };
  const tick = () => {
    fade();
    const left = remaining();
    const seconds = crossfadeSeconds();
    const next = left < preloadSeconds ? events.next() : null;
    if (next !== null && other().audio.paused) load(other(), next);
    if (wanted && seconds > 0 && left <= seconds && active.audio.currentTime > seconds && next !== null) change();
  };
  const timer = setInterval(tick, tickMs);
  const listening = new AbortController();
  for (const deck of decks) {
    const on = (name: string, act: () => void) =>
      deck.audio.addEventListener(name, () => deck === active && act(), { signal: listening.signal });
    on("ended", change);
    on("waiting", () => events.onWaiting(true));
    on("playing", () => events.onWaiting(false));
    on("pause", () => wanted && !deck.audio.ended && events.onPlaying(false));
    on("play", () => !wanted && events.onPlaying(true));
    on("error", () => deck.song !== undefined && events.onError(deck.song, deck.audio.error));
  }
  return {
    start: (song, positionMs, isPlaying) => {
      drop(other());
      load(active, song);
      active.fade = 1;
      apply(active);
      if (positionMs > 0) active.audio.currentTime = positionMs / 1000;
      wanted = isPlaying;
      if (isPlaying) run(active);
    },
    play: () => {
      wanted = true;
      run(active);
    },
    pause: () => {
      wanted = false;
      for (const deck of decks) deck.audio.pause();
    },
    seek: (positionMs) => {
      active.audio.currentTime = positionMs / 1000;
    },
    positionMs: () => active.audio.currentTime * 1000,
    durationMs: () => (Number.isFinite(active.audio.duration) ? active.audio.duration * 1000 : null),
    setVolume: (value) => {
      volume = value;
      for (const deck of decks) apply(deck);
    },
    setRate: (value) => {
      rate = value;
      for (const { audio } of decks) {
        audio.preservesPitch = true;
        audio.playbackRate = value;
        audio.defaultPlaybackRate = value;
      }
    },
    refresh: () => {
      for (const deck of decks) apply(deck);
    },
    close: () => {
      clearInterval(timer);
      listening.abort();
      for (const deck of decks) {
        drop(deck);
        deck.output.close();
      }
    },
  };
}
