export { Preview, type PreviewProps } from "./preview.tsx";
export { ContentUrlsProvider, type ContentUrls } from "./urls.ts";
export { Viewer } from "./viewer.tsx";
