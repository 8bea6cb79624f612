import { type Clock, type Random, randomToken } from "#platform/clock";
import { createLruMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";

const lifeMs = 15_000;
const maxTickets = 1_000;
const tokenBits = 256;

/** Tokens that open one WebSocket each, for whoever shall not send a password through it. */
export function createPushTickets({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
  const tickets = createLruMap<string, { readonly actor: Actor; readonly endsAtMs: number }>(maxTickets);
  return {
    issue: (actor: Actor): string => {
      const token = randomToken(random, tokenBits);
      tickets.set(token, { actor, endsAtMs: clock.now() + lifeMs });
      return token;
    },
    /** Whose it is, once and within 15 seconds. */
    take: (token: string): Actor | undefined => {
      const ticket = tickets.get(token);
      tickets.delete(token);
      return ticket !== undefined && ticket.endsAtMs > clock.now() ? ticket.actor : undefined;
    },
    /** Ends those of a person whose credentials have changed. */
    forget: (userId: number): void => tickets.deleteWhere(({ actor }) => actor.userId === userId),
  };
}
