export { FactorSections, Protection } from "./sections.tsx";
export { ProtectPage } from "./protect-page.tsx";
