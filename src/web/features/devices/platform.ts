import type { CertificateFormat } from "#contract/security/certificates";

/** The form of a certificate that the system of this browser takes. */
export function formatFor(userAgent: string): CertificateFormat {
  return /iPhone|iPad|Macintosh|Mac OS X/.test(userAgent) ? "apple-profile" : "pkcs12";
}
