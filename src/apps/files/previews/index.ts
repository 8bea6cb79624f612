export { createPreviews, type Previews, type PreviewsDeps } from "./service.ts";
