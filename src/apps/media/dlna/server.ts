import ipaddr from "ipaddr.js";
import { AppError } from "#platform/errors";
import { type HttpHandler, readText } from "#platform/http";
import type { Actor } from "#platform/usecase";
import { createActions } from "./actions.ts";
import { deviceXml, services, serviceXml } from "./description.ts";
import type { createSubscriptions } from "./events.ts";
import { createFileAnswers, createFiles, type FilesDeps } from "./files.ts";
import type { HomeAddress } from "./network.ts";
import { type Ask, catalogueFor } from "./ports.ts";
import { createShelf } from "./shelf.ts";

export interface ServerDeps extends FilesDeps {
  readonly device: { readonly id: string; readonly name: string };
  /** Whose sight televisions have, as they are now. Throws `unavailable` when there is no such person any more. */
  readonly viewer: () => Actor;
  readonly ask: Ask;
  readonly subscriptions: ReturnType<typeof createSubscriptions>;
  readonly updateId: () => number;
  readonly seen: (address: string, agent: string) => void;
  /** JPEG of an album's cover. */
  readonly cover: (actor: Actor, albumId: number, request: Request) => Promise<Response>;
}

export const prefix = "/dlna/";
const maxBodyBytes = 64 * 1024;
const xml = { "content-type": 'text/xml; charset="utf-8"' };

/** Everything that is asked at one address; `isAllowed` says who may ask. */
export function createServer(
  deps: ServerDeps,
  home: HomeAddress,
  port: number,
  isAllowed: (peer: string) => boolean,
): HttpHandler {
  const answers = createFileAnswers(deps);
  const baseUrl = `http://${home.address}:${port}`;
  const act = async (request: Request, name: string): Promise<Response> => {
    const service = serviceOf(name);
    const actor = deps.viewer();
    const shelf = createShelf(catalogueFor(deps.ask, actor), createFiles(deps, actor, baseUrl));
    return createActions({ shelf, updateId: deps.updateId })(service, await readText(request, maxBodyBytes));
  };
  const read = (request: Request, [what = "", name = ""]: readonly string[]): Promise<Response> | Response => {
    if (what === "device.xml") return new Response(deviceXml(deps.device), { headers: xml });
    if (what === "item") return answers.file(request, deps.viewer, idOf(name));
    if (what === "picture") return answers.picture(request, deps.viewer(), idOf(name.replace(/\.jpg$/, "")));
    if (what === "cover") return deps.cover(deps.viewer(), idOf(name.replace(/\.jpg$/, "")), request);
    return new Response(serviceXml(serviceOf(what.replace(/\.xml$/, ""))), { headers: xml });
  };

  return (request, context) => {
    const { address } = context;
    // Whoever is not on this very network has no business here, even where the firewall would let them through.
    if (!isAllowed(address) || !isByAddress(request.headers.get("host"))) throw new AppError("forbidden");
    deps.seen(address, request.headers.get("user-agent") ?? "");
    const [what = "", ...rest] = context.path.slice(prefix.length).split("/");
    const { method } = request;
    if (method === "POST" && what === "control") return act(request, rest[0] ?? "");
    if (method === "SUBSCRIBE" && what === "events")
      return deps.subscriptions.subscribe(request, serviceOf(rest[0] ?? "").name, address);
    if (method === "UNSUBSCRIBE" && what === "events") return deps.subscriptions.unsubscribe(request);
    if (method === "GET" || method === "HEAD") return read(request, [what, ...rest]);
    throw new AppError("method-not-allowed");
  };
}

/**
 * Televisions ask at the address that they were told. A name is that of a web page which has its own name point here, so that a browser
 * of the home takes this for the page's own server.
 */
export function isByAddress(host: string | null): boolean {
  return host === null || ipaddr.IPv4.isValidFourPartDecimal(host.replace(/:\d{1,5}$/, ""));
}

function serviceOf(name: string) {
  const service = services.find((one) => one.name === name);
  if (service === undefined) throw new AppError("not-found");
  return service;
}

function idOf(text: string): number {
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new AppError("not-found");
  return Number(text);
}
