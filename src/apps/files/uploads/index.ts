export { createUploads, type Uploads, type UploadsDeps } from "./service.ts";
export { requireQuota, type UploadScope } from "./target.ts";
export { createTus, type Tus } from "./tus.ts";
