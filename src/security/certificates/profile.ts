interface Profile {
  readonly organisation: string;
  readonly deviceName: string;
  /** Names the profile for its whole life: the device's id. */
  readonly id: string;
  readonly pkcs12: Uint8Array;
  readonly root: Uint8Array;
  readonly intermediate: Uint8Array;
}

/** A configuration profile for iOS, iPadOS and macOS. The password of the PKCS#12 is not in it: the device asks for it. */
export function writeProfile(profile: Profile): string {
  const { organisation, deviceName } = profile;
  const identifier = `hearth.certificate.${profile.id}`;
  const payloads = [
    payload(`${identifier}.root`, "com.apple.security.root", `${organisation} root`, profile.root),
    payload(`${identifier}.issuer`, "com.apple.security.pkcs1", `${organisation} devices`, profile.intermediate),
    payload(`${identifier}.key`, "com.apple.security.pkcs12", `${deviceName} at ${organisation}`, profile.pkcs12),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
<key>PayloadContent</key>
<array>
${payloads.join("\n")}
</array>
${entries({
  PayloadDisplayName: `${organisation}: ${deviceName}`,
  PayloadDescription: `The certificate of this device for ${organisation}, and whom it trusts.`,
  PayloadIdentifier: identifier,
  PayloadOrganization: organisation,
  PayloadType: "Configuration",
  PayloadUUID: uuidOf(identifier),
})}
<key>PayloadVersion</key><integer>1</integer>
</dict>
</plist>
`;
}

function payload(identifier: string, type: string, displayName: string, content: Uint8Array): string {
  return `<dict>
${entries({
  PayloadDisplayName: displayName,
  PayloadIdentifier: identifier,
  PayloadType: type,
  PayloadUUID: uuidOf(identifier),
})}
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadContent</key><data>${Buffer.from(content).toString("base64")}</data>
</dict>`;
}

function entries(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `<key>${key}</key><string>${Bun.escapeHTML(value)}</string>`)
    .join("\n");
}

/** The same for the same identifier, so that a renewal replaces the profile before it. */
function uuidOf(identifier: string): string {
  const hex = Bun.SHA256.hash(identifier, "hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join("-").toUpperCase();
}
