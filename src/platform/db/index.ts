export { type Db, type Migration, openDatabase } from "./database.ts";
export { queries } from "./queries.ts";
export { quickCheck } from "./quick-check.ts";
