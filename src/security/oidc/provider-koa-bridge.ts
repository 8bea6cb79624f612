import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { readText } from "#platform/http";
import type { Happening } from "./provider-happenings.ts";

/** What a handler of `node:http` sees of a request; nothing of it comes from a header that a caller could forge. */
export interface Arrival {
  /** Scheme and host that the handler shall believe it is called under. */
  readonly origin: string;
  /** The path below which it is mounted, as `/oidc`. */
  readonly mount: string;
  readonly address: string;
  /** Called when the person has chosen to log out. */
  readonly onLogout?: () => void;
  readonly onHappening?: (happening: Happening) => void;
}

const arrivals = new WeakMap<IncomingMessage, Arrival>();

/** What `answerWith` was told of a message. */
export function arrivalOf(message: IncomingMessage): Arrival | undefined {
  return arrivals.get(message);
}

type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

const maxBodyBytes = 64 * 1024;
/** Answers come from memory and the database of this process. */
const answerWithinMs = 30_000;
const bodiless = new Set([101, 204, 205, 304]);

/**
 * Runs a handler made for `node:http` on a request of the web platform, inside this process: no socket, no port and no second
 * parse of HTTP, so there is nothing on the way that another program could reach. Throws AppError `too-large`.
 */
export async function answerWith(handler: NodeHandler, request: Request, arrival: Arrival): Promise<Response> {
  const message = await createMessage(request, arrival);
  const reply = createReply();
  handler(message, reply.response);
  return reply.finished;
}

/** Both halves, for functions that take a message and a reply but answer otherwise. */
export async function messageOf(request: Request, arrival: Arrival) {
  return { message: await createMessage(request, arrival, ""), ...createReply() };
}

async function createMessage(request: Request, arrival: Arrival, given?: string): Promise<IncomingMessage> {
  const body = given ?? (await readText(request, maxBodyBytes));
  const url = new URL(request.url);
  const origin = new URL(arrival.origin);
  const originalUrl = url.pathname + url.search;
  const headers = Object.fromEntries(request.headers);
  headers["host"] = origin.host;
  headers["content-length"] = String(Buffer.byteLength(body));
  delete headers["transfer-encoding"];
  const message = Object.assign(Readable.from(body === "" ? [] : [Buffer.from(body)]), {
    method: request.method,
    originalUrl,
    url: originalUrl.startsWith(arrival.mount) ? originalUrl.slice(arrival.mount.length) : originalUrl,
    headers,
    httpVersion: "1.1",
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    socket: { remoteAddress: arrival.address, encrypted: origin.protocol === "https:", readable: true, writable: true },
  }) as unknown as IncomingMessage;
  arrivals.set(message, arrival);
  return message;
}

/** As much of `http.ServerResponse` as Koa, its cookies and `on-finished` use. */
function createReply() {
  const headers = new Map<string, string | string[]>();
  const done = Promise.withResolvers<Response>();
  const timer = setTimeout(() => done.reject(new Error("the handler gave no answer")), answerWithinMs);
  const chunks: Buffer[] = [];
  const response = Object.assign(new EventEmitter(), {
    statusCode: 200,
    statusMessage: "",
    headersSent: false,
    finished: false,
    writableEnded: false,
    socket: null,
    setHeader: (name: string, value: number | string | readonly string[]) =>
      void headers.set(name.toLowerCase(), Array.isArray(value) ? value.map(String) : String(value)),
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    getHeaders: () => Object.fromEntries(headers),
    getHeaderNames: () => [...headers.keys()],
    hasHeader: (name: string) => headers.has(name.toLowerCase()),
    removeHeader: (name: string) => void headers.delete(name.toLowerCase()),
    flushHeaders: () => undefined,
    write: (chunk: string | Uint8Array) => chunks.push(Buffer.from(chunk as Uint8Array)) > 0,
    end: (chunk?: string | Uint8Array) => {
      if (response.writableEnded) return;
      if (chunk !== undefined && chunk !== null) chunks.push(Buffer.from(chunk as Uint8Array));
      response.headersSent = response.finished = response.writableEnded = true;
      clearTimeout(timer);
      done.resolve(toResponse(response.statusCode, headers, Buffer.concat(chunks)));
      response.emit("finish");
    },
  });
  return {
    response: response as unknown as ServerResponse,
    finished: done.promise,
    release: () => clearTimeout(timer),
  };
}

function toResponse(status: number, headers: ReadonlyMap<string, string | string[]>, body: Buffer): Response {
  const all = new Headers();
  for (const [name, value] of headers) {
    if (name === "content-length" || name === "transfer-encoding") continue;
    for (const one of Array.isArray(value) ? value : [value]) all.append(name, one);
  }
  return new Response(bodiless.has(status) || body.length === 0 ? null : new Uint8Array(body), {
    status,
    headers: all,
  });
}
