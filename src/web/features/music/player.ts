import type { Song } from "#contract/apps/media/music";
import { call } from "#web/client.ts";
import { notifyErrorAs } from "#web/ui/notify.tsx";
import { deviceOf } from "#web/ui/device.ts";
import { music as t } from "#web/strings/music.ts";
import type { Engine, EngineEvents } from "./engine.ts";
import { gainFactor } from "./gain.ts";
import { canPlayGapless, createGaplessEngine } from "./gapless.ts";
import { showMediaSession } from "./media-session.ts";
import { wakeSound } from "./output.ts";
import { createPlainEngine } from "./plain.ts";
import { insert, move, nextIndex, queueOf, type QueueState, removeAt, shuffle, unshuffle } from "./queue.ts";
import { readSettings, type PlayerSettings, writeSettings } from "./settings.ts";

export interface PlayerState {
  readonly queue: QueueState<Song>;
  readonly song: Song | null;
  readonly isPlaying: boolean;
  readonly isWaiting: boolean;
  readonly settings: PlayerSettings;
  /** When it falls silent by itself; null: it does not. `song`: at the end of this one. */
  readonly sleep: number | "song" | null;
}

const saveAfterMs = 1_500;
const saveEveryMs = 20_000;
const countedPart = 0.5;
const countedMs = 4 * 60_000;
const restartBeforeMs = 3_000;

const silent = { queue: queueOf<Song>([], 0), song: null, isPlaying: false, isWaiting: false, sleep: null } as const;

export type Player = ReturnType<typeof createPlayer>;

