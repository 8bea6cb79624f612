export type { CertifiedDevice, DeviceCertificate } from "./contract.ts";
