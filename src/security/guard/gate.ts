import { AppError } from "#platform/errors";
import type { Gate, RequestContext } from "#platform/http";
import { type Actor, anonymous } from "#platform/usecase";
import type { AppOf } from "./apps.ts";
import type { Bans } from "./bans.ts";
import { type Decision, passes } from "./compile.ts";
import type { GuardApp, Outcome, Rule } from "./contract.ts";
import type { Counters } from "./counters.ts";
import type { Detections } from "./detections.ts";
import type { Facts } from "./facts.ts";
import { bareType } from "./made-up.ts";
import { normalisePath } from "./paths.ts";
import type { Place } from "./places.ts";
import type { Policy } from "./policy.ts";
import type { Did, Records } from "./records.ts";
import type { CompiledRule } from "./rules.ts";
import type { SignatureOf } from "./signatures.ts";

export interface GateDeps {
  readonly policy: () => Policy;
  /** The emergency switch. */
  readonly isOff: () => boolean;
  readonly appOf: AppOf;
  readonly bans: Bans;
  readonly detections: Detections;
  readonly counters: Counters;
  readonly records: Records;
  readonly signatureOf: SignatureOf;
  readonly nowMs: () => number;
}

/** One request on its way through the gate. */
interface Passage {
  readonly request: Request;
  readonly context: RequestContext;
  readonly app: GuardApp;
  readonly policy: Policy;
  readonly facts: Facts & { readonly waiting: Promise<void> | undefined };
  /** Rules that have counted this request, when it is looked at for two paths: each counts it once. */
  readonly counted: Set<CompiledRule> | undefined;
}

/**
 * Asked before every route. What costs (address, caller, headers) is found out only when a ban or a rule that could match needs
 * it; the body is never read.
 */
export function createGate(deps: GateDeps): Gate {
  return (request, context) => {
    if (deps.isOff()) return undefined;
    const policy = deps.policy();
    const app = deps.appOf(context.path);
    const head = { request, context, app, policy };
    if (deps.bans.count > 0) refuseBanned(deps, head);
    if (app === "login" && deps.detections.heldCount > 0) holdLogin(deps, head);
    notice(deps, head);
    if (!policy.compiled.mayMatch(app, request.method)) return undefined;
    const target = targetOf(request);
    const path = normalisePath(context.path);
    if (target === undefined && !policy.compiled.mayMatch(app, request.method, path)) return undefined;
    const counted = target === undefined ? undefined : new Set<CompiledRule>();
    const passage = { ...head, facts: createFacts(deps, head, path), counted };
    if (target === undefined) return decide(deps, passage, 0);
    // A copy or move touches two paths, and has to be allowed on both.
    const facts = Object.create(passage.facts, { path: { value: target } }) as Passage["facts"];
    const first = decide(deps, passage, 0);
    const second = () => decide(deps, { ...passage, facts }, 0);
    return first === undefined ? second() : first.then(second);
  };
}

/** Where a copy or move goes, in normal form; the handler refuses what is no path of this server. */
function targetOf({ method, headers, url }: Request): string | undefined {
  if (method !== "MOVE" && method !== "COPY") return undefined;
  const destination = headers.get("destination");
  if (destination === null || !URL.canParse(destination, url)) return undefined;
  return normalisePath(new URL(destination, url).pathname);
}

function decide(deps: GateDeps, passage: Passage, from: number): Promise<undefined> | undefined {
  const noted = (rule: CompiledRule, effect: Outcome | "log") => note(deps, passage, rule, effect);
  const decision = passage.policy.compiled.decide(passage.facts, noted, from);
  if (decision === passes) return undefined;
  if (!("pendingAt" in decision)) {
    act(deps, passage, decision);
    return undefined;
  }
  const { waiting } = passage.facts;
  return waiting?.then(() => decide(deps, passage, decision.pendingAt));
}

/** Whoever is asked for, wrong credentials are nobody here: the route refuses them in its own form. */
function createFacts({ nowMs }: GateDeps, { policy, app, request, context }: Head, path: string): Passage["facts"] {
  let actor: Actor | undefined;
  let waiting: Promise<void> | undefined;
  let limits: Map<CompiledRule, boolean> | undefined;
  const ask = (): Actor | undefined => {
    if (actor !== undefined || waiting !== undefined) return actor;
    try {
      const answer = context.actor();
      if (!(answer instanceof Promise)) return (actor = answer);
      waiting = answer.then(
        (known) => void (actor = known),
        () => void (actor = anonymous),
      );
    } catch {
      actor = anonymous;
    }
    return actor;
  };
  const facts: Passage["facts"] = {
    method: request.method,
    app,
    path,
    get place() {
      return policy.places.of(context.address);
    },
    get actor() {
      return ask();
    },
    get waiting() {
      return waiting;
    },
    get hasCertificate() {
      return context.certificate !== undefined;
    },
    get minute() {
      return policy.minute();
    },
    get bodyBytes() {
      return bodyBytesOf(request.headers);
    },
    get contentType() {
      return bareType(request.headers.get("content-type") ?? "");
    },
    isUsedUp: (rule) => {
      const known = (limits ??= new Map()).get(rule);
      if (known !== undefined) return known;
      const answer = policy.meters.isUsedUp(rule, facts, nowMs());
      limits.set(rule, answer);
      return answer;
    },
  };
  return facts;
}

