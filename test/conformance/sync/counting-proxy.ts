import { createServer, connect, type Socket } from "node:net";

export interface CountingProxy {
  readonly url: string;
  /** Bytes that clients have sent since the last call. */
  takeSentBytes(): number;
  /** The server is somewhere else now. */
  pointTo(url: string): void;
  stop(): void;
}

/** A way to the server that counts what clients send through it. */
export async function startCountingProxy(serverUrl: string): Promise<CountingProxy> {
  let target = new URL(serverUrl);
  let sentBytes = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (bytes) => {
      sentBytes += bytes.length;
    });
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    takeSentBytes: () => {
      const taken = sentBytes;
      sentBytes = 0;
      return taken;
    },
    pointTo: (url) => {
      target = new URL(url);
    },
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
