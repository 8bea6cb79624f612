export interface PlaceSearch {
  /** Folder at the place; absent for its top. */
  readonly path?: string | undefined;
  /** Name of a file that is shown full screen. */
  readonly preview?: string | undefined;
}

/** The address of a folder at a place. */
export function parsePlaceSearch(search: Record<string, unknown>): PlaceSearch {
  const { path, preview } = search;
  return {
    ...(typeof path === "string" && path !== "" && { path }),
    ...(typeof preview === "string" && preview !== "" && { preview }),
  };
}
