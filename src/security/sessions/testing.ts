import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "#platform/clock";
import { type Db, openDatabase } from "#platform/db";
import { AppError } from "#platform/errors";
import { createLogger } from "#platform/log";
import { type Actor, anonymous, createRunner, systemActor, type UseCaseContext } from "#platform/usecase";
import { createFactorsModule, type FactorsModule, factorsMigrations } from "#security/factors";
import {
  createIdentityModule,
  identityMigrations,
  type PasswordHasher,
  type Person,
  type SecurityEvent,
} from "#security/identity";
import type { Role } from "#wire";
import { createSessionsModule, type DevicePort, noDevices, type SessionsModule, sessionsMigrations } from "./index.ts";

interface HouseholdParts {
  readonly clock: { now(): number };
  readonly passwords: PasswordHasher;
  readonly devices?: DevicePort;
}

const folders: string[] = [];

/** Each household has a folder for its key; to be called after all tests of a file. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Identity and sessions wired as the program wires them, on a real database in memory. */
export function createHousehold({ clock, passwords, devices = noDevices }: HouseholdParts) {
  const log = createLogger({ clock, level: "error", write: () => undefined });
  const migrations = [...identityMigrations, ...factorsMigrations, ...sessionsMigrations];
  const database = openDatabase({ path: ":memory:", migrations, clock, log });
  let syncs = 0;
  const db: Db = {
    ...database,
    sync: () => {
      syncs++;
      return database.sync();
    },
  };
  const events: SecurityEvent[] = [];
  const record = (event: SecurityEvent) => events.push(event);
  const folder = mkdtempSync(join(tmpdir(), "hearth-household-"));
  folders.push(folder);
  const parts = { db, clock, log, random: systemRandom, record };
  const identity = createIdentityModule({
    ...parts,
    passwords,
    checkPassword: async () => ({ score: 4, good: true, warning: null, suggestions: [] }),
    onPersonCreated: () => undefined,
    onAccountChanged: (personId, change) => sessions.accountChanged(personId, change),
    sessions: {
      start: (person, context) => sessions.sessionPort.start(person, context),
      endAppPasswords: (personId) => sessions.sessionPort.endAppPasswords(personId),
      notifyPasswordChanged: (personId, context) => sessions.sessionPort.notifyPasswordChanged(personId, context),
    },
  });
  const factors: FactorsModule = createFactorsModule({
    ...parts,
    identity: identity.service,
    keyFile: join(folder, "secrets.key"),
    sessions: {
      shown: (...given) => sessions.factorSessions.shown(...given),
      endAll: (personId) => sessions.factorSessions.endAll(personId),
      invalidate: (personId) => sessions.factorSessions.invalidate(personId),
      notify: (...given) => sessions.factorSessions.notify(...given),
    },
  });
  const sessions: SessionsModule = createSessionsModule({
    ...parts,
    identity: identity.service,
    factors: factors.service,
    devices,
  });
  const implementations = [...identity.implementations, ...factors.implementations, ...sessions.implementations];
  const runner = createRunner({ implementations, log, clock, audit: () => undefined });

  const add = (name: string, roles: readonly Role[] = ["member"]): Promise<Person> =>
    identity.service.create(systemActor, { name, displayName: name, roles, quotaBytes: null }, `${name}-password`);
  /** Runs an operation and gives its answer with the cookie it set. */
  const call = async (name: string, input: unknown, actor: Actor = anonymous, rest: Partial<UseCaseContext> = {}) => {
    const replyHeaders = new Headers();
    const caller = {
      actor,
      requestId: "test",
      address: "192.0.2.1",
      userAgent: "test",
      secure: true,
      replyHeaders,
      ...rest,
    };
    const answer = (await runner.run(name, input, caller)) as Record<string, unknown>;
    return {
      answer,
      cookie: (replyHeaders.get("set-cookie") ?? "").split(";")[0] ?? "",
      setCookie: replyHeaders.get("set-cookie"),
    };
  };
  const byCookie = (cookie: string, url = "https://hearth.test/"): Promise<Actor> | Actor =>
    sessions.authenticate(new Request(url, { headers: { cookie } }), { address: "192.0.2.1" });
  const byHeader = async (authorization: string, address = "192.0.2.1"): Promise<Actor> =>
    sessions.authenticate(new Request("http://hearth.test/", { headers: { authorization } }), { address });
  const login = async (name: string): Promise<string> =>
    (await call("session.login", { name, password: `${name}-password` })).cookie;
  return { db, events, folder, syncs: () => syncs, identity, factors, sessions, add, call, byCookie, byHeader, login };
}

export function basicOf(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
}

/** The code of the AppError that the work ends with, or `done`; whatever else is thrown comes out as text that equals no code. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (thrown: unknown) => (thrown instanceof AppError ? thrown.code : `defect: ${String(thrown)}`),
  );
}
