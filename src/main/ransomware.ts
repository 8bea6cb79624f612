import { createRansomware, type Ransomware } from "#apps/files/ransomware";
import type { ChangeFingerprint } from "#apps/files/nextcloud";
import type { Jobs } from "#platform/jobs";
import { systemActor } from "#platform/usecase";
import { capabilitiesOf } from "#security/access";
import { deviceNameOf } from "#security/sessions";
import type { Base } from "./base.ts";
import type { Who } from "./who.ts";

interface RansomwareParts extends Base {
  readonly who: Who;
  readonly jobs: () => Jobs;
  readonly changeFingerprint: ChangeFingerprint;
}

/** The guard against ransomware, with what it asks of accounts, sessions and the audit log. */
export function composeRansomware(deps: RansomwareParts): Ransomware {
  const { config, storage, who, log, changeFingerprint } = deps;
  const { identity, sessions, access, people, audit } = who;
  const membersOf = (spaceId: number) => access.membersOf(spaceId);
  return createRansomware({
    ...deps,
    access,
    enabled: config.services.storage.ransomware.enabled,
    jobs: {
      enqueue: (...job) => deps.jobs().enqueue(...job),
      cancel: (id) => deps.jobs().cancel(id),
      stateOf: (id) => deps.jobs().find(id)?.state,
    },
    ports: {
      describe: (device) => describe(deps, device),
      freeze: sessions.freezes.freeze,
      thaw: sessions.freezes.thaw,
      personName: people.personName,
      caretakers: () =>
        identity.service
          .list()
          .filter(({ disabled, roles }) => !disabled && capabilitiesOf(roles).has("security.manage"))
          .map(({ id }) => id),
      managersOf: (spaceId) =>
        membersOf(spaceId)
          .filter(({ role }) => role === "manager")
          .map(({ userId }) => userId),
      notify: (personId, label) => sessions.notify(personId, "ransomware-suspected", label),
      record: (operation, account, resource) =>
        void audit.record({
          operation,
          outcome: "allowed",
          actor: systemActor,
          ...(account.id !== 0 && { account }),
          resources: [resource],
          detail: account.name,
        }),
      contentRestored: (spaceId) => {
        const people = membersOf(spaceId).map(({ userId }) => userId);
        void changeFingerprint(storage.space(spaceId).kind === "home" ? people : undefined).catch((cause: unknown) =>
          log.error("sync clients could not be told that files went back", { cause }),
        );
      },
    },
  });
}

/** What a person calls a device, as far as it can be known from its credential. */
function describe({ storage, who }: RansomwareParts, device: string): { label: string; personId: number } {
  const { identity, sessions } = who;
  const [kind = "", id = ""] = device.split(/:(.*)/s);
  if (kind === "disk") return { label: storage.space(Number(id)).name, personId: 0 };
  if (kind === "password" || kind === "link") {
    const personId = Number(id);
    return { label: identity.service.find(personId)?.displayName ?? "", personId };
  }
  for (const person of identity.service.list()) {
    if (kind === "app-password") {
      const found = sessions.appPasswords.list(person.id).find((one) => one.id === id);
      if (found !== undefined) return { label: found.label, personId: person.id };
    } else {
      const found = sessions.service.list(person.id).find((one) => one.id === id);
      if (found !== undefined) return { label: deviceNameOf(found.user_agent), personId: person.id };
    }
  }
  return { label: "", personId: 0 };
}
