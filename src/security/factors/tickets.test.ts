import { expect, test } from "bun:test";
import fc from "fast-check";
import { systemRandom } from "#platform/clock";
import { createTickets, ticketLifeMs } from "./tickets.ts";

test("whatever is asked when, a ticket gives its own attempt, at most once, and not after its time", () => {
  const act = fc.record({
    kind: fc.constantFrom("issue", "find", "take", "drop"),
    which: fc.nat(9),
    advanceMs: fc.nat(ticketLifeMs),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      let nowMs = 0;
      const tickets = createTickets<number>({ clock: { now: () => nowMs }, random: systemRandom });
      const issued: { ticket: string; untilMs: number; spent: boolean }[] = [];
      for (const { kind, which, advanceMs } of acts) {
        nowMs += advanceMs;
        if (kind === "issue") {
          issued.push({ ticket: tickets.issue(issued.length), untilMs: nowMs + ticketLifeMs, spent: false });
          continue;
        }
        const index = which % Math.max(1, issued.length);
        const known = issued[index];
        if (known === undefined) continue;
        const expected = known.spent || nowMs >= known.untilMs ? undefined : index;
        if (kind === "find") expect(tickets.find(known.ticket)).toBe(expected);
        else if (kind === "take") expect(tickets.take(known.ticket)).toBe(expected);
        else tickets.dropWhere((attempt) => attempt === index);
        if (kind !== "find") known.spent = true;
      }
    }),
  );
  const tickets = createTickets<number>({ clock: { now: () => 0 }, random: systemRandom });
  for (const text of ["", "x", "constructor", "A".repeat(10_000)]) expect(tickets.take(text)).toBeUndefined();
});
