export { FilmsPage } from "./films-page.tsx";
export { HistoryPage } from "./history-page.tsx";
export { WorkPage } from "./work-page.tsx";
