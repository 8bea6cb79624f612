import type { CertificateFormat } from "#contract/security/certificates";
import { strings } from "#web/strings.ts";
import { deviceOf } from "#web/ui/device.ts";

/** A name for the device of this browser to begin with; empty when it tells nothing. */
export function suggestDeviceName(userAgent: string): string {
  const system = deviceOf(userAgent)?.system ?? "";
  return system === "Windows" || system === "Linux" ? strings.devices.issue.computer(system) : system;
}

/** The form of a certificate that the system of this browser takes. */
export function formatFor(userAgent: string): CertificateFormat {
  return /iPhone|iPad|Macintosh|Mac OS X/.test(userAgent) ? "apple-profile" : "pkcs12";
}
