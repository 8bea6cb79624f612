import { createImports } from "#apps/files/imports";
import type { Links } from "#apps/files/links";
import type { Nextcloud } from "#apps/files/nextcloud";
import { createTiers } from "#apps/files/tiers";
import { createUsage } from "#apps/files/usage";
import type { AppsDeps } from "./apps.ts";
import { composeRansomware } from "./ransomware.ts";

interface CareDeps extends AppsDeps {
  readonly links: Pick<Links, "takeOver">;
  readonly nextcloud: Pick<Nextcloud, "changeFingerprint" | "markFavorite">;
}

/** What is there for whoever looks after the files of all: how full it is, where content lies, attacks, and moving in. */
export function composeCare(deps: CareDeps) {
  const { links, nextcloud, who } = deps;
  const { access, identity, sessions, people } = who;
  const usage = createUsage({ ...deps, access, personNamed: identity.service.findByName });
  const tiers = createTiers({ ...deps, ...people, access });
  const ransomware = composeRansomware({ ...deps, changeFingerprint: nextcloud.changeFingerprint });
  const imports = createImports({
    ...deps,
    access,
    identity: identity.service,
    groups: identity.groups,
    appPasswords: sessions.appPasswords,
    takeOverLink: links.takeOver,
    markFavorite: nextcloud.markFavorite,
  });
  const modules = [ransomware, tiers, usage, imports];
  return { modules, jobHandlers: modules.flatMap(({ jobHandlers }) => jobHandlers), ransomware };
}
