import { Skeleton, Title } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { overview } from "#web/strings/overview.ts";
import { ErrorState, Status } from "#web/ui/index.ts";
import classes from "./overview.module.css";
import { countedPeople, hasFactor, headlineOf, type Known, openPoints, type Part } from "./points.ts";

const t = overview;

/** Everything the overview stands on; what one may not ask stays out. */
function useKnown() {
  const { can } = useSession();
  const manages = can("security.manage");
  const rules = useQuery(query("guard.rules", {}));
  const findings = useQuery(query("guard.findings", {}));
  const bans = useQuery(query("guard.bans", {}));
  const vpn = useQuery({ ...query("vpn.status", {}), enabled: can("vpn.use") });
  const firewall = useQuery(query("firewall.status", {}));
  const certificates = useQuery(query("certificates.status", {}));
  const devices = useQuery(query("certificates.list", { everybody: true }));
  const people = useQuery(query("people.list", {}));
  const factors = useQuery({ ...query("factors.overview", {}), enabled: can("people.manage") });
  const clients = useQuery({ ...query("oidcClient.list", {}), enabled: manages });
  const providers = useQuery({ ...query("loginProvider.list", {}), enabled: manages });
  const all = [rules, findings, bans, vpn, firewall, certificates, devices, people, factors, clients, providers];
  return {
    known: {
      nowMs: Date.now(),
      people: people.data?.people,
      factors: factors.data?.people,
      certificates: certificates.data,
      vpn: vpn.data,
      firewall: firewall.data,
      findings: findings.data,
    } satisfies Known,
    rules: rules.data?.document.rules,
    bans: bans.data?.bans,
    devices: devices.data?.devices,
    clients: clients.data?.clients,
    providers: providers.data?.providers,
    isPending: all.some((one) => one.isLoading),
    error: all.find((one) => one.error)?.error ?? null,
    refetch: () => void Promise.all(all.filter((one) => one.isError).map((one) => one.refetch())),
  };
}

interface Line {
  readonly to: Part;
  readonly label: string;
  readonly text: string;
}

/** A line for each part that may be seen. */
function linesOf(state: ReturnType<typeof useKnown>): readonly Line[] {
  const { known, rules, bans, devices, clients, providers } = state;
  const people = countedPeople(known);
  const shadowed = rules?.filter(({ enabled, shadow }) => enabled && shadow).length ?? 0;
  const alive = devices?.filter((device) => device.state === "valid" || device.state === "ending").length ?? 0;
  const line = (to: Part, label: string, text: string | undefined): readonly Line[] =>
    text === undefined ? [] : [{ to, label, text }];
  const h = strings.house;
  const { vpn, certificates } = known;
  return [
    ...line("/security/rules", h.rules, rules && t.lines.rules(rules.length, shadowed)),
    ...line("/security/attacks", h.attacks, bans && t.lines.bans(bans.length)),
    ...line(
      "/security/vpn",
      h.vpn,
      vpn && (vpn.enabled ? t.lines.vpn(vpn.onlineCount, vpn.peerCount) : t.lines.vpnOff),
    ),
    ...line(
      "/security/certificates",
      h.certificates,
      certificates && (certificates.authority ? t.lines.certificates(alive) : t.lines.noAuthority),
    ),
    ...line(
      "/security/second-factors",
      h.secondFactors,
      known.factors && t.lines.factors(people.filter(hasFactor).length, people.length),
    ),
    ...line(
      "/security/sign-on",
      h.signOn,
      clients && providers && t.lines.applications(clients.length, providers.length),
    ),
    ...line("/security/audit", h.audit, t.lines.audit),
  ];
}

/** `/security`: one sentence that is true, what is open, and the parts. */
export function OverviewPage() {
  const state = useKnown();
  if (state.error) return <ErrorState error={state.error} onRetry={state.refetch} />;
  if (state.isPending) return <Skeleton height={360} mt="lg" />;
  const points = openPoints(state.known);
  const [first, ...others] = points;
  const { level, text } = headlineOf(points);
  return (
    <div className={classes.page}>
      <Title order={2} size="h2" className={classes.headline}>
        {first ? (
          <Link to={first.to} className={classes.headlineLink}>
            <Status level={level} sizePx={24}>
              {text}
            </Status>
            <IconChevronRight size={20} stroke={1.5} aria-hidden="true" />
          </Link>
        ) : (
          <Status level={level} sizePx={24}>
            {text}
          </Status>
        )}
      </Title>
      {others.length > 0 && (
        <section aria-label={t.also}>
          <h3 className={classes.title}>{t.also}</h3>
          <ul className={classes.list}>
            {others.map((point) => (
              <li key={point.text}>
                <Link to={point.to} className={classes.line}>
                  <Status level={point.level}>{point.text}</Status>
                  <IconChevronRight size={18} stroke={1.5} aria-hidden="true" />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label={t.parts}>
        <h3 className={classes.title}>{t.parts}</h3>
        <ul className={classes.list}>
          {linesOf(state).map((line) => (
            <li key={line.to}>
              <Link to={line.to} className={classes.line}>
                <span className={classes.label}>{line.label}</span>
                <span className={classes.text}>{line.text}</span>
                <IconChevronRight size={18} stroke={1.5} aria-hidden="true" />
              </Link>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
