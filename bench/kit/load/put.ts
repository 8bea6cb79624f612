import { discardAnswer, parseHead, requestHead } from "../http.ts";
import { connectBlocking } from "../socket.ts";
import type { Endpoint, LoadAnswer } from "./jobs.ts";

const writeBufferBytes = 1024 * 1024;

function filled(sizeBytes: number): Uint8Array {
  const data = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
  return data;
}

/** One large PUT over a fresh connection, timed until the answer is read. */
export function loadPut(target: Endpoint, sizeBytes: number): LoadAnswer {
  const chunk = filled(writeBufferBytes);
  const buffer = new Uint8Array(64 * 1024);
  const started = performance.now();
  const socket = connectBlocking(target.port);
  socket.writeAll(requestHead("PUT", target.path, `${target.authorization}Content-Length: ${sizeBytes}\r\n`));
  for (let sent = 0; sent < sizeBytes; sent += chunk.length) {
    socket.writeAll(sizeBytes - sent < chunk.length ? chunk.subarray(0, sizeBytes - sent) : chunk);
  }
  const { head } = discardAnswer(socket, buffer);
  const seconds = (performance.now() - started) / 1000;
  socket.close();
  if (head.status !== 201 && head.status !== 204) throw new Error(`PUT: ${head.status}`);
  return { seconds };
}

/** True when `answer` holds one whole reply; throws when its status is not 201 or 204. */
function isWholePutAnswer(answer: Buffer): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const head = parseHead(answer.toString("latin1", 0, headEnd));
  if (head.status !== 201 && head.status !== 204) throw new Error(`PUT: ${head.status}`);
  const body = answer.subarray(headEnd + 4);
  if (head.status === 204) return true;
  return head.contentLength === undefined
    ? body.toString("latin1").endsWith("0\r\n\r\n")
    : body.length >= head.contentLength;
}

/** `count` PUTs of new names over `connections` keep-alive connections, the next one sent when the answer is read. */
export async function loadPutMany(
  target: Endpoint,
  options: { sizeBytes: number; connections: number; count: number },
): Promise<LoadAnswer> {
  const body = filled(options.sizeBytes);
  let next = 0;
  const nextRequest = (): Uint8Array | undefined => {
    if (next >= options.count) return undefined;
    const head = `${target.authorization}Content-Length: ${options.sizeBytes}\r\n`;
    return Buffer.concat([requestHead("PUT", `${target.path}${next++}.bin`, head), body]);
  };
  const oneConnection = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let pending: Buffer = Buffer.alloc(0);
      let done = false;
      const send = (socket: Bun.Socket): void => {
        const request = nextRequest();
        if (request) return void socket.write(request);
        done = true;
        socket.end();
        resolve();
      };
      void Bun.connect({
        hostname: "127.0.0.1",
        port: target.port,
        socket: {
          open: send,
          data(socket, data) {
            pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
            try {
              if (!isWholePutAnswer(pending)) return;
            } catch (error) {
              done = true;
              socket.end();
              return reject(error);
            }
            pending = Buffer.alloc(0);
            send(socket);
          },
          close: () => (done ? undefined : reject(new Error("connection closed before the answer"))),
          connectError: (_socket, error) => reject(error),
        },
      }).catch(reject);
    });
  const started = performance.now();
  await Promise.all(Array.from({ length: options.connections }, oneConnection));
  return { seconds: (performance.now() - started) / 1000 };
}
