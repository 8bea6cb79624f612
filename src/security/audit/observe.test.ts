import { expect, test } from "bun:test";
import { AppError } from "#platform/errors";
import type { RequestContext } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { AuditEvent } from "./event.ts";
import { createObserver } from "./observe.ts";
import { anna } from "./testing.ts";

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

/** What is recorded of an answer, as `operation outcome who resources`. */
function recorded(
  method: string,
  path: string,
  result: Response | AppError | number,
  options: { actor?: Actor; headers?: Record<string, string> } = {},
): string | undefined {
  let event: AuditEvent | undefined;
  const observe = createObserver({
    record: (seen) => {
      event = seen;
      return undefined;
    },
    underWay: () => undefined,
    isRecorded: (error) => error.detail === "told already",
    findAccount: (name) => (name === "anna" ? { id: 7, name } : undefined),
  });
  const context = { path, address: "192.0.2.1", requestId: "r", knownActor: options.actor } as RequestContext;
  const request = new Request(`http://cloud.test${path}?secret=1`, { method, headers: options.headers ?? {} });
  void observe(request, context, typeof result === "number" ? new Response(null, { status: result }) : result);
  if (event === undefined) return undefined;
  expect(JSON.stringify(event)).not.toContain("secret");
  const who = event.account?.name ?? event.actor.name;
  return `${event.operation} ${event.outcome} ${who} ${(event.resources ?? []).join()}`;
}

test("WebDAV: what changes something, and what is refused", () => {
  const actor = anna;
  expect(recorded("PUT", "/dav/home/a%20b", 201, { actor })).toBe("dav.put allowed anna /dav/home/a%20b");
  const headers = { destination: "http://cloud.test/dav/home/b" };
  expect(recorded("MOVE", "/dav/home/a", 204, { actor, headers })).toBe(
    "dav.move allowed anna /dav/home/a,/dav/home/b",
  );
  expect(recorded("PUT", "/dav/home/a", 412, { actor })).toBe("dav.put failed anna /dav/home/a");
  expect(recorded("PUT", "/dav/home/a", new AppError("quota-exceeded"), { actor })).toBe(
    "dav.put failed anna /dav/home/a",
  );
  expect(recorded("GET", "/dav/home/a", 200, { actor })).toBeUndefined();
  expect(recorded("GET", "/dav/home/a", 404, { actor })).toBeUndefined();
  expect(recorded("PROPFIND", "/dav/x", new AppError("not-found"), { actor })).toBeUndefined();
  const hidden = new AppError("not-found", undefined, { isRefusal: true });
  expect(recorded("PROPFIND", "/dav/spaces/x/", hidden, { actor })).toBe("dav.propfind refused anna /dav/spaces/x/");
  expect(recorded("GET", "/dav/home/a", new AppError("forbidden"), { actor })).toBe("dav.get refused anna /dav/home/a");
});

test("WebDAV: a wrong password names the account, an unknown name is not kept, a client that only asks is no attack", () => {
  const refused = new AppError("unauthenticated");
  expect(recorded("GET", "/dav/", refused, { headers: basic("anna:x") })).toBe("dav.get refused anna /dav/");
  expect(recorded("GET", "/dav/", refused, { headers: basic("hunter2:x") })).toBe(
    "dav.get refused unknown account /dav/",
  );
  expect(recorded("GET", "/dav/", refused, { headers: { authorization: "Bearer x" } })).toBe("dav.get refused  /dav/");
  expect(recorded("PROPFIND", "/dav/", refused)).toBeUndefined();
  expect(recorded("PUT", "/dav/home/a", refused)).toBe("dav.put refused  /dav/home/a");
});

test("operations are the runner's; what never reached it is seen here", () => {
  const actor = anna;
  expect(recorded("POST", "/api/people.update", 200, { actor })).toBeUndefined();
  expect(recorded("POST", "/api/people.update", new AppError("forbidden", "told already"), { actor })).toBeUndefined();
  expect(recorded("POST", "/api/people.update", new AppError("conflict"), { actor })).toBeUndefined();
  expect(recorded("POST", "/api/people.update", new AppError("forbidden"), { actor })).toBe(
    "people.update refused anna ",
  );
  expect(recorded("POST", "/api/x", new AppError("blocked"))).toBe("http.post refused  /api/x");
  expect(recorded("GET", "/api/files/content/5", new AppError("forbidden"), { actor })).toBe(
    "http.get refused anna /api/files/content/5",
  );
});

test("links: a visit that is refused, without the token that would be the right", () => {
  for (const code of ["not-found", "gone", "unauthenticated", "forbidden"] as const) {
    const line = recorded("GET", "/s/abcdefghijklmnopqrstuv/content/5", new AppError(code));
    expect(line).toMatch(/^link\.content refused {2}link [0-9a-f]{12}$/);
  }
  expect(recorded("POST", "/api/publicLink.open", new AppError("gone"))).toBe("publicLink.open refused  ");
  expect(recorded("GET", "/s/abc/content/5", 200)).toBeUndefined();
  expect(recorded("GET", "/s/abc", 200)).toBeUndefined();
});

test("uploads: the part that makes the file, and what is refused", () => {
  const actor = anna;
  const done = new Response(null, { status: 204, headers: { "hearth-node-id": "42" } });
  expect(recorded("PATCH", "/api/uploads/x", done, { actor })).toBe("uploads.patch allowed anna node 42");
  expect(recorded("PATCH", "/api/uploads/x", 204, { actor })).toBeUndefined();
  expect(recorded("POST", "/api/uploads", 403, { actor })).toBe("uploads.post refused anna ");
  expect(recorded("DELETE", "/api/uploads/x", 204, { actor })).toBe("uploads.delete allowed anna ");
});
