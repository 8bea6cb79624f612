/** Curve25519 keys as WireGuard writes them: 32 bytes in base64 (RFC 7748, RFC 8410). */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const keyBytes = 32;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/**
 * A key pair made in this browser; null where it cannot: over plain HTTP there is no WebCrypto, and older browsers have no X25519.
 * A PKCS#8 of X25519 ends with the 32 bytes of the key (RFC 8410 §7).
 */
export async function makeKeyPair(): Promise<KeyPair | null> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return null;
  try {
    const pair = await subtle.generateKey({ name: "X25519" }, true, ["deriveBits"]);
    if (!("privateKey" in pair)) return null;
    const [own, open] = await Promise.all([
      subtle.exportKey("pkcs8", pair.privateKey),
      subtle.exportKey("raw", pair.publicKey),
    ]);
    return { privateKey: base64(new Uint8Array(own).slice(-keyBytes)), publicKey: base64(new Uint8Array(open)) };
  } catch {
    return null;
  }
}

/** Whether `makeKeyPair` has a chance, without making one. */
export const canMakeKeys = (): boolean => globalThis.crypto?.subtle !== undefined;
