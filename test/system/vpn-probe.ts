/**
 * Sits in a network namespace and does what the test asks: one JSON line in, one out. `connect` tries a port, `stream` keeps a
 * connection busy and says when it last heard of the other side, `serve` listens, `fetch` calls HTTP.
 */
export interface Command {
  readonly id: number;
  readonly act: "connect" | "stream" | "heard" | "serve" | "fetch";
  readonly address?: string;
  readonly port?: number;
  readonly timeoutMs?: number;
  readonly url?: string;
  readonly init?: RequestInit;
  readonly name?: string;
}

interface Stream {
  lastHeardAtMs: number;
  longestGapMs: number;
  closed: boolean;
}

const streams = new Map<string, Stream>();
const beatMs = 20;

async function connect({ address = "", port = 0, timeoutMs = 1000 }: Command): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const timer = setTimeout(() => resolve(null), timeoutMs);
  const opening = Bun.connect({
    hostname: address,
    port,
    socket: {
      data: (_socket, data) => resolve(data.toString()),
      error: () => resolve(null),
      connectError: () => resolve(null),
    },
  });
  opening.catch(() => resolve(null));
  const greeting = await promise;
  clearTimeout(timer);
  void opening.then((socket) => socket.end()).catch(() => undefined);
  return { greeting };
}

/** The other side answers every beat. */
async function stream({ address = "", port = 0, name = "" }: Command): Promise<unknown> {
  const state: Stream = { lastHeardAtMs: 0, longestGapMs: 0, closed: false };
  const close = () => {
    state.closed = true;
  };
  const socket = await Bun.connect({
    hostname: address,
    port,
    socket: {
      data: () => {
        const nowMs = Date.now();
        if (state.lastHeardAtMs > 0) state.longestGapMs = Math.max(state.longestGapMs, nowMs - state.lastHeardAtMs);
        state.lastHeardAtMs = nowMs;
      },
      close,
      error: close,
    },
  });
  setInterval(() => void (state.closed || socket.write("beat")), beatMs);
  streams.set(name, state);
  return {};
}

function serve({ port = 0 }: Command): unknown {
  Bun.listen({
    hostname: "::",
    port,
    socket: {
      open: (socket) => void socket.write(`hello ${socket.remoteAddress}`),
      data: (socket, data) => void socket.write(data),
    },
  });
  return {};
}

async function act(command: Command): Promise<unknown> {
  switch (command.act) {
    case "connect":
      return connect(command);
    case "stream":
      return stream(command);
    case "heard":
      return streams.get(command.name ?? "");
    case "serve":
      return serve(command);
    case "fetch": {
      const response = await fetch(command.url ?? "", { ...command.init, signal: AbortSignal.timeout(20_000) });
      return { status: response.status, cookie: response.headers.get("set-cookie"), text: await response.text() };
    }
  }
}

for await (const line of console) {
  const command = JSON.parse(line) as Command;
  void act(command)
    .catch((error: unknown) => ({ error: String(error) }))
    .then((answer) => console.log(JSON.stringify({ id: command.id, answer })));
}
