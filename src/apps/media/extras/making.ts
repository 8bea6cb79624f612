import type { Item, LibraryKind, LibraryReader } from "#apps/media/library";
import type { MediaFacts, Probe } from "#apps/media/probe";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createWorkQueue, type Exec } from "#platform/exec";
import type { Storage } from "#storage/primary";
import type { Converter } from "./converter.ts";
import type { ExtraFiles } from "./files.ts";
import { findRanges } from "./find-ranges.ts";
import { makeFingerprint, shortestMs } from "./make-fingerprint.ts";
import { makeFonts } from "./make-fonts.ts";
import { makeLoudness } from "./make-loudness.ts";
import { makeSubtitles } from "./make-subtitles.ts";
import { makeTrickplay } from "./make-trickplay.ts";
import type { ExtraKind, ExtraRows, ExtraValues } from "./repository.ts";
import { type MakeOptions, type Source, Unmakeable } from "./run-ffmpeg.ts";

export interface MakingDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly converter: Pick<Converter, "webVtt">;
  readonly storage: Pick<Storage, "open">;
  readonly library: Pick<LibraryReader, "item" | "library" | "siblings">;
  readonly probe: Pick<Probe, "facts" | "keyframes">;
  readonly rows: ExtraRows;
  readonly files: ExtraFiles;
}

/** What is made of which files, the most wanted first. */
export const plan: readonly {
  readonly kind: ExtraKind;
  readonly of: "video" | "audio";
  readonly in: readonly LibraryKind[];
}[] = [
  { kind: "subtitles", of: "video", in: ["films", "series", "videos"] },
  { kind: "fonts", of: "video", in: ["films", "series", "videos"] },
  { kind: "trickplay", of: "video", in: ["films", "series", "videos"] },
  { kind: "fingerprint", of: "video", in: ["series"] },
  { kind: "ranges", of: "video", in: ["series"] },
  { kind: "loudness", of: "audio", in: ["music"] },
  { kind: "loudness", of: "video", in: ["films", "series"] },
];

/** For people who wait. */
const atOnce = 3;
/** Passes over a whole film, each of which keeps a disk busy. */
const passesAtOnce = 2;
const maxWaiting = 30;
const niceness = 5;

/** A pass that is under way, for whoever waits for it. */
export interface Pass {
  /** When reading began; null while others come first. */
  readonly startedAtMs: number | null;
  readonly totalBytes: number;
  /** Null when it is not known. */
  doneBytes(): number | null;
}

interface Work {
  done: Promise<void>;
  startedAtMs: number | null;
  doneBytes: () => number | null;
}

interface Known {
  readonly item: Item;
  readonly contentKey: string;
  readonly facts: MediaFacts;
}

