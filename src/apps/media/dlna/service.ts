import { mkdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import type { LibraryEvents } from "#apps/media/library";
import type { Clock, Random } from "#platform/clock";
import { AppError, toAppError } from "#platform/errors";
import type { Events } from "#platform/events";
import { createHttp, type Transfers } from "#platform/http";
import type { Logger } from "#platform/log";
import { type Actor, anonymous, implement, type Implementation } from "#platform/usecase";
import { sources } from "./actions.ts";
import { dlnaContract } from "./contract.ts";
import { createSubscriptions } from "./events.ts";
import { homeAddresses, isNeighbour } from "./network.ts";
import { createServer, prefix, type ServerDeps } from "./server.ts";
import { type Ssdp, startSsdp } from "./ssdp.ts";

type Handle = ReturnType<typeof createHttp>;

export interface DlnaDeps extends Pick<
  ServerDeps,
  "library" | "probe" | "storage" | "cache" | "respondWithPicture" | "ask" | "cover"
> {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Its own folder. */
  readonly folder: string;
  readonly options: {
    /** Login name; nothing is served without one. */
    readonly person: string | undefined;
    readonly name: string | undefined;
    readonly port: number;
    readonly interfaces: readonly string[] | undefined;
  };
  readonly actorNamed: (name: string) => Actor | undefined;
  /** What takes long and ends with the right to it. */
  readonly transfers: Pick<Transfers, "begin">;
  readonly libraryEvents: Events<LibraryEvents>;
  /** Listens for HTTP; the answer stops it. Throws AppError. */
  readonly listen: (hostname: string, port: number, handle: Handle) => { readonly port: number; stop(): Promise<void> };
}

export interface Dlna {
  readonly implementations: readonly Implementation[];
  start(): void;
  stop(): Promise<void>;
}

const mostDevices = 50;
/** Televisions are told of many changes at once. */
const gatherMs = 2_000;

interface Running {
  readonly addresses: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Serves televisions of the home network, when the household wants it. What stands in the way is said and harms nothing else. */
export function createDlna(deps: DlnaDeps): Dlna {
  const { clock, log, options } = deps;
  const devices = new Map<string, { readonly agent: string; readonly atMs: number }>();
  let trouble: string | null = null;
  let running: Running | undefined;
  let starting: Promise<void> | undefined;
  // Grows over restarts too: a television keeps what it has seen under an older number.
  let updateId = Math.floor(clock.now() / 1000);
  const values = {
    directory: () => ({ SystemUpdateID: String(updateId) }),
    connections: () => ({ SourceProtocolInfo: sources, SinkProtocolInfo: "", CurrentConnectionIDs: "0" }),
    registrar: () => ({}),
  };
  const subscriptions = createSubscriptions({ ...deps, now: clock.now, values: (service) => values[service]() });
  const seen = (address: string, agent: string) => {
    devices.delete(address);
    devices.set(address, { agent: agent.slice(0, 200), atMs: clock.now() });
    const [oldest] = devices.keys();
    if (devices.size > mostDevices && oldest !== undefined) devices.delete(oldest);
  };
  const viewer = (): Actor => {
    const actor = options.person === undefined ? undefined : deps.actorNamed(options.person);
    if (actor === undefined) throw new AppError("unavailable", `There is nobody named ${options.person ?? ""} here.`);
    return actor;
  };
  const gather = createGather(deps.libraryEvents, () => {
    updateId += 1;
    subscriptions.changed("directory");
  });
  const begin = async (): Promise<void> => {
    try {
      viewer();
      const device = { id: await deviceIdIn(deps), name: options.name ?? `Hearth on ${hostname()}` };
      running = await serve({ ...deps, device, viewer, subscriptions, updateId: () => updateId, seen });
      gather.start();
      log.info("televisions of the home network are served", { addresses: running.addresses });
    } catch (thrown) {
      trouble = toAppError(thrown).detail;
      log.warn("televisions of the home network are not served", { cause: thrown });
    }
  };
  const listDevices = () =>
    Array.from(devices, ([address, device]) => ({ address, ...device })).toSorted((a, b) => b.atMs - a.atMs);

  return {
    implementations: implement(dlnaContract, {
      "dlna.status": () => ({
        isOn: running !== undefined,
        personName: options.person ?? null,
        trouble,
        addresses: [...(running?.addresses ?? [])],
        devices: listDevices(),
      }),
    }),
    start: () => {
      if (options.person !== undefined) starting ??= begin();
    },
    stop: async () => {
      gather.stop();
      await starting;
      await running?.stop();
      running = undefined;
    },
  };
}

/** Tells of a change a moment after the first of several. */
function createGather(events: Events<LibraryEvents>, tell: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ends: (() => void)[] = [];
  const changed = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      tell();
    }, gatherMs);
  };
  return {
    start: () => {
      const names = ["itemsChanged", "itemsProbed", "itemsForgotten", "librariesChanged"] as const;
      ends = names.map((name) => events.subscribe(name, changed));
    },
    stop: () => {
      for (const end of ends) end();
      clearTimeout(timer);
    },
  };
}

/** Listens on every address of the home network and says so there. */
async function serve(deps: DlnaDeps & ServerDeps): Promise<Running> {
  const { options, log, clock } = deps;
  const homes = homeAddresses(options.interfaces, networkInterfaces());
  if (homes.length === 0) throw new AppError("unavailable", "This machine has no address in a home network.");
  const listeners: { stop(): Promise<void> }[] = [];
  let ssdp: Ssdp | undefined;
  const stop = async () => {
    await ssdp?.stop();
    await Promise.all(listeners.map((one) => one.stop()));
  };
  try {
    for (const home of homes) {
      const route = createServer(deps, home, options.port, (peer) => isNeighbour(peer, home));
      const handle = createHttp({
        routes: [{ prefix, handle: route, renderError }],
        authenticate: () => anonymous,
        transfers: deps.transfers,
        log,
        clock,
      });
      listeners.push(deps.listen(home.address, options.port, handle));
    }
    const locationAt = (address: string) => `http://${address}:${options.port}${prefix}device.xml`;
    ssdp = await startSsdp({ ...deps, addresses: homes, deviceId: deps.device.id, locationAt });
  } catch (error) {
    await stop();
    throw error;
  }
  return { addresses: homes.map(({ address }) => `http://${address}:${options.port}`), stop };
}

/** Televisions show no words of an error: the status is all. */
const statuses: Readonly<Record<string, number>> = {
  "not-found": 404,
  forbidden: 403,
  "bad-request": 400,
  "method-not-allowed": 405,
  "too-large": 413,
  unavailable: 503,
  "storage-offline": 503,
};
const renderError = ({ code }: AppError) => new Response(null, { status: statuses[code] ?? 500 });

/** What televisions know this server by; kept, because they take another id for another server. */
async function deviceIdIn({ folder, random }: Pick<DlnaDeps, "folder" | "random">): Promise<string> {
  const path = join(folder, "dlna-id");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const kept = readFileSync(path, "utf8").trim();
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(kept)) return kept;
  } catch {
    // The first start.
  }
  const hex = Buffer.from(random.bytes(16)).toString("hex");
  const id = hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
  await writeFile(path, `${id}\n`, { mode: 0o600 });
  return id;
}
