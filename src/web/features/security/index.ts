export { OverviewPage } from "./overview-page.tsx";
export { SecurityLayout } from "./security-layout.tsx";
