import type { ItemFilter } from "#apps/media/library";
import { folded } from "./fields.ts";

const maxWords = 12;

/** The words of a search, as they stand in `work.search`. */
export function wordsOf(search: string | undefined): string[] {
  return folded(search ?? "")
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, maxWords);
}

const oneWord = `(EXISTS (SELECT 1 FROM media_work_file AS of JOIN media_work AS work ON work.id IN (of.work_id, of.series_id)
  WHERE of.item_id = item.id AND instr(work.search, ?) > 0) OR instr(lower(item.path), ?) > 0)`;

/** Over `item`, a row of `media_item`: each word is in titles or people of its work, or in its path. */
export function matchOf(search: string): ItemFilter {
  const words = wordsOf(search);
  return { sql: words.map(() => oneWord).join(" AND ") || "1", params: words.flatMap((word) => [word, word]) };
}
