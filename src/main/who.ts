import { join } from "node:path";
import { type Actor, anonymous } from "#platform/usecase";
import { createAccess } from "#security/access";
import { createAudit } from "#security/audit";
import { createFactorsModule } from "#security/factors";
import {
  createIdentityModule,
  createPasswordCheck,
  createPasswordHasher,
  type IdentityModule,
  type Person,
  type SecurityEvent,
} from "#security/identity";
import { createSessionsModule, type SessionsModule } from "#security/sessions";
import type { Base } from "./base.ts";
import { peopleOf } from "./people.ts";
import type { Ways } from "./ways.ts";

interface WhoDeps extends Base {
  /** Made after this part, and first asked when the program runs. */
  readonly ways: () => Ways;
}

/** Who somebody is, what they may do, and the log of what they did. */
export function composeWho(deps: WhoDeps) {
  const { config, dataDir, storage } = deps;
  const secretsKey = join(dataDir, "security", "secrets.key");
  const audit = createAudit({
    ...deps,
    dataDir,
    keepDays: config.security.monitoring.auditKeepDays,
    findAccount: (name) => identity.service.findByName(name),
  });
  const names = {
    person: (id: number) => identity.service.find(id)?.displayName,
    group: (id: number) => identity.groups.list().find((group) => group.id === id)?.name,
    space: (id: number) => storage.spaces().find((space) => space.id === id)?.name,
    path: storage.lineage,
  };
  const access = createAccess({ ...deps, tree: storage, names, groups: () => identity.groups.list() });
  storage.events.subscribe("forgotten", ({ nodeIds }) => access.forgetNodes(nodeIds));
  const makeHome = async ({ id, name, quotaBytes }: Pick<Person, "id" | "name" | "quotaBytes">) => {
    const known = storage.findSpace("home", name);
    const home = known ?? (await storage.createSpace({ kind: "home", name, quotaBytes }));
    access.grantHome(home.id, id);
  };
  const passwords = createPasswordHasher();
  const identity: IdentityModule = createIdentityModule({
    ...deps,
    passwords,
    checkPassword: createPasswordCheck(),
    onPersonCreated: makeHome,
    onAccountChanged: (id, change) => {
      sessions.accountChanged(id, change);
      deps.ways().accountChanged(id, change);
      const person = identity.service.find(id);
      const home = person && storage.findSpace("home", person.name);
      if (person && home) storage.setQuota(home.id, person.quotaBytes);
    },
    sessions: {
      start: (person, context) => sessions.sessionPort.start(person, context),
      endAppPasswords: (id) => sessions.sessionPort.endAppPasswords(id),
      notifyPasswordChanged: (id, context) => sessions.sessionPort.notifyPasswordChanged(id, context),
    },
    onGroupsChanged: access.groupsChanged,
    onLoginFailed: (name, address) => deps.ways().guard.loginFailed(name, address),
  });
  const record = (event: SecurityEvent) => {
    // The runner and the way in record refusals; what was shown is known here alone.
    if (event.outcome === "allowed") void audit.record(auditedEvent(event));
  };
  const factors = createFactorsModule({
    ...deps,
    identity: identity.service,
    record,
    keyFile: secretsKey,
    sessions: {
      shown: (context, factor, endOthers) => sessions.factorSessions.shown(context, factor, endOthers),
      endAll: (id) => sessions.factorSessions.endAll(id),
      invalidate: (id) => sessions.factorSessions.invalidate(id),
      notify: (id, kind, context, subject) => sessions.factorSessions.notify(id, kind, context, subject),
    },
  });
  const sessions: SessionsModule = createSessionsModule({
    ...deps,
    identity: identity.service,
    factors: factors.service,
    devices: {
      deviceOf: (fingerprint) => deps.ways().certificates.deviceOf(fingerprint),
      ownsDevices: (id) => deps.ways().certificates.ownsDevices(id),
    },
    record,
  });
  const people = peopleOf(identity.service);
  return { audit, names, access, makeHome, passwords, identity, factors, sessions, people, secretsKey };
}

export type Who = ReturnType<typeof composeWho>;

/** What happened to the proof of who somebody is, in the words of the audit. */
function auditedEvent({ kind, personId, name, factors, ...event }: SecurityEvent) {
  const actor: Actor = { ...anonymous, kind: "person", userId: personId ?? 0, name, factors };
  return { ...event, operation: `proof.${kind}`, actor };
}
