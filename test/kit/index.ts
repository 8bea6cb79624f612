export { openTestCloud, type TestCloud } from "./cloud.ts";
export { basic, type RunningHearth, type RunningProgram, runProgram, startHearth } from "./program.ts";
export { rawHttp, type RawReply, type RawRequest } from "./raw-http.ts";
