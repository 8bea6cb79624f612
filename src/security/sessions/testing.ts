import { systemRandom } from "#platform/clock";
import { type Db, openDatabase } from "#platform/db";
import { AppError } from "#platform/errors";
import { createLogger } from "#platform/log";
import { type Actor, anonymous, createRunner, systemActor, type UseCaseContext } from "#platform/usecase";
import { createIdentityModule, identityMigrations, type PasswordHasher, type Person } from "#security/identity";
import type { Role } from "#wire";
import { createSessionsModule, type SessionsModule, sessionsMigrations } from "./index.ts";

interface HouseholdParts {
  readonly clock: { now(): number };
  readonly passwords: PasswordHasher;
}

/** Identity and sessions wired as the program wires them, on a real database in memory. */
export function createHousehold({ clock, passwords }: HouseholdParts) {
  const log = createLogger({ clock, level: "error", write: () => undefined });
  const migrations = [...identityMigrations, ...sessionsMigrations];
  const database = openDatabase({ path: ":memory:", migrations, clock, log });
  let syncs = 0;
  const db: Db = {
    ...database,
    sync: () => {
      syncs++;
      return database.sync();
    },
  };
  const parts = { db, clock, log, random: systemRandom };
  const identity = createIdentityModule({
    ...parts,
    passwords,
    onPersonCreated: () => undefined,
    onAccountChanged: (personId, change) => sessions.accountChanged(personId, change),
    sessions: { start: (person, context) => sessions.sessionPort.start(person, context) },
  });
  const sessions: SessionsModule = createSessionsModule({ ...parts, identity: identity.service });
  const implementations = [...identity.implementations, ...sessions.implementations];
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
  return { db, syncs: () => syncs, identity, sessions, add, call, byCookie, byHeader, login };
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
