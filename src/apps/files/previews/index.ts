export { createPreviews, type Previews, type PreviewsDeps } from "./service.ts";
export { renderImage } from "./still-image.ts";
