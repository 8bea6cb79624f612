export { CertificatesPage } from "./certificates-page.tsx";
export { SecondFactorsPage } from "./second-factors-page.tsx";
