import { closeSync, fstatSync, openSync } from "node:fs";
import type { Item, LibraryReader } from "#apps/media/library";
import { AppError } from "#platform/errors";
import { pathForChild } from "#platform/ffmpeg";
import { type Permit, type Route, sendFile } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { Storage } from "#storage/primary";
import type { Converter } from "./converter.ts";
import { trickplayVtt } from "./make-trickplay.ts";
import { addressOf, prefix, versionOf } from "./present.ts";
import { provide, type ProvidingDeps } from "./providing.ts";
import { type Sidecar, sidecarText, sidecarVtt } from "./sidecars.ts";

export interface RoutesDeps extends ProvidingDeps {
  readonly library: Pick<LibraryReader, "seen" | "item">;
  readonly storage: Storage;
  readonly converter: Converter;
  readonly sidecarsOf: (film: Item) => readonly Sidecar[];
}

/** Longer than anybody is let wait. */
const idleTimeoutSeconds = 40;

const emptyVtt = "WEBVTT\n";

const types: Readonly<Record<string, string>> = {
  vtt: "text/vtt; charset=utf-8",
  ass: "text/x-ssa; charset=utf-8",
  sup: "application/octet-stream",
  jpg: "image/jpeg",
};

/** `/media/extras/ITEM/NAME`: what was made from a film, for whoever may read the film. Subtitles that nobody took out yet are taken out now, and sent when that is soon done. */
export function createExtrasRoute(deps: RoutesDeps): Route {
  const { library, storage } = deps;
  return {
    prefix,
    handle: async (request, context) => {
      const actor = await context.actor();
      if (actor.kind !== "person") throw new AppError("unauthenticated");
      if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
      const [, id = "", name = ""] =
        /^([1-9]\d{0,14})\/([a-z0-9.]{1,40})$/.exec(context.path.slice(prefix.length)) ?? [];
      const item = seen(library, actor, Number(id));
      const sidecar = /^f([1-9]\d{0,14})\.(vtt|ass|sup)$/.exec(name);
      if (sidecar === null) {
        context.setIdleTimeout(idleTimeoutSeconds);
        const holds = (now: Actor) => seen(library, now, item.id) !== undefined;
        return madeAnswer(deps, request, item, name, { actor, holds });
      }
      const found = deps.sidecarsOf(item).find((one) => one.item.id === Number(sidecar[1]));
      if (found === undefined) throw new AppError("not-found");
      const own = seen(library, actor, found.item.id);
      if (sidecar[2] === "vtt")
        return textAnswer((await sidecarVtt(deps, found, deps.facts(item))) ?? emptyVtt, own.etag, request);
      if (sidecar[2] === "ass") return textAnswer(await sidecarText(deps, found), own.etag, request, "ass");
      const file = storage.open(own.nodeId, { remote: true });
      const contentType = types[sidecar[2] ?? ""] ?? "application/octet-stream";
      const holds = (now: Actor) =>
        seen(library, now, item.id) !== undefined && seen(library, now, own.id) !== undefined;
      const options = { ...keep(own.etag), modifiedAtMs: own.modifiedAtMs, contentType };
      return sendFile(request, file, options, { actor, holds });
    },
  };
}

function seen(library: RoutesDeps["library"], actor: Actor, id: number): Item {
  const [item] = Number.isSafeInteger(id) && id > 0 ? library.seen(actor, [id]) : [];
  if (item === undefined)
    throw new AppError("not-found", "There is no such file.", { isRefusal: library.item(id) !== undefined });
  return item;
}

const headers = { "cache-control": "private, max-age=86400", "x-content-type-options": "nosniff" };
const keep = (etag: string) => ({ etag, headers });

function textAnswer(text: string, etag: string, request: Request, form: "vtt" | "ass" = "vtt"): Response {
  const quoted = `"${etag}-${form}"`;
  const all = { ...headers, etag: quoted, "content-type": types[form] ?? "" };
  if (request.headers.get("if-none-match") === quoted) return new Response(null, { status: 304, headers: all });
  return new Response(request.method === "HEAD" ? null : text, { headers: all });
}

async function madeAnswer(
  deps: RoutesDeps,
  request: Request,
  item: Item,
  name: string,
  permit: Permit,
): Promise<Response> {
  const { rows, files } = deps;
  const { contentKey } = item;
  if (contentKey === null) throw new AppError("not-found");
  if (name === "trickplay.vtt") {
    const made = rows.get(contentKey, "trickplay");
    if (made == null) throw new AppError("not-found", "There are no pictures of this film yet.");
    const url = (sheet: number) => addressOf(item, `t${sheet}.jpg`, versionOf(item));
    return textAnswer(trickplayVtt(made, url), contentKey, request);
  }
  const font = /^font(\d{1,4})$/.exec(name);
  const contentType = font === null ? types[/\.([a-z]+)$/.exec(name)?.[1] ?? ""] : "font/sfnt";
  if (contentType === undefined || !/^(s\d{1,4}\.(vtt|ass|sup)|t\d{1,3}\.jpg|font\d{1,4})$/.test(name)) {
    throw new AppError("not-found");
  }
  await provide(deps, item, contentKey, name);
  const fd = openMade(files.path(contentKey, name));
  if (fd === undefined) {
    const isTakenOut = rows.get(contentKey, "subtitles")?.some(({ index }) => name === `s${index}.vtt`) === true;
    if (isTakenOut) return new Response(emptyVtt, { headers: { "content-type": contentType } });
    throw new AppError("not-found");
  }
  const { size: sizeBytes, mtimeMs: modifiedAtMs } = fstatSync(fd);
  const file = { fd, fdPath: pathForChild(fd), sizeBytes, close: () => closeSync(fd) };
  return sendFile(request, file, { ...keep(`${contentKey}-${name}`), modifiedAtMs, contentType }, permit);
}

function openMade(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined;
  }
}
