import {
  decide,
  type PlaybackPolicy,
  type PlayedMedia,
  profiles,
  createStrikeBook,
  struckBy,
} from "#apps/media/decide";
import type { Item } from "#apps/media/library";
import type { ClientCapabilities, Plan, PlaybackFailure, ProfileName } from "#contract/apps/media/decide";
import type { Wishes } from "#contract/apps/media/stream";
import { randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createLruMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { filmOf, openFilm, requireSame } from "./films.ts";
import type { Machine } from "./machine.ts";
import type { StreamDeps } from "./ports.ts";
import { openTracks } from "./master.ts";
import type { Rendition } from "./rendition.ts";
import type { PlaySession } from "./session.ts";
import { createTitle, type Film, type Title } from "./title.ts";

export interface BeginInput {
  readonly itemId: number;
  readonly capabilities?: ClientCapabilities | undefined;
  readonly profile: ProfileName;
  readonly wishes: Wishes;
  readonly positionMs: number;
}

/** Everybody's playbacks. */
export interface Sessions {
  begin(actor: Actor, input: BeginInput): Promise<PlaySession>;
  change(session: PlaySession, wishes: Wishes): Promise<void>;
  strike(session: PlaySession, failure: PlaybackFailure): Promise<void>;
  end(session: PlaySession, reason: AppError): void;
  /** Throws AppError: `not-found`, or why it has ended. */
  get(id: string): PlaySession;
  /** The same for whoever fetches: also whether it may go on. */
  use(id: string): PlaySession;
  all(): readonly PlaySession[];
  titles(): readonly Title[];
  /** The item and its file, which this person may see and read; throws `not-found` otherwise. */
  readable(actor: Actor, itemId: number): { readonly item: Item; readonly node: NodeInfo };
  /** Ends what may not go on or was left; called now and then, and when rights have changed. */
  look(): void;
  stop(): void;
}

const tokenBits = 192;
const idleMs = 4 * 3_600_000;
/** Without a change of rights this is asked again so often: limits of a person change without one. */
const recheckMs = 15_000;
const maxEnded = 500;

export function createSessions(deps: StreamDeps & { readonly machine: Machine }): Sessions {
  const { access, clock, library, storage } = deps;
  const sessions = new Map<string, PlaySession>();
  const ended = createLruMap<string, AppError>(maxEnded);
  const titles = new Map<string, Title>();
  const strikes = createStrikeBook();

  const readable = (actor: Actor, itemId: number) => {
    const item = library.seen(actor, [itemId])[0];
    const node = item && storage.node(item.nodeId);
    if (
      item === undefined ||
      node === undefined ||
      !access.can(actor, "read", { spaceId: node.spaceId, nodeId: node.id })
    ) {
      throw new AppError("not-found", "There is nothing to play here.", { isRefusal: true });
    }
    return { item, node };
  };

  const titleOf = (film: Film, node: NodeInfo): Title => {
    const key = `${film.contentKey} ${node.id} ${film.index === null}`;
    let title = titles.get(key);
    if (title === undefined) {
      const { hardware, hardwareFailed, admit } = deps.machine;
      title = createTitle(
        { ...deps, hardware, hardwareFailed, admit, openSource: (one) => openFilm(deps, one, node) },
        film,
      );
      titles.set(key, title);
    }
    return title;
  };

  const planFor = (
    actor: Actor,
    title: Title,
    capabilities: ClientCapabilities,
    wishes: Wishes,
    own: ReadonlySet<Rendition>,
  ): Plan => {
    const { film, grid } = title;
    const keyframes: PlayedMedia["keyframes"] =
      film.index === null ? "unknown" : grid?.isCopyable === false ? "sparse" : "known";
    const media: PlayedMedia = { facts: film.facts, sizeBytes: film.item.sizeBytes, keyframes };
    const limits = deps.limitsOf(actor.userId);
    const policy: PlaybackPolicy = {
      maxHeight: limits?.maxHeight ?? null,
      maxBitsPerSecond: least(limits?.maxBitsPerSecond, wishes.maxBitsPerSecond),
      allowsTranscoding: deps.options.transcoding,
      audioIndex: wishes.audioIndex ?? null,
      subtitleIndex: wishes.subtitleIndex ?? null,
      languages: wishes.languages ?? [],
      rung: wishes.rung ?? null,
      strikes: strikes.of(actor.userId, capabilities, film.item.id),
    };
    const decision = decide(media, capabilities, policy, deps.machine.load(own));
    if (decision.kind === "plan") return decision;
    const isBusy = decision.why === "busy";
    throw new AppError(
      isBusy ? "unavailable" : "unsupported-type",
      decision.text,
      isBusy ? { retryAfterSeconds: 10 } : {},
    );
  };

  const replan = async (session: PlaySession, wishes: Wishes): Promise<void> => {
    const { actor, title, capabilities } = session;
    const own = new Set(Array.from(session.tracks.values(), ({ rendition }) => rendition));
    session.plan = planFor(actor, title, capabilities, wishes, own);
    session.wishes = wishes;
    session.generation += 1;
    session.trouble = null;
    for (const track of session.tracks.values()) track.rendition.leave(session.id);
    await openTracks(session);
  };

  const end = (session: PlaySession, reason: AppError): void => {
    if (!sessions.delete(session.id)) return;
    session.ended = reason;
    ended.set(session.id, reason);
    for (const track of session.tracks.values()) track.rendition.leave(session.id);
    deps.onEnded?.();
  };

  const get = (id: string): PlaySession => {
    const session = sessions.get(id);
    if (session !== undefined) return session;
    throw ended.get(id) ?? new AppError("not-found", "This playback has ended.", { isRefusal: true });
  };

  /** Ends it, with the reason as error, when its person or its file may not go on. */
  const check = (session: PlaySession): void => {
    const now = clock.now();
    const version = access.version();
    try {
      requireSame(storage.node(session.node.id), session.node);
      if (session.checked.version === version && now - session.checked.atMs < recheckMs) return;
      if (!deps.credentialHolds(session.actor))
        throw new AppError("gone", "Whoever began this playback is logged out.");
      readable(session.actor, session.item.id);
      session.checked = { version, atMs: now };
    } catch (thrown) {
      const error = thrown instanceof AppError ? thrown : new AppError("internal", undefined, { cause: thrown });
      end(session, error.code === "not-found" ? new AppError("gone", "This may not be played any more.") : error);
      throw session.ended ?? error;
    }
  };

  return {
    readable,
    begin: async (actor, { itemId, capabilities, profile, wishes, positionMs }) => {
      const { item, node } = readable(actor, itemId);
      const title = titleOf(await filmOf(deps, item), node);
      // Nothing is waited for from here on, so that many at once are counted too.
      const own = [...sessions.values()].filter((one) => one.actor.userId === actor.userId);
      const oldest = own.toSorted((a, b) => a.lastSeenAtMs - b.lastSeenAtMs)[0];
      if (own.length >= deps.options.maxSessionsPerPerson && oldest !== undefined) {
        end(oldest, new AppError("gone", "Too much is played at the same time; this began first."));
      }
      const client = capabilities ?? profiles[profile];
      const nowMs = clock.now();
      const session: PlaySession = {
        id: randomToken(deps.random, tokenBits),
        actor,
        item,
        node,
        title,
        capabilities: client,
        startedAtMs: nowMs,
        wishes,
        plan: planFor(actor, title, client, wishes, new Set(title.renditions())),
        generation: 1,
        positionSeconds: positionMs / 1000,
        lastSeenAtMs: nowMs,
        sentBytes: 0,
        rungId: null,
        trouble: null,
        tracks: new Map(),
        checked: { version: access.version(), atMs: nowMs },
        ended: undefined,
      };
      sessions.set(session.id, session);
      await openTracks(session);
      return session;
    },
    change: (session, wishes) => replan(session, { ...session.wishes, ...wishes }),
    strike: async (session, failure) => {
      const key = struckBy(session.plan, failure);
      if (key === undefined) throw new AppError("unsupported-type", "There is no other way to play this here.");
      strikes.add(session.actor.userId, session.capabilities, session.item.id, key);
      deps.log.warn("a player could not play what it was sent", { itemId: session.item.id, struck: key, ...failure });
      await replan(session, session.wishes);
    },
    end,
    get,
    use: (id) => {
      const session = get(id);
      check(session);
      session.lastSeenAtMs = clock.now();
      return session;
    },
    all: () => [...sessions.values()],
    titles: () => [...titles.values()],
    look: () => {
      const now = clock.now();
      for (const session of sessions.values()) {
        if (now - session.lastSeenAtMs > idleMs) end(session, new AppError("gone", "Nothing was played for hours."));
        else {
          try {
            check(session);
          } catch {
            // It has ended, with its reason.
          }
        }
      }
      const used = new Set([...sessions.values()].map(({ title }) => title));
      for (const [key, title] of titles) {
        if (!used.has(title) && title.renditions().every((rendition) => rendition.isIdle())) titles.delete(key);
      }
    },
    stop: () => {
      const reason = new AppError("unavailable", "The server is stopping.");
      for (const title of titles.values()) for (const rendition of title.renditions()) rendition.stop(reason);
    },
  };
}

function least(a: number | null | undefined, b: number | null | undefined): number | null {
  const both = [a, b].filter((value) => value !== null && value !== undefined);
  return both.length === 0 ? null : Math.min(...both);
}
