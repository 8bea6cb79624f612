import {
  createMusicbrainz,
  createOutgoing,
  createTmdb,
  musicbrainzHosts,
  type Provider,
  tmdbHosts,
} from "#apps/media/metadata";
import type { Clock } from "#platform/clock";
import type { Config } from "#platform/config";
import { AppError } from "#platform/errors";
import manifest from "../../package.json" with { type: "json" };

/** MusicBrainz asks for an address with it: https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting */
function userAgentOf(contact: string): string {
  const name = `Hearth/${manifest.version}`;
  return contact === "" ? name : `${name} ( ${contact} )`;
}

const tmdbIntervalMs = 100;
/** https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting: one a second. */
const musicbrainzIntervalMs = 1100;
const maxKeyBytes = 4096;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

async function keyOf(path: string): Promise<string> {
  try {
    const key = (await Bun.file(path).slice(0, maxKeyBytes).text()).trim();
    if (/^[\w.-]{16,}$/.test(key)) return key;
  } catch (cause) {
    throw new AppError("unavailable", "The file with the key of The Movie Database cannot be read.", { cause });
  }
  throw new AppError("unavailable", "The file with the key of The Movie Database holds no key.");
}

/** The catalogues on the internet that the owner switched on; none by default. */
export function cataloguesOf(
  providers: Config["services"]["media"]["providers"],
  contact: string,
  clock: Clock,
): Provider[] {
  const { tmdb, musicbrainz, language } = providers;
  const common = { clock, userAgent: userAgentOf(contact), wait: pause, send: (request: Request) => fetch(request) };
  const all: Provider[] = [];
  if (tmdb !== undefined) {
    const outgoing = createOutgoing({ ...common, hosts: tmdbHosts, intervalMs: tmdbIntervalMs });
    all.push(createTmdb({ outgoing, language, key: () => keyOf(tmdb.keyFile) }));
  }
  if (musicbrainz) {
    all.push(
      createMusicbrainz(createOutgoing({ ...common, hosts: musicbrainzHosts, intervalMs: musicbrainzIntervalMs })),
    );
  }
  return all;
}