/** The one player of the page: queue, engine, and what the server is told about them. */
export function createPlayer() {
  let state: PlayerState = { ...silent, settings: readSettings() };
  const listeners = new Set<() => void>();
  let engine: Engine | undefined;
  let failures = 0;
  const set = (change: Partial<PlayerState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  const songAt = (index: number | null) => (index === null ? null : (state.queue.entries[index]?.item ?? null));

  const events: EngineEvents = {
    onSong: (song) => {
      const index = nextIndex(state.queue, state.settings.repeat);
      set({ queue: { ...state.queue, index: index ?? state.queue.index }, song, isWaiting: false });
      if (state.sleep === "song") sleepNow();
      report.began(song);
    },
    onEnd: () => {
      set({ isPlaying: false, sleep: null });
      report.stopped();
    },
    onWaiting: (isWaiting) => set({ isWaiting }),
    onPlaying: (isPlaying) => (isPlaying ? play() : pause()),
    onError: (song, error) => {
      failures += 1;
      notifyErrorAs(t.cannotPlay(song.title), error);
      const next = nextIndex(state.queue, "off");
      if (next !== null && failures < 5) jump(next);
      else pause();
    },
    next: () => {
      // What is over with this song has no next one.
      if (state.sleep === "song") return null;
      const index = nextIndex(state.queue, state.settings.repeat);
      const song = songAt(index);
      return song?.canPlay === true ? song : null;
    },
  };
  const report = createReporting(() => ({ state, positionMs: engine?.positionMs() ?? 0 }));
  const gainOf = (song: Song) => gainFactor(song, state.settings.gain);
  const engineNow = (): Engine => {
    wakeSound();
    if (engine === undefined) {
      engine = makeEngine(events, gainOf, () => state.settings);
    }
    return engine;
  };

  const start = (queue: QueueState<Song>, positionMs = 0, isPlaying = true) => {
    const song = queue.entries[queue.index]?.item ?? null;
    set({ queue, song, isPlaying: isPlaying && song !== null });
    if (song === null) engine?.pause();
    else {
      engineNow().start(song, positionMs, isPlaying);
      report.began(song);
    }
    report.save();
  };
  const jump = (index: number) => start({ ...state.queue, index });
  const play = () => {
    if (state.song === null) return;
    failures = 0;
    const isFresh = engine === undefined;
    set({ isPlaying: true });
    if (isFresh) engineNow().start(state.song, resumeAtMs, true);
    else engineNow().play();
    report.began(state.song);
  };
  const pause = () => {
    set({ isPlaying: false });
    engine?.pause();
    report.stopped();
    report.save();
  };
  const sleepNow = () => {
    set({ sleep: null });
    pause();
  };
  /** The queue changed, the current song did not. */
  const changeQueue = (queue: QueueState<Song>) => {
    set({ queue });
    engine?.refresh();
    report.save();
  };
  let resumeAtMs = 0;
  let sleepTimer: ReturnType<typeof setTimeout> | undefined;

  const player = {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    state: () => state,
    positionMs: () => engine?.positionMs() ?? resumeAtMs,
    durationMs: () => engine?.durationMs() ?? state.song?.durationMs ?? null,
    /** Plays these, from this one on. */
    playSongs: (songs: readonly Song[], index = 0, isShuffled = false) => {
      const playable = songs.filter(({ canPlay }) => canPlay);
      const first = Math.max(
        0,
        playable.findIndex(({ id }) => id === songs[index]?.id),
      );
      failures = 0;
      const queue = queueOf(playable, first);
      start(isShuffled ? shuffle(queue, Math.random) : queue);
    },
    /** As it was left, here or on another device; silent until somebody presses play. */
    restore: (songs: readonly Song[], index: number, positionMs: number) => {
      engine?.close();
      engine = undefined;
      resumeAtMs = positionMs;
      const queue = queueOf(songs, index);
      set({ queue, song: queue.entries[queue.index]?.item ?? null, isPlaying: false });
    },
    add: (songs: readonly Song[], where: "next" | "end") => {
      const isFirst = state.queue.entries.length === 0;
      changeQueue(
        insert(
          state.queue,
          songs.filter(({ canPlay }) => canPlay),
          where,
        ),
      );
      if (isFirst) set({ song: songAt(0) });
    },
    jump,
    play,
    pause,
    toggle: () => (state.isPlaying ? pause() : play()),
    next: () => {
      const index = nextIndex(state.queue, state.settings.repeat === "one" ? "off" : state.settings.repeat);
      if (index !== null) jump(index);
    },
    previous: () => {
      const isLate = (engine?.positionMs() ?? 0) > restartBeforeMs;
      if (isLate || state.queue.index === 0) engine?.seek(0);
      else jump(state.queue.index - 1);
    },
    seek: (positionMs: number) => {
      resumeAtMs = positionMs;
      engine?.seek(Math.max(0, positionMs));
      report.save();
      set({});
    },
    seekBy: (ms: number) => player.seek(Math.max(0, player.positionMs() + ms)),
    remove: (at: number) => {
      const isCurrent = at === state.queue.index;
      const queue = removeAt(state.queue, at);
      if (isCurrent) start(queue, 0, state.isPlaying);
      else changeQueue(queue);
    },
    move: (from: number, to: number) => changeQueue(move(state.queue, from, to)),
    clear: () => start(queueOf<Song>([], 0), 0, false),
    setShuffled: (isShuffled: boolean) =>
      changeQueue(isShuffled ? shuffle(state.queue, Math.random) : unshuffle(state.queue)),
    setSong: (song: Song) => {
      const entries = state.queue.entries.map((one) => (one.item.id === song.id ? { ...one, item: song } : one));
      set({ queue: { ...state.queue, entries }, song: state.song?.id === song.id ? song : state.song });
    },
    change: (change: Partial<PlayerSettings>) => {
      const before = state.settings;
      const settings = { ...before, ...change };
      writeSettings(settings);
      set({ settings });
      engine?.setVolume(volumeOf(settings));
      engine?.setRate(settings.speed);
      const isOtherEngine = (settings.crossfadeSeconds === 0) !== (before.crossfadeSeconds === 0);
      if (isOtherEngine && engine !== undefined && state.song !== null) {
        const positionMs = engine.positionMs();
        engine.close();
        engine = undefined;
        engineNow().start(state.song, positionMs, state.isPlaying);
      } else engine?.refresh();
    },
    setSleep: (minutes: number | "song" | null) => {
      clearTimeout(sleepTimer);
      const isTimed = typeof minutes === "number";
      set({ sleep: isTimed ? Date.now() + minutes * 60_000 : minutes });
      if (isTimed) sleepTimer = setTimeout(sleepNow, minutes * 60_000);
      engine?.refresh();
    },
  };
  showMediaSession(player);
  return player;
}

const volumeOf = ({ isMuted, volume }: PlayerSettings) => (isMuted ? 0 : volume);

/** Without gaps where the browser can, with two elements for fading and elsewhere. */
function makeEngine(events: EngineEvents, gainOf: (song: Song) => number, settings: () => PlayerSettings): Engine {
  const engine =
    settings().crossfadeSeconds === 0 && canPlayGapless()
      ? createGaplessEngine(events, gainOf)
      : createPlainEngine(events, gainOf, () => settings().crossfadeSeconds);
  engine.setVolume(volumeOf(settings()));
  engine.setRate(settings().speed);
  return engine;
}

interface Reported {
  readonly state: PlayerState;
  readonly positionMs: number;
}

/** Tells the server what is heard, what was heard, and the queue. */
function createReporting(now: () => Reported) {
  let begun: { readonly songId: number; readonly atMs: number; isCounted: boolean } | undefined;
  let saveTimer: ReturnType<typeof setTimeout> | undefined;
  const device = deviceOf(navigator.userAgent);
  const savedBy = device === null ? "Hearth" : `${device.browser}, ${device.system}`;
  const quietly = (answer: Promise<unknown>) => void answer.catch(() => undefined);
  const save = () => {
    clearTimeout(saveTimer);
    saveTimer = setTimeout(saveNow, saveAfterMs);
  };
  const saveNow = () => {
    const { state, positionMs } = now();
    const songIds = state.queue.entries.slice(0, 5000).map(({ item }) => item.id);
    const index = Math.min(state.queue.index, Math.max(0, songIds.length - 1));
    quietly(call("music.saveQueue", { songIds, index, positionMs: Math.round(positionMs), savedBy }));
  };
  const count = () => {
    const { state, positionMs } = now();
    const { song, isPlaying } = state;
    if (!isPlaying || begun === undefined || begun.isCounted || song?.id !== begun.songId) return;
    if (positionMs < Math.min(countedMs, (song.durationMs ?? countedMs) * countedPart)) return;
    begun.isCounted = true;
    quietly(call("music.notePlays", { plays: [{ songId: begun.songId, atMs: begun.atMs }] }));
  };
  setInterval(count, 1_000);
  setInterval(() => now().state.isPlaying && saveNow(), saveEveryMs);
  return {
    save,
    began: (song: Song) => {
      if (begun?.songId !== song.id || begun.isCounted) begun = { songId: song.id, atMs: Date.now(), isCounted: false };
      quietly(call("music.notePlaying", { songId: song.id, player: savedBy }));
      save();
    },
    stopped: () => quietly(call("music.notePlaying", { songId: null, player: savedBy })),
  };
}
