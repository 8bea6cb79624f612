import { expect, test } from "bun:test";
import { AppError } from "#platform/errors";
import { createLogger } from "#platform/log";
import { anonymous, createRunner, implement } from "#platform/usecase";
import { defineContract } from "#wire";
import { z } from "zod";
import { apiHandler } from "./api.ts";
import type { RequestContext } from "./http.ts";

const log = createLogger({ clock: { now: () => 0 }, level: "error", write: () => undefined });
const contract = defineContract({
  "echo.say": {
    summary: "Says whether the request came over TLS.",
    input: z.object({}),
    output: z.object({ secure: z.boolean() }),
    permission: "public",
    effect: "write",
  },
});
const implementations = implement(contract, { "echo.say": ({ secure }) => ({ secure }) });
const handle = apiHandler(createRunner({ implementations, log, clock: { now: () => 0 }, audit: () => undefined }));

async function call(headers: Record<string, string>, origin = "http://home.test:8080"): Promise<unknown> {
  const request = new Request(`${origin}/api/echo.say`, {
    method: "POST",
    headers: { host: "home.test:8080", ...headers },
  });
  const context = {
    path: "/api/echo.say",
    requestId: "1",
    certificate: undefined,
    address: "192.0.2.1",
    log,
    actor: () => anonymous,
    upgrade: () => new Response(),
  };
  try {
    const response = await handle(request, {
      ...context,
      setIdleTimeout: () => undefined,
      limitTo: () => () => undefined,
    } satisfies RequestContext);
    return await response.json();
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : thrown;
  }
}

test("a program without browser headers is served, and the operation knows whether TLS was used", async () => {
  expect(await call({})).toEqual({ secure: false });
  expect(await call({}, "https://home.test:8080")).toEqual({ secure: true });
});

test("our own page is served", async () => {
  expect(await call({ cookie: "hearth=x", origin: "http://home.test:8080" })).toEqual({ secure: false });
  expect(await call({ cookie: "hearth=x", "sec-fetch-site": "same-origin" })).toEqual({ secure: false });
});

test("another site's page is refused, also before anybody is logged in", async () => {
  expect(await call({ origin: "http://evil.test" })).toBe("forbidden");
  expect(await call({ origin: "null" })).toBe("forbidden");
  expect(await call({ "sec-fetch-site": "cross-site" })).toBe("forbidden");
  expect(await call({ "sec-fetch-site": "same-site" })).toBe("forbidden");
  expect(await call({ cookie: "hearth=x" })).toBe("forbidden");
});
