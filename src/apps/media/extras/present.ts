import type { z } from "zod";
import type { Item, LibraryReader } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import type { extrasContract } from "./contract.ts";
import { originOf } from "./find-ranges.ts";
import { hasStyled } from "./make-fonts.ts";
import { isTakenOut } from "./make-subtitles.ts";
import { columns, rows as sheetRows, trickplayIntervalMs } from "./make-trickplay.ts";
import type { ExtraRows } from "./repository.ts";
import type { Sidecar } from "./sidecars.ts";

type Output = z.output<(typeof extrasContract)["extras.get"]["output"]>;
type Subtitle = Output["subtitles"][number];

export const prefix = "/media/extras/";

/** Address of a file of an item; the version changes with its content, so that it may be kept for ever. */
export function addressOf(item: Pick<Item, "id">, name: string, version: string): string {
  return `${prefix}${item.id}/${name}?v=${encodeURIComponent(version)}`;
}

export const versionOf = ({ contentKey }: Pick<Item, "contentKey">): string => (contentKey ?? "").slice(-12);

function embeddedSubtitles(item: Item, facts: MediaFacts, isPending: boolean): Subtitle[] {
  const address = (name: string) => addressOf(item, name, versionOf(item));
  return facts.subtitles.map((track): Subtitle => {
    const { index, codec, form, language, title, isDefault, isForced, isHearingImpaired } = track;
    const isStyled = codec === "ass" || codec === "ssa";
    const original = isStyled ? `s${index}.ass` : codec === "hdmv_pgs_subtitle" ? `s${index}.sup` : null;
    return {
      ...{ key: `s${index}`, origin: "embedded", streamIndex: index, format: codec, form, language, title },
      ...{ isDefault, isForced, isHearingImpaired },
      vttUrl: form === "text" && isTakenOut(track) ? address(`s${index}.vtt`) : null,
      originalUrl: original === null ? null : address(original),
      originalShiftMs: 0,
      isPending,
    };
  });
}

function sidecarSubtitle(film: Item, sidecar: Sidecar, originalShiftMs: number): Subtitle {
  const { item, format, form, language, title, isDefault, isForced, isHearingImpaired } = sidecar;
  const address = (ending: string) => addressOf(film, `f${item.id}.${ending}`, item.etag);
  const original = format === "ass" || format === "ssa" ? "ass" : form === "image" ? "sup" : null;
  return {
    ...{ key: `f${item.id}`, origin: "sidecar", streamIndex: null, format, form, language, title },
    ...{ isDefault, isForced, isHearingImpaired },
    vttUrl: form === "text" ? address("vtt") : null,
    originalUrl: original === null ? null : address(original),
    originalShiftMs,
    isPending: false,
  };
}

function presentTrickplay(item: Item, rows: ExtraRows): Output["trickplay"] {
  const made = item.contentKey === null ? undefined : rows.get(item.contentKey, "trickplay");
  if (made == null) return null;
  const { width, height, count, sheets } = made;
  const address = (name: string) => addressOf(item, name, versionOf(item));
  return {
    ...{ intervalMs: trickplayIntervalMs, width, height, columns, rows: sheetRows, count },
    sheetUrls: Array.from({ length: sheets }, (_, sheet) => address(`t${sheet}.jpg`)),
    vttUrl: address("trickplay.vtt"),
  };
}

/** Everything at once. */
export function presentExtras(
  library: Pick<LibraryReader, "library">,
  rows: ExtraRows,
  item: Item,
  facts: MediaFacts | undefined,
  sidecars: readonly Sidecar[],
): Output {
  const get = <K extends Parameters<ExtraRows["get"]>[1]>(kind: K) =>
    item.contentKey === null ? undefined : rows.get(item.contentKey, kind);
  const isDue = (kind: "subtitles" | "trickplay") => item.contentKey === null || rows.isDue(item.contentKey, kind);
  const isPending = get("subtitles") === undefined;
  const ranges = get("ranges");
  return {
    subtitles: [
      ...(facts === undefined ? [] : embeddedSubtitles(item, facts, isPending)),
      ...sidecars.map((sidecar) => sidecarSubtitle(item, sidecar, facts === undefined ? 0 : originOf(facts))),
    ],
    fonts: (facts !== undefined && hasStyled(facts) ? facts.fonts : [])
      .filter(({ index }) => get("fonts")?.some((font) => font.index === index) ?? true)
      .map(({ index, name }) => ({
        name,
        url: addressOf(item, `font${index}`, versionOf(item)),
      })),
    trickplay: presentTrickplay(item, rows),
    chapters: (facts?.chapters ?? []).map((chapter) => ({ ...chapter })),
    intro: ranges?.intro ?? null,
    credits: ranges?.credits ?? null,
    loudness: get("loudness") ?? null,
    isPending:
      item.kind === "video" &&
      (isDue("subtitles") || isDue("trickplay")) &&
      library.library(item.libraryId) !== undefined,
  };
}
