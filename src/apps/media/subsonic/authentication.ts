import type { Authenticate } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { AppPasswords } from "#security/sessions";
import { codes, Failure } from "./failure.ts";
import type { Params } from "./params.ts";
import type { createSecrets } from "./secrets.ts";

interface AuthenticationDeps {
  readonly secrets: ReturnType<typeof createSecrets>;
  readonly appPasswords: Pick<AppPasswords, "actorOf" | "noteUsed">;
  /** Id of whoever has this login name. */
  readonly personIdOf: (name: string) => number | undefined;
  /** Basic authentication, with its delays. */
  readonly authenticate: Authenticate;
  /** A token that was not right, for the log of logins. */
  readonly refused: (name: string, personId: number | null, from: { address: string; userAgent: string }) => void;
}

const maxLength = 1024;

/** Passwords as `enc:HEX` or as they are. */
function passwordOf(given: string): string {
  if (!given.startsWith("enc:")) return given;
  const hex = given.slice(4);
  if (!/^([0-9a-f]{2})*$/i.test(hex)) throw wrong();
  return Buffer.from(hex, "hex").toString("utf8");
}

const wrong = () => new Failure(codes.wrongCredentials, "Wrong username or password.");

/**
 * Who asks, by one of three ways of the API: a key (`apiKey`), MD5 of password and salt (`u`, `t`, `s`), or the password itself (`u`, `p`).
 * The first two take passwords for music apps only: any other is known by its hash alone.
 */
export function createAuthentication(deps: AuthenticationDeps) {
  const { secrets, appPasswords } = deps;
  const actorOf = (userId: number, id: string, address: string, userAgent: string): Actor => {
    const actor = appPasswords.actorOf(userId, id);
    if (actor === null) throw wrong();
    appPasswords.noteUsed(id, address, userAgent);
    return actor;
  };
  return async (params: Params, request: Request, address: string): Promise<Actor> => {
    const [key, name, token, salt, password] = ["apiKey", "u", "t", "s", "p"].map(params.text);
    const userAgent = request.headers.get("user-agent") ?? "";
    for (const one of [key, name, token, salt, password]) if ((one?.length ?? 0) > maxLength) throw wrong();
    if (key !== undefined) {
      if (name !== undefined || token !== undefined || password !== undefined)
        throw new Failure(codes.conflictingMechanisms, "Use either apiKey or name and password.");
      const found = secrets.bySecret(key);
      const actor = found && appPasswords.actorOf(found.userId, found.id);
      if (!found || !actor) throw new Failure(codes.invalidKey, "This key is not known.");
      appPasswords.noteUsed(found.id, address, userAgent);
      return actor;
    }
    const basic = request.headers.get("authorization");
    if (basic !== null && name === undefined) return basicActor(deps, basic, address, userAgent);
    if (name === undefined) throw new Failure(codes.missing, "The parameter u is missing.");
    if (token !== undefined && salt !== undefined) {
      const userId = deps.personIdOf(name.toLowerCase());
      const id = userId === undefined ? undefined : secrets.byToken(userId, token, salt);
      if (userId !== undefined && id !== undefined) return actorOf(userId, id, address, userAgent);
      deps.refused(name, userId ?? null, { address, userAgent });
      throw wrong();
    }
    if (password === undefined) throw new Failure(codes.missing, "The parameters t and s, or p, are missing.");
    const pair = Buffer.from(`${name}:${passwordOf(password)}`).toString("base64");
    return basicActor(deps, `Basic ${pair}`, address, userAgent);
  };
}

async function basicActor(
  { authenticate }: AuthenticationDeps,
  authorization: string,
  address: string,
  userAgent: string,
): Promise<Actor> {
  const headers = { authorization, "user-agent": userAgent };
  const actor = await authenticate(new Request("http://music.app/rest/", { headers }), { address });
  if (actor.kind !== "person") throw wrong();
  return actor;
}
