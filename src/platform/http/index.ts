export { apiHandler, readText } from "./api.ts";
export {
  type Authenticate,
  type ClientCertificate,
  createHttp,
  type Gate,
  gatesInOrder,
  type Observe,
  type HttpDeps,
  type HttpHandler,
  type Origin,
  type RequestContext,
  type Route,
} from "./http.ts";
export { contentSecurityPolicy, pageHeaders } from "./headers.ts";
export type { Admit, Socket, SocketHandler } from "./socket.ts";
export { requireSameOrigin } from "./origin.ts";
export { type ByteRange, parseRange } from "./byte-range.ts";
export { type ConditionResult, evaluateConditions, type Validators } from "./conditions.ts";
export { contentTypeOf } from "./content-type.ts";
export { fileResponse, sendFile, type FileResponseOptions, type ResponseFile } from "./file-response.ts";
export { httpDate, parseHttpDate } from "./http-date.ts";
export { createTransfers, type Line, type Permit, type Transfers, underPermit } from "./transfers.ts";
