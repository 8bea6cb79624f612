import type { ClientCapabilities, PlaybackFailure } from "#contract/apps/media/decide";
import { call, type Input, type Output } from "#web/client.ts";
import { capabilities } from "./capabilities.ts";
import { filmSeconds } from "./film-clock.ts";
import { attachFile, attachPieces, type Engine } from "./engine.ts";

export type Session = Output<"stream.begin">;
type Wishes = Input<"stream.change">["wishes"];

/** What the page shows of a playback. */
export interface PlaybackView {
  readonly session: Session | null;
  /** Id of the rung whose picture is shown; null for the file itself, and before the first piece. */
  readonly rung: string | null;
  /** Set by hand; null: the connection decides. */
  readonly chosenRung: string | null;
  readonly audioIndex: number | null;
  /** Why it ended. */
  readonly error: PlaybackError | null;
  /** It failed once and goes on in another way. */
  readonly isReplanned: boolean;
}

export type PlaybackError =
  | { readonly kind: "decode" | "network" }
  /** The content is in another store, and what has to be made of it cannot be. */
  | { readonly kind: "cold" }
  | { readonly kind: "refused"; readonly cause: unknown };

const nothing: PlaybackView = {
  session: null,
  rung: null,
  chosenRung: null,
  audioIndex: null,
  error: null,
  isReplanned: false,
};
/** More failures than this in a row are not for the person to wait for. */
const maxFailures = 6;

/** What is played: an item and its file. */
export interface Played {
  readonly itemId: number;
  readonly nodeId: number;
}

