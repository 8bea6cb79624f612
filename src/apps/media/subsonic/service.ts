import type { Music } from "#apps/media/music";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Authenticate, Route } from "#platform/http";
import type { Logger } from "#platform/log";
import { implement, type Implementation } from "#platform/usecase";
import type { SecretBox } from "#security/factors";
import { requireOwnLogin } from "#security/identity";
import type { AppPasswords } from "#security/sessions";
import { musicContract } from "#contract/apps/media/music";
import { createAuthentication } from "./authentication.ts";
import { browsingEndpoints } from "./browsing.ts";
import type { EndpointDeps } from "./call.ts";
import { subsonicContract } from "./contract.ts";
import { keepingEndpoints } from "./keeping.ts";
import { listEndpoints } from "./lists.ts";
import { subsonicRoutes } from "./routes.ts";
import { createSecrets } from "./secrets.ts";
import { soundEndpoints } from "./sound.ts";
import { openEndpoints, systemEndpoints } from "./system.ts";

export interface SubsonicDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly music: Music;
  readonly box: SecretBox;
  readonly appPasswords: Pick<AppPasswords, "list" | "create" | "actorOf" | "noteUsed">;
  readonly authenticate: Authenticate;
  readonly personIdOf: (name: string) => number | undefined;
  readonly loginOf: EndpointDeps["loginOf"];
  readonly refused: Parameters<typeof createAuthentication>[0]["refused"];
  readonly serverVersion: string;
}

export interface Subsonic {
  readonly implementations: readonly Implementation[];
  readonly routes: readonly Route[];
}

/** OpenSubsonic (API 1.16.1) over the music of the household. */
export function createSubsonic(deps: SubsonicDeps): Subsonic {
  const secrets = createSecrets(deps);
  const endpointDeps = { ...deps, music: held(deps.music) };
  const endpoints = {
    ...systemEndpoints(endpointDeps),
    ...browsingEndpoints(endpointDeps),
    ...listEndpoints(endpointDeps),
    ...keepingEndpoints(endpointDeps),
    ...soundEndpoints(endpointDeps),
  };
  return {
    implementations: implement(subsonicContract, {
      "subsonic.createPassword": async (context, { label }) => {
        // An app password makes no other.
        requireOwnLogin(context);
        const { userId, name } = context.actor;
        return { ...(await secrets.make(userId, label)), user: name };
      },
    }),
    routes: subsonicRoutes({
      ...deps,
      endpoints,
      open: openEndpoints,
      authenticate: createAuthentication({ ...deps, secrets }),
      mayKeep: ({ readOnly, credentialId }) => !readOnly || secrets.isForMusic(credentialId),
    }),
  };
}

/** What comes from a client is held against the contract of each act, as the runner does for the page. */
function held(music: Music): Music {
  const acts = Object.entries(musicContract).map(([name, { input }]) => {
    const verb = name.slice("music.".length) as keyof Music;
    const act = music[verb] as (actor: unknown, given: unknown) => unknown;
    return [verb, (actor: unknown, given: unknown) => act(actor, input.parse(given ?? {}))];
  });
  return { ...music, ...(Object.fromEntries(acts) as Partial<Music>) };
}
