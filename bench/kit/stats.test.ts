import { expect, test } from "bun:test";
import { discardAnswer } from "./http.ts";
import type { BlockingSocket } from "./socket.ts";
import { median, medianRatio } from "./stats.ts";

/** A socket that hands out the given pieces, one a read. */
function scripted(pieces: readonly string[]): BlockingSocket {
  const left = pieces.map((piece) => Buffer.from(piece));
  return {
    read: (buffer) => {
      const piece = left.shift();
      if (piece) buffer.set(piece);
      return piece?.length ?? 0;
    },
    writeAll: () => undefined,
    close: () => undefined,
  };
}

test("the median of an even count is the mean of the middle two", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

test("a ratio pairs the samples of one round", () => {
  expect(medianRatio([2, 4, 9], [1, 2, 3])).toBe(2);
  expect(() => medianRatio([1], [1, 2])).toThrow(RangeError);
});

test("a chunked answer ends at its last chunk, however it is cut", () => {
  const head = "HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\nKeep-Alive: timeout=5, max=100\r\n\r\n";
  const socket = scripted([head, "5\r\n<a/>\n\r\n0\r", "\n\r", "\n"]);
  expect(discardAnswer(socket, new Uint8Array(1024)).head.status).toBe(207);
  expect(socket.read(new Uint8Array(8))).toBe(0);
});

test("an answer cut short is an error", () => {
  const socket = scripted(["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"]);
  expect(() => discardAnswer(socket, new Uint8Array(1024))).toThrow("cut short");
});
