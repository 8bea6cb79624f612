export { CertificateSection } from "./certificate-section.tsx";
export { SessionSection } from "./session-section.tsx";
