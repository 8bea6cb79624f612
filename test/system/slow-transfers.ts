import { connect, type Socket } from "node:net";

/** A transfer that its client holds back, so that it is under way for as long as a test likes. */
export interface Slow {
  /** Of the answer; 0 for what is sent. */
  readonly status: number;
  /** `broken` when the connection was reset or ended before everything was there, `whole` otherwise. */
  ended(): Promise<"broken" | "whole" | "goes on">;
  /** Waits until more has come, or was taken. */
  goesOn(): Promise<void>;
  close(): void;
}

/** Some 1.3 MB a second: 200 MiB take minutes. */
const pauseMs = 50;
const patienceMs = 30_000;
const pieceBytes = 64 * 1024;

/** GET by a client that reads slowly; given when the answer has begun. */
export async function slowDownload(url: string, path: string, headers: Record<string, string>): Promise<Slow> {
  const begun = Promise.withResolvers<void>();
  let head = "";
  let received = 0;
  const line = openLine(url, `GET ${path} HTTP/1.1`, headers);
  const { socket } = line;
  socket.on("data", (part) => {
    received += part.length;
    if (!head.includes("\r\n\r\n")) head += part.toString("latin1");
    if (head.includes("\r\n\r\n")) begun.resolve();
    socket.pause();
    setTimeout(() => socket.resume(), pauseMs);
  });
  await Promise.race([begun.promise, line.closed]);
  const [statusLine = ""] = head.split("\r\n");
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  const wholeBytes = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
  return {
    status: Number(statusLine.split(" ")[1] ?? 0),
    ended: async () => {
      if (!(await within(line.closed))) return "goes on";
      return received < wholeBytes ? "broken" : "whole";
    },
    goesOn: () => more(() => received, line.isClosed),
    close: () => socket.destroy(),
  };
}

/** PUT by a client that sends slowly; given when some of it is on its way. */
export async function slowUpload(
  url: string,
  path: string,
  headers: Record<string, string>,
  sizeBytes: number,
): Promise<Slow> {
  const line = openLine(url, `PUT ${path} HTTP/1.1`, { ...headers, "content-length": String(sizeBytes) });
  const piece = Buffer.alloc(pieceBytes);
  const sender = setInterval(() => line.socket.writable && line.socket.write(piece), pauseMs);
  void line.closed.then(() => clearInterval(sender));
  let answer = "";
  line.socket.on("data", (part) => void (answer += part.toString("latin1")));
  const sent = () => line.socket.bytesWritten;
  const slow: Slow = {
    status: 0,
    ended: async () => ((await within(line.closed)) ? (answer === "" ? "broken" : "whole") : "goes on"),
    goesOn: () => more(sent, line.isClosed),
    close: () => line.socket.destroy(),
  };
  await slow.goesOn();
  return slow;
}

function openLine(url: string, first: string, headers: Record<string, string>) {
  const { hostname, port, host } = new URL(url);
  const ended = Promise.withResolvers<true>();
  let isClosed = false;
  const lines = [first, `Host: ${host}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  const socket: Socket = connect({ host: hostname, port: Number(port) }, () =>
    socket.write(lines.join("\r\n") + "\r\n\r\n"),
  );
  socket.on("error", () => undefined);
  socket.on("end", () => socket.destroy());
  socket.on("close", () => {
    isClosed = true;
    ended.resolve(true);
  });
  return { socket, closed: ended.promise, isClosed: () => isClosed };
}

async function within(closed: Promise<true>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMs);
  });
  return Promise.race([closed, late]).finally(() => clearTimeout(timer));
}

async function more(count: () => number, isClosed: () => boolean): Promise<void> {
  const before = count();
  for (const until = performance.now() + patienceMs; count() <= before + pieceBytes;) {
    if (isClosed() || performance.now() > until) throw new Error(`nothing more after ${count()} bytes`);
    await Bun.sleep(pauseMs);
  }
}
