import { expect, test } from "bun:test";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerWith, type Arrival, arrivalOf } from "./provider-koa-bridge.ts";

const arrival: Arrival = { origin: "https://home.example", mount: "/oidc", address: "192.0.2.1" };

const ask = (
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
  init: RequestInit = {},
  path = "/oidc/token?a=1",
) => answerWith(handler, new Request(`http://elsewhere.example${path}`, init), arrival);

test("a handler sees the address it is published under, and the body", async () => {
  const response = await ask(
    async (request, reply) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { url, method, headers, socket } = request;
      const seen = {
        url,
        method,
        host: headers.host,
        length: headers["content-length"],
        body: Buffer.concat(chunks).toString(),
      };
      reply.setHeader("Content-Type", "application/json");
      reply.end(
        JSON.stringify({ ...seen, address: socket.remoteAddress, tls: (socket as { encrypted?: boolean }).encrypted }),
      );
      expect(arrivalOf(request)).toBe(arrival);
    },
    { method: "POST", body: "grant=x", headers: { "x-forwarded-host": "evil.example" } },
  );
  expect(await response.json()).toEqual({
    url: "/token?a=1",
    method: "POST",
    host: "home.example",
    length: "7",
    body: "grant=x",
    address: "192.0.2.1",
    tls: true,
  });
});

test("several cookies stay several, and an answer without a body has none", async () => {
  const response = await ask((_request, reply) => {
    reply.statusCode = 303;
    reply.setHeader("Set-Cookie", ["a=1", "b=2"]);
    reply.setHeader("Location", "/next");
    reply.end();
  });
  expect([response.status, response.headers.getSetCookie(), response.body]).toEqual([303, ["a=1", "b=2"], null]);
});

test("a body that no login needs is refused before anybody reads it", async () => {
  const handler = () => expect.unreachable();
  expect(ask(handler, { method: "POST", body: "x".repeat(70_000) })).rejects.toThrow(/too-large/);
});
