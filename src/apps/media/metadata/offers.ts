import { createHmac } from "node:crypto";
import type { Random } from "#platform/clock";

/** A page asks for them within moments, and the next search names them again. */
const mostOffers = 2000;

/**
 * Pictures that catalogues named in their answers to searches. What is fetched is what a catalogue named, never what a browser asks for:
 * an address holds for whoever was told it, until the program ends or many others were named since.
 */
export function createOffers(random: Random) {
  const secret = random.bytes(32);
  const urls = new Map<string, string>();
  return {
    /** What stands for a picture at a catalogue in our own addresses. */
    offer: (url: string): string => {
      const token = createHmac("sha256", secret).update(url).digest("base64url");
      urls.delete(token);
      urls.set(token, url);
      for (const oldest of urls.keys()) {
        if (urls.size <= mostOffers) break;
        urls.delete(oldest);
      }
      return token;
    },
    urlOf: (token: string): string | undefined => urls.get(token),
  };
}
