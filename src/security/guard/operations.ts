import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { type Handlers, implement, type Implementation, strengthOf, type UseCaseContext } from "#platform/usecase";
import type { Role } from "#wire";
import { contains, parseAddress, parseNetwork, renderNetwork } from "./addresses.ts";
import type { AppOf } from "./apps.ts";
import type { Bans } from "./bans.ts";
import { judge, type PresentAt, readStored, requireSound, runTests } from "./changes.ts";
import { asksCountries } from "./checks.ts";
import { type Explanation, guardContract, type MadeUpRequest, type Notice, type RuleDocument } from "./contract.ts";
import type { Countries } from "./country.ts";
import type { Counters } from "./counters.ts";
import type { Detections } from "./detections.ts";
import { walkRules } from "./explain.ts";
import { madeUpFacts } from "./made-up.ts";
import type { Policy } from "./policy.ts";
import type { Repository } from "./repository.ts";
import type { State } from "./service.ts";
import type { SignatureOf } from "./signatures.ts";
import { renderMinute } from "./time-windows.ts";
import { readDocument, renderDocument, renderSchema } from "./text.ts";

export interface OperationDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repository: Repository;
  readonly countries: Countries;
  readonly state: State;
  readonly bans: Bans;
  readonly detections: Detections;
  readonly counters: Counters;
  readonly appOf: AppOf;
  readonly isOff: () => boolean;
  readonly signatureOf: SignatureOf;
  readonly rolesOf: (name: string) => readonly Role[] | undefined;
}

type All = Handlers<typeof guardContract>;

export function implementGuard(deps: OperationDeps): Implementation[] {
  return implement(guardContract, {
    ...ruleHandlers(deps),
    ...changeHandlers(deps),
    ...banHandlers(deps),
    ...watchHandlers(deps),
  });
}

const presentOf = ({ actor, address, certificate }: UseCaseContext): PresentAt => ({
  actor,
  address,
  hasCertificate: certificate !== undefined,
});

function ruleHandlers(
  deps: OperationDeps,
): Pick<All, "guard.rules" | "guard.check" | "guard.runTests" | "guard.test" | "guard.history" | "guard.export"> {
  const { state } = deps;
  const judgeDeps = { ...deps, prepare: state.prepare };
  return {
    "guard.rules": () => {
      const { version, document, changedAtMs, changedBy } = state.stored();
      const { places, timeZone } = state.policy();
      const household = places.household.map(renderNetwork);
      const vpn = places.vpn.map(renderNetwork);
      return { version, document, changedAtMs, changedBy, off: deps.isOff(), timeZone, household, vpn };
    },
    "guard.check": async (context, { document }) => {
      const { problems, tests } = await judge(judgeDeps, document, presentOf(context));
      return { problems: [...problems], tests: [...tests] };
    },
    "guard.runTests": () => ({ tests: runTests(deps, state.policy()) }),
    "guard.test": async (context, { request, document }) => {
      if (document === undefined) return explain(deps, state.policy(), request);
      const judgement = await judge(judgeDeps, document, presentOf(context));
      if (judgement.policy === undefined) requireSound(judgement);
      return explain(deps, judgement.policy ?? state.policy(), request);
    },
    "guard.history": () => {
      const current = state.stored().version;
      const versions = deps.repository.history().map(({ version, at_ms: atMs, by_name: by, note, rule_count }) => ({
        version,
        atMs,
        by,
        note,
        ruleCount: rule_count,
        current: version === current,
      }));
      return { versions };
    },
    "guard.export": async (_, { format }) => {
      if (format === "schema") return { text: renderSchema(), fileName: "hearth-rules.schema.json" };
      const { version, document } = state.stored();
      return { text: await renderDocument(document, format), fileName: `hearth-rules-${version}.${format}` };
    },
  };
}

function explain(deps: OperationDeps, policy: Policy, request: MadeUpRequest): Explanation {
  const { appOf, rolesOf } = deps;
  const facts = madeUpFacts(request, { appOf, rolesOf, places: policy.places, minute: policy.minute() });
  const { outcome, rule, steps } = walkRules(policy.compiled.rules, facts);
  const { app, path, place, minute, actor } = facts;
  const signature = deps.signatureOf({
    app,
    url: request.path,
    path: request.path.split("?", 1)[0] ?? "/",
    userAgent: () => "",
  });
  const by = rule === undefined ? "No rule decides, so it passes" : `The rule “${rule.rule.title}” decides: ${outcome}`;
  const { via = "none", roles = [] } = actor ?? {};
  return {
    outcome,
    ruleId: rule?.rule.id ?? null,
    sentence: `${by}.`,
    facts: {
      app,
      path,
      zone: place.zone,
      sets: [...place.sets],
      country: place.country,
      time: renderMinute(minute),
      roles: [...roles],
      strength: actor === undefined ? "none" : strengthOf(actor),
      via: via === "system" ? "none" : via,
    },
    steps: [...steps],
    detectors: signature === undefined ? [] : [signature.detector],
  };
}

