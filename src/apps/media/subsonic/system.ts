import type { EndpointDeps, Endpoints } from "./call.ts";
import { codes, Failure } from "./failure.ts";

/** Name and versions of what OpenSubsonic adds to the API and this server knows. */
const extensions = [
  { name: "transcodeOffset", versions: [1] },
  { name: "formPost", versions: [1] },
  { name: "songLyrics", versions: [1] },
  { name: "apiKeyAuthentication", versions: [1] },
];

/** What a client may ask before it has logged in. */
export const openEndpoints: Endpoints = {
  getOpenSubsonicExtensions: () => ({ openSubsonicExtensions: extensions }),
};

export function systemEndpoints({ music, loginOf }: EndpointDeps): Endpoints {
  const scan = (call: Parameters<Endpoints[string]>[0]) => {
    const { songs, waiting } = music.overview(call.actor, {});
    return { scanStatus: { scanning: waiting > 0, count: songs } };
  };
  return {
    ping: () => ({}),
    getLicense: () => ({ license: { valid: true } }),
    tokenInfo: ({ actor }) => ({ tokenInfo: { username: loginOf(actor.userId) } }),
    getScanStatus: scan,
    // Libraries follow their folders by themselves: there is nothing to start.
    startScan: scan,
    getUser: ({ actor, params }) => {
      const username = loginOf(actor.userId);
      if ((params.text("username") ?? username).toLowerCase() !== username)
        throw new Failure(codes.forbidden, "Only oneself can be asked about.");
      const folder = music.overview(actor, {}).libraries.map(({ id }) => id);
      const isManager = actor.capabilities.has("server.manage") && !actor.readOnly;
      const no = {
        settingsRole: false,
        uploadRole: false,
        coverArtRole: false,
        commentRole: false,
        podcastRole: false,
      };
      const never = { jukeboxRole: false, shareRole: false, videoConversionRole: false };
      const yes = { scrobblingEnabled: true, downloadRole: true, playlistRole: true, streamRole: true };
      return { user: { username, adminRole: isManager, ...yes, ...no, ...never, folder } };
    },
  };
}
