export { certificatesUseCases } from "./routes.ts";
export { createCertificates, type Certificates } from "./service.ts";
