import type { Item, LibraryReader } from "#apps/media/library";
import type { Probe } from "#apps/media/probe";
import type { DerivedCache } from "#cache/derived";
import { AppError } from "#platform/errors";
import { contentTypeOf, fileResponse, type Permit, sendFile } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { NodeInfo, Storage } from "#storage/primary";
import { contentFeatures, type Leaf } from "./didl.ts";
import type { Files } from "./ports.ts";

export interface FilesDeps {
  readonly library: Pick<LibraryReader, "seen">;
  readonly probe: Pick<Probe, "facts">;
  readonly storage: Pick<Storage, "refresh" | "open">;
  readonly cache: DerivedCache;
  /** Answers with the picture of a file as WebP of 1600 pixels; `?size=` is read from the request. */
  readonly respondWithPicture: (request: Request, node: NodeInfo) => Promise<Response>;
}

const classes = {
  video: "object.item.videoItem",
  audio: "object.item.audioItem",
  image: "object.item.imageItem.photo",
};
const jpegQuality = 85;

const nameOf = ({ path }: Item) => path.slice(path.lastIndexOf("/") + 1);

/** Everybody shows JPEG; of anything else a copy in JPEG is sent. */
const isJpeg = (item: Item) => contentTypeOf(nameOf(item)) === "image/jpeg";

function mimeOf(item: Item): string {
  if (item.kind === "image") return "image/jpeg";
  return contentTypeOf(nameOf(item)).split(";")[0] ?? "application/octet-stream";
}

/** The entries of files at one address of this machine, as one person may see them. */
export function createFiles(deps: FilesDeps, actor: Actor, baseUrl: string): Files {
  const { library, probe } = deps;
  const leaf: Files["leaf"] = (id, itemId, parentId, known): Leaf | null => {
    const [item] = library.seen(actor, [itemId]);
    if (item === undefined || item.kind === "sidecar" || (item.state !== "ready" && item.state !== "found"))
      return null;
    const facts = probe.facts(item);
    const name = nameOf(item);
    const [video] = facts?.video ?? [];
    const size = video ?? facts?.picture;
    const isConverted = item.kind === "image" && !isJpeg(item);
    const picture = `${baseUrl}/dlna/picture/${itemId}.jpg`;
    return {
      kind: "leaf",
      id,
      parentId,
      title: name.replace(/\.[^.]+$/, ""),
      upnpClass: classes[item.kind],
      mime: mimeOf(item),
      url: isConverted ? picture : `${baseUrl}/dlna/item/${itemId}/${encodeURIComponent(name)}`,
      sizeBytes: isConverted ? null : item.sizeBytes,
      durationMs: item.kind === "image" ? null : (facts?.durationMs ?? null),
      resolution: size && item.kind !== "audio" && !isConverted ? `${size.width}x${size.height}` : null,
      date: new Date(item.modifiedAtMs).toISOString().slice(0, 10),
      artist: null,
      album: null,
      genre: null,
      trackNumber: null,
      artUrl: item.kind === "audio" ? null : picture,
      ...known,
    };
  };
  return { leaf, coverUrl: (albumId) => `${baseUrl}/dlna/cover/${albumId}.jpg` };
}

/** What televisions fetch; each request asks again what the person may see. */
export function createFileAnswers(deps: FilesDeps) {
  const { library, storage, cache } = deps;
  const nodeOf = (actor: Actor, itemId: number): { item: Item; node: NodeInfo } => {
    const [item] = library.seen(actor, [itemId]);
    if (item === undefined || item.kind === "sidecar") throw new AppError("not-found");
    return { item, node: storage.refresh(item.nodeId) };
  };
  const headersOf = (mime: string) => ({
    "contentfeatures.dlna.org": contentFeatures(mime),
    "transfermode.dlna.org": mime.startsWith("image/") ? "Interactive" : "Streaming",
  });
  /** The person is asked for anew: no television has shown who it is. */
  const permitFor = (viewer: () => Actor, itemId: number): Permit => ({
    actor: viewer(),
    holds: () => nodeOf(viewer(), itemId).item.id === itemId,
  });
  return {
    file: (request: Request, viewer: () => Actor, itemId: number): Promise<Response> | Response => {
      const actor = viewer();
      const { item, node } = nodeOf(actor, itemId);
      const mime = mimeOf(item);
      if (item.kind === "image" && !isJpeg(item)) throw new AppError("not-found");
      const options = { etag: node.etag, modifiedAtMs: node.modifiedAtMs, contentType: mime, headers: headersOf(mime) };
      return sendFile(request, storage.open(node.id, { remote: true }), options, permitFor(viewer, itemId));
    },
    picture: async (request: Request, actor: Actor, itemId: number): Promise<Response> => {
      const { node } = nodeOf(actor, itemId);
      const bytes = await cache.get(`dlna:1:${node.id}:${node.etag}`, async () => {
        const webp = await deps.respondWithPicture(new Request("http://picture/?size=1600"), node);
        const { default: sharp } = await import("sharp");
        return sharp(await webp.bytes())
          .flatten({ background: "#ffffff" })
          .jpeg({ quality: jpegQuality })
          .toBuffer();
      });
      if (bytes === null) throw new AppError("not-found");
      const mime = "image/jpeg";
      const options = { etag: node.etag, modifiedAtMs: node.modifiedAtMs, contentType: mime, headers: headersOf(mime) };
      return fileResponse(request, { content: new Uint8Array(bytes) }, options, null);
    },
  };
}