/** Makes one thing of one item and keeps it, also that there is none. */
export function createMaking(deps: MakingDeps) {
  const { rows, files, probe, storage, library } = deps;
  const underWay = new Map<string, Work>();
  const queue = createWorkQueue(atOnce, maxWaiting);
  const passes = createWorkQueue(passesAtOnce, maxWaiting);
  const stopping = new AbortController();

  const knownOf = (item: Item): Known | undefined => {
    const facts = probe.facts(item);
    return item.contentKey === null || facts === undefined ? undefined : { item, contentKey: item.contentKey, facts };
  };

  const withSource = async <T>({ item, facts }: Known, work: (source: Source) => Promise<T>): Promise<T> => {
    const file = storage.open(item.nodeId);
    try {
      if (file.node.etag !== item.etag) throw new AppError("unavailable", "The file is changing; try again.");
      return await work({ fd: file.fd, sizeBytes: file.sizeBytes, durationMs: facts.durationMs ?? 0 });
    } finally {
      file.close();
    }
  };

  const makers: { [K in ExtraKind]: (known: Known, options: MakeOptions) => Promise<ExtraValues[K] | null> } = {
    subtitles: (known, options) =>
      known.facts.subtitles.length === 0
        ? Promise.resolve([])
        : withSource(known, (source) => makeSubtitles(deps, files, known.contentKey, source, known.facts, options)),
    fonts: (known, options) =>
      known.facts.fonts.length === 0
        ? Promise.resolve([])
        : withSource(known, (source) => makeFonts(deps.exec, files, known.contentKey, source, known.facts, options)),
    trickplay: (known, options) =>
      known.facts.video.length === 0 || (known.facts.durationMs ?? 0) <= 0
        ? Promise.resolve(null)
        : withSource(known, (source) =>
            makeTrickplay(deps.exec, files, known.contentKey, source, known.facts, options),
          ),
    fingerprint: async (known, options) => {
      const stream = known.facts.audio[0];
      if (stream === undefined || (known.facts.durationMs ?? 0) < shortestMs) return null;
      const value = await withSource(known, (source) =>
        makeFingerprint(deps.exec, files, known.contentKey, source, stream.index, options),
      );
      // Those beside it that found no partner may have one now; and so may this one, when it failed before.
      for (const near of [known.item, ...neighboursOf(library, known.item)]) {
        if (near.contentKey !== null && isEmpty(rows.get(near.contentKey, "ranges")))
          rows.forget(near.contentKey, "ranges");
      }
      return value;
    },
    ranges: ({ item, contentKey, facts }) =>
      findRanges({ rows, files }, contentKey, facts, neighboursOf(library, item)),
    loudness: (known, options) => {
      const stream = known.facts.audio[0];
      const isSaid = known.item.kind === "audio" && known.facts.tags["replaygain_track_gain"] !== undefined;
      if (stream === undefined || isSaid) return Promise.resolve(null);
      return withSource(known, (source) => makeLoudness(deps.exec, source, stream.index, options));
    },
  };

  const make = async <K extends ExtraKind>(known: Known, kind: K, options: MakeOptions): Promise<void> => {
    const signals = [stopping.signal, ...(options.signal === undefined ? [] : [options.signal])];
    try {
      rows.keep(known.contentKey, kind, await makers[kind](known, { ...options, signal: AbortSignal.any(signals) }));
    } catch (thrown) {
      if (!(thrown instanceof Unmakeable)) throw thrown;
      rows.keepFailure(known.contentKey, kind, thrown.why);
    }
  };

  const keyOf = (kind: ExtraKind, contentKey: string) => `${kind} ${contentKey}`;
  type Begin = (known: Known, onReading: NonNullable<MakeOptions["onReading"]>) => Promise<void>;
  const once = async (item: Item, kind: ExtraKind, begin: Begin): Promise<void> => {
    const known = knownOf(item);
    if (known === undefined || rows.get(known.contentKey, kind) !== undefined) return;
    const key = keyOf(kind, known.contentKey);
    let work = underWay.get(key);
    if (work === undefined) {
      const own: Work = { done: Promise.resolve(), startedAtMs: null, doneBytes: () => null };
      underWay.set(key, own);
      const begun = begin(known, (doneBytes) => Object.assign(own, { startedAtMs: deps.clock.now(), doneBytes }));
      own.done = begun.finally(() => underWay.delete(key));
      work = own;
    }
    await work.done;
  };

  return {
    /** Resolves when it is there or known not to be. Once for all who wait. Throws AppError while the file cannot be read. */
    ensure: async (item: Item, kind: ExtraKind, options: MakeOptions = {}): Promise<void> => {
      await once(item, kind, (known, onReading) => make(known, kind, { ...options, onReading }));
      // Made here so that nobody waits for it: reading all of a film without a table takes long.
      if (kind === "subtitles") await probe.keyframes(item);
    },
    /**
     * The same for somebody who waits: a few at once. It goes on when they leave, and is ended with the program. Throws `unavailable` when
     * too many wait.
     */
    ensureNow: (item: Item, kind: ExtraKind): Promise<void> =>
      once(item, kind, (known, onReading) =>
        (kind === "subtitles" ? passes : queue).run(() => make(known, kind, { niceness, onReading })),
      ),
    /** What is under way for this file, whoever asked for it. */
    pass: ({ contentKey, sizeBytes }: Item, kind: ExtraKind): Pass | undefined => {
      const work = contentKey === null ? undefined : underWay.get(keyOf(kind, contentKey));
      return work && { startedAtMs: work.startedAtMs, totalBytes: sizeBytes, doneBytes: work.doneBytes };
    },
    /** Ends what is under way; nothing is remembered of it. */
    stop: async (): Promise<void> => {
      stopping.abort();
      await Promise.allSettled([...underWay.values()].map(({ done }) => done));
    },
  };
}

export type Making = ReturnType<typeof createMaking>;

const isEmpty = (ranges: ExtraValues["ranges"] | null | undefined) =>
  ranges === null || (ranges !== undefined && (ranges.intro === null || ranges.credits === null));

const near = 3;
const byName = new Intl.Collator("en", { numeric: true });

/** Episodes before and after it in its folder, the nearest first. */
function neighboursOf(library: MakingDeps["library"], item: Item): Item[] {
  const episodes = library
    .siblings(item.id)
    .filter(({ kind, state }) => kind === "video" && state === "ready")
    .toSorted((a, b) => byName.compare(a.path, b.path));
  const at = episodes.findIndex(({ id }) => id === item.id);
  return Array.from({ length: near }, (_, index) => [episodes[at + index + 1], episodes[at - index - 1]])
    .flat()
    .filter((episode) => episode !== undefined);
}
