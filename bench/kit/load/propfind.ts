import { discardAnswer, requestHead } from "../http.ts";
import { connectBlocking, type BlockingSocket } from "../socket.ts";
import type { Endpoint, LoadAnswer } from "./jobs.ts";

const body = Buffer.from(
  '<?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/><D:getcontentlength/>' +
    "<D:getlastmodified/><D:getetag/><D:getcontenttype/><D:creationdate/></D:prop></D:propfind>",
);

function propfindRequest(target: Endpoint): Uint8Array {
  const head = `${target.authorization}Depth: 1\r\nContent-Type: application/xml\r\nContent-Length: ${body.length}\r\n`;
  return Buffer.concat([requestHead("PROPFIND", target.path, head), body]);
}

function timeOne(
  socket: BlockingSocket,
  request: Uint8Array,
  buffer: Uint8Array,
): { seconds: number; bodyBytes: number } {
  const started = performance.now();
  socket.writeAll(request);
  const { head, bodyBytes } = discardAnswer(socket, buffer);
  if (head.status !== 207) throw new Error(`PROPFIND: ${head.status}`);
  return { seconds: (performance.now() - started) / 1000, bodyBytes };
}

/** `count` PROPFINDs of one folder, one after another over one connection. */
export function loadPropfind(target: Endpoint, count: number): LoadAnswer {
  const buffer = new Uint8Array(256 * 1024);
  const request = propfindRequest(target);
  const socket = connectBlocking(target.port);
  const answers = Array.from({ length: count }, () => timeOne(socket, request, buffer));
  socket.close();
  const each = answers.map((answer) => answer.seconds);
  return { seconds: each.reduce((sum, value) => sum + value, 0), each, bodyBytes: answers.at(-1)?.bodyBytes };
}

/** The same, with one PUT of a small new file into the folder before each; only the PROPFINDs are timed. */
export function loadPropfindAfterChange(target: Endpoint, count: number, tag: string): LoadAnswer {
  const buffer = new Uint8Array(256 * 1024);
  const request = propfindRequest(target);
  const socket = connectBlocking(target.port);
  const each: number[] = [];
  let bodyBytes = 0;
  for (let round = 0; round < count; round++) {
    const head = requestHead(
      "PUT",
      `${target.path}change-${tag}-${round}.txt`,
      `${target.authorization}Content-Length: 1\r\n`,
    );
    socket.writeAll(Buffer.concat([head, Buffer.from("x")]));
    const { head: put } = discardAnswer(socket, buffer);
    if (put.status !== 201 && put.status !== 204) throw new Error(`PUT: ${put.status}`);
    const answer = timeOne(socket, request, buffer);
    each.push(answer.seconds);
    if (answer.bodyBytes <= bodyBytes) throw new Error("the listing does not show the new file");
    bodyBytes = answer.bodyBytes;
  }
  socket.close();
  return { seconds: each.reduce((sum, value) => sum + value, 0), each, bodyBytes };
}
