export { openTestCloud, type TestCloud } from "./cloud.ts";
