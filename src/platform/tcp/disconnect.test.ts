import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { createDisconnect } from "./disconnect.ts";

const disconnect = createDisconnect();
const answerBytes = 64 * 1024 * 1024;

interface Reader {
  readonly socket: Socket;
  /** How the connection ended. */
  readonly ended: Promise<string>;
  readonly received: () => number;
}

/** Reads the beginning of an answer and then nothing more. */
async function slowReader(host: string, port: number): Promise<Reader> {
  const ended = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  let received = 0;
  const socket = connect({ host, port }, () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  socket.on("data", (part) => {
    if (received === 0) socket.pause();
    received += part.length;
    begun.resolve();
  });
  socket.on("error", (error) => ended.resolve((error as NodeJS.ErrnoException).code ?? ""));
  socket.on("end", () => ended.resolve("end"));
  await begun.promise;
  return { socket, ended: ended.promise, received: () => received };
}

for (const [listen, host] of [
  ["127.0.0.1", "127.0.0.1"],
  ["::", "127.0.0.1"],
  ["::1", "::1"],
] as const) {
  test(`one of two answers under way to ${host} on ${listen} is reset, the other goes on to its end`, async () => {
    const requests: Request[] = [];
    const server = Bun.serve({
      hostname: listen,
      port: 0,
      fetch: (request) => {
        requests.push(request);
        return new Response(new Uint8Array(answerBytes));
      },
    });
    const port = server.port ?? 0;
    const cut = await slowReader(host, port);
    const other = await slowReader(host, port);
    try {
      const [first] = requests;
      const from = first && server.requestIP(first);
      expect(from?.port).toBe(cut.socket.localPort ?? 0);
      const connection = { remoteAddress: from?.address ?? "", remotePort: from?.port ?? 0, localPort: port };
      expect(disconnect({ ...connection, localPort: port === 1 ? 2 : 1 })).toBe(false);
      expect(disconnect({ ...connection, remoteAddress: "192.0.2.1" })).toBe(false);
      expect(disconnect({ ...connection, remoteAddress: "nowhere" })).toBe(false);
      expect(disconnect(connection)).toBe(true);
      cut.socket.resume();
      expect(await cut.ended).toBe("ECONNRESET");
      expect(cut.received()).toBeLessThan(answerBytes);
      expect(disconnect(connection)).toBe(false);

      other.socket.resume();
      while (other.received() < answerBytes) await Bun.sleep(5);
    } finally {
      cut.socket.destroy();
      other.socket.destroy();
      await server.stop(true);
    }
  }, 20_000);
}
