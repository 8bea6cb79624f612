/**
 * The version of the server whose interface this is: clients choose by it how they speak. At 24 they begin to ask for checksums
 * again, at 28.0.3 they rely on `is-mount-root`, at 32 the iOS app reads the list of apps anew.
 */
export const version = { major: 32, minor: 0, micro: 2, patch: 1 } as const;
export const versionString = `${version.major}.${version.minor}.${version.micro}`;
export const fullVersion = `${versionString}.${version.patch}`;
export const productName = "Hearth";
