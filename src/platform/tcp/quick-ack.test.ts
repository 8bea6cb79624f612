// needs: curl
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createQuickAck } from "./quick-ack.ts";

const quickAck = createQuickAck();
/** What the kernel waits before it acknowledges what nobody answers. */
const delayedSeconds = 0.04;
const requests = 15;

let server: Bun.Server<undefined>;
let isQuick = true;
const found: boolean[] = [];

beforeAll(() => {
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      if (isQuick) found.push(quickAck(server.requestIP(request)?.port ?? 0));
      return new Response(String((await request.bytes()).byteLength));
    },
  });
});
afterAll(() => server.stop(true));

/** Median time of uploads over one connection, as Qt makes them: head and body written apart, and small writes gathered. */
async function medianSeconds(): Promise<number> {
  const uploads = Array.from({ length: requests }, () => ["-T", import.meta.path, server.url.href]).flat();
  const options = ["-s", "--no-tcp-nodelay", "-H", "Expect:", "-w", " took %{time_total}\n", "-m", "20"];
  const child = Bun.spawn(["curl", ...options, ...uploads], { stdout: "pipe" });
  const output = await new Response(child.stdout).text();
  const times = Array.from(output.matchAll(/took (.+)/g), ([, seconds]) => Number(seconds));
  expect(times).toHaveLength(requests);
  return times.toSorted((a, b) => a - b)[Math.floor(requests / 2)] ?? 0;
}

test("a body that is held back until its head is acknowledged comes at once", async () => {
  isQuick = false;
  const delayed = await medianSeconds();
  isQuick = true;
  const quick = await medianSeconds();
  expect(delayed).toBeGreaterThan(delayedSeconds * 0.9);
  expect(quick).toBeLessThan(delayedSeconds / 2);
});

test("each of many connections is found, also of those that came later", async () => {
  found.length = 0;
  for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 4 }, medianSeconds));
  expect(found).toHaveLength(3 * 4 * requests);
  expect(found).not.toContain(false);
});

test("a port that nobody is connected from is no error", () => {
  expect(quickAck(1)).toBe(false);
});
