import { deviceOf } from "#web/ui/device.ts";
import { strings } from "#web/strings.ts";

/** A name for a passkey of this browser that is not taken yet: `Chrome on Windows`, `Chrome on Windows 2`. */
export function suggestPasskeyName(userAgent: string, taken: readonly string[]): string {
  const device = deviceOf(userAgent);
  const base = device ? strings.devices.sessions.on(device.browser, device.system) : strings.security.passkeys.aPasskey;
  let name = base;
  for (let n = 2; taken.includes(name); n += 1) name = `${base} ${n}`;
  return name;
}
