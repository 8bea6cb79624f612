/** The address of the page: a file that is shown full screen. */
export function parseSharedSearch(search: Record<string, unknown>): { readonly preview?: number } {
  const preview = search["preview"];
  return typeof preview === "number" && Number.isSafeInteger(preview) && preview > 0 ? { preview } : {};
}
