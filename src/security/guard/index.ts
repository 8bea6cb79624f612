export { guardUseCases } from "./routes.ts";
export { createGuard, type Guard } from "./service.ts";
