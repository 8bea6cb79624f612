import type { BlockingSocket } from "./socket.ts";

export interface ResponseHead {
  readonly status: number;
  /** Byte count from Content-Length; undefined when chunked. */
  readonly contentLength: number | undefined;
}

export function requestHead(method: string, path: string, headerLines: string): Uint8Array {
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headerLines}\r\n`);
}

export function parseHead(text: string): ResponseHead {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? Number.NaN);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (Number.isNaN(status)) throw new Error(`not an HTTP answer: ${text.slice(0, 80)}`);
  return { status, contentLength: length === undefined ? undefined : Number(length) };
}

const endOfChunks = Buffer.from("0\r\n\r\n");

/** True when `tail`, the last bytes of a chunked body of text, closes it. */
function endsChunked(tail: Uint8Array): boolean {
  return endOfChunks.equals(tail.subarray(-endOfChunks.length));
}

/**
 * Reads one whole answer and throws its body away. Chunked bodies are taken as complete at a final `0 CRLF CRLF`,
 * which text bodies such as XML cannot contain. Returns the head and the body bytes as sent.
 */
export function discardAnswer(socket: BlockingSocket, buffer: Uint8Array): { head: ResponseHead; bodyBytes: number } {
  let filled = 0;
  let bodyStart = -1;
  while (bodyStart < 0) {
    const count = socket.read(buffer.subarray(filled));
    if (count === 0) throw new Error("connection closed before the answer");
    filled += count;
    bodyStart = Buffer.from(buffer.buffer, buffer.byteOffset, filled).indexOf("\r\n\r\n");
  }
  const head = parseHead(Buffer.from(buffer.buffer, buffer.byteOffset, bodyStart).toString("latin1"));
  let bodyBytes = filled - bodyStart - 4;
  if (head.status === 204 || head.status === 304) return { head, bodyBytes };
  if (head.contentLength !== undefined) {
    while (bodyBytes < head.contentLength) {
      const count = socket.read(buffer);
      if (count === 0) throw new Error("body cut short");
      bodyBytes += count;
    }
    return { head, bodyBytes };
  }
  let tail = Buffer.from(buffer.subarray(Math.max(bodyStart + 4, filled - 16), filled));
  while (!endsChunked(tail)) {
    const count = socket.read(buffer);
    if (count === 0) throw new Error("chunked body cut short");
    bodyBytes += count;
    tail = Buffer.concat([tail, buffer.subarray(Math.max(0, count - 16), count)]).subarray(-16);
  }
  return { head, bodyBytes };
}