/** Plays one item in one `<video>`: begins a session, follows wishes, and goes on in another way when decoding fails. */
export function createPlayback(
  video: HTMLVideoElement,
  { itemId, nodeId }: Played,
  changed: (view: PlaybackView) => void,
) {
  let view = nothing;
  let engine: Engine | null = null;
  let wishes: Wishes = {};
  let isStopped = false;
  let failures = 0;
  let turn = 0;
  let drawsImages = true;
  /** Where it goes on, and whether it plays then, until something plays: the `<video>` does not know yet, or no more. */
  let awaited: { readonly atMs: number; readonly isPlaying: boolean } | null = null;

  const show = (more: Partial<PlaybackView>) => {
    view = { ...view, ...more };
    if (!isStopped) changed(view);
  };
  const refuse = (cause: unknown) => show({ error: { kind: "refused", cause } });

  const attach = async (session: Session, startMs: number, isPlaying: boolean, mine: number) => {
    awaited = { atMs: startMs, isPlaying };
    engine?.destroy();
    engine = null;
    const listeners = {
      rung: (rung: string | null) => show({ rung }),
      failed: (failure: PlaybackFailure) => void strike(failure),
      lost: () => void lost(),
      expired: () => void restart(),
    };
    const heard = session.plan.audio.find(({ isDefault }) => isDefault);
    show({ session, rung: null, audioIndex: heard?.index ?? null, error: null });
    const options = { video, session, startMs, listeners };
    const made = session.masterUrl === null ? attachFile(options) : await attachPieces(options);
    if (isStopped || mine !== turn) {
      made.destroy();
      return;
    }
    engine = made;
    awaited = null;
    if (isPlaying) await video.play().catch(() => undefined);
  };
  const hold = (atMs: number) => {
    awaited = { atMs, isPlaying: true };
    show({ error: { kind: "cold" } });
  };
  const lost = async () => {
    const mine = turn;
    const isAway = await isCold(nodeId);
    if (mine !== turn) return;
    if (isAway) hold(positionMs());
    else show({ error: { kind: "network" } });
  };
  const strike = async (failure: PlaybackFailure) => {
    const { session } = view;
    failures += 1;
    if (session === null || failures > maxFailures) return show({ error: { kind: "decode" } });
    const mine = (turn += 1);
    const at = positionMs();
    const wasPlaying = !video.paused || video.currentTime === 0;
    awaited = { atMs: at, isPlaying: wasPlaying };
    engine?.destroy();
    engine = null;
    try {
      const next = await call("stream.strike", { sessionId: session.id, failure });
      if (mine !== turn) return;
      show({ isReplanned: true });
      await attach(next, at, wasPlaying, mine);
    } catch {
      show({ error: { kind: "decode" } });
    }
  };
  const begin = async (startMs: number, isPlaying: boolean) => {
    const mine = (turn += 1);
    awaited = { atMs: startMs, isPlaying };
    try {
      const own: ClientCapabilities = await capabilities();
      const able = { ...own, subtitles: { ...own.subtitles, image: own.subtitles.image && drawsImages } };
      const session = await call("stream.begin", { itemId, capabilities: able, wishes });
      if (isStopped || mine !== turn) return void end(session);
      // The file itself is sent from wherever it is; nothing can be made of it there.
      const isAway = session.masterUrl !== null && (await isCold(nodeId));
      if (isStopped || mine !== turn) return void end(session);
      if (isAway) {
        void end(session);
        return hold(startMs);
      }
      await attach(session, startMs, isPlaying, mine);
    } catch (cause) {
      if (mine === turn) refuse(cause);
    }
  };
  const restart = async () => {
    failures += 1;
    if (failures > maxFailures) return show({ error: { kind: "network" } });
    await begin(positionMs(), !video.paused);
  };
  const change = async (more: Wishes) => {
    wishes = { ...wishes, ...more };
    const { session } = view;
    if (session === null) return;
    const mine = (turn += 1);
    const at = positionMs();
    const isPlaying = !video.paused;
    try {
      const next = await call("stream.change", { sessionId: session.id, wishes });
      if (mine === turn) await attach(next, at, isPlaying, mine);
    } catch (cause) {
      if (mine === turn) refuse(cause);
    }
  };
  const positionMs = () => awaited?.atMs ?? Math.max(0, (engine?.positionSeconds() ?? filmSeconds(video)) * 1000);

  return {
    begin,
    positionMs,
    /** Without a new session where the pieces have that sound beside the picture. */
    setAudio: (index: number) => {
      wishes = { ...wishes, audioIndex: index };
      if (engine?.setAudio(index) === true) show({ audioIndex: index });
      else void change({ audioIndex: index });
    },
    setRung: (rung: string | null) => {
      show({ chosenRung: rung });
      // Pieces that were made for a chosen quality hold nothing better.
      const isFree = (wishes.rung ?? null) === null;
      if (!isFree || engine?.setRung(rung) !== true) void change({ rung });
    },
    /** Drawn into the picture by the server; null takes it away again. */
    burnSubtitle: (index: number | null) => {
      if ((wishes.subtitleIndex ?? null) !== index) void change({ subtitleIndex: index });
    },
    /** The page could not draw this one after all: the server does, from now on. */
    burnInstead: (index: number) => {
      drawsImages = false;
      wishes = { ...wishes, subtitleIndex: index };
      const { session } = view;
      const at = positionMs();
      const isPlaying = awaited?.isPlaying ?? !video.paused;
      // It would ask for pieces of a session that has ended, and begin another one.
      engine?.destroy();
      engine = null;
      if (session !== null) void end(session);
      void begin(at, isPlaying);
    },
    /** After the person has seen that it failed. */
    retry: () => {
      failures = 0;
      show({ error: null });
      void begin(positionMs(), true);
    },
    stop: () => {
      // The position is saved after this, when the page is left.
      awaited = { atMs: positionMs(), isPlaying: false };
      isStopped = true;
      turn += 1;
      engine?.destroy();
      if (view.session !== null) void end(view.session);
    },
  };
}

export type Playback = ReturnType<typeof createPlayback>;

async function isCold(nodeId: number): Promise<boolean> {
  const answer = await call("tiers.states", { nodeIds: [nodeId] }).catch(() => null);
  return answer?.states[0]?.where === "cold";
}

/** Ended sessions cost the server nothing; one that is not ended ends by itself. */
async function end({ id }: Session): Promise<void> {
  await fetch("/api/stream.end", {
    method: "POST",
    keepalive: true,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sessionId: id }),
  }).catch(() => undefined);
}
