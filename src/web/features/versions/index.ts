export { VersionsPanel } from "./versions-panel.tsx";
