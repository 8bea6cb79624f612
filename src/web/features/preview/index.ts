export { FileCard } from "./file-card.tsx";
export { decodeText } from "./text.ts";
export { Preview, type PreviewProps } from "./preview.tsx";
export { ContentUrlsProvider, useContentUrls, type ContentUrls } from "./urls.ts";
export { Viewer } from "./viewer.tsx";
