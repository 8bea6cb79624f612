import type { Input } from "#web/client.ts";

export const shows = ["all", "favourites", "videos", "motion", "recent", "archive"] as const;
export type Show = (typeof shows)[number];
export const tabs = ["timeline", "albums", "map", "duplicates"] as const;
export type Tab = (typeof tabs)[number];

/** The address of the page: which part, which pictures, and the one that is open. */
export interface PhotosSearch {
  readonly tab?: Exclude<Tab, "timeline">;
  readonly show?: Exclude<Show, "all">;
  readonly album?: number;
  readonly q?: string;
  /** `03-15`: this day of every year. */
  readonly day?: string;
  /** West, south, east, north in degrees. */
  readonly area?: string;
  /** The picture that is open. */
  readonly item?: number;
}

export type PhotoView = Input<"photos.timeline">["view"];

const maxLength = 200;
const dayPattern = /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

export function parsePhotosSearch(search: Record<string, unknown>): PhotosSearch {
  const id = (key: string): number | undefined => {
    const value = Number(search[key]);
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  };
  const given = search["q"];
  const q = typeof given === "string" || typeof given === "number" ? String(given).trim().slice(0, maxLength) : "";
  const tab = tabs.find((one) => one === search["tab"] && one !== "timeline") as PhotosSearch["tab"];
  const show = shows.find((one) => one === search["show"] && one !== "all") as PhotosSearch["show"];
  const day = typeof search["day"] === "string" && dayPattern.test(search["day"]) ? search["day"] : undefined;
  const area = typeof search["area"] === "string" && areaOf(search["area"]) ? search["area"] : undefined;
  const [album, item] = [id("album"), id("item")];
  return {
    ...(tab && { tab }),
    ...(show && { show }),
    ...(album && { album }),
    ...(q && { q }),
    ...(day && { day }),
    ...(area && { area }),
    ...(item && { item }),
  };
}

function areaOf(text: string) {
  const parts = text.split(",").map(Number);
  const [west, south, east, north] = parts;
  if (parts.length !== 4 || west === undefined || south === undefined || east === undefined || north === undefined)
    return null;
  const isSound = [west, east].every((x) => Math.abs(x) <= 180) && [south, north].every((y) => Math.abs(y) <= 90);
  return isSound ? { west, south, east, north } : null;
}

/** What the address asks for. */
export function viewOf({ album, q, day, area, show }: PhotosSearch): PhotoView {
  if (album) return { kind: "album", albumId: album };
  if (q) return { kind: "search", text: q };
  if (day) return { kind: "day", month: Number(day.slice(0, 2)), day: Number(day.slice(3)) };
  const bounds = area === undefined ? null : areaOf(area);
  return bounds ? { kind: "area", ...bounds } : { kind: show ?? "all" };
}
