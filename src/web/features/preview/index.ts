export { FileCard } from "./file-card.tsx";
export { decodeText } from "./text.ts";
export { Preview, type PreviewProps } from "./preview.tsx";
export { ContentUrlsProvider, useContentUrls, type ContentUrls } from "./urls.ts";
export { Viewer } from "./viewer.tsx";
export { useSwipe } from "./use-swipe.ts";
export { useZoom } from "./use-zoom.ts";
