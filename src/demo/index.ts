export { demoPassword, furnish, furnishMedia, people, type Place, sharedSpace } from "./household.ts";
export { live } from "./life.ts";
