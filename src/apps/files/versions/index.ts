export { createVersions, type Versions, type VersionsDeps } from "./service.ts";
export { versionsThin } from "./thin-job.ts";
