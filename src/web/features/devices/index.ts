export { CertificateSection } from "./certificate-section.tsx";
export { SessionSection } from "./session-section.tsx";
export { AppRow } from "./app-row.tsx";
export { RestoreSection } from "./restore-section.tsx";
export { WipeDialog } from "./wipe-dialog.tsx";
export { WipeList } from "./wipe-list.tsx";
