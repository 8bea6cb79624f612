/** What the address of a folder says besides the folder: sort, view, filter, open panel and preview. */
export interface FilesSearch {
  readonly sort?: "size" | "modified";
  readonly desc?: true;
  readonly view?: "grid" | "table";
  readonly filter?: string;
  readonly panel?: "details";
  /** Node shown full screen. */
  readonly preview?: number;
  /** Node to select and scroll to. */
  readonly at?: number;
}

export type View = "table" | "grid";
export type SortBy = "name" | "size" | "modified";
export interface Sort {
  readonly key: SortBy;
  readonly descending: boolean;
}

const maxFilterLength = 200;

function nodeId(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** Reads the query of an address; what it does not know is dropped, so a stale link still opens the folder. */
export function parseFilesSearch(search: Record<string, unknown>): FilesSearch {
  const { sort, view, panel } = search;
  const filter = typeof search["filter"] === "string" ? search["filter"].slice(0, maxFilterLength) : "";
  const preview = nodeId(search["preview"]);
  const at = nodeId(search["at"]);
  return {
    ...(sort === "size" || sort === "modified" ? { sort } : {}),
    ...(search["desc"] === true ? { desc: true as const } : {}),
    ...(view === "grid" || view === "table" ? { view } : {}),
    ...(filter ? { filter } : {}),
    ...(panel === "details" ? { panel } : {}),
    ...(preview ? { preview } : {}),
    ...(at ? { at } : {}),
  };
}

export function sortOf(search: FilesSearch): Sort {
  return { key: search.sort ?? "name", descending: search.desc ?? false };
}

/** A click on a column: another column starts in its natural direction (newest and largest first), the same one turns round. */
export function nextSort(current: Sort, key: SortBy): Sort {
  if (current.key === key) return { key, descending: !current.descending };
  return { key, descending: key !== "name" };
}

/** The part of the address that keeps a sort; the default leaves none. */
export function sortSearch(sort: Sort): Pick<FilesSearch, "sort" | "desc"> {
  return { sort: sort.key === "name" ? undefined : sort.key, desc: sort.descending ? true : undefined };
}

/** What stays when another folder is opened. */
export function carryOver(search: FilesSearch): FilesSearch {
  return { ...sortSearch(sortOf(search)), view: search.view, panel: search.panel };
}
