import { AppError } from "#platform/errors";
import {
  type Actor,
  type Handlers,
  implement,
  type Implementation,
  requireFreshFactor,
  type UseCaseContext,
} from "#platform/usecase";
import { allActions, maskOf, maskOfSpaceRole, soundMask } from "./actions.ts";
import { accessContract, type AccessEntry, type AccessResource } from "./contract.ts";
import { resourceKey, subjectKey } from "./entries.ts";
import { createPanel } from "./panel.ts";
import { createPanelRights, type Found, type PanelRights } from "./panel-rights.ts";
import type { AccessOperationsDeps } from "./ports.ts";
import { reachOf } from "./reach.ts";

/** All are kept in memory. */
const maxEntries = 20_000;

type All = Handlers<typeof accessContract>;
type SetInput = Parameters<All["access.set"]>[1];

/** Looking at rights and changing them: what the panel of a file, folder or other resource calls. */
export function createAccessOperations(deps: AccessOperationsDeps): readonly Implementation[] {
  const rights = createPanelRights(deps);
  const panel = createPanel(deps, rights);
  return implement(accessContract, { ...lookingHandlers(deps, rights, panel), ...changeHandlers(deps, rights, panel) });
}

function find(rights: PanelRights, context: UseCaseContext, ref: AccessResource): Found {
  const found = rights.find(context.actor, ref);
  context.checked(resourceKey(ref).replace(":", " "));
  return found;
}

/** The same for a change. Files are shared every day; where the VPN leads or what administration may touch asks for a fresh factor. */
function findToChange(deps: AccessOperationsDeps, rights: PanelRights, context: UseCaseContext, ref: AccessResource) {
  const found = find(rights, context, ref);
  if (found.node === undefined) requireFreshFactor(context.actor, deps.clock);
  return found;
}

function lookingHandlers(
  deps: AccessOperationsDeps,
  rights: PanelRights,
  panel: ReturnType<typeof createPanel>,
): Pick<All, "access.panel" | "access.explain" | "access.reach"> {
  const { access } = deps;
  const requirePerson = (userId: number): Actor => {
    const person = deps.actorOf(userId);
    if (person === undefined) throw new AppError("not-found", "There is no such person, or the account is disabled.");
    return person;
  };
  return {
    "access.panel": (context, { resource }) => {
      const { actor } = context;
      const found = find(rights, context, resource);
      const whole = panel.panel(actor, found);
      const seesOthers = actor.capabilities.has("people.read") || rights.canShare(actor, found);
      return seesOthers ? whole : ownPart(whole, actor.userId);
    },
    "access.explain": (context, { userId, action, resource }) => {
      const found = find(rights, context, resource);
      if (userId !== context.actor.userId && !rights.canManage(context.actor, found)) {
        throw new AppError("forbidden", "Only whoever manages this may ask about others.");
      }
      return access.explain(requirePerson(userId), action, found.resource, context.actor);
    },
    "access.reach": (context, { userId }) => {
      const { actor } = context;
      if (userId !== actor.userId && !actor.capabilities.has("people.manage")) {
        throw new AppError("forbidden", "This needs the right people.manage.");
      }
      context.checked(`person ${userId}`);
      return reachOf(deps, panel, actor, requirePerson(userId));
    },
  };
}

type Panel = ReturnType<ReturnType<typeof createPanel>["panel"]>;

/** A guest who may only look is told of nobody else, but can see what let them in, and leave. */
function ownPart(panel: Panel, userId: number): Panel {
  const isOwn = ({ subject }: AccessEntry) => subject.kind === "user" && subject.id === userId;
  return {
    ...panel,
    entries: panel.entries.filter(isOwn),
    inherited: panel.inherited.filter(isOwn),
    people: panel.people.filter((person) => person.userId === userId),
    links: [],
  };
}

function changeHandlers(
  deps: AccessOperationsDeps,
  rights: PanelRights,
  panel: ReturnType<typeof createPanel>,
): Pick<All, "access.set" | "access.remove"> {
  const { access, clock, db } = deps;
  return {
    "access.set": async (context, input) => {
      const { actor } = context;
      const { resource, subject, effect, expiresAtMs } = input;
      const actions = actionsIn(input);
      rights.requireCredential(actor, { resource, subject, effect, actions });
      const found = findToChange(deps, rights, context, resource);
      const existing = access.entriesOn(found.ref).find((entry) => subjectKey(entry.subject) === subjectKey(subject));
      if (existing !== undefined) rights.requireCredential(actor, existing);
      rights.requireSettable(actor, found, { subject, effect, actions, expiresAtMs }, existing);
      rights.requireSubject(subject, found);
      if (existing === undefined && access.entries().length >= maxEntries) {
        throw new AppError("conflict", "There are too many entries; remove some, or use groups.");
      }
      if (expiresAtMs !== null && expiresAtMs <= clock.now()) {
        throw new AppError("bad-request", "The entry would have expired already.");
      }
      const manages = rights.canManage(actor, found);
      const entry = access.putEntry(
        {
          resource: found.ref,
          subject,
          effect,
          actions,
          expiresAtMs,
          createdBy: actor.userId,
          createdAtMs: clock.now(),
        },
        () => {
          rights.requireOwnerStays(found);
          if (!manages || rights.canManage(actor, found)) return;
          throw new AppError("conflict", "You would shut yourself out: nobody could change this again.");
        },
      );
      await db.sync();
      return { entry: panel.presentEntry(actor, found, entry) };
    },
    "access.remove": async (context, { id }) => {
      const { actor } = context;
      const entry = access.entry(id);
      if (entry === undefined) throw new AppError("not-found", "There is no such entry.");
      const found = findToChange(deps, rights, context, entry.resource);
      rights.requireCredential(actor, entry);
      if (!rights.canRemove(actor, found, entry))
        throw new AppError("forbidden", "Only whoever manages this may do that.");
      access.removeEntry(id, () => rights.requireOwnerStays(found));
      await db.sync();
      return {};
    },
  };
}

function actionsIn({ effect, role, actions }: SetInput): number {
  if (role !== undefined) return maskOfSpaceRole[role] | (actions === undefined ? 0 : maskOf(actions));
  return soundMask(effect, actions === undefined ? allActions : maskOf(actions));
}
