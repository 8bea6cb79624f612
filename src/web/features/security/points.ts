import type { Output } from "#web/client.ts";
import { overview } from "#web/strings/overview.ts";
import type { StatusLevel } from "#web/ui/status.tsx";

const t = overview.points;
const dayMs = 86_400_000;

export type Part =
  | "/security/rules"
  | "/security/attacks"
  | "/security/vpn"
  | "/security/certificates"
  | "/security/second-factors"
  | "/security/sign-on"
  | "/security/audit";

/** Something that a person should look at, with the page where it is mended. */
export interface Point {
  readonly level: Exclude<StatusLevel, "good">;
  readonly text: string;
  readonly to: Part;
}

/** What is known of the house; what may not be asked is left out and not judged. */
export interface Known {
  readonly nowMs: number;
  readonly people?: Output<"people.list">["people"];
  readonly factors?: Output<"factors.overview">["people"];
  readonly certificates?: Output<"certificates.status">;
  readonly vpn?: Output<"vpn.status">;
  readonly firewall?: Output<"firewall.status">;
  readonly findings?: Output<"guard.findings">;
}

const point = (isSo: boolean, level: Point["level"], to: Part, text: string): readonly Point[] =>
  isSo ? [{ level, text, to }] : [];

/** Everything that is open, the urgent first. */
export function openPoints(known: Known): readonly Point[] {
  const all = [
    ...guardPoints(known),
    ...factorPoints(known),
    ...vpnPoints(known),
    ...certificatePoints(known),
    ...point(known.firewall?.state === "failed", "now", "/security/attacks", t.firewallFailed),
  ];
  return all.toSorted((a, b) => Number(a.level === "soon") - Number(b.level === "soon"));
}

function guardPoints({ findings, nowMs }: Known): readonly Point[] {
  const notices = (findings?.notices ?? []).filter(({ severity }) => severity !== "info");
  const fresh = (findings?.detections ?? []).filter(({ lastAtMs }) => nowMs - lastAtMs < dayMs).length;
  return [
    ...notices.map(({ severity, message }): Point => ({
      level: severity === "error" ? "now" : "soon",
      text: message,
      to: "/security/rules",
    })),
    ...point(fresh > 0, "soon", "/security/attacks", t.noticed(fresh)),
  ];
}

type Factors = NonNullable<Known["factors"]>[number];
export const hasFactor = ({ totp, passkeys }: Factors): boolean => totp || passkeys > 0;

/** People whose factors count: accounts of programs have none, and who is disabled needs none. */
export function countedPeople({ people, factors }: Known): readonly Factors[] {
  const human = new Set(
    (people ?? []).filter(({ disabled, roles }) => !disabled && !roles.includes("service")).map(({ id }) => id),
  );
  return (factors ?? []).filter(({ personId }) => human.has(personId));
}

function factorPoints(known: Known): readonly Point[] {
  const people = countedPeople(known);
  const bare = people.filter((person) => !hasFactor(person));
  const needed = bare.filter(({ mustSetUp }) => mustSetUp).length;
  const other = bare.length - needed;
  const withoutCodes = people.filter((person) => hasFactor(person) && person.recoveryCodesLeft === 0).length;
  const to = "/security/second-factors";
  return [
    ...point(needed > 0, "now", to, t.mustSetUp(needed)),
    ...point(other > 0, "soon", to, t.noFactor(other)),
    ...point(withoutCodes > 0, "soon", to, t.noCodes(withoutCodes)),
  ];
}

function vpnPoints({ vpn }: Known): readonly Point[] {
  if (!vpn?.enabled) return [];
  const to = "/security/vpn";
  return [
    ...point(vpn.state === "failed", "now", to, t.vpnFailed),
    ...point(vpn.state === "files-only", "soon", to, t.vpnFiles),
    ...point(vpn.endpoint === null, "soon", to, t.vpnEndpoint),
  ];
}

function certificatePoints({ certificates, nowMs }: Known): readonly Point[] {
  const authority = certificates?.authority;
  if (!certificates || !authority) return [];
  const { renewFromMs, validToMs } = authority.intermediate;
  const to = "/security/certificates";
  const isMissing = (certificates.server?.missingNames.length ?? 0) > 0;
  return [
    ...point(validToMs <= nowMs, "now", to, t.authorityEnded),
    ...point(validToMs > nowMs && renewFromMs <= nowMs, "soon", to, t.authorityRenew),
    ...point(isMissing, "soon", to, t.authorityNames),
  ];
}

/** The one sentence: that all is well, or the first point. */
export function headlineOf(points: readonly Point[]): { readonly level: StatusLevel; readonly text: string } {
  const [first] = points;
  return first ? { level: first.level, text: first.text } : { level: "good", text: overview.order };
}
