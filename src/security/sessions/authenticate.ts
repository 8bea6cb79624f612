import { AppError } from "#platform/errors";
import type { Authenticate, Origin } from "#platform/http";
import { type Actor, anonymous } from "#platform/usecase";
import type { Identity, Person, RecordEvent } from "#security/identity";
import { actorOfPerson } from "./actor.ts";
import type { AppPasswords } from "./app-passwords.ts";
import { type BasicCredentials, parseBasic } from "./basic.ts";
import { readSessionCookie } from "./cookie.ts";
import type { Sessions } from "./sessions.ts";
import { createVerifiedCredentials, type CredentialsDeps } from "./verified-credentials.ts";

interface AuthenticateDeps extends CredentialsDeps {
  readonly identity: Pick<Identity, "verifyPassword" | "markSeen">;
  readonly sessions: Pick<Sessions, "authenticate">;
  readonly appPasswords: Pick<AppPasswords, "authenticate" | "noteUsed">;
  /** Whether the account asks for more than its password, which Basic authentication cannot show. */
  readonly needsMore: (person: Person) => boolean;
  readonly record: RecordEvent;
}

export interface Authenticator {
  /**
   * Explicit credentials come first: wrong or unreadable ones are `unauthenticated`. A cookie that no longer holds is
   * nobody rather than an error, since the browser sends it unasked, also to the login.
   */
  readonly authenticate: Authenticate;
  /** Forgets all verified and refused Basic credentials of a person. */
  forget(personId: number): void;
}

export function createAuthenticator(deps: AuthenticateDeps): Authenticator {
  const credentials = createVerifiedCredentials(deps);
  const underWay = new Map<string, Promise<Actor>>();

  const checkPassword = async (
    { name, password }: BasicCredentials,
    digest: string,
    { address, userAgent }: Caller,
  ): Promise<Actor> => {
    const note = (outcome: "allowed" | "refused", personId: number | null, detail: string) =>
      deps.record({
        kind: "basic-login",
        outcome,
        personId,
        name,
        factors: outcome === "allowed" ? ["password"] : [],
        address,
        userAgent,
        requestId: "",
        detail,
      });
    const before = credentials.generation();
    const person = await deps.identity.verifyPassword(name, password, address);
    const isUnchanged = credentials.generation() === before;
    if (person === null) {
      if (isUnchanged) credentials.refuse(attemptOf(digest, address));
      note("refused", null, "name or password is not right");
      throw wrong();
    }
    if (deps.needsMore(person)) {
      note("refused", person.id, "the account needs a second factor");
      throw new AppError("unauthenticated", "This account needs a second factor: use an app password here.");
    }
    const shown = { factors: ["password"], factorAtMs: 0, mustSetUpFactor: false } as const;
    const actor = actorOfPerson(person, { via: "password", credentialId: null, ...shown });
    note("allowed", person.id, "");
    return isUnchanged ? credentials.remember(digest, actor, { address }, userAgent) : actor;
  };

  const checkBasic = (header: string, from: Origin, userAgent: string): Promise<Actor> | Actor => {
    const digest = credentials.digestOf(header);
    const known = credentials.find(digest, from, userAgent);
    if (known !== undefined) return known;
    const { address } = from;
    const given = parseBasic(header);
    const actor = deps.appPasswords.authenticate(given.name, given.password);
    if (actor !== null) return credentials.remember(digest, actor, from, userAgent);
    // A client that keeps sending the same old password is no guesser: it is refused without work and without counting.
    const attempt = attemptOf(digest, address);
    if (credentials.isRefused(attempt)) throw wrong();
    // A sync client opens many connections at once: one check answers them all.
    let check = underWay.get(attempt);
    if (check === undefined) {
      check = checkPassword(given, digest, { address, userAgent }).finally(() => underWay.delete(attempt));
      underWay.set(attempt, check);
    }
    return check;
  };

  return {
    authenticate: (request, from) => {
      const header = request.headers.get("authorization");
      if (header !== null) return checkBasic(header, from, request.headers.get("user-agent") ?? "");
      const cookies = request.headers.get("cookie");
      if (cookies === null) return anonymous;
      const token = readSessionCookie(cookies, request.url.startsWith("https:"));
      return token === undefined ? anonymous : (deps.sessions.authenticate(token, from.address) ?? anonymous);
    },
    forget: credentials.forget,
  };
}

interface Caller {
  readonly address: string;
  readonly userAgent: string;
}

function attemptOf(digest: string, address: string): string {
  return `${digest} ${address}`;
}

function wrong(): AppError {
  return new AppError("unauthenticated", "Name or password is not right.");
}
