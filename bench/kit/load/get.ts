import { discardAnswer, requestHead } from "../http.ts";
import { connectBlocking } from "../socket.ts";
import type { Endpoint, LoadAnswer } from "./jobs.ts";

const readBufferBytes = 256 * 1024;

/** One GET over a fresh connection; the body is read into one buffer and dropped. */
export function loadGet(target: Endpoint, sizeBytes: number): LoadAnswer {
  const buffer = new Uint8Array(readBufferBytes);
  const started = performance.now();
  const socket = connectBlocking(target.port);
  socket.writeAll(requestHead("GET", target.path, target.authorization));
  const { head, bodyBytes } = discardAnswer(socket, buffer);
  const seconds = (performance.now() - started) / 1000;
  socket.close();
  if (head.status !== 200 || bodyBytes !== sizeBytes) throw new Error(`GET: ${head.status}, ${bodyBytes} bytes`);
  return { seconds, bodyBytes };
}
