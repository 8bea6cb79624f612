export { AttacksPage } from "./attacks-page.tsx";
export { RulesPage } from "./rules-page.tsx";
