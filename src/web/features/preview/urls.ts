import { createContext, use } from "react";
import { urls } from "#web/client.ts";

/** Where a viewer gets bytes from: the caller's spaces, or a share link. */
export interface ContentUrls {
  content(id: number): string;
  download(id: number): string;
  preview(id: number, size: 256 | 1600, etag: string): string;
}

const UrlsContext = createContext<ContentUrls>(urls);
export const ContentUrlsProvider = UrlsContext;

export function useContentUrls(): ContentUrls {
  return use(UrlsContext);
}
