import { type Clock, type Random, randomToken } from "#platform/clock";
import { createLruMap } from "#platform/lru";

/** A login that a client has begun and a person has to allow in a browser. */
export interface LoginFlow {
  /** In the address of the page; tells nothing about `pollToken`. */
  readonly pageToken: string;
  readonly pollToken: string;
  /** What the client calls itself. */
  readonly userAgent: string;
  /** Where it asked from. */
  readonly address: string;
  readonly server: string;
  readonly endsAtMs: number;
}

export interface Granted {
  readonly server: string;
  readonly loginName: string;
  readonly appPassword: string;
}

const lifeMs = 20 * 60_000;
const maxFlows = 500;
const tokenBits = 256;

/** Logins under way, in memory: one that a restart takes is begun again. */
export function createLoginFlows({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
  const byPage = createLruMap<string, LoginFlow>(maxFlows);
  const granted = createLruMap<string, Granted & { readonly endsAtMs: number }>(maxFlows);
  return {
    begin: (from: Pick<LoginFlow, "userAgent" | "address" | "server">): LoginFlow => {
      const [pageToken, pollToken] = [randomToken(random, tokenBits), randomToken(random, tokenBits)];
      const flow = { ...from, pageToken, pollToken, endsAtMs: clock.now() + lifeMs };
      byPage.set(pageToken, flow);
      return flow;
    },
    find: (pageToken: string): LoginFlow | undefined => {
      const flow = byPage.get(pageToken);
      return flow !== undefined && flow.endsAtMs > clock.now() ? flow : undefined;
    },
    /** Ends the flow; with what was granted, the client may fetch it once. */
    end: (flow: LoginFlow, result?: Granted): void => {
      byPage.delete(flow.pageToken);
      if (result !== undefined) granted.set(flow.pollToken, { ...result, endsAtMs: flow.endsAtMs });
    },
    /** What was granted, once. */
    take: (pollToken: string): Granted | undefined => {
      const result = granted.get(pollToken);
      granted.delete(pollToken);
      if (result === undefined || result.endsAtMs <= clock.now()) return undefined;
      const { server, loginName, appPassword } = result;
      return { server, loginName, appPassword };
    },
  };
}
