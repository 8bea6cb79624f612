export { createTrash, type Trash, type TrashDeps } from "./service.ts";
