export { trashPurge } from "./purge-job.ts";
export { createTrash, type Trash, type TrashDeps } from "./service.ts";
