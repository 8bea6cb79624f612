import { Secret, TOTP } from "otpauth";
import type { Actor } from "#platform/usecase";
import { createAuthenticator } from "./testing-authenticator.ts";
import type { createHousehold } from "./testing.ts";

type Household = ReturnType<typeof createHousehold>;

export const host = "hearth.test";
export const origin = `https://${host}`;
/** Under which name the page was opened. */
export const atHost = { host };

/** An authenticator app that holds a secret. */
export function appOf(secret: string) {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return { codeAt: (nowMs: number): string => totp.generate({ timestamp: nowMs }) };
}

/** Sets an authenticator app up for somebody who is logged in; the session goes on under the new cookie. */
export async function addApp(house: Household, actor: Actor, nowMs: number) {
  const begun = (await house.call("totp.begin", {}, actor, atHost)).answer as { secret: string };
  const app = appOf(begun.secret);
  const { answer, cookie } = await house.call("totp.confirm", { code: app.codeAt(nowMs) }, actor, atHost);
  return { ...app, cookie, recoveryCodes: answer["recoveryCodes"] as string[] | null };
}

/** Adds a passkey for somebody who is logged in; the session goes on under the new cookie. */
export async function addPasskey(house: Household, actor: Actor, name = "Phone") {
  const device = createAuthenticator(origin);
  const { ticket, options } = (await house.call("passkey.registerOptions", {}, actor, atHost)).answer;
  const given = { ticket, response: device.create(options), name };
  const { answer, cookie } = await house.call("passkey.register", given, actor, atHost);
  return { device, cookie, recoveryCodes: answer["recoveryCodes"] as string[] | null };
}

/** The first step of a login: what it answers. */
export async function begin(house: Household, name: string, rest: object = {}) {
  const { answer } = await house.call("session.login", { name, password: `${name}-password` }, undefined, {
    ...atHost,
    ...rest,
  });
  return answer as { step: string; ticket: string; offers: string[]; passkey: unknown };
}
