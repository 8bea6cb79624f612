import type { UseCaseContext } from "#platform/usecase";

/** What logging in needs to know of devices with a certificate; passed in by whoever issues certificates. */
export interface DevicePort {
  /** The device that a certificate belongs to; null for one that is unknown, revoked or over. */
  deviceOf(fingerprint: string): { readonly personId: number; readonly deviceId: string } | null;
  /** Whether a person has a device with a certificate that holds. */
  ownsDevices(personId: number): boolean;
}

/** For a server without certificates. */
export const noDevices: DevicePort = { deviceOf: () => null, ownsDevices: () => false };

/** The person's own device whose certificate was verified for this connection. */
export function certificateDevice(
  devices: DevicePort,
  { certificate }: Pick<UseCaseContext, "certificate">,
  personId: number,
): string | null {
  const device = certificate === undefined ? null : devices.deviceOf(certificate.fingerprint);
  return device?.personId === personId ? device.deviceId : null;
}
