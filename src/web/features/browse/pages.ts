import type { Node } from "#contract/apps/files/browse";
import type { Rows } from "./rows.ts";

/**
 * The pages that hold rows `from` to `to` (end exclusive). With `first`, page 0 is always among them and comes first: it carries
 * the folder itself and the total.
 */
export function pagesOf(
  range: { readonly from: number; readonly to: number },
  pageSize: number,
  first = true,
): readonly number[] {
  const start = Math.floor(Math.max(0, range.from) / pageSize);
  const end = Math.floor(Math.max(0, range.to - 1) / pageSize);
  const pages = Array.from({ length: Math.max(0, end - start + 1) }, (_, offset) => start + offset);
  return first ? [0, ...pages.filter((page) => page !== 0)] : pages;
}

/** Rows of the pages that have arrived. */
export function rowsOfPages(
  pages: readonly (readonly [page: number, nodes: readonly Node[] | undefined])[],
  pageSize: number,
  total: number,
): Pick<Rows, "total" | "get"> {
  const byPage = new Map(pages);
  return { total, get: (index) => byPage.get(Math.floor(index / pageSize))?.[index % pageSize] };
}
