import type { ContentUrls } from "#web/features/preview/urls.ts";

const addressOf = (placeId: number, path: string): string =>
  `${placeId}/${path.split("/").map(encodeURIComponent).join("/")}`;

/** A file as it is, a folder as a ZIP. */
export function downloadUrl(placeId: number, path: string, kind: "file" | "folder"): string {
  const address = addressOf(placeId, path);
  return kind === "file" ? `/api/places/content/${address}?download=1` : `/api/places/archive/${address}`;
}

/** Where the viewers find the files of a listing, which have no ids of their own: the number of the row stands for them. */
export function contentUrls(placeId: number, paths: readonly string[]): ContentUrls {
  const content = (id: number): string => `/api/places/content/${addressOf(placeId, paths[id - 1] ?? "")}`;
  return { content, download: (id) => `${content(id)}?download=1`, preview: content };
}

export function below(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
