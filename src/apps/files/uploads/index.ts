export { createUploads, type Uploads, type UploadsDeps } from "./service.ts";
export type { UploadMetadata } from "./metadata.ts";
export { type Finished, noteOf, requireQuota, type UploadScope } from "./target.ts";
export { createTus, createTusOver, type Tus, type UploadStore, type UploadTargets } from "./tus.ts";
