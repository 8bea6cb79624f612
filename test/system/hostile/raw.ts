import { connect } from "node:net";

export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly text: string;
}

/** Sends bytes as they are, since clients of the runtime would mend them, and reads until the server closes or is silent. */
export function sendRaw(url: string, bytes: string | Uint8Array, timeoutMs = 5_000): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(new Uint8Array(Buffer.from(bytes))));
    const end = () => {
      socket.destroy();
      const text = Buffer.concat(parts).toString("latin1");
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    };
    socket.setTimeout(timeoutMs, end);
    socket.on("data", (part) => parts.push(Buffer.from(part)));
    socket.on("end", end);
    socket.on("error", end);
    socket.on("close", end);
  });
}

export interface RawRequest {
  readonly method: string;
  /** As it stands in the request line; may be anything. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
}

/** One request on a connection of its own; header values are cut at line ends, which would make other headers of them. */
export function render(request: RawRequest): Uint8Array {
  const body = Buffer.from(request.body ?? "");
  const named = new Set(request.headers.map(([name]) => name.toLowerCase()));
  const lines = request.headers.map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n]/g, " ")}`);
  if (!named.has("host")) lines.push("Host: 127.0.0.1");
  if (!named.has("content-length") && !named.has("transfer-encoding")) lines.push(`Content-Length: ${body.length}`);
  lines.push("Connection: close");
  const target = request.target.replaceAll(/[\r\n ]/g, "%20");
  return Buffer.concat([Buffer.from(`${request.method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`), body]);
}
