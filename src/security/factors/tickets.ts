import { type Clock, type Random, randomToken } from "#platform/clock";
import { createLruMap } from "#platform/lru";

/** Attempts that are under way, each behind a secret: in memory, bounded, short-lived, used once. */
export interface Tickets<Attempt> {
  /** 192 random bits, for URLs and JSON. */
  issue(attempt: Attempt): string;
  /** The attempt, which goes on; undefined when there is none or its time is over. */
  find(ticket: string): Attempt | undefined;
  /** The attempt, whose ticket is used up with this: of two callers one gets it. */
  take(ticket: string): Attempt | undefined;
  dropWhere(matches: (attempt: Attempt) => boolean): void;
}

interface TicketsDeps {
  readonly clock: Clock;
  readonly random: Random;
}

export const ticketLifeMs = 5 * 60_000;
const maxTickets = 10_000;

export function createTickets<Attempt>({ clock, random }: TicketsDeps, lifeMs = ticketLifeMs): Tickets<Attempt> {
  // The hash is the key, so that the time of a look-up tells nothing about a ticket.
  const attempts = createLruMap<string, { readonly attempt: Attempt; readonly untilMs: number }>(maxTickets);
  const keyOf = (ticket: string): string => Bun.SHA256.hash(ticket, "base64url");
  const find = (key: string): Attempt | undefined => {
    const entry = attempts.get(key);
    if (entry !== undefined && clock.now() < entry.untilMs) return entry.attempt;
    attempts.delete(key);
    return undefined;
  };
  return {
    issue: (attempt) => {
      const ticket = randomToken(random, 192);
      attempts.set(keyOf(ticket), { attempt, untilMs: clock.now() + lifeMs });
      return ticket;
    },
    find: (ticket) => find(keyOf(ticket)),
    take: (ticket) => {
      const key = keyOf(ticket);
      const attempt = find(key);
      attempts.delete(key);
      return attempt;
    },
    dropWhere: (matches) => attempts.deleteWhere(({ attempt }) => matches(attempt)),
  };
}
