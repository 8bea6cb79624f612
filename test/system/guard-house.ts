/**
 * The program in a network namespace of its own, where addresses outside every household exist: a process of this file starts
 * it there, sends the requests it is told to (one JSON object a line) and says the answers.
 */
import { createInterface } from "node:readline";
import { type RunningHearth, startHearth } from "#kit";

export interface HouseRequest {
  /** Connecting to an address of this very machine, Linux sends from that address. */
  readonly from: string;
  readonly path: string;
  readonly method?: string;
  readonly as?: "owner" | "app" | "nobody";
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface HouseReply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

type Command = { readonly id: number } & ({ readonly request: HouseRequest } | { readonly act: "restart" | "stop" });

const outside = ["203.0.113.5/24", "198.51.100.5/24", "198.51.100.6/24"];

/** Starts the namespace with the program in it. */
export async function openHouse(dataDir: string) {
  const setUp = ["ip link set lo up", ...outside.map((address) => `ip address add ${address} dev lo`)].join(" && ");
  const isRoot = process.getuid?.() === 0;
  const child = Bun.spawn(
    [
      ...["unshare", "--net", ...(isRoot ? [] : ["--user", "--map-root-user"]), "sh", "-c"],
      ...[`${setUp} && exec "$@"`, "sh", process.execPath, import.meta.path, dataDir],
    ],
    { stdin: "pipe", stdout: "pipe", stderr: "inherit", cwd: `${import.meta.dir}/../..` },
  );
  const waiting = new Map<number, (reply: never) => void>();
  const ready = Promise.withResolvers<void>();
  void (async () => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const part of child.stdout) {
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "ready") ready.resolve();
        else if (line.startsWith("{")) {
          const { id, reply } = JSON.parse(line) as { id: number; reply: never };
          waiting.get(id)?.(reply);
          waiting.delete(id);
        }
      }
    }
    ready.reject(new Error("the namespace ended"));
  })();
  let lastId = 0;
  const send = <Reply>(command: object): Promise<Reply> => {
    const { promise, resolve } = Promise.withResolvers<Reply>();
    lastId += 1;
    waiting.set(lastId, resolve as (reply: never) => void);
    void child.stdin.write(`${JSON.stringify({ id: lastId, ...command })}\n`);
    void child.stdin.flush();
    return promise;
  };
  await ready.promise;
  return {
    request: (request: HouseRequest) => send<HouseReply>({ request }),
    restart: () => send<object>({ act: "restart" }),
    stop: async () => {
      await send<object>({ act: "stop" });
      await child.stdin.end();
      await child.exited;
    },
  };
}

/** `cookies` holds the session of the owner, which is renewed when another factor was shown. */
async function answer(hearth: RunningHearth, cookies: { owner: string }, request: HouseRequest): Promise<HouseReply> {
  const { from, path, method = "GET", as = "nobody", headers = {}, body } = request;
  const origin = `http://${from}:${new URL(hearth.url).port}`;
  const sent = new Headers(headers);
  if (as === "app") sent.set("authorization", hearth.authorization);
  else sent.set("origin", origin);
  if (as === "owner") sent.set("cookie", cookies.owner);
  const init: RequestInit = { method, headers: sent, redirect: "manual" };
  const response = await fetch(`${origin}${path}`, body === undefined ? init : { ...init, body });
  const renewed = response.headers.get("set-cookie")?.split(";", 1)[0];
  if (as === "owner" && renewed !== undefined) cookies.owner = renewed;
  return { status: response.status, headers: response.headers.toJSON(), body: await response.text() };
}

async function run(dataDir: string): Promise<void> {
  const start = () => startHearth({ dataDir, args: ["--listen", "0.0.0.0:0"] });
  let hearth = await start();
  let cookies = { owner: hearth.cookie };
  process.stdout.write("ready\n");
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as Command;
    const say = (reply: object) => process.stdout.write(`${JSON.stringify({ id: command.id, reply })}\n`);
    if ("request" in command) say(await answer(hearth, cookies, command.request));
    else {
      await hearth.stop();
      if (command.act === "restart") {
        hearth = await start();
        cookies = { owner: hearth.cookie };
      }
      say({});
      if (command.act === "stop") return;
    }
  }
  await hearth.stop();
}

if (import.meta.main) await run(process.argv[2] ?? "");
