import { contentResponse, readPermit, visibleNode } from "#apps/files/browse";
import type { Dav } from "#apps/files/webdav";
import { type Clock, type Random, randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Route } from "#platform/http";
import { createLruMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";
import type { AppPasswords } from "#security/sessions";
import { ocsFailure } from "./ocs.ts";
import type { OcsCall, OcsOperation } from "./ocs-routes.ts";
import { originOf } from "./origin.ts";
import { readParameters } from "./share-input.ts";

interface DirectDeps {
  readonly dav: Pick<Dav, "storage" | "access">;
  readonly clock: Clock;
  readonly random: Random;
  readonly appPasswords: Pick<AppPasswords, "actorOf">;
  readonly onCredentialsChanged: (listener: (personId: number) => void) => () => void;
}

interface Ticket {
  readonly actor: Actor;
  readonly nodeId: number;
  readonly endsAtMs: number;
}

const prefix = "/remote.php/direct/";
const lifeMs = 8 * 3_600_000;
const maxTickets = 10_000;
const tokenBits = 256;
const idleSeconds = 240;

/**
 * Addresses that open one file without a password, for players that apps hand a film to. In memory: a restart ends them, and the app
 * asks anew. Whoever asked must still be allowed to read when the address is used.
 */
export function createDirectLinks(deps: DirectDeps): {
  readonly route: Route;
  readonly operations: readonly OcsOperation[];
} {
  const { dav, clock, random } = deps;
  const tickets = createLruMap<string, Ticket>(maxTickets);
  deps.onCredentialsChanged((personId) => tickets.deleteWhere(({ actor }) => actor.userId === personId));

  const make = async (call: OcsCall, actor: Actor) => {
    const fileId = Number((await readParameters(call)).get("fileId") ?? Number.NaN);
    if (!Number.isSafeInteger(fileId)) return ocsFailure(call.form, 400, 400, "fileId is missing.");
    const node = visibleNode(dav, actor, fileId);
    if (node.kind !== "file") return ocsFailure(call.form, 400, 400, "A folder has no content.");
    const token = randomToken(random, tokenBits);
    tickets.set(token, { actor, nodeId: node.id, endsAtMs: clock.now() + lifeMs });
    return { url: `${originOf(call.request)}${prefix}${token}` };
  };
  const ticketAt = (path: string): Ticket => {
    const ticket = tickets.get(path.slice(prefix.length));
    if (ticket === undefined || ticket.endsAtMs <= clock.now()) throw new AppError("not-found");
    const { actor } = ticket;
    if (actor.via !== "app-password" || actor.credentialId === null) return ticket;
    // It may have been made by a request that was under way when its app password was withdrawn or frozen.
    const current = deps.appPasswords.actorOf(actor.userId, actor.credentialId);
    if (current === null) throw new AppError("not-found");
    return { ...ticket, actor: current };
  };
  return {
    route: {
      prefix,
      secretPath: true,
      ownCredentials: true,
      handle: (request, context) => {
        const { actor, nodeId } = ticketAt(context.path);
        const node = visibleNode(dav, actor, nodeId);
        context.setIdleTimeout(idleSeconds);
        return contentResponse(request, dav.storage, dav.storage.refresh(node.id), readPermit(dav, actor, node));
      },
      // Apps append whatever comes to the file they are writing.
      renderError: ({ status }) => new Response(null, { status, headers: { "cache-control": "no-store" } }),
    },
    operations: [{ key: "POST apps/dav/api/v1/direct", handle: make }],
  };
}