function changeHandlers(deps: OperationDeps): Pick<All, "guard.setRules" | "guard.undo" | "guard.import"> {
  const { db, state, repository, clock } = deps;
  const requireVersion = (expected: number): void => {
    const { version } = state.stored();
    if (version !== expected) {
      throw new AppError("conflict", `Somebody changed the rules meanwhile: they are at version ${version} now.`);
    }
  };
  const change = async (context: UseCaseContext, expected: number, document: RuleDocument, note: string) => {
    requireVersion(expected);
    const judgement = await judge({ ...deps, prepare: state.prepare }, document, presentOf(context));
    const policy = requireSound(judgement);
    requireVersion(expected);
    const stored = {
      version: expected + 1,
      document,
      changedAtMs: clock.now(),
      changedBy: context.actor.name,
      readable: true,
    };
    db.transaction(() =>
      repository.insertVersion({
        version: stored.version,
        at_ms: stored.changedAtMs,
        by_name: stored.changedBy,
        note,
        rule_count: document.rules.length,
        document: JSON.stringify(document),
      }),
    );
    state.install(stored, policy);
    await db.sync();
    context.checked(`rules ${stored.version}`);
    return { version: stored.version, tests: [...judgement.tests] };
  };
  return {
    "guard.setRules": (context, { version, document, note }) => change(context, version, document, note),
    "guard.import": async (context, { version, text, note }) =>
      change(context, version, await readDocument(text), note === "" ? "Imported" : note),
    "guard.undo": (context, { version }) => {
      requireVersion(version);
      const { previous } = readStored(repository);
      if (previous === undefined) throw new AppError("conflict", "There is no earlier version.");
      return change(context, version, previous.document, `Back to version ${previous.version}`);
    },
  };
}

function banHandlers({ bans, db }: OperationDeps): Pick<All, "guard.bans" | "guard.ban" | "guard.unban"> {
  return {
    "guard.bans": () => ({ bans: bans.list() }),
    "guard.ban": async (context, { network, durationMs, why }) => {
      const wanted = parseNetwork(network);
      const own = parseAddress(context.address);
      if (wanted !== undefined && own !== undefined && contains(wanted, own)) {
        throw new AppError("conflict", "That is the network you are in: you would lock yourself out.");
      }
      const ban = bans.add(network, durationMs, why, context.actor.name);
      await db.sync();
      context.checked(`network ${ban.network}`);
      return { ban };
    },
    "guard.unban": async (context, { network }) => {
      bans.lift(network);
      await db.sync();
      context.checked(`network ${network}`);
      return {};
    },
  };
}

function watchHandlers(deps: OperationDeps): Pick<All, "guard.counters" | "guard.findings"> {
  const { clock, counters, state, detections } = deps;
  return {
    "guard.counters": () => ({
      sinceMs: counters.sinceMs,
      asOfMs: clock.now(),
      rules: counters.list(state.ruleIds()),
    }),
    "guard.findings": () => ({ notices: noticesOf(deps), detections: detections.list() }),
  };
}

function noticesOf({ state, countries, isOff, clock }: OperationDeps): Notice[] {
  const { document } = state.stored();
  const notices: Notice[] = [];
  if (isOff()) {
    const message = "The firewall is switched off by the file guard.off in the data folder: nothing is refused.";
    notices.push({ id: "guard-off", severity: "error", message });
  }
  if (!state.stored().readable) {
    const message =
      "The stored rules could not be read; those that came with the program hold. Import your rules again, or undo.";
    notices.push({ id: "rules-unreadable", severity: "error", message });
  }
  const country = asksCountries(document) ? countries.notice(clock.now()) : undefined;
  if (country !== undefined) notices.push(country);
  const shadows = document.rules.filter(({ enabled, shadow }) => enabled && shadow).length;
  if (shadows > 0) {
    const message = `${shadows} ${shadows === 1 ? "rule is" : "rules are"} in shadow: they count and refuse nothing.`;
    notices.push({ id: "shadow-rules", severity: "info", message });
  }
  return notices;
}
