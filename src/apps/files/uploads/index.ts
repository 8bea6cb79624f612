export { createUploads, type Uploads, type UploadsDeps } from "./service.ts";
