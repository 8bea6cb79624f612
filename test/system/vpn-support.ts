import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const readyTimeoutMs = 30_000;
const answerTimeoutMs = 25_000;

/** Runs a program to its end and throws when it fails. */
async function run(argv: readonly string[], stdin = ""): Promise<string> {
  const child = Bun.spawn([...argv], {
    stdin: new TextEncoder().encode(stdin),
    stdout: "pipe",
    stderr: "pipe",
    timeout: 10_000,
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${err}`);
  return out;
}

export type Namespace = Awaited<ReturnType<typeof makeNamespace>>;

/** A network namespace with loopback up and a probe in it. */
async function makeNamespace(name: string) {
  await run(["ip", "netns", "add", name]);
  const within = (argv: readonly string[], stdin?: string) => run(["ip", "netns", "exec", name, ...argv], stdin);
  await within(["ip", "link", "set", "lo", "up"]);
  const probe = startProbe(name);
  const pids = async () => (await run(["ip", "netns", "pids", name])).split("\n").filter(Boolean).map(Number);
  return {
    name,
    pids,
    run: within,
    ...probe,
    remove: async () => {
      await probe.end();
      // A program that was killed leaves its interface's process behind.
      for (const pid of await pids().catch(() => [])) process.kill(pid, "SIGKILL");
      await run(["ip", "netns", "delete", name]).catch(() => undefined);
    },
  };
}

function startProbe(namespace: string) {
  const argv = ["ip", "netns", "exec", namespace, process.execPath, join(import.meta.dir, "vpn-probe.ts")];
  const child = Bun.spawn(argv, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const waiting = new Map<number, (answer: unknown) => void>();
  let last = 0;
  const read = async () => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const part of child.stdout) {
      const lines = (text + decoder.decode(part, { stream: true })).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const { id, answer } = JSON.parse(line) as { id: number; answer: unknown };
        waiting.get(id)?.(answer);
        waiting.delete(id);
      }
    }
  };
  void read();
  const ask = async <T>(command: Readonly<Record<string, unknown>>): Promise<T> => {
    const id = ++last;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => reject(new Error(`no answer to ${JSON.stringify(command)}`)), answerTimeoutMs);
    waiting.set(id, resolve);
    void child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    await child.stdin.flush();
    const answer = await promise;
    clearTimeout(timer);
    if (typeof answer === "object" && answer !== null && "error" in answer) throw new Error(String(answer.error));
    return answer as T;
  };
  return {
    ask,
    /** What the other side says first, or null when nothing comes. */
    greeting: async (address: string, port: number, timeoutMs = 700) =>
      (await ask<{ greeting: string | null }>({ act: "connect", address, port, timeoutMs })).greeting,
    serve: (port: number) => ask({ act: "serve", port }),
    stream: (name: string, address: string, port: number) => ask({ act: "stream", name, address, port }),
    heard: (name: string) =>
      ask<{ lastHeardAtMs: number; longestGapMs: number; closed: boolean }>({ act: "heard", name }),
    end: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

export type Lab = Awaited<ReturnType<typeof openLab>>;

/**
 * A household in network namespaces: the server between two places where devices are (`near`, `away`) and what they may want to
 * reach (`far`: a LAN, another network of the household, and the internet, on one wire).
 */
export async function openLab() {
  const tag = `${process.pid % 100_000}${Math.floor(Math.random() * 100)}`;
  const dataDir = mkdtempSync(join(tmpdir(), "hearth-vpn-"));
  const made: Namespace[] = [];
  const add = async (name: string) => {
    const namespace = await makeNamespace(`hearth-${name}-${tag}`);
    made.push(namespace);
    return namespace;
  };
  const closers: (() => Promise<void>)[] = [];
  const clients = new Set<() => Promise<void>>();
  const hangUp = async () => {
    for (const end of clients) await end();
    clients.clear();
  };
  const close = async () => {
    await hangUp();
    for (const end of closers.toReversed()) await end().catch(() => undefined);
    for (const namespace of made) await namespace.remove();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const [server, near, away, far] = [await add("s"), await add("n"), await add("a"), await add("f")];
    await wire(server, near, "n", ["203.0.113.1/24"], ["203.0.113.2/24"]);
    await wire(server, away, "a", ["198.51.100.1/24"], ["198.51.100.2/24"]);
    await wire(
      server,
      far,
      "f",
      ["192.168.50.1/24", "192.168.60.1/24", "192.0.2.1/24", "fd50::1/64", "2001:db8:80::1/64"],
      ["192.168.50.20/24", "192.168.60.20/24", "192.0.2.80/24", "fd50::20/64", "2001:db8:80::80/64"],
    );
    await away.run(["ip", "route", "add", "203.0.113.1", "via", "198.51.100.1"]);
    for (const port of [80, 445]) await far.serve(port);
    await server.serve(22);
    return { server, near, away, far, dataDir, tag, interface: `hs${tag}`, clients, hangUp, closers, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function wire(
  a: Namespace,
  b: Namespace,
  name: string,
  addressesA: readonly string[],
  addressesB: readonly string[],
) {
  await run([
    "ip",
    "link",
    "add",
    `to-${name}`,
    "netns",
    a.name,
    "type",
    "veth",
    "peer",
    "name",
    "to-server",
    "netns",
    b.name,
  ]);
  const sides = [
    [a, `to-${name}`, addressesA],
    [b, "to-server", addressesB],
  ] as const;
  for (const [side, link, addresses] of sides) {
    await side.run(["ip", "link", "set", link, "up"]);
    for (const address of addresses) {
      const flags = address.includes(":") ? ["nodad"] : [];
      await side.run(["ip", "address", "add", address, "dev", link, ...flags]);
    }
  }
}

export type Program = Awaited<ReturnType<typeof startProgram>>;

const user = "alice";
const password = "correct horse battery staple";

/** `hearth up` in the server's namespace, and an owner who has just logged in. */
export async function startProgram(lab: Lab, prefix: readonly string[] = []) {
  mkdirSync(lab.dataDir, { recursive: true });
  const config = `
security:
  network:
    vpn:
      interface: ${lab.interface}
      endpoint: 203.0.113.1
      rangeV4: 10.86.0.0/24
      rangeV6: fd86::/64
      lanNetworks: [192.168.50.0/24, "fd50::/64"]
`;
  writeFileSync(join(lab.dataDir, "hearth.yaml"), config);
  const argv = ["ip", "netns", "exec", lab.server.name, ...prefix, process.execPath, "src/cli.ts", "up"];
  const child = Bun.spawn([...argv, "--data", lab.dataDir, "--listen", "0.0.0.0:8420", "--log-level", "debug"], {
    cwd: root,
    // The test runner's own wish would reach the program: WireGuard has to outlive one that is killed, as it does in a house.
    env: {
      ...process.env,
      BUN_FEATURE_FLAG_NO_ORPHANS: undefined,
      HEARTH_ADMIN_USER: user,
      HEARTH_ADMIN_PASSWORD: password,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const output: string[] = [];
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const part of stream) output.push(decoder.decode(part, { stream: true }));
  };
  void Promise.all([collect(child.stdout), collect(child.stderr)]);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await child.exited;
  };
  lab.closers.push(() => end("SIGKILL"));
  const untilMs = Date.now() + readyTimeoutMs;
  while (!output.join("").includes("hearth is ready at")) {
    if (Date.now() > untilMs || child.exitCode !== null)
      throw new Error(`the program did not start: ${output.join("")}`);
    await Bun.sleep(20);
  }
  const url = "http://127.0.0.1:8420";
  const post = async (name: string, input: unknown, cookie = "") => {
    const headers = { "content-type": "application/json", origin: url, cookie };
    const init = { method: "POST", headers, body: JSON.stringify(input) };
    return lab.server.ask<{ status: number; cookie: string | null; text: string }>({
      act: "fetch",
      url: `${url}/api/${name}`,
      init,
    });
  };
  const login = async (name: string, secret: string) => {
    const { cookie, text } = await post("session.login", { name, password: secret });
    if (cookie === null) throw new Error(`login failed: ${text}`);
    return cookie.split(";")[0] ?? "";
  };
  const owner = await login(user, password);
  return {
    login,
    log: () => output.join(""),
    end,
    /** An operation as the owner, or whoever the cookie is of; throws the refusal. */
    // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
    call: async (name: string, input: unknown = {}, cookie = owner): Promise<any> => {
      const { status, text } = await post(name, input, cookie);
      if (status !== 200) throw new Error(text);
      return JSON.parse(text);
    },
  };
}

/** Both in base64. */
export async function newKeys() {
  const privateKey = (await run(["wg", "genkey"])).trim();
  return { privateKey, publicKey: (await run(["wg", "pubkey"], privateKey)).trim() };
}

/** What a device would reach for: it sends all of it into the tunnel, whatever its configuration says. */
const wanted = [
  "10.86.0.0/24",
  "192.168.50.0/24",
  "192.168.60.0/24",
  "192.0.2.0/24",
  "fd86::/64",
  "fd50::/64",
  "2001:db8:80::/64",
];

/** Brings an interface up by the text of a configuration, as `wg-quick` would but for routes. */
export async function raise(lab: Lab, place: Namespace, name: string, text: string) {
  const child = Bun.spawn(["ip", "netns", "exec", place.name, "wireguard-go", "-f", name], {
    env: { ...process.env, LOG_LEVEL: "error" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const takeDown = async () => {
    child.kill("SIGTERM");
    await child.exited;
  };
  lab.clients.add(takeDown);
  const isUp = () =>
    place.run(["wg", "show", name, "listen-port"]).then(
      () => true,
      () => false,
    );
  await eventually(isUp);
  const addresses = /^Address = (.*)$/m.exec(text)?.[1]?.split(", ") ?? [];
  await place.run(["wg", "setconf", name, "/dev/stdin"], text.replace(/^(Address|DNS|PreUp|PostDown) = .*\n/gm, ""));
  for (const address of addresses) await place.run(["ip", "address", "add", address, "dev", name]);
  await place.run(["ip", "link", "set", "dev", name, "mtu", "1420", "up"]);
  return takeDown;
}

/** Dials in from a namespace with the text of a configuration, and sends more into the tunnel than it says. */
export async function dial(lab: Lab, place: Namespace, text: string, number: number) {
  const name = `hc${lab.tag}${number}`.slice(-15);
  const greedy = text.replace(/^AllowedIPs = .*$/m, "AllowedIPs = 0.0.0.0/0, ::/0");
  const hangUp = await raise(lab, place, name, greedy);
  for (const network of wanted) await place.run(["ip", "route", "replace", network, "dev", name]);
  return { name, hangUp };
}

/** Until it is so; throws after a while. */
export async function eventually(isSo: () => Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const untilMs = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > untilMs) throw new Error(`not so within ${timeoutMs} ms`);
    await Bun.sleep(50);
  }
}
