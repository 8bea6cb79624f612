import { streamContract } from "#contract/apps/media/stream";
import { AppError } from "#platform/errors";
import { contentTypeOf } from "#platform/http";
import { type Actor, implement, type Implementation } from "#platform/usecase";
import type { StreamDeps } from "./ports.ts";
import type { Rendition } from "./rendition.ts";
import { type PlaySession, viewOf } from "./session.ts";
import type { Sessions } from "./sessions.ts";

interface OperationDeps extends Pick<StreamDeps, "personName" | "segments"> {
  readonly sessions: Sessions;
  readonly renditions: () => readonly Rendition[];
}

export function streamUseCases({ sessions, segments, personName, renditions }: OperationDeps): Implementation[] {
  const view = (session: PlaySession) => viewOf(session, contentTypeOf(session.node.name));
  const own = (actor: Actor, id: string): PlaySession => {
    const session = sessions.get(id);
    if (actor.kind === "person" && session.actor.userId === actor.userId) return session;
    throw new AppError("not-found", "This playback has ended.", { isRefusal: true });
  };
  return implement(streamContract, {
    "stream.begin": async (context, input) => {
      const { item } = sessions.readable(context.actor, input.itemId);
      context.checked(`node ${item.nodeId}`);
      return view(await sessions.begin(context.actor, input));
    },
    "stream.change": async (context, { sessionId, wishes }) => {
      const session = own(context.actor, sessionId);
      context.checked(`node ${session.node.id}`);
      await sessions.change(session, wishes);
      return view(session);
    },
    "stream.strike": async (context, { sessionId, failure }) => {
      const session = own(context.actor, sessionId);
      context.checked(`node ${session.node.id}`);
      await sessions.strike(session, failure);
      return view(session);
    },
    "stream.end": (context, { sessionId }) => {
      const mayEndAny = context.actor.capabilities.has("server.manage");
      const session = mayEndAny ? sessions.get(sessionId) : own(context.actor, sessionId);
      context.checked(`node ${session.node.id}`);
      sessions.end(session, new AppError("gone", "This playback was ended."));
      return {};
    },
    "stream.list": () => ({
      sessions: sessions.all().map((session) => present(session, personName)),
      encodes: renditions().filter(({ isEncode, heads }) => isEncode && heads().length > 0).length,
      segments: { usedBytes: segments.usedBytes(), budgetBytes: Math.floor(segments.budgetBytes()) },
    }),
  });
}

function present(session: PlaySession, personName: StreamDeps["personName"]) {
  const { id, item, actor, capabilities, plan, node, title } = session;
  const durationMs = title.film.facts.durationMs;
  const making = [...session.tracks.values()].find(({ id: one, rendition }) => {
    return one === session.rungId && rendition.isEncode && rendition.heads().length > 0;
  });
  return {
    id,
    itemId: item.id,
    name: node.name,
    userId: actor.userId,
    person: personName(actor.userId) ?? actor.name,
    client: capabilities.name,
    label: plan.label,
    method: plan.method,
    rung: session.rungId,
    positionMs: session.rungId === null ? null : Math.round(session.positionSeconds * 1000),
    durationMs: durationMs === null ? null : Math.round(durationMs),
    startedAtMs: session.startedAtMs,
    lastSeenAtMs: session.lastSeenAtMs,
    sentBytes: session.sentBytes,
    realtimeFactor: making?.rendition.speed() ?? null,
    trouble: session.trouble,
  };
}
