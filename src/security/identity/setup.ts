import { timingSafeEqual } from "node:crypto";
import { type Random, readableToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import { systemActor } from "#platform/usecase";
import { Password, type Person, UserName } from "./contract.ts";
import type { LoginDelays } from "./delays.ts";
import { adviceOf, type PasswordCheck, requireGoodPassword } from "./quality.ts";
import type { Identity } from "./service.ts";

/** The owner that the surroundings ask for: HEARTH_ADMIN_USER and HEARTH_ADMIN_PASSWORD or HEARTH_ADMIN_PASSWORD_FILE. */
export interface UnattendedOwner {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

export type FirstRun =
  /** There is an owner already. */
  | { readonly state: "ready" }
  /** The owner was created from the given values. */
  | { readonly state: "created"; readonly person: Person }
  /** Nobody owns the server: show this code to whoever sits at it. */
  | { readonly state: "code"; readonly code: string };

export interface NewOwner {
  readonly name: string;
  readonly displayName: string;
  readonly password: string;
}

export interface Setup {
  /**
   * To be called once at start. Throws `bad-request` that names the variable when a given value cannot be used. The code
   * holds until an owner exists or the program ends.
   */
  begin(unattended: UnattendedOwner): Promise<FirstRun>;
  isNeeded(): boolean;
  /** Throws `forbidden` for a wrong code, `conflict` when there is an owner, `too-many-requests` for guessing. */
  createOwner(code: string, owner: NewOwner, address: string): Promise<Person>;
}

interface SetupDeps {
  readonly identity: Identity;
  readonly delays: LoginDelays;
  readonly random: Random;
  readonly log: Logger;
  readonly checkPassword: PasswordCheck;
}

/** The check takes memory and a core for a moment, which the first start needs itself. */
const weakWarningAfterMs = 60_000;
/** Cannot be a login name, so failures here never slow down a person. */
const delayAccount = "(set-up)";

export function createSetup({ identity, delays, random, log, checkPassword }: SetupDeps): Setup {
  let code: string | undefined;
  let creating = false;
  return {
    isNeeded: () => !identity.hasOwner(),
    begin: async ({ user, password }) => {
      if (identity.hasOwner()) return { state: "ready" };
      if (user !== undefined || password !== undefined) {
        const owner = readUnattended(user, password);
        const person = await identity.create(
          systemActor,
          { ...owner, roles: ["owner"], quotaBytes: null },
          owner.password,
        );
        setTimeout(() => void warnIfWeak(checkPassword, log, owner), weakWarningAfterMs).unref();
        return { state: "created", person };
      }
      // 60 bits, far beyond what the delays let anybody try.
      code = readableToken(random, 3, 4);
      return { state: "code", code };
    },
    createOwner: async (given, owner, address) => {
      if (identity.hasOwner() || creating) throw new AppError("conflict", "The server has an owner already. Log in.");
      const attempt = delays.begin(delayAccount, address);
      if (code === undefined || !sameCode(given, code)) throw new AppError("forbidden", "That is not the set-up code.");
      attempt.succeed();
      creating = true;
      try {
        const { name, displayName, password } = owner;
        await requireGoodPassword(checkPassword, password, [name, displayName]);
        const person = await identity.create(
          systemActor,
          { name, displayName, roles: ["owner"], quotaBytes: null },
          password,
        );
        code = undefined;
        return person;
      } finally {
        creating = false;
      }
    },
  };
}

function readUnattended(user: string | undefined, password: string | undefined): NewOwner {
  if (user === undefined)
    throw new AppError("bad-request", "A password for the owner is given, but not HEARTH_ADMIN_USER.");
  if (password === undefined) {
    throw new AppError("bad-request", "HEARTH_ADMIN_USER needs HEARTH_ADMIN_PASSWORD or HEARTH_ADMIN_PASSWORD_FILE.");
  }
  const name = UserName.safeParse(user);
  if (!name.success) throw new AppError("bad-request", `HEARTH_ADMIN_USER: ${name.error.issues[0]?.message}.`);
  const secret = Password.safeParse(password);
  if (!secret.success) throw new AppError("bad-request", `HEARTH_ADMIN_PASSWORD: ${secret.error.issues[0]?.message}.`);
  return { name: name.data, displayName: name.data, password: secret.data };
}

/** Nobody is there to choose a better one, so it is used, and the log says so; the start does not wait for it. */
async function warnIfWeak(check: PasswordCheck, log: Logger, { name, password }: NewOwner): Promise<void> {
  try {
    const quality = await check(password, [name]);
    if (!quality.good) log.warn(`the given owner's password is easy to guess. ${adviceOf(quality)}`, { user: name });
  } catch (cause) {
    log.warn("the given owner's password could not be checked", { cause });
  }
}

/** Case, blanks and dashes do not count: people type it from a screen. */
function sameCode(given: string, code: string): boolean {
  const plain = (text: string) => Buffer.from(text.toLowerCase().replaceAll(/[\s-]/g, ""));
  const [a, b] = [plain(given), plain(code)];
  return a.length === b.length && timingSafeEqual(a, b);
}
