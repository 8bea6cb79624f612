import { element, escapeXml } from "./xml.ts";

/** What a television can open. */
export interface Container {
  readonly kind: "container";
  readonly id: string;
  readonly parentId: string;
  readonly title: string;
  /** Null when counting is not worth it. */
  readonly childCount: number | null;
  readonly upnpClass: string;
  readonly artUrl: string | null;
}

/** What a television can play or show. */
export interface Leaf {
  readonly kind: "leaf";
  readonly id: string;
  readonly parentId: string;
  readonly title: string;
  readonly upnpClass: string;
  readonly mime: string;
  readonly url: string;
  readonly sizeBytes: number | null;
  readonly durationMs: number | null;
  /** `1920x1080`. */
  readonly resolution: string | null;
  /** `YYYY-MM-DD`. */
  readonly date: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly genre: string | null;
  readonly trackNumber: number | null;
  readonly artUrl: string | null;
}

export type Entry = Container | Leaf;

/** Of DLNA guidelines 7.4.1.3.24: streaming or interactive transfer, background transfer, time-outs of connections, version 1.5. */
const flags = { av: "01700000000000000000000000000000", image: "00F00000000000000000000000000000" };

/** The fourth field of `protocolInfo`: seeking by bytes, not converted. */
export function contentFeatures(mime: string): string {
  const isImage = mime.startsWith("image/");
  return `${isImage ? "" : "DLNA.ORG_OP=01;"}DLNA.ORG_CI=0;DLNA.ORG_FLAGS=${isImage ? flags.image : flags.av}`;
}

/** `H:MM:SS.mmm`, as `res@duration` wants it. */
export function formatDuration(ms: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const seconds = Math.floor(ms / 1000);
  const thousandths = String(Math.floor(ms % 1000)).padStart(3, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${thousandths}`;
}

const optional = (name: string, text: string | null) => (text === null || text === "" ? "" : element(name, text));
const art = (url: string | null) =>
  url === null ? "" : element("upnp:albumArtURI", url, { "dlna:profileID": "JPEG_TN" });

function ofContainer(one: Container): string {
  const count = one.childCount === null ? "" : ` childCount="${one.childCount}"`;
  const head = `<container id="${escapeXml(one.id)}" parentID="${escapeXml(one.parentId)}" restricted="1" searchable="0"${count}>`;
  return `${head}${element("dc:title", one.title)}${element("upnp:class", one.upnpClass)}${art(one.artUrl)}</container>`;
}

function ofLeaf(one: Leaf): string {
  const res = element("res", one.url, {
    protocolInfo: `http-get:*:${one.mime}:${contentFeatures(one.mime)}`,
    size: one.sizeBytes === null ? null : String(one.sizeBytes),
    duration: one.durationMs === null ? null : formatDuration(one.durationMs),
    resolution: one.resolution,
  });
  const parts = [
    element("dc:title", one.title),
    optional("dc:creator", one.artist),
    optional("upnp:artist", one.artist),
    optional("upnp:album", one.album),
    optional("upnp:genre", one.genre),
    optional("dc:date", one.date),
    one.trackNumber === null ? "" : element("upnp:originalTrackNumber", String(one.trackNumber)),
    element("upnp:class", one.upnpClass),
    art(one.artUrl),
    res,
  ];
  return `<item id="${escapeXml(one.id)}" parentID="${escapeXml(one.parentId)}" restricted="1">${parts.join("")}</item>`;
}

/** DIDL-Lite of entries (ContentDirectory:1, 2.8). */
export function didl(entries: readonly Entry[]): string {
  const namespaces = [
    'xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/"',
    'xmlns:dc="http://purl.org/dc/elements/1.1/"',
    'xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/"',
    'xmlns:dlna="urn:schemas-dlna-org:metadata-1-0/"',
  ].join(" ");
  const body = entries.map((one) => (one.kind === "container" ? ofContainer(one) : ofLeaf(one))).join("");
  return `<DIDL-Lite ${namespaces}>${body}</DIDL-Lite>`;
}
