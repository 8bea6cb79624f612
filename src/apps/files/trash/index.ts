export { createTrash, type Trash, type TrashDeps, trashPurge } from "./service.ts";