function bodyBytesOf(headers: Headers): number {
  const length = headers.get("content-length");
  if (length !== null) return Number(length);
  return headers.has("transfer-encoding") ? Infinity : 0;
}

/** The head of a request, before any rule was asked. */
type Head = Pick<Passage, "request" | "context" | "app" | "policy">;

function refuseBanned(deps: GateDeps, head: Head): void {
  const place = head.policy.places.of(head.context.address);
  const ban = deps.bans.refusing(place);
  if (ban === undefined) return;
  refuse(
    deps,
    head,
    place,
    "refused",
    ban.ruleId ?? "",
    ban.why,
    new AppError("blocked", "This network is banned for a while."),
  );
}

function holdLogin(deps: GateDeps, head: Head): void {
  const place = head.policy.places.of(head.context.address);
  const seconds = deps.detections.waitSeconds(place);
  if (seconds === 0) return;
  refuse(deps, head, place, "throttled", "credential-stuffing", "logins from this network wait", tooMany(seconds));
}

/** The detectors of signatures; in shadow they only count. */
function notice(deps: GateDeps, head: Head): void {
  const { request, context, app, policy } = head;
  const userAgent = () => request.headers.get("user-agent") ?? "";
  const signature = deps.signatureOf({ app, url: request.url, path: context.path, userAgent });
  if (signature === undefined) return;
  const { detector, what } = signature;
  const mode = policy.document.detectors[detector];
  if (mode === "off") return;
  const place = policy.places.of(context.address);
  const did = deps.detections.note(detector, what, place, mode);
  if (did === "counted") {
    deps.records.add(eventOf("detected", detector, what, place, head, undefined));
    return;
  }
  if (did === "banned") deps.bans.strike(place, what, detector);
  const error = did === "banned" ? new AppError("blocked") : tooMany(retrySeconds);
  refuse(deps, head, place, did, detector, what, error);
}

/** A rule that matched without deciding. */
function note(deps: GateDeps, passage: Passage, compiled: CompiledRule, effect: Outcome | "log"): void {
  if (passage.counted?.has(compiled) === true) return;
  passage.counted?.add(compiled);
  const { rule } = compiled;
  if (rule.shadow) {
    deps.counters.wouldHave(rule.id);
    return;
  }
  deps.counters.matched(rule.id);
  if (effect !== "log") return;
  deps.records.add(eventOf("logged", rule.id, rule.title, passage.facts.place, passage, undefined));
}

/** What the deciding rule says. Throws unless it allows. */
function act(deps: GateDeps, passage: Passage, { outcome, rule: compiled }: Decision): void {
  if (compiled === undefined) return;
  const { rule } = compiled;
  if (passage.counted?.has(compiled) !== true) deps.counters.matched(rule.id);
  passage.counted?.add(compiled);
  if (outcome === "allow") return;
  const { place } = passage.facts;
  if (outcome === "ban") deps.bans.strike(place, rule.title, rule.id);
  refuse(deps, passage, place, words[outcome], rule.id, rule.title, errorOf(outcome, rule, passage));
}

const words = { deny: "denied", challenge: "challenged", throttle: "throttled", ban: "banned" } as const;
/** How long somebody waits whom no rule tells. */
const retrySeconds = 60;

function errorOf(outcome: Exclude<Outcome, "allow">, { action, title }: Rule, { facts, context }: Passage): AppError {
  if (outcome === "throttle") {
    return tooMany(action.kind === "throttle" ? Math.ceil(action.retryAfterMs / 1000) : retrySeconds);
  }
  if (outcome === "challenge") return challengeOf(facts.actor ?? anonymous);
  // A stranger learns nothing of the rules.
  const isKnown = context.knownActor?.kind === "person";
  return new AppError("blocked", isKnown ? `The rule “${title}” refuses this.` : undefined);
}

function tooMany(retryAfterSeconds: number): AppError {
  const detail = `Too many requests. Try again in ${retryAfterSeconds} s.`;
  return new AppError("too-many-requests", detail, { retryAfterSeconds });
}

function challengeOf({ via }: Actor): AppError {
  if (via === "none") return new AppError("unauthenticated", "A rule asks for a login with two factors here.");
  if (via === "session") return new AppError("step-up-required", "A rule asks for your second factor here.");
  return new AppError("blocked", "A rule asks for two factors here, which this kind of login cannot show.");
}

function refuse(
  deps: GateDeps,
  head: Head,
  place: Place,
  did: Did,
  cause: string,
  detail: string,
  error: AppError,
): never {
  deps.records.add(eventOf(did, cause, detail, place, head, error));
  throw error;
}

function eventOf(
  did: Did,
  cause: string,
  detail: string,
  place: Place,
  { request, context }: Head,
  error: AppError | undefined,
): Parameters<Records["add"]>[0] {
  const { address, requestId, path, knownActor: actor } = context;
  const userAgent = request.headers.get("user-agent") ?? "";
  const network = place.lineText;
  return {
    did,
    error,
    cause,
    detail,
    method: request.method,
    path,
    address,
    network,
    userAgent,
    requestId,
    actor,
  };
}
