import { expect, test } from "bun:test";
import { AppError } from "#platform/errors";
import { createLogger } from "#platform/log";
import { anonymous } from "#platform/usecase";
import { createHttp, type Gate, type Observe } from "./http.ts";

const log = createLogger({ clock: { now: () => 0 }, level: "error", write: () => undefined });

function serve(options: { gate?: Gate; observe?: Observe } = {}) {
  return createHttp({
    routes: [
      { prefix: "/", handle: async (_request, { actor }) => new Response((await actor()).via) },
      {
        prefix: "/refused",
        handle: () => {
          throw new AppError("forbidden");
        },
      },
    ],
    authenticate: () => anonymous,
    log,
    clock: { now: () => 0 },
    ...options,
  });
}

test("a path that is itself a right is in no log", async () => {
  const lines: string[] = [];
  const handle = createHttp({
    routes: [
      { prefix: "/s/", secretPath: true, handle: () => new Response() },
      { prefix: "/", handle: () => new Response() },
    ],
    authenticate: () => anonymous,
    gate: () => {
      throw new AppError("blocked");
    },
    log: createLogger({ clock: { now: () => 0 }, level: "debug", write: (line) => void lines.push(line) }),
    clock: { now: () => 0 },
  });
  for (const path of ["/s/TOKEN/content/1", "/shown"]) await handle(new Request(`http://cloud.test${path}`), peer);
  expect([lines.length, lines.join("").includes("TOKEN"), lines.join("").includes("/shown")]).toEqual([2, false, true]);
});

const peer = { address: "192.0.2.1", setIdleTimeout: () => undefined };

test("the observer sees every answer and every error, the gate's too, and the answer waits for it", async () => {
  const seen: string[] = [];
  const observe: Observe = async (_request, { path, knownActor }, result) => {
    await Bun.sleep(5);
    seen.push(`${path} ${result.status} ${knownActor?.via}`);
  };
  const gate: Gate = (_request, { path }) => {
    if (path === "/blocked") throw new AppError("blocked");
    return undefined;
  };
  const handle = serve({ gate, observe });
  for (const path of ["/", "/refused", "/blocked"]) await handle(new Request(`http://cloud.test${path}`), peer);
  expect(seen).toEqual(["/ 200 none", "/refused 403 undefined", "/blocked 403 undefined"]);
});

test("a request that names no host, or two, reaches neither gate nor handler", async () => {
  const reached: string[] = [];
  const seen: unknown[] = [];
  const gate: Gate = (_request, { path }) => {
    reached.push(path);
    return undefined;
  };
  const observe: Observe = (_request, _context, result) => {
    seen.push(result instanceof AppError && result.isRefusal);
    return undefined;
  };
  const handle = serve({ gate, observe });
  const twice = new Request("http://a.test/", { headers: { host: "a.test, b.test" } });
  const relative = new Request("http://a.test/");
  Object.defineProperty(relative, "url", { value: "/x/api/people.update" });
  for (const request of [twice, relative]) expect((await handle(request, peer)).status).toBe(400);
  expect(reached).toEqual([]);
  expect(seen).toEqual([true, true]);
});
