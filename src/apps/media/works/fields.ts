import type { FieldSource, WorkField } from "#contract/apps/media/works";
import type { CatalogueIds } from "#apps/media/names";

/** What one source says of a work; what it does not say is absent. */
export interface Fields {
  readonly title?: string;
  readonly sortTitle?: string;
  readonly originalTitle?: string;
  readonly tagline?: string;
  readonly overview?: string;
  readonly year?: number;
  /** `YYYY-MM-DD`. */
  readonly airDate?: string;
  /** 0 to 10. */
  readonly rating?: number;
  readonly certification?: string;
  readonly genres?: readonly string[];
  readonly studios?: readonly string[];
  readonly cast?: readonly { readonly name: string; readonly role: string | null }[];
  readonly directors?: readonly string[];
  readonly writers?: readonly string[];
  readonly seasonNumber?: number;
  readonly episodeNumber?: number;
  readonly externalIds?: Pick<CatalogueIds, "imdb" | "tmdb" | "tvdb">;
}

export interface Layer {
  readonly source: FieldSource;
  readonly fields: Fields;
}

/** The first source that says something about a field counts; numbers of catalogues are put together. */
export function mergeLayers(layers: readonly Layer[]): {
  readonly fields: Fields;
  readonly sources: Partial<Record<WorkField, FieldSource>>;
} {
  const fields: Record<string, unknown> = {};
  const sources: Partial<Record<WorkField, FieldSource>> = {};
  let externalIds: NonNullable<Fields["externalIds"]> = {};
  for (const { source, fields: own } of layers) {
    for (const [key, value] of Object.entries(own)) {
      if (value === undefined || key in fields) continue;
      const field = key as WorkField;
      sources[field] ??= source;
      if (field !== "externalIds") fields[field] = value;
    }
    externalIds = { ...own.externalIds, ...externalIds };
  }
  return { fields: { ...fields, externalIds }, sources };
}

const article = /^(?:the|a|an|der|die|das|le|la|les|l'|el|los|las|il|lo|gli)\s+/i;

/** A title without its leading article, with numbers of one length, folded: as lists are ordered. */
export function sortTitleOf(title: string): string {
  return title
    .replace(article, "")
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/\d+/g, (digits) => digits.padStart(5, "0"))
    .replaceAll(/^[^\p{L}\p{N}]+/gu, "")
    .trim();
}

/** Text in which words are looked for: without accents and capitals. */
export function folded(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
