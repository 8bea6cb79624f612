export { apiHandler, readText } from "./api.ts";
export { type Authenticate, createHttp, type HttpDeps, type HttpHandler, type RequestContext, type Route } from "./http.ts";
export { contentSecurityPolicy, pageHeaders } from "./headers.ts";
export { requireSameOrigin } from "./origin.ts";
