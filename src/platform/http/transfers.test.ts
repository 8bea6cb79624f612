import { expect, test } from "bun:test";
import { createLogger } from "#platform/log";
import { systemClock } from "#platform/clock";
import { type Actor, anonymous } from "#platform/usecase";
import { createTransfers, type Permit } from "./transfers.ts";

const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
const person: Actor = { ...anonymous, kind: "person", userId: 7, via: "session", credentialId: "s" };

function open(follow: (actor: Actor) => () => Actor | null = (actor) => () => actor) {
  let asked = 0;
  const lines = new Map<string, { isBusy: boolean; cuts: number }>();
  const transfers = createTransfers({ follow, log });
  const begin = (name: string, holds: Permit["holds"], finds = true) => {
    const line = { isBusy: true, cuts: 0 };
    lines.set(name, line);
    const permit = { actor: person, holds: (actor: Actor) => (asked++, holds(actor)) };
    return transfers.begin(permit, { isBusy: () => line.isBusy, cut: () => (line.cuts++, finds) });
  };
  return { transfers, begin, lines, asked: () => asked };
}

/** Longer than changes are gathered; the time between two looks without a change is a hundred times that. */
const gathered = () => Bun.sleep(60);

test("many changes of a moment are one look; who keeps the right goes on, what is over is asked no more", async () => {
  const { transfers, begin, lines, asked } = open();
  const rights = new Set(["kept", "lost", "over"]);
  for (const name of rights) begin(name, () => rights.has(name));
  lines.get("over")!.isBusy = false;
  rights.delete("lost");
  for (let count = 0; count < 100; count += 1) transfers.look();
  await gathered();
  // Not two for each of them; a machine that stands still for a second looks once more.
  expect(asked()).toBeLessThan(10);
  expect(transfers.count()).toBe(2);
  expect(Array.from(lines, ([name, { cuts }]) => `${name} ${cuts}`)).toEqual(["kept 0", "lost 1", "over 0"]);
  transfers.stop();
});

test("a permit that throws holds no more; neither does any whose credential is gone, and the newest roles count", async () => {
  let now: Actor | null = person;
  const { transfers, begin, lines } = open(() => () => now);
  begin("throws", () => {
    throw new Error("there is no such thing");
  });
  const holds = begin("role", ({ roles }) => roles.length === 0);
  expect(holds()).toBe(true);
  transfers.look();
  await gathered();
  expect(Array.from(lines.values(), ({ cuts }) => cuts)).toEqual([1, 0]);
  now = { ...person, roles: ["guest"] };
  expect(holds()).toBe(false);
  now = null;
  expect(holds()).toBe(false);
  transfers.look();
  await gathered();
  // What is cut stays busy for a moment, and is cut once.
  expect(Array.from(lines.values(), ({ cuts }) => cuts)).toEqual([1, 1]);
  transfers.stop();
});

test("what ends by the clock alone is noticed too, and a connection that was not found is looked for again", async () => {
  const { transfers, begin, lines } = open();
  begin("expired", () => false, false);
  const line = lines.get("expired")!;
  for (const until = performance.now() + 20_000; line.cuts < 2 && performance.now() < until;) await Bun.sleep(20);
  expect(line.cuts).toBeGreaterThan(1);
  transfers.stop();
}, 30_000);
