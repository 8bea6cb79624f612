import { sharedWith } from "#apps/files/mounts";
import { AppError } from "#platform/errors";
import type { HttpHandler } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { LiveEventName, LiveEvents } from "#wire";
import type { BrowseDeps } from "./service.ts";

/** Changes are gathered so long: a bulk upload becomes ten events a second, not a thousand. */
const gatherMs = 100;
const heartbeatMs = 20_000;
/** The browser reconnects by itself; no stream lives for ever. */
const maxLifeMs = 30 * 60_000;
const maxStreamsPerUser = 20;
/** Above this many folders an event names none: everything in the space may have changed. */
const maxFolderIds = 500;
/** A reader that lets more than this wait is cut off; it reconnects and reads everything anew. */
const maxWaitingBytes = 256 * 1024;

interface Stream {
  readonly actor: Actor;
  send(text: string): void;
  end(): void;
}

/** Tells everybody, or those it is for, of something at once. */
export type Broadcast = <N extends LiveEventName>(
  name: N,
  data: LiveEvents[N],
  isFor?: (actor: Actor) => boolean,
) => void;

interface EventStreams {
  readonly handle: HttpHandler;
  readonly broadcast: Broadcast;
  stop(): void;
}

/** `GET /api/events`: what changes in the spaces that the caller can see, as server-sent events. */
export function createEventStreams({
  storage,
  access,
  mounts,
  sessionHolds,
}: Pick<BrowseDeps, "storage" | "access" | "mounts" | "sessionHolds">): EventStreams {
  const streams = new Set<Stream>();
  const changed = new Map<number, Set<number>>();
  const trashed = new Set<number>();
  let rightsChanged = false;
  let gathering: ReturnType<typeof setTimeout> | undefined;

  const broadcast: Broadcast = (name, data, isFor) => {
    const text = textOf(name, data);
    for (const stream of streams) if (isFor === undefined || isFor(stream.actor)) stream.send(text);
  };
  /** Everybody hears of the folders that they can see; whoever no entry concerns sees all of a space or nothing. */
  const tellChanged = (spaceId: number, folderIds: readonly number[]) => {
    const whole = textOf("files.changed", { spaceId, folderIds });
    for (const stream of streams) {
      const { actor } = stream;
      if (access.isPlain(actor)) {
        if (access.can(actor, "read", { spaceId })) stream.send(whole);
        continue;
      }
      const seen = folderIds.filter((nodeId) => access.can(actor, "read", { spaceId, nodeId }));
      const isSeen = folderIds.length === 0 ? seesAnythingOf(actor, spaceId) : seen.length > 0;
      if (isSeen) stream.send(textOf("files.changed", { spaceId, folderIds: seen }));
    }
  };
  const seesAnythingOf = (actor: Actor, spaceId: number) =>
    access.can(actor, "read", { spaceId }) ||
    sharedWith({ storage, access }, actor).some(({ node }) => node.spaceId === spaceId);
  const flush = () => {
    gathering = undefined;
    // Who was logged out meanwhile hears nothing more, not even which folder it was.
    for (const stream of streams) if (!sessionHolds(stream.actor)) stream.end();
    for (const [spaceId, ids] of changed) tellChanged(spaceId, ids.size > maxFolderIds ? [] : [...ids]);
    changed.clear();
    for (const spaceId of trashed) {
      broadcast("trash.changed", { spaceId }, (actor) => access.can(actor, "read", { spaceId }));
    }
    trashed.clear();
    if (rightsChanged) broadcast("access.changed", {});
    rightsChanged = false;
  };
  const gather = () => {
    gathering ??= setTimeout(flush, gatherMs);
  };
  const unsubscribe = [
    storage.events.subscribe("changed", ({ spaceId, folderIds }) => {
      if (streams.size === 0) return;
      const ids = changed.get(spaceId) ?? new Set();
      changed.set(spaceId, ids);
      for (const id of folderIds) if (ids.size <= maxFolderIds) ids.add(id);
      gather();
    }),
    storage.events.subscribe("trashChanged", ({ spaceId }) => {
      if (streams.size === 0) return;
      trashed.add(spaceId);
      gather();
    }),
    access.onChanged(() => {
      if (streams.size === 0) return;
      rightsChanged = true;
      gather();
    }),
    // Their own windows alone: where something stands for somebody is nobody else's matter.
    mounts.events.subscribe("changed", ({ userId }) =>
      broadcast("access.changed", {}, (actor) => actor.userId === userId),
    ),
    storage.events.subscribe("volumeState", ({ volume, online }) => broadcast("volume.state", { volume, online })),
  ];

  const handle: HttpHandler = async (request, context) => {
    if (request.method !== "GET") throw new AppError("method-not-allowed");
    const actor = await context.actor();
    if (actor.kind !== "person" || actor.via !== "session") throw new AppError("unauthenticated");
    const own = [...streams].filter((stream) => stream.actor.userId === actor.userId);
    if (own.length >= maxStreamsPerUser) throw new AppError("too-many-requests", "Too many open pages.");
    const body = openStream(actor, streams, request.signal, sessionHolds);
    return new Response(body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
    });
  };

  return {
    handle,
    broadcast,
    stop: () => {
      for (const end of unsubscribe) end();
      clearTimeout(gathering);
      for (const stream of streams) stream.end();
    },
  };
}

function textOf<N extends LiveEventName>(name: N, data: LiveEvents[N]): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** One reader's stream; it leaves `streams` when the reader goes, lags too far behind, or has lived its life. */
function openStream(
  actor: Actor,
  streams: Set<Stream>,
  signal: AbortSignal,
  sessionHolds: BrowseDeps["sessionHolds"],
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream: Stream = {
    actor,
    send: (text) => {
      if (controller === undefined) return;
      if ((controller.desiredSize ?? 0) <= 0) return stream.end();
      controller.enqueue(encoder.encode(text));
    },
    end: () => {
      leave();
      controller?.close();
      controller = undefined;
    },
  };
  const heartbeat = setInterval(() => (sessionHolds(actor) ? stream.send(":\n\n") : stream.end()), heartbeatMs);
  const life = setTimeout(stream.end, maxLifeMs);
  const leave = () => {
    streams.delete(stream);
    clearInterval(heartbeat);
    clearTimeout(life);
    signal.removeEventListener("abort", stream.end);
  };
  signal.addEventListener("abort", stream.end);
  return new ReadableStream<Uint8Array>(
    {
      start: (started) => {
        controller = started;
        streams.add(stream);
        stream.send("retry: 2000\n\n");
      },
      cancel: () => {
        controller = undefined;
        leave();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxWaitingBytes }),
  );
}
