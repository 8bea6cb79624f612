export { createJobs, type EnqueueOptions, type Jobs, type JobsDeps } from "./jobs.ts";
export { handleJob, type JobContext, type JobHandler, type JobKind, type Lane } from "./kind.ts";
export { jobsMigrations } from "./migration.ts";
export type { Job, JobState } from "./repository.ts";
export { createRounds } from "./rounds.ts";
export type { Rhythm, Schedule } from "./schedule.ts";
