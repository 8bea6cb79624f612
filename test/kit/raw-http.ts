import { connect } from "node:net";

export interface RawRequest {
  readonly method: string;
  /** The request target as it goes over the wire. */
  readonly target: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  /** Address to come from, as `127.0.0.7`: all of 127/8 is this machine. */
  readonly from?: string;
}

export interface RawReply {
  /** 0 when the server closed without an answer. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const timeoutMs = 10_000;

/** Sends exactly these bytes to the server at `url`: what no HTTP client would send too. Waits for the connection to close. */
export async function rawHttp(url: string, request: RawRequest): Promise<RawReply> {
  const { hostname, port, host } = new URL(url);
  const body = Buffer.from(request.body ?? "");
  const given = request.headers ?? [];
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  const hasLength = names.has("content-length") || names.has("transfer-encoding");
  const lines = [
    ...(names.has("host") ? [] : [`Host: ${host}`]),
    "Connection: close",
    ...(hasLength || (body.length === 0 && request.body === undefined) ? [] : [`Content-Length: ${body.length}`]),
    ...given.map(([name, value]) => `${name}: ${value}`),
  ];
  const head = `${request.method} ${request.target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
  const bytes = Buffer.concat([Buffer.from(head), body]);
  return parseReply(await exchange({ host: hostname, port: Number(port), localAddress: request.from }, bytes));
}

function exchange(
  to: { host: string; port: number; localAddress: string | undefined },
  bytes: Buffer,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(to, () => void socket.write(bytes));
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    socket.on("data", (part) => void received.push(Buffer.from(part)));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(received)));
  });
}

function parseReply(bytes: Buffer): RawReply {
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end === -1) return { status: 0, headers: new Map(), body: "" };
    const [statusLine = "", ...lines] = rest.subarray(0, end).toString("latin1").split("\r\n");
    const status = Number(statusLine.split(" ")[1]);
    rest = rest.subarray(end + 4);
    // An interim answer (100 Continue) comes before the real one.
    if (status < 200) continue;
    const headers = new Map(lines.map((line) => splitHeader(line)));
    const body = headers.get("transfer-encoding") === "chunked" ? unchunk(rest) : rest;
    return { status, headers, body: body.toString("utf8") };
  }
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf("\r\n", at);
    const size = end === -1 ? 0 : Number.parseInt(bytes.subarray(at, end).toString("latin1"), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
