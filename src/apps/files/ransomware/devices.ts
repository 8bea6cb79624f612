import type { Change } from "#storage/primary";
import type { WatchedDevice } from "./contract.ts";

/**
 * The device that a change counts for: what the change log names, or whatever writes into a space behind our back. Undefined for the
 * program itself and for entries older than the log's knowledge of devices.
 */
export function deviceOfChange({
  device,
  userId,
  spaceId,
}: Pick<Change, "device" | "userId" | "spaceId">): string | undefined {
  if (device === "system") return undefined;
  if (device !== null) return device;
  return userId === 0 ? `disk:${spaceId}` : undefined;
}

export function kindOf(device: string): WatchedDevice["kind"] {
  return device.slice(0, device.indexOf(":")) as WatchedDevice["kind"];
}

export function idOf(device: string): string {
  return device.slice(device.indexOf(":") + 1);
}

export const isDisk = (device: string): boolean => device.startsWith("disk:");
