export { demoPassword, furnish, people, sharedSpace } from "./household.ts";
