import { join } from "node:path";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Gate } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Implementation } from "#platform/usecase";
import type { AuditEvent } from "#security/audit";
import type { Role } from "#wire";
import { parseNetwork, renderNetwork } from "./addresses.ts";
import { createAppOf } from "./apps.ts";
import { type BanPort, createBans } from "./bans.ts";
import { readStored, type Stored } from "./changes.ts";
import { asksCountries } from "./checks.ts";
import type { RuleDocument } from "./contract.ts";
import { type Countries, createCountries } from "./country.ts";
import { createCounters } from "./counters.ts";
import { createDetections, type Detections } from "./detections.ts";
import { createGate } from "./gate.ts";
import type { PermissionOf } from "./made-up.ts";
import { implementGuard } from "./operations.ts";
import { type Interfaces, ownNetworksOf, type VpnPlace } from "./own-networks.ts";
import { createPolicy, type Policy } from "./policy.ts";
import { createRecords } from "./records.ts";
import { createRepository, type Repository } from "./repository.ts";
import { createStuffing } from "./stuffing.ts";
import { createSignatures } from "./signatures.ts";
import { isSwitchedOff } from "./switch.ts";

export interface GuardDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** Holds the emergency switch `guard.off` and the country file `country.mmdb`. */
  readonly dataDir: string;
  /** Of an operation by its name; asked when requests come, so that the runner may be made later. */
  readonly permissionOf: PermissionOf;
  /** Of an account; undefined when there is none of this name. */
  readonly rolesOf: (name: string) => readonly Role[] | undefined;
  /** As `os.networkInterfaces()`: where the household is. */
  readonly interfaces: () => Interfaces;
  /** Where the VPN is: its interface, and its ranges when the configuration says them. */
  readonly vpn: VpnPlace;
  /** Every refusal and what was noticed, for the audit, which folds storms of refusals. */
  readonly record: (event: AuditEvent) => unknown;
  readonly bans: BanPort;
  /** IANA name, as Europe/Berlin: of the machine. */
  readonly timeZone: string;
}

export interface Guard {
  readonly gate: Gate;
  readonly implementations: readonly Implementation[];
  /** To be called by whatever checks passwords: notices credential stuffing. */
  loginFailed(account: string, address: string): void;
  stop(): void;
}

const switchEveryMs = 2000;
const tidyEveryMs = 60_000;

export function createGuard(deps: GuardDeps): Guard {
  const { db, clock, log, dataDir } = deps;
  const repository = createRepository(db);
  const countries = createCountries(join(dataDir, "country.mmdb"), log);
  const state = createState(deps, repository, countries);
  const bans = createBans({ clock, log, repository, port: deps.bans, spared: state.spared });
  const detections = createDetections(clock);
  const counters = createCounters({ clock, repository });
  const records = createRecords(clock, deps.record);
  const appOf = createAppOf(deps.permissionOf);
  const signatureOf = createSignatures();
  let off = isSwitchedOff(dataDir);
  if (!off) bans.announce(true);
  if (off) log.warn("the application firewall is switched off by the file guard.off in the data folder");

  const lookAtSwitch = (): void => {
    const before = off;
    off = isSwitchedOff(dataDir);
    if (off !== before) bans.announce(!off);
  };
  const tidy = (): void => {
    try {
      bans.sweep();
      counters.save(state.ruleIds());
      records.flush(false);
      state.lookAround();
    } catch (cause) {
      log.warn("the application firewall could not write its counters", { cause });
    }
  };
  const timers = [setInterval(lookAtSwitch, switchEveryMs), setInterval(tidy, tidyEveryMs)];
  const isOff = () => off;
  const gate = createGate({
    policy: state.policy,
    isOff,
    appOf,
    bans,
    detections,
    counters,
    records,
    signatureOf,
    nowMs: () => clock.now(),
  });
  return {
    gate,
    implementations: implementGuard({
      ...deps,
      repository,
      countries,
      state,
      bans,
      detections,
      counters,
      appOf,
      isOff,
      signatureOf,
    }),
    loginFailed: createLoginWatch(deps, state, detections, bans, records, isOff),
    stop: () => {
      for (const timer of timers) clearInterval(timer);
      records.flush(true);
      tidy();
    },
  };
}

/** The rules in force. */
export interface State {
  stored(): Stored;
  policy(): Policy;
  prepare(document: RuleDocument): Policy;
  install(stored: Stored, policy: Policy): void;
  /** Household and VPN. */
  spared(): ReturnType<typeof ownNetworksOf>["household"];
  ruleIds(): string[];
  /** Interfaces come and go: puts the rules over the present ones. */
  lookAround(): void;
}

function createState(deps: GuardDeps, repository: Repository, countries: Countries): State {
  const seen = () => ownNetworksOf(deps.interfaces(), deps.vpn);
  let own = seen();
  const prepare = (document: RuleDocument) =>
    createPolicy(document, { clock: deps.clock, own, countryOf: countries.of, timeZone: deps.timeZone });
  let { current: stored } = readStored(repository);
  let policy = prepare(stored.document);
  if (asksCountries(stored.document)) {
    // Places that were asked before the file was read know no country yet.
    void countries.load().then(() => void (policy = prepare(stored.document)));
  }
  const signature = ({ household, vpn }: typeof own) => [...household, ...vpn].map(renderNetwork).join(" ");
  return {
    stored: () => stored,
    policy: () => policy,
    prepare,
    install: (nextStored, nextPolicy) => {
      stored = nextStored;
      policy = nextPolicy;
    },
    spared: () => [...policy.places.household, ...policy.places.vpn],
    ruleIds: () => stored.document.rules.map(({ id }) => id),
    lookAround: () => {
      const now = seen();
      if (signature(now) === signature(own)) return;
      own = now;
      policy = prepare(stored.document);
    },
  };
}

function createLoginWatch(
  deps: GuardDeps,
  state: State,
  detections: Detections,
  bans: ReturnType<typeof createBans>,
  records: ReturnType<typeof createRecords>,
  isOff: () => boolean,
): Guard["loginFailed"] {
  const stuffing = createStuffing(deps.clock);
  return (account, address) => {
    const policy = state.policy();
    const mode = policy.document.detectors["credential-stuffing"];
    if (mode === "off" || isOff() || parseNetwork(address) === undefined) return;
    const place = policy.places.of(address);
    const what = stuffing.failed(account, place.lineText);
    if (what === undefined) return;
    const did = detections.note("credential-stuffing", what, place, mode);
    if (did === "banned") bans.strike(place, what, "credential-stuffing");
    records.add({
      did: "detected",
      error: undefined,
      cause: "credential-stuffing",
      detail: what,
      method: "POST",
      path: "",
      address,
      network: place.lineText,
      userAgent: "",
      requestId: "",
      actor: undefined,
    });
  };
}
