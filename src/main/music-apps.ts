import type { Music } from "#apps/media/music";
import { createSubsonic } from "#apps/media/subsonic";
import { anonymous } from "#platform/usecase";
import { createSecretBox } from "#security/factors";
import manifest from "../../package.json" with { type: "json" };
import type { MediaDeps } from "./media.ts";

/** The music of the household for apps that speak OpenSubsonic. */
export function composeMusicApps(deps: MediaDeps, music: Music) {
  const { audit, identity, secretsKey, sessions } = deps.who;
  return createSubsonic({
    ...deps,
    music,
    box: createSecretBox({ keyFile: secretsKey, random: deps.random }),
    appPasswords: sessions.appPasswords,
    authenticate: sessions.authenticate,
    personIdOf: (name) => identity.service.findByName(name)?.id,
    loginOf: (id) => identity.service.find(id)?.name ?? "somebody",
    refused: (name, personId, from) => {
      const actor = { ...anonymous, kind: "person" as const, userId: personId ?? 0, name: name.slice(0, 64) };
      const detail = "the token of a music app is not right";
      void audit.record({ operation: "proof.basic-login", outcome: "refused", actor, detail, ...from });
    },
    serverVersion: manifest.version,
  });
}
