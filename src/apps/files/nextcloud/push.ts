import { requirePerson } from "#apps/files/webdav";
import type { Clock, Random } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { HttpHandler, Route } from "#platform/http";
import { createHandshake } from "./push-handshake.ts";
import { createListeners, type ListenersDeps } from "./push-listeners.ts";
import { createPushTickets } from "./push-tickets.ts";

export interface PushDeps extends ListenersDeps {
  readonly clock: Clock;
  readonly random: Random;
}

export const pushPath = "/push/ws";
export const preAuthPath = "/index.php/apps/notify_push/pre_auth";
const authTimeoutMs = 15_000;
const maxSockets = 2_000;
/** Of those who have not shown yet who they are. */
const maxNameless = 200;
const maxNamelessPerAddress = 40;

export interface Push {
  /** `/push/ws`. */
  readonly route: Route;
  /** `pre_auth`: a token instead of a password. */
  readonly preAuth: HttpHandler;
  /** After something has changed that storage, rights and mounts do not tell of. */
  look(): void;
  stop(): void;
}

/** Tells sync clients of changes within a moment (notify_push), so that they need not ask every 30 seconds. */
export function createPush(deps: PushDeps): Push {
  const tickets = createPushTickets(deps);
  const stopTickets = deps.onCredentialsChanged(tickets.forget);
  const listeners = createListeners(deps);
  const enter = createEntrance(listeners.count);
  return {
    route: {
      prefix: "/push/",
      handle: (_request, context) => {
        if (context.path !== pushPath) throw new AppError("not-found");
        const over = enter(context.address);
        try {
          const shared = { takeTicket: tickets.take, begin: listeners.begin, authTimeoutMs, over };
          return context.upgrade((admit) => createHandshake({ ...shared, admit }));
        } catch (thrown) {
          over();
          throw thrown;
        }
      },
    },
    preAuth: async (request, context) => {
      if (request.method !== "POST" && request.method !== "GET") throw new AppError("method-not-allowed");
      const token = tickets.issue(requirePerson(await context.actor()));
      const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
      return new Response(token, { headers });
    },
    look: listeners.look,
    stop: () => {
      stopTickets();
      listeners.stop();
    },
  };
}

/** Lets in as many as there is room for; what it answers is called when one has shown who they are, or is gone. */
function createEntrance(listening: () => number): (address: string) => () => void {
  const waiting = new Map<string, number>();
  let total = 0;
  return (address) => {
    const ofAddress = waiting.get(address) ?? 0;
    if (total >= maxNameless || ofAddress >= maxNamelessPerAddress || listening() + total >= maxSockets) {
      throw new AppError("too-many-requests", "Too many connections wait for changes.");
    }
    total += 1;
    waiting.set(address, ofAddress + 1);
    return () => {
      total -= 1;
      const left = (waiting.get(address) ?? 1) - 1;
      if (left === 0) waiting.delete(address);
      else waiting.set(address, left);
    };
  };
}
