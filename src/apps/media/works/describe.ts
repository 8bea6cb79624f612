import type { Item } from "#apps/media/library";
import type { SidecarRole } from "#apps/media/names";
import type { MediaFacts } from "#apps/media/probe";
import type { ArtworkKind } from "#contract/apps/media/works";
import type { Fields, Layer } from "./fields.ts";
import { type AnyDraft, itemsOf, type SeriesDraft, type WorkDraft } from "./group-types.ts";
import type { ArtworkRef, ArtworkRefs } from "./rows.ts";
import { type NamedSidecar, sidecarsByDraft } from "./sidecars.ts";

/** What files say of a work, apart from its name. */
export interface Description {
  readonly layers: readonly Layer[];
  readonly artwork: ArtworkRefs;
  readonly durationMs: number | null;
  readonly addedAtMs: number | null;
}

/** What is known of the files around a group, read before it is written. */
export interface Surroundings {
  readonly items: ReadonlyMap<number, Item>;
  readonly facts: (item: Item) => MediaFacts | undefined;
  readonly sidecars: readonly NamedSidecar[];
  /** What the NFO files say, by item. */
  readonly nfo: ReadonlyMap<number, Fields>;
  /** What catalogues say of a work, by its draft; of a season or episode with its series. */
  readonly provided: (draft: AnyDraft, series?: SeriesDraft) => Fields | undefined;
}

const artworkRoles: Readonly<Partial<Record<SidecarRole, ArtworkKind>>> = {
  poster: "poster",
  fanart: "backdrop",
  logo: "logo",
  thumb: "thumb",
  banner: "banner",
};

/** Tells what is known of each of these drafts. */
export function describerOf(drafts: readonly WorkDraft[], around: Surroundings): (draft: AnyDraft) => Description {
  const beside = sidecarsByDraft(drafts, around);
  const seriesOf = new Map<AnyDraft, SeriesDraft>();
  for (const series of drafts) {
    if (series.type !== "series") continue;
    for (const season of series.seasons) for (const one of [season, ...season.episodes]) seriesOf.set(one, series);
  }
  return (draft) => describe(draft, beside.get(draft) ?? [], around, around.provided(draft, seriesOf.get(draft)));
}

function describe(
  draft: AnyDraft,
  beside: readonly NamedSidecar[],
  around: Surroundings,
  provided: Fields | undefined,
): Description {
  const items = itemsOf(draft).flatMap((id) => around.items.get(id) ?? []);
  const main = "files" in draft ? draft.files.filter(({ extraKind }) => extraKind === null) : [];
  const parts = main.filter(({ versionKey }) => versionKey === main[0]?.versionKey);
  const facts = parts.map(({ itemId }) => {
    const item = around.items.get(itemId);
    return item && around.facts(item);
  });
  const first = facts[0];
  const nfo = beside.flatMap(({ item }) => around.nfo.get(item.id) ?? []);
  const layers: Layer[] = nfo.map((fields) => ({ source: "nfo" as const, fields }));
  if (first !== undefined && draft.type !== "season")
    layers.push({ source: "tags", fields: fieldsOfTags(first, draft) });
  if (provided !== undefined) layers.push({ source: "provider", fields: provided });
  return {
    layers,
    artwork: artworkOf(beside, parts[0] && around.items.get(parts[0].itemId), first),
    durationMs: durationOf(facts),
    addedAtMs: items.length === 0 ? null : Math.min(...items.map(({ addedAtMs }) => addedAtMs)),
  };
}

function artworkOf(
  beside: readonly NamedSidecar[],
  main: Item | undefined,
  facts: MediaFacts | undefined,
): ArtworkRefs {
  const found: Partial<Record<ArtworkKind, ArtworkRef>> = {};
  // What is named for the very file is closer than what is in the folder.
  const closest = beside.toSorted((a, b) => Number(b.name.of === "file") - Number(a.name.of === "file"));
  for (const { item, name } of closest) {
    const kind = artworkRoles[name.role];
    if (kind !== undefined) found[kind] ??= { from: "file", itemId: item.id };
  }
  if (main === undefined || facts === undefined) return found;
  if (facts.covers.length > 0) found.poster ??= { from: "cover", itemId: main.id };
  if (facts.video.length > 0) found.thumb ??= { from: "frame", itemId: main.id };
  return found;
}

function durationOf(facts: readonly (MediaFacts | undefined)[]): number | null {
  const lengths = facts.map((one) => one?.durationMs ?? null);
  if (lengths.length === 0 || lengths.some((length) => length === null)) return null;
  return Math.round(lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0));
}

/** Tags of video files; the title is left out where it is a release's or a file's name. */
function fieldsOfTags({ tags }: MediaFacts, draft: AnyDraft): Fields {
  const first = (...names: string[]) => names.map((name) => tags[name]?.[0]?.trim()).find((value) => value);
  const year = /^(\d{4})/.exec(first("date", "year", "date_released") ?? "")?.[1];
  const overview = first("description", "synopsis", "summary", "comment");
  const title = draft.type === "video" ? first("title") : undefined;
  const genre = tags["genre"]?.flatMap((value) => value.split(/[;,/]/)).map((value) => value.trim());
  return {
    ...(title !== undefined && !/[._]\w+[._]|\.\w{2,4}$/.test(title) ? { title } : {}),
    ...(year !== undefined && draft.type === "film" && draft.year === null ? { year: Number(year) } : {}),
    ...(overview !== undefined && overview.length > 40 ? { overview } : {}),
    ...(genre !== undefined && genre.some((value) => value !== "")
      ? { genres: genre.filter((value) => value !== "") }
      : {}),
  };
}
