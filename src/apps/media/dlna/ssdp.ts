import { createSocket, type Socket } from "node:dgram";
import type { Random } from "#platform/clock";
import { errnoOf } from "#platform/errors";
import type { Logger } from "#platform/log";
import { deviceType, services } from "./description.ts";
import { type HomeAddress, isNeighbour } from "./network.ts";

interface SsdpDeps {
  readonly log: Logger;
  readonly random: Random;
  readonly addresses: readonly HomeAddress[];
  readonly deviceId: string;
  /** Of the description, at one of the addresses. */
  readonly locationAt: (address: string) => string;
  readonly port?: number;
}

export interface Ssdp {
  /** Says goodbye. */
  stop(): Promise<void>;
}

const group = "239.255.255.250";
const ssdpPort = 1900;
const maxAgeSeconds = 1800;
/** Said again well before it is too old, and twice, because packets are lost. */
const repeatMs = 600_000;
const secondTimeMs = 300;
/** A search asks for an answer within so many seconds at most. */
const mostWaitSeconds = 5;
const mostPending = 200;

/** Makes itself known on the home network: SSDP of the UPnP Device Architecture 1.0, chapter 1. */
export async function startSsdp(deps: SsdpDeps): Promise<Ssdp> {
  const { log, addresses, deviceId, locationAt, random, port = ssdpPort } = deps;
  const targets = targetsOf(deviceId);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const listener = await bind(port, undefined);
  const senders = new Map<string, Socket>();
  for (const { address } of addresses) {
    listener.addMembership(group, address);
    const sender = await bind(0, address);
    sender.setMulticastInterface(address);
    sender.setMulticastTTL(2);
    senders.set(address, sender);
  }
  const send = (from: string, text: string, to: string, toPort: number) =>
    senders.get(from)?.send(text, toPort, to, (error) => {
      if (error) log.debug("a message to the home network was not sent", { cause: error });
    });
  const announce = (isThere: boolean) => {
    for (const { address } of addresses)
      for (const target of targets) send(address, notify(target, deviceId, isThere, locationAt(address)), group, port);
  };
  listener.on("message", (message, peer) => {
    const home = addresses.find((one) => isNeighbour(peer.address, one));
    const search = home && readSearch(message.toString("latin1", 0, 2000));
    if (!home || !search || timers.size >= mostPending) return;
    for (const target of targets.filter((one) => search.target === "ssdp:all" || search.target === one))
      later(spreadMs(random, search.waitSeconds), () =>
        send(home.address, found(target, deviceId, locationAt(home.address)), peer.address, peer.port),
      );
  });
  announce(true);
  later(secondTimeMs, () => announce(true));
  const repeat = setInterval(() => announce(true), repeatMs);

  return {
    stop: async () => {
      clearInterval(repeat);
      for (const timer of timers) clearTimeout(timer);
      announce(false);
      // What was handed to a socket is sent before it closes.
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const socket of [listener, ...senders.values()]) socket.close();
    },
  };
}

async function bind(port: number, address: string | undefined): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", (cause) =>
      reject(new Error(`UDP port ${port}: ${errnoOf(cause) ?? cause.message}`, { cause })),
    );
    socket.bind({ port, ...(address !== undefined && { address }) }, () => resolve());
  });
  socket.removeAllListeners("error");
  // A network that goes away is no reason to end.
  socket.on("error", () => undefined);
  return socket;
}

/** Not all at once: a moment within the time that the searcher gives. */
function spreadMs(random: Random, waitSeconds: number): number {
  const [high = 0, low = 0] = random.bytes(2);
  return ((high * 256 + low) / 65_536) * waitSeconds * 1000;
}

/** What can be searched for. */
function targetsOf(deviceId: string): string[] {
  return ["upnp:rootdevice", `uuid:${deviceId}`, deviceType, ...services.map(({ type }) => type)];
}

const serialOf = (target: string, deviceId: string) =>
  target === `uuid:${deviceId}` ? target : `uuid:${deviceId}::${target}`;
const server = "Linux UPnP/1.0 Hearth/1.0";
const message = (lines: readonly string[]) => `${lines.join("\r\n")}\r\n\r\n`;

function notify(target: string, deviceId: string, isThere: boolean, location: string): string {
  return message([
    "NOTIFY * HTTP/1.1",
    `HOST: ${group}:${ssdpPort}`,
    `NT: ${target}`,
    `NTS: ssdp:${isThere ? "alive" : "byebye"}`,
    `USN: ${serialOf(target, deviceId)}`,
    ...(isThere ? [`CACHE-CONTROL: max-age=${maxAgeSeconds}`, `LOCATION: ${location}`, `SERVER: ${server}`] : []),
  ]);
}

function found(target: string, deviceId: string, location: string): string {
  return message([
    "HTTP/1.1 200 OK",
    `CACHE-CONTROL: max-age=${maxAgeSeconds}`,
    "EXT:",
    `LOCATION: ${location}`,
    `SERVER: ${server}`,
    `ST: ${target}`,
    `USN: ${serialOf(target, deviceId)}`,
  ]);
}

/** What a search asks for; undefined for any other message. */
export function readSearch(text: string): { target: string; waitSeconds: number } | undefined {
  if (!text.startsWith("M-SEARCH * HTTP/1.1\r\n")) return undefined;
  const header = (name: string) => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*\\r?$`, "im").exec(text)?.[1];
  const target = header("ST");
  if (target === undefined || header("MAN") !== '"ssdp:discover"') return undefined;
  const wait = Number(header("MX") ?? 1);
  return { target, waitSeconds: Number.isFinite(wait) ? Math.min(mostWaitSeconds, Math.max(1, wait)) : 1 };
}
