export { openTestCloud, type TestCloud } from "./cloud.ts";
export { type Clip, type ClipName, mediaClip, recipes as clipRecipes } from "./media-clips.ts";
export { childrenOf } from "./media-children.ts";
export { createSongMaker, openTestMusic } from "./media-music.ts";
export { runNextcloudcmd, type SyncRun, type SyncRunOptions } from "./nextcloudcmd.ts";
export { basic, type RunningHearth, type RunningProgram, runProgram, startHearth } from "./program.ts";
export { rawHttp, type RawReply, type RawRequest } from "./raw-http.ts";
