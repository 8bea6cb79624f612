import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#platform/db";
import { apiHandler, createHttp } from "#platform/http";
import { createLogger } from "#platform/log";
import { type Actor, anonymous, createRunner } from "#platform/usecase";
import type { AuditEvent } from "#security/audit";
import { type Capability, capabilities, type Factor } from "#wire";
import type { Conditions, Rule, RuleDocument } from "./contract.ts";
import { guardMigrations } from "./migrations/index.ts";
import { createGuard, type Guard } from "./service.ts";

export const home = "192.168.1.20";
export const stranger = "203.0.113.9";
export const minuteMs = 60_000;

export type World = ReturnType<typeof createWorld>;

const person = (name: string, factors: readonly Factor[], held: readonly Capability[] = []): Actor => ({
  ...anonymous,
  kind: "person",
  userId: 7,
  name,
  roles: held.length > 0 ? ["owner"] : ["member"],
  capabilities: new Set(held),
  via: "session",
  credentialId: "s",
  readOnly: false,
  factors,
  // Shown just now, whatever the clock of the test says.
  factorAtMs: Number.MAX_SAFE_INTEGER,
});
const owner = person("olga", ["password"], capabilities);
const twice = person("olga", ["password", "totp"], capabilities);
const anna = person("anna", ["password"]);
const app: Actor = { ...anna, via: "app-password", factors: [] };
const people: Readonly<Record<string, Actor>> = { owner, twice, anna, app };

/** Guards over one database and one clock, each before real operations and a handler that answers everything else. */
export function createWorld() {
  // A Wednesday.
  const state = { nowMs: Date.UTC(2026, 10, 25, 12) };
  const clock = { now: () => state.nowMs };
  const log = createLogger({ clock, level: "error", write: () => undefined });
  const dataDir = mkdtempSync(join(tmpdir(), "hearth-guard-"));
  const db = openDatabase({ path: ":memory:", migrations: guardMigrations, clock, log });
  const guards: Guard[] = [];
  const open = () => {
    const events: AuditEvent[] = [];
    const kernel: string[] = [];
    const guard = createGuard({
      db,
      clock,
      log,
      dataDir,
      permissionOf: (name) =>
        name.startsWith("session.") ? "public" : runner.implementations.get(name)?.operation.permission,
      rolesOf: (name) => (name === "anna" ? ["member"] : undefined),
      interfaces: () => ({ eth0: [{ cidr: "192.168.1.2/24" }], wg0: [{ cidr: "10.8.0.1/24" }] }),
      vpn: { interface: "hearth0" },
      record: (event) => void events.push(event),
      bans: {
        onBan: (network) => void kernel.push(`+${network}`),
        onUnban: (network) => void kernel.push(`-${network}`),
      },
      timeZone: "UTC",
    });
    guards.push(guard);
    const runner = createRunner({ implementations: guard.implementations, log, clock, audit: () => undefined });
    const http = createHttp({
      routes: [
        { prefix: "/", handle: () => new Response("ok") },
        { prefix: "/api/guard.", handle: (request, context) => apiHandler(runner)(request, context) },
      ],
      authenticate: async (request) => people[request.headers.get("x-who") ?? ""] ?? anonymous,
      gate: guard.gate,
      log,
      clock,
    });
    const send = async (from: string, path: string, init: RequestInit & { who?: string } = {}) => {
      const headers = new Headers({ "sec-fetch-site": "same-origin", ...(init.headers as Record<string, string>) });
      if (init.who !== undefined) headers.set("x-who", init.who);
      const request = new Request(`http://home.test${path}`, { ...init, headers });
      return http(request, { address: from, setIdleTimeout: () => undefined });
    };
    const status = async (...args: Parameters<typeof send>) => (await send(...args)).status;
    const call = async (name: string, input: unknown, who = "twice", from = home) => {
      const response = await send(from, `/api/${name}`, { method: "POST", body: JSON.stringify(input), who });
      // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
      return (await response.json()) as any;
    };
    const set = async (rules: readonly Rule[], rest: Partial<RuleDocument> = {}, who = "twice") => {
      const { version } = await call("guard.rules", {});
      return call("guard.setRules", { version, document: { schema: 1, rules, ...rest } }, who);
    };
    const matches = async (ruleId: string) =>
      (await call("guard.counters", {})).rules.find((one: { ruleId: string }) => one.ruleId === ruleId);
    return { guard, events, kernel, send, status, call, set, matches };
  };
  return {
    dataDir,
    open,
    /** The latest version becomes something nobody can read. */
    spoil: () => void db.prepare("UPDATE guard_version SET document = '{}' WHERE version = 2").run(),
    now: () => state.nowMs,
    setNow: (ms: number) => void (state.nowMs = ms),
    wait: (ms: number) => void (state.nowMs += ms),
    close: () => {
      for (const guard of guards) guard.stop();
      db.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

export const rule = (id: string, when: Conditions, kind: Rule["action"]["kind"], more: Partial<Rule> = {}): Rule => ({
  id,
  title: `the rule ${id}`,
  enabled: true,
  shadow: false,
  when,
  action: kind === "throttle" ? { kind, retryAfterMs: 20_000 } : { kind },
  ...more,
});
