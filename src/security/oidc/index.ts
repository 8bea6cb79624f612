export { oidcUseCases } from "./routes.ts";
export { createOidc, type Oidc } from "./service.ts";
