import { type Clock, type Random, randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";

export interface OneTimeFile {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly fileName: string;
}

export interface Downloads {
  /** Keeps a file in memory until it is fetched or ten minutes have passed. Throws `too-many-requests`. */
  offer(file: OneTimeFile): { readonly token: string; readonly expiresAtMs: number };
  /** Once. */
  take(token: string): OneTimeFile | undefined;
}

const keepMs = 10 * 60_000;
const maxOffers = 100;

/** Files with keys in them: never on disk, given out once. */
export function createDownloads({ clock, random }: { clock: Clock; random: Random }): Downloads {
  const offers = new Map<string, { readonly file: OneTimeFile; readonly expiresAtMs: number }>();
  /** Looked up by hash, so that the time of a look-up tells nothing of a token. */
  const keyOf = (token: string): string => Bun.SHA256.hash(token, "base64url");
  const dropExpired = (): void => {
    for (const [key, { expiresAtMs }] of offers) if (clock.now() >= expiresAtMs) offers.delete(key);
  };
  return {
    offer: (file) => {
      dropExpired();
      if (offers.size >= maxOffers)
        throw new AppError("too-many-requests", "Fetch the certificates made before first.");
      const token = randomToken(random, 256);
      const expiresAtMs = clock.now() + keepMs;
      offers.set(keyOf(token), { file, expiresAtMs });
      return { token, expiresAtMs };
    },
    take: (token) => {
      dropExpired();
      const key = keyOf(token);
      const offer = offers.get(key);
      offers.delete(key);
      return offer?.file;
    },
  };
}
